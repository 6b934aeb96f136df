"""What is the same for each of the hundreds of apps that the tests make is worked out once in a process."""

import gc
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

WORKED_OUT = ("_parts", "_trace", "_converters", "_build", "_build_unknown")


def remember_routes() -> None:
    """Werkzeug compiles each address of an app: nine tenths of what making one costs. They are always the same."""
    known: dict[tuple[object, ...], dict[str, Any]] = {}
    work_out = Rule.compile

    def remembered(rule: Rule) -> None:
        assert rule.map is not None
        address = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, rule.map.host_matching)
        key = (*address, repr(rule.defaults), tuple(rule.map.converters.items()))
        if key not in known:
            work_out(rule)
            known[key] = {name: getattr(rule, name) for name in WORKED_OUT}
        vars(rule).update(known[key])

    Rule.compile = remembered  # type: ignore[method-assign]


def collect_less() -> None:
    """What is there before the first test stays: the collector need not walk over it hundreds of times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def remember_statements() -> None:
    """SQLAlchemy turns a statement into SQL once for each dialect object; apps of one process share theirs."""
    known: dict[str, Engine] = {}
    make = SQLAlchemy._make_engine

    def shared(self: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine = make(self, bind_key, options, app)
        first = known.get(engine.dialect.name)
        if first is None or first.dialect.server_version_info is None:  # it has never seen its database
            known[engine.dialect.name] = engine
            engine._compiled_cache = LRUCache(20_000)
        else:
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    SQLAlchemy._make_engine = shared  # type: ignore[method-assign]
