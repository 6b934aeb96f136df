"""A consilium of the version before keeps what it decided, and what guards it, through the upgrade."""

import pytest
from alembic import command
from alembic.config import Config as Alembic
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from portal import prepare
from portal.db import db, is_sqlite

ROWS = {
    "users": [
        {
            **{
                "id": 1,
                "username": "u",
                "last_name": "А",
                "first_name": "Б",
                "middle_name": "",
                "position": "",
            },
            **{"profession": "other", "department": "", "search": "", "language": "ru", "theme": "auto"},
            "created_at": "2026-01-01 00:00:00+00:00",
        }
    ],
    "families": [
        {
            **{
                "id": 1,
                "number": 1,
                "surname": "А",
                "sort_name": "а",
                "address": "",
                "phone": "",
                "note": "",
            },
            **{"other_phones": "", "search": "а", "created_at": "2026-01-01 00:00:00+00:00"},
        }
    ],
    "patronages": [
        {
            **{"id": 1, "family_id": 1, "status": "enrolled", "regime": "planned", "term": "long"},
            **{"latest": True, "opened_on": "2026-01-01", "enrolled_on": "2026-02-01", "basis": ""},
            "imported": False,
        }
    ],
    "meetings": [
        {
            **{"id": 4, "number": 1, "year": 2026, "held_on": "2026-02-01", "starts_at": "10:00:00.000000"},
            **{"place": "каб. 12", "status": "open", "quorum_share": "half", "note": "", "created_by_id": 1},
            "version": 9,
        }
    ],
    "meeting_seats": [{"meeting_id": 4, "user_id": 1, "seat": "chair", "votes": True, "presence": "present"}],
    "items": [
        {
            **{
                "id": 7,
                "meeting_id": 4,
                "position": 1,
                "kind": "enroll",
                "patronage_id": 1,
                "status": "voting",
            },
            **{"regime": "planned", "term": "long", "course_reason": "", "note": "за", "by_chair": False},
            **{"deferral": "", "lead_id": 1},
        }
    ],
    "item_specialists": [{"item_id": 7, "user_id": 1}],
    "votes": [{"id": 3, "item_id": 7, "user_id": 1, "choice": "for", "cast_at": "2026-02-01 08:00:00+00:00"}],
    "decisions": [
        {
            **{"id": 2, "year": 2026, "number": 5, "item_id": 7, "patronage_id": 1, "kind": "enroll"},
            **{"carried": True, "decided_on": "2026-02-01"},
        }
    ],
}


def _alembic(connection: Connection) -> Alembic:
    alembic = Alembic()
    alembic.set_main_option("script_location", prepare.MIGRATIONS)
    alembic.attributes["connection"] = connection
    return alembic


def _empty() -> None:
    if is_sqlite():
        names = (
            "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_fts_%'"
        )
        with prepare._references_off() as connection, connection.begin():
            found = connection.execute(text(names)).all()
            for kind in ("trigger", "table"):
                for name in [row.name for row in found if row.type == kind]:
                    connection.execute(text(f"DROP {kind} IF EXISTS {name}"))
        return
    with db.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def _refused(statement: str) -> str:
    with pytest.raises(DBAPIError) as refused, db.engine.begin() as connection:
        connection.execute(text(statement))
    diagnosis = getattr(refused.value.orig, "diag", None)
    return f"{refused.value} {diagnosis and diagnosis.constraint_name}"


@pytest.fixture
def upgraded(app: Flask) -> None:
    db.session.remove()
    _empty()
    with db.engine.begin() as connection:
        command.upgrade(_alembic(connection), "0014")
        for table, rows in ROWS.items():
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
            if table == "votes":
                connection.execute(text("UPDATE items SET status = 'carried' WHERE id = 7"))
    prepare._upgrade()


def test_what_was_decided_is_there(upgraded: None) -> None:
    for table, rows in ROWS.items():
        with db.engine.connect() as connection:
            kept = connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar()
        assert kept == len(rows), table
    with db.engine.connect() as connection:
        item = connection.execute(text("SELECT status, note, question, after_id FROM items")).one()
        assert tuple(item) == ("carried", "за", "", None)
        meeting = connection.execute(text("SELECT status, version, kind, majority FROM meetings")).one()
        assert tuple(meeting) == ("open", 9, "regular", "present")
        assert tuple(connection.execute(text("SELECT choice, receipt FROM votes")).one()) == ("for", "")


def test_what_guards_it_is_there(upgraded: None) -> None:
    assert "tr_decisions_frozen" in _refused("UPDATE decisions SET number = 6")
    assert "tr_decisions_frozen" in _refused("DELETE FROM decisions")
    assert "tr_votes_frozen" in _refused("UPDATE votes SET choice = 'against'")
    assert "tr_items_closed" in _refused("UPDATE items SET status = 'waiting'")
    vote = "INSERT INTO votes (item_id, user_id, choice, cast_at, reason, receipt) VALUES (7, 1, 'for', {now}, '', '')"
    assert "tr_decisions_gap" in _refused(
        "INSERT INTO decisions (year, number, item_id, kind, carried, decided_on)"
        " SELECT year, number + 2, item_id, kind, carried, decided_on FROM decisions"
    )
    assert "tr_votes_in_time" in _refused(vote.format(now="CURRENT_TIMESTAMP"))
    assert "tr_items_closed" in _refused("UPDATE items SET kind = 'whim'")
    another = (
        "INSERT INTO items (meeting_id, position, kind, patronage_id, status, course_reason, note, by_chair,"
        " deferral) SELECT meeting_id, 2, '{kind}', patronage_id, 'waiting', '', '', by_chair, '' FROM items"
    )
    assert "ck_items_kind" in _refused(another.format(kind="whim"))
    assert "ck_items_family" in _refused(another.format(kind="question"))
    assert "ck_meetings_status" in _refused("UPDATE meetings SET status = 'lost'")
    names = {index["name"] for index in inspect(db.engine).get_indexes("items")}
    assert {"uq_items_live", "uq_items_one_voting", "ix_items_patronage_id"} <= names


def test_references_hold_again(upgraded: None) -> None:
    gone = _refused("DELETE FROM meetings")
    assert "FOREIGN KEY" in gone.upper()
