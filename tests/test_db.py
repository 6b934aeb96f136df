"""The database: encrypted at rest, told to be safe, and the judge of what must never happen."""

import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal import clock, create_app
from portal.accounts.models import User
from portal.config import Config, ConfigError
from portal.db import Moment, atomic, db, is_sqlite, refused_by
from portal.rules import RuleBroken
from tests.factories import make_family, make_user


def test_nothing_of_the_data_can_be_read_from_the_files(app: Flask) -> None:
    make_family("Соколовская")
    if not is_sqlite():
        return
    for path in Path(app.config["INSTANCE"]).glob("portal.db*"):
        content = path.read_bytes()
        assert not content.startswith(b"SQLite format 3")
        for word in ("Соколовская", "соколовская", "sqlite", "CREATE TABLE", "families"):
            assert word.encode() not in content, f"{word} in {path.name}"


def test_another_program_cannot_open_the_file(app: Flask, tmp_path: Path) -> None:
    if not is_sqlite():
        return
    copy = tmp_path / "stolen.db"
    shutil.copy(Path(app.config["INSTANCE"]) / "portal.db", copy)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(copy).execute("SELECT count(*) FROM sqlite_master")


def test_the_pragmas_are_in_force_on_every_connection(app: Flask) -> None:
    if not is_sqlite():
        return
    connections = [db.engine.connect() for _ in range(3)]
    for connection in connections:
        values = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
        values |= {
            name: connection.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "busy_timeout")
        }
        assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
        connection.close()


def test_an_sqlite_that_loses_data_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from sqlcipher3 import dbapi2

    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(ConfigError, match="WAL-reset"):
        create_app(Config.load({"INSTANCE": str(tmp_path)}))


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 11, 22, 12), None)


def test_moments_come_back_as_they_went(app: Flask) -> None:
    moment = clock.now()
    user = make_user("staff")
    db.session.execute(text("SELECT 1"))
    read = db.session.get_one(User, user.id).created_at
    assert read.utcoffset() is not None
    assert abs((read - moment).total_seconds()) < 5


def test_a_refusal_by_a_named_constraint_speaks_the_rules_words(app: Flask) -> None:
    make_user("staff", username="taken")
    other = make_user("staff")
    with pytest.raises(RuleBroken) as caught, atomic() as s:
        user = s.get_one(User, other.id)
        user.username = "taken"
        with refused_by("uq_users_username", RuleBroken("username_taken", "This user name is taken.")):
            s.flush()
    assert caught.value.code == "username_taken"


def test_a_refusal_by_another_constraint_passes(app: Flask) -> None:
    make_user("staff", username="taken")
    other = make_user("staff")
    with pytest.raises(IntegrityError), atomic() as s:
        s.get_one(User, other.id).username = "taken"
        with refused_by("uq_families_number", RuleBroken("number_taken", "The number is taken.")):
            s.flush()


def test_a_broken_action_leaves_nothing(app: Flask) -> None:
    other = make_user("staff", username="before")
    with pytest.raises(RuleBroken), atomic() as s:
        s.get_one(User, other.id).username = "after"
        s.flush()
        raise RuleBroken("no", "No.")
    assert db.session.get_one(User, other.id, populate_existing=True).username == "before"


def test_what_an_action_reads_is_what_is_true_now(app: Flask) -> None:
    """The request's session may have read an older state; atomic() forgets it."""
    user = make_user("staff", username="old")
    read = db.session.get_one(User, user.id)
    assert read.username == "old"
    with db.engine.connect() as other:
        db.session.rollback()
        other.execute(text("UPDATE users SET username = 'new' WHERE id = :id"), {"id": user.id})
        other.commit()
    with pytest.raises(RuleBroken), atomic() as s:
        assert s.get_one(User, user.id).username == "new"
        raise RuleBroken("enough", "Enough.")
