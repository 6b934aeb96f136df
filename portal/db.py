"""The engine, the session, and atomic(): the only place that writes."""

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Index,
    Integer,
    MetaData,
    Select,
    UniqueConstraint,
    event,
    literal_column,
    text,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from portal import keys
from portal.config import Config, ConfigError
from portal.rules import RuleBroken

try:
    import fcntl
except ImportError:  # Windows: waitress is one process, the thread lock is enough
    fcntl = None  # type: ignore[assignment]

WAL_RESET_FIXED = (3, 51, 3)
PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"),
    "recursive_triggers=ON",  # or REPLACE would take rows away past the triggers that keep them
)
CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all models."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
_writing: ContextVar[bool] = ContextVar("writing", default=False)
_threads = threading.Lock()


class Moment(TypeDecorator):
    """An aware moment in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: object) -> datetime | None:
        """What is stored: UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: object) -> datetime | None:
        """What is read: aware, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def init_app(app: Flask, config: Config, master: bytes) -> None:
    """Bind the app to its database: encrypted SQLite in the instance, or PostgreSQL by DATABASE_URL."""
    if config.on_sqlite:
        key = keys.derive(master, "database").hex()
        options = _sqlite_options(config.instance / "portal.db", key)
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{config.instance / 'portal.db'}"
    else:
        options = {"pool_size": 8, "max_overflow": 4, "pool_pre_ping": True, "pool_use_lifo": True}
        app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    app.config["WRITE_LOCK"] = str(config.instance / "write.lock") if config.on_sqlite else None
    db.init_app(app)
    if config.on_sqlite:
        with app.app_context():
            event.listen(db.engine, "begin", _begin)


def _sqlite_options(path: Path, key: str) -> dict[str, object]:
    from sqlcipher3 import dbapi2

    if dbapi2.sqlite_version_info < WAL_RESET_FIXED:
        raise ConfigError(f"SQLite {dbapi2.sqlite_version} can lose data (WAL-reset bug); 3.51.3 is needed.")

    def connect() -> object:
        connection = dbapi2.connect(str(path), timeout=30, check_same_thread=False, isolation_level=None)
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchone()
        return connection

    return {
        "creator": connect,
        "module": dbapi2,
        "pool_size": 8,
        "max_overflow": 16,
        "pool_use_lifo": True,  # the connection used last still knows the pages it read
    }


def _begin(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101
    driver.execute("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One writer at a time on SQLite, in the order of arrival, over threads and processes."""
    token = _writing.set(True)
    try:
        path = current_app.config["WRITE_LOCK"]
        if path is None:
            yield
        elif fcntl is None:
            with _threads:
                yield
        else:
            with open(path, "a") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
    finally:
        _writing.reset(token)


def look_again() -> None:
    """Forget what this request has read: what comes next is read as it is now."""
    db.session.rollback()
    _forget()


def _forget() -> None:
    """What `memory` keeps of before is not what is true now."""
    g.pop("version", None)
    g.pop("kept", None)


@contextlib.contextmanager
def atomic() -> Iterator[Session]:
    """One transaction of one action. Commits at the end; raises RuntimeError when no audit event was recorded.

    Actions take turns on both databases, so that the chain of the audit log and numbers without gaps need no care.

    What the request's session had read is forgotten first, so that the action reads what is true now.
    """
    session = db.session()
    if session.info.get("atomic"):
        raise RuntimeError("atomic() does not nest: pass the session on")
    look_again()
    session.info.update(atomic=True, recorded=0, touched={})
    try:
        with _turn():
            if not is_sqlite():
                session.execute(text("SELECT pg_advisory_xact_lock(7401)"))
            yield session
            if not session.info["recorded"]:
                raise RuntimeError("an atomic() that changed something must record an audit event")
            session.flush()
            if session.info.get("touched"):
                raise RuntimeError(
                    f"rows of {sorted(session.info['touched'])} changed after they were recorded"
                )
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("atomic")
        _forget()


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is of one moment, however long it takes and whatever others write meanwhile."""
    look_again()
    if not is_sqlite():
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        look_again()


@contextlib.contextmanager
def technical() -> Iterator[Session]:
    """A transaction for traces that are no business rows: logins, throttling, looks, drafts."""
    with _turn(), Session(db.engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextlib.contextmanager
def refused_by(constraint: str, broken: RuleBroken) -> Iterator[None]:
    """Turn the database's refusal by the named constraint into the rule's words; other refusals pass."""
    try:
        yield
        db.session.flush()
    except IntegrityError as error:
        if _names(error, constraint):
            raise broken from error
        raise


def _names(error: IntegrityError, constraint: str) -> bool:
    """Whether the refusal came from this constraint, index or trigger."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return bool(diagnosis.constraint_name == constraint)
    text = str(error.orig)
    columns = _columns_of(constraint)
    return text.endswith(constraint) or bool(columns and text == f"UNIQUE constraint failed: {columns}")


def _columns_of(name: str) -> str | None:
    """`table.a, table.b` as SQLite names a unique constraint or index."""
    for table in Base.metadata.tables.values():
        for item in [*table.constraints, *table.indexes]:
            if isinstance(item, (UniqueConstraint, Index)) and item.name == name:
                return ", ".join(f"{table.name}.{column.name}" for column in item.columns)
    return None


def is_sqlite(engine: Engine | None = None) -> bool:
    """True on the embedded database."""
    return (engine or db.engine).dialect.name == "sqlite"


def constant(text: str) -> Any:
    """A value written into the statement: SQLite plans a statement anew for each value of some parameters."""
    return literal_column(f"'{text}'")


def off_index(column: Any) -> Any:
    """The column, so written that SQLite's plan does not begin with its index: for values that most rows have."""
    if not is_sqlite():
        return column
    return column + (0 if isinstance(column.type, Integer) else "")


def first(query: Select[Any], count: int) -> Select[Any]:
    """The query's first rows, their number written into it like a constant."""
    return query.limit(literal_column(str(count))).offset(literal_column("0"))


def copy_to(path: Path) -> None:
    """Write a whole copy of the embedded database, as of one moment, encrypted with the same key."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101
        driver.execute("VACUUM INTO ?", (str(path),))
