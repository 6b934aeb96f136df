"""Whatever is done to the rows of a meeting straight in the database is found, and the table is named."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Integer,
    Table,
    Text,
    Time,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, StatementError

from portal import audit
from portal.accounts.models import User
from portal.consilium import proof
from portal.consilium.ledger import ledger
from portal.db import db, is_sqlite
from portal.seals import SEALED, table_of
from tests.consilium.held import Held, hold

TRIES = 300
HOWS = ("change", "add", "remove")
NAMED = (
    "votes",
    "items",
    "meeting_seats",
    "presence_marks",
    "minutes",
    "minutes_signatures",
)  # each in every way
CHOICES = {
    "choice": ("for", "against", "abstain"),
    "presence": ("absent", "present", "video", "excused"),
    "seat": ("chair", "secretary", "member"),
    "majority": ("present", "roll"),
    "quorum_share": ("two_thirds", "half"),
    "how": ("password", "paper", "refused"),
    "regime": ("planned", "control", "emergency"),
    "term": ("long", "short"),
}
KINDS = {
    "meetings": ("regular", "extraordinary"),
    "items": ("enroll", "refuse", "remove", "regime", "term"),
    "decisions": ("enroll", "refuse", "remove", "regime", "term"),
}
STATUSES = {
    "meetings": ("convened", "open", "closed", "signed", "cancelled"),
    "items": ("waiting", "voting", "carried", "rejected", "deferred", "withdrawn"),
}


@pytest.fixture
def held(app: Flask) -> Held:
    """The record, whole, and the database as whoever has its file and its key would set it up."""
    made = hold()
    assert faults() == []
    db.session.remove()
    _disarm()
    return made


def _disarm() -> None:
    """Without triggers, references and checks nothing holds the intruder back but the chain."""
    with db.engine.begin() as connection:
        for name in SEALED:
            if is_sqlite():
                query = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
                for trigger in connection.scalars(query, {"name": name}).all():
                    connection.execute(text(f"DROP TRIGGER {trigger}"))
            else:
                connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
                known = inspect(connection)
                for key in (*known.get_foreign_keys(name), *known.get_check_constraints(name)):
                    connection.execute(text(f"ALTER TABLE {name} DROP CONSTRAINT {key['name']} CASCADE"))


@contextmanager
def intrusion() -> Iterator[None]:
    """What is done in it is taken back."""
    db.session.rollback()
    if is_sqlite():
        driver = db.session.connection().connection.driver_connection
        driver.execute("ROLLBACK")
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("PRAGMA ignore_check_constraints = ON")
        driver.execute("BEGIN")
    try:
        yield
    finally:
        db.session.rollback()


def faults() -> list[proof.Fault]:
    """What the proof finds."""
    with ledger() as book:
        assert audit.verify(book.read)[1] is None
        return list(proof.compare(book))


def other(luck: random.Random, column: Column[Any], value: Any) -> Any:
    """Another value for the column than this one."""
    name, table = column.name, column.table.name
    listed = {"kind": KINDS.get(table), "status": STATUSES.get(table)}.get(name) or CHOICES.get(name)
    if listed:
        return luck.choice([one for one in listed if one != value])
    if isinstance(column.type, Boolean):
        return not value
    if name == "id":
        return value + 1000
    if isinstance(column.type, Integer):
        return luck.choice([one for one in (*range(1, 12), value or 0) if one != value]) if value else 1
    if isinstance(column.type, Date):
        return (value or date(2026, 1, 1)) + timedelta(luck.choice((-1, 1)))
    if isinstance(column.type, Time):
        return time((value.hour + 1) % 24)
    if isinstance(column.type, Text) or isinstance(getattr(column.type, "length", None), int):
        return luck.choice(("", "x", f"{value}.")) if value else "x"
    moment: datetime | None = value
    return (
        moment + timedelta(microseconds=1) if moment else db.session.scalar(select(func.max(User.created_at)))
    )


def a_row(luck: random.Random, table: Table) -> dict[str, Any]:
    """A row of the table."""
    rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
    return luck.choice(sorted(rows, key=lambda row: [row[one.name] for one in table.primary_key]))


def _is(table: Table, row: dict[str, Any]) -> Any:
    clauses = [one == row[one.name] for one in table.primary_key]
    return clauses[0] if len(clauses) == 1 else clauses[0] & clauses[1]


def change(luck: random.Random, table: Table, name: str | None = None) -> str:
    """Change a column of a row; gives which."""
    row = a_row(luck, table)
    columns = [one for one in table.columns if one.name not in SEALED[table.name].free]
    column = table.columns[name] if name else luck.choice(columns)
    new = other(luck, column, row[column.name])
    if new == row[column.name]:
        raise StatementError("the same", None, None, Exception())
    db.session.execute(update(table).where(_is(table, row)).values({column.name: new}))
    return f"{column.name} of {table.name}: {row[column.name]!r} → {new!r}"


def add(luck: random.Random, table: Table) -> str:
    """Add a row like another one."""
    row = a_row(luck, table)
    users = list(db.session.scalars(select(User.id)))
    for column in table.columns:
        if column.name == "id" or (column.name in ("meeting_id", "item_id") and column.primary_key):
            row[column.name] = db.session.scalar(select(func.max(column))) + (1 if column.name == "id" else 0)
        elif column.name == "number":
            row[column.name] = 900 + luck.randrange(90)
        elif column.name in ("user_id",):
            row[column.name] = luck.choice(users)
        elif column.name in ("item_id", "meeting_id") or (
            column.name == "patronage_id" and table.name == "items"
        ):
            row[column.name] = luck.randrange(1, 9)
    if table.name == "minutes":
        row["meeting_id"] = 2
    db.session.execute(insert(table).values(row))
    return f"a row of {table.name}"


def remove(luck: random.Random, table: Table) -> str:
    """Take a row away."""
    row = a_row(luck, table)
    db.session.execute(delete(table).where(_is(table, row)))
    return f"{ {one.name: row[one.name] for one in table.primary_key} } of {table.name}"


DO = {"change": change, "add": add, "remove": remove}
EXPECTED = {"change": {"changed", "missing", "added"}, "add": {"added"}, "remove": {"missing"}}


def missed_in(tries: int, seed: int) -> tuple[list[str], Counter[tuple[str, str]]]:
    """Which of so many random intrusions were not found, or under another table's name; and what was tried."""
    luck, missed, tried = random.Random(seed), [], Counter[tuple[str, str]]()
    names = [name for name in SEALED if db.session.scalar(select(func.count()).select_from(table_of(name)))]
    while sum(tried.values()) < tries:
        name, how = luck.choice(names), luck.choice(HOWS)
        with intrusion():
            try:
                done = DO[how](luck, table_of(name))
            except (IntegrityError, StatementError):
                continue  # the database itself refuses this one: another try
            tried[name, how] += 1
            found = faults()
            named = {one.table for one in found} == {name}
            if not named or not {one.how for one in found} <= EXPECTED[how] or not all(map(str, found)):
                missed.append(f"{how}: {done}; found {[str(one) for one in found]}")
    return missed, tried


def test_every_one_of_300_random_intrusions_is_found_and_its_table_named(held: Held) -> None:
    missed, tried = missed_in(TRIES, seed=4)
    assert missed == []
    assert {name for name, _how in tried} == set(SEALED)
    assert {(name, how) for name in NAMED for how in HOWS} <= tried.keys()
    with intrusion():
        assert faults() == []


def test_without_the_check_they_are_not_found(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    """That the tries above prove something: with the comparison taken out, they are missed."""
    monkeypatch.setattr(proof, "_judge", lambda *_args: "")
    missed, _tried = missed_in(20, seed=4)
    assert len(missed) > 5


def test_each_column_of_each_table_is_proved(held: Held) -> None:
    """All columns but those left out by name, whose reason stands beside them."""
    luck, found_in, refused = random.Random(1), set(), set()
    for name in sorted(SEALED):
        for column in table_of(name).columns:
            for _again in range(40):
                with intrusion():
                    try:
                        change(luck, table_of(name), column.name)
                    except (IntegrityError, StatementError):
                        continue
                    if {one.table for one in faults()} == {name}:
                        found_in.add(f"{name}.{column.name}")
                    break
            else:
                refused.add(f"{name}.{column.name}")
    all_columns = {f"{name}.{one.name}" for name in SEALED for one in table_of(name).columns}
    free = {f"{name}.{one}" for name, sealed in SEALED.items() for one in sealed.free}
    assert refused <= {"meetings.id", "items.id", "decisions.id", "decisions.item_id"}, (
        "the database itself refuses"
    )
    assert all_columns - found_in - refused == free == {"meetings.version"}
