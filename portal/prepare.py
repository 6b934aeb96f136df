"""Prepare an instance before its first use: schema, word lists; the link that makes the first administrator."""

import contextlib
import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from portal import audit, backup, clock
from portal.accounts import actions as accounts
from portal.accounts.actions import LINK_DAYS
from portal.accounts.models import PasswordLink, RoleGrant, User
from portal.audit import Event
from portal.config import Config, ConfigError
from portal.db import atomic, db, is_sqlite
from portal.families.models import Family
from portal.settings import actions as settings
from portal.settings import queries as setting_values
from portal.settings.models import Setting

MIGRATIONS = str(Path(__file__).parent / "migrations")
SCHEMA = "0029"  # the newest revision; a test of the house compares it with the folder

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]


def prepare(app: Flask, config: Config) -> None:
    """Bring the schema up to date and mark the instance demo or real. Raises ConfigError when DEMO disagrees."""
    with app.app_context(), _alone(config.instance):
        _check_opens()
        if not _is_current():
            if inspect(db.engine).has_table("alembic_version"):
                backup.make()
            _upgrade()
        app.config["DEMO"] = _mark(config.demo)
        if not app.config["DEMO"] and _serving() and not has_admin() and not _told_just_now():
            print(first_admin_notice(), file=sys.stderr, flush=True)
        db.session.remove()


@contextlib.contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """Two workers that start together take turns."""
    with open(instance / "prepare.lock", "a") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _check_opens() -> None:
    try:
        db.engine.connect().close()
    except DatabaseError:
        raise ConfigError(
            "the database in INSTANCE is damaged, or does not belong to its master.key: put back the pair."
            if is_sqlite()
            else "the database of DATABASE_URL does not let us in: does it run, are name and password right?"
        ) from None


def _is_current() -> bool:
    if not inspect(db.engine).has_table("alembic_version"):
        return False
    with db.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == SCHEMA)


def _upgrade() -> None:
    from alembic import command
    from alembic.config import Config as AlembicConfig

    alembic = AlembicConfig()
    alembic.set_main_option("script_location", MIGRATIONS)
    with _references_off() as connection, connection.begin():
        if not is_sqlite():
            connection.execute(text("SELECT pg_advisory_xact_lock(7402)"))
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "head")
        _check_references(connection)


@contextlib.contextmanager
def _references_off() -> Iterator[Connection]:
    """A connection on which SQLite makes a table anew without touching the rows and triggers that name it.

    That can be switched outside of a transaction only (sqlite.org/lang_altertable.html#otheralter).
    """
    with db.engine.connect() as connection:
        if is_sqlite():
            _pragmas(connection, "foreign_keys=OFF", "legacy_alter_table=ON")
        try:
            yield connection
        finally:
            if is_sqlite():
                _pragmas(connection, "foreign_keys=ON", "legacy_alter_table=OFF")


def _pragmas(connection: Connection, *pragmas: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101
    for pragma in pragmas:
        driver.execute(f"PRAGMA {pragma}").fetchone()


def _check_references(connection: Connection) -> None:
    """Inside the transaction, so that an upgrade that would lose a reference changes nothing."""
    if is_sqlite() and connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise RuntimeError("the upgrade would leave rows that refer to nothing: nothing was changed")


def _mark(wanted: bool | None) -> bool:
    """Note at the first start whether the instance is a demo; later say which it is."""
    stored = db.session.get(Setting, "demo")
    if stored is None:
        with atomic() as s:
            settings.fill_words(s)
            row = Setting(name="demo", value="true" if wanted else "false")
            s.add(row)
            audit.record(s, Event.INSTANCE_PREPARED, None, row, new={"demo": bool(wanted)})
        return bool(wanted)
    is_demo = bool(setting_values.parse(stored.value))
    if is_demo and wanted is False:
        raise ConfigError(
            "this instance is a demo centre with known passwords: choose a new INSTANCE for a real one."
        )
    if wanted and not is_demo and _is_unused():
        with atomic() as s:
            s.merge(Setting(name="demo", value="true"))
            audit.record(s, Event.INSTANCE_PREPARED, None, stored, new={"demo": True})
        return True
    if wanted and not is_demo:
        raise ConfigError(
            "DEMO=1, but this instance holds a real centre: choose another INSTANCE for the demo."
        )
    return is_demo


def _is_unused() -> bool:
    """Whether a command has prepared the instance, and nobody has worked with it yet."""
    return not any(db.session.scalar(select(model.id).limit(1)) for model in (User, Family))


def _serving() -> bool:
    """False in the commands of `flask --app wsgi …` other than run."""
    context = click.get_current_context(silent=True)
    return context is None or context.info_name == "run"


def has_admin() -> bool:
    """Whether somebody can administer: active, with a password."""
    query = select(User.id).join(RoleGrant).where(RoleGrant.role == "admin", User.dismissed_on.is_(None))
    return db.session.scalar(query.where(User.password_hash.is_not(None)).limit(1)) is not None


def _told_just_now() -> bool:
    """Workers that start together print one link, not one each that ends the one before."""
    fresh = clock.now() + timedelta(days=LINK_DAYS, seconds=-10)
    query = select(PasswordLink.id).where(PasswordLink.user_id.is_(None), PasswordLink.used_at.is_(None))
    return db.session.scalar(query.where(PasswordLink.expires_at > fresh).limit(1)) is not None


def first_admin_notice() -> str:
    """A sentence with a new one-time link that makes the first administrator."""
    with atomic() as s:
        token = accounts.add_password_link(s, None)
        audit.record(s, Event.PASSWORD_LINK_MADE, None, s.get_one(Setting, "demo"))
    address = (
        f"http://{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}/welcome/{token}"
    )
    return f"\n  No administrator yet. Open once, within {LINK_DAYS} days:  {address}\n"
