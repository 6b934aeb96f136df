"""Walks of the whole audit chain for pages: each process remembers its last one, and makes one at a time.

A page answers at once, and nobody keeps the server busy by asking for it again and again: a log that is short is walked
while the page is asked for; a long one in a thread of its own, and what that found holds for an hour.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import func, select

from portal import clock
from portal.audit import AuditEntry
from portal.consilium import proof
from portal.db import db

SHORT = 1_000  # entries that are walked in some tens of milliseconds
HOLDS = timedelta(hours=1)
DOUBTED = timedelta(minutes=1)  # until the next walk where something is wrong
REST_AFTER, REST = 200, 0.004  # entries, seconds: pages asked for meanwhile come first


@dataclass(frozen=True)
class Walked:
    """A walk, and when it began: what has changed since, it can't have seen."""

    at: datetime
    found: proof.Walk


@dataclass
class _Kept:
    last: Walked | None = None
    running: threading.Thread | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


def latest(doubted: bool = False) -> Walked | None:
    """A walk that still holds; None while there is none: ask again in some seconds.

    `doubted`: something differs, and a later walk may tell more of it.
    """
    kept = _kept(current_app)
    if (db.session.scalar(select(func.max(AuditEntry.id))) or 0) <= SHORT:
        return _walk(current_app)
    last = kept.last
    age = clock.now() - last.at if last else HOLDS
    if age >= HOLDS or (age >= DOUBTED and (doubted or (last and last.found.broken))):
        _start(kept)
    return last if age < HOLDS else None


def _kept(app: Flask) -> _Kept:
    found: _Kept = app.extensions.setdefault("walks", _Kept())
    return found


def _start(kept: _Kept) -> None:
    with kept.lock:
        if kept.running is not None and kept.running.is_alive():
            return
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        kept.running = threading.Thread(target=_remember, args=(app, kept), name="walk", daemon=True)
        kept.running.start()


def _remember(app: Flask, kept: _Kept) -> None:
    try:
        kept.last = _walk(app, _rest)
    except Exception as error:
        app.logger.error("walk failed", extra={"kind": type(error).__name__})


def _walk(app: Any, seen: Any = None) -> Walked:
    with app.app_context():  # a session of its own
        return Walked(clock.now(), proof.walk(seen))


def _rest(entry: Mapping[str, Any]) -> None:
    if entry["id"] % REST_AFTER == 0:
        time.sleep(REST)
