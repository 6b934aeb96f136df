"""Structured logs: what happened, how long, under which number; never whose data."""

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

from portal.config import Config

_ALLOWED = ("kind", "at", "number", "method", "endpoint", "status", "ms", "user")


def _format() -> structlog.stdlib.ProcessorFormatter:
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(allow=_ALLOWED)],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def init_app(app: Flask, config: Config) -> None:
    """Log to standard error, one JSON object a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_format())
    app.logger.handlers = [handler]
    app.logger.propagate = False
    app.logger.setLevel(config.log_level)
    app.before_request(_start)
    app.after_request(_log_request)


def _start() -> None:
    g.started = time.perf_counter()


def _log_request(response: Response) -> Response:
    from flask import current_app

    if "started" in g:
        facts = {
            "number": getattr(g, "request_number", ""),
            "method": request.method,
            "endpoint": request.endpoint,
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.started) * 1000, 1),
        }
        current_app.logger.info("request", extra=facts)
    return response
