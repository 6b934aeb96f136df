"""An instance of an earlier version keeps its families through the upgrade."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import Connection, create_engine, text

from portal.settings.words import WORDS
from tests.house.source import PORTAL


@contextmanager
def instance_of(version: str) -> Iterator[tuple[Connection, Callable[[], None]]]:
    """A database as that version made it, and what brings it up to this one."""
    alembic = Alembic()
    alembic.set_main_option("script_location", str(PORTAL / "migrations"))
    with create_engine("sqlite://").connect() as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, version)
        yield connection, lambda: command.upgrade(alembic, "head")


def test_families_on_patronage_get_their_first_day_and_suspensions_are_kept() -> None:
    today = date.today()
    row = (
        "INSERT INTO patronages (id, family_id, status, regime, term, latest, opened_on, enrolled_on,"
        " suspended_on, basis, imported)"
        " VALUES (:id, :id, :status, :regime, 'long', :latest, :day, :day, :since, '', :no)"
    )
    with instance_of("0002") as (connection, upgrade):
        states = {1: ("enrolled", "emergency"), 2: ("suspended", "planned"), 3: ("removed", "planned")}
        for number, (status, regime) in states.items():
            connection.execute(
                text(
                    "INSERT INTO families (id, number, surname, sort_name, address, phone, other_phones, note,"
                    " search, created_at) VALUES (:id, :id, 'А', 'а', '', '', '', '', 'а', '2026-01-01')"
                ),
                {"id": number},
            )
            values = {"id": number, "status": status, "regime": regime, "latest": True, "no": False}
            dates = {"day": today - timedelta(90), "since": today if status == "suspended" else None}
            if status == "removed":
                connection.execute(
                    text(
                        row.replace("suspended_on,", "suspended_on, removed_on,").replace(
                            ":since,", ":since, :day,"
                        )
                    ),
                    values | dates,
                )
            else:
                connection.execute(text(row), values | dates)
        upgrade()
        found = connection.execute(text("SELECT id, next_contact_on FROM patronages"))
        due = dict(map(tuple, found))
        assert today <= date.fromisoformat(due[1]) <= today + timedelta(13)
        assert due[2] is None and due[3] is None
        kept = connection.execute(text("SELECT patronage_id, starts_on, ends_on FROM suspensions")).all()
        assert [tuple(one) for one in kept] == [(2, today.isoformat(), None)]


def test_contacts_of_before_the_journal_wait_in_it_for_their_signatures() -> None:
    with instance_of("0003") as (connection, upgrade):
        for statement in (
            "INSERT INTO users (id, username, last_name, first_name, middle_name, position, profession,"
            " department, search, language, theme, created_at)"
            " VALUES (1, 'u', 'А', 'Б', '', '', 'other', '', '', 'ru', 'auto', '2025-01-01')",
            "INSERT INTO families (id, number, surname, sort_name, address, phone, other_phones, note,"
            " search, created_at) VALUES (1, 1, 'А', 'а', '', '', '', '', 'а', '2025-01-01')",
            "INSERT INTO patronages (id, family_id, status, regime, term, latest, opened_on, enrolled_on,"
            " basis, imported) VALUES (1, 1, 'enrolled', 'planned', 'long', 1, '2025-01-01', '2025-01-01', '', 0)",
        ):
            connection.execute(text(statement))
        contact = text(
            "INSERT INTO contacts (id, patronage_id, user_id, kind, state, day, starts_at, minutes, reason, why,"
            " notes, recommendations, created_by_id, created_at, closed_at) VALUES (:id, 1, 1, :kind, :state,"
            " :day, '10:00:00.000000', 60, 'отъезд', '', 'Были дома', '', 1, '2025-01-01', :closed)"
        )
        for number, (kind, state, day) in enumerate(
            [
                ("visit", "done", "2026-02-01"),
                ("call", "done", "2026-01-15"),
                ("visit", "done", "2025-12-30"),
                ("visit", "planned", "2026-03-01"),
                ("visit", "not_at_home", "2026-01-20"),
            ],
            1,
        ):
            closed = None if state == "planned" else "2026-03-01 00:00:00.000000"
            values = {"id": number, "kind": kind, "state": state, "day": day, "closed": closed}
            connection.execute(contact, values)
        upgrade()
        found = connection.execute(
            text(
                "SELECT contact_id, year, month, number, state, recipient, summary FROM journal_entries ORDER BY id"
            )
        )
        assert [tuple(row) for row in found] == [
            (3, 2025, 12, 1, "draft", "", "Были дома"),
            (2, 2026, 1, 1, "draft", "remote", "Были дома"),
            (1, 2026, 2, 2, "draft", "", "Были дома"),
        ]


def test_sessions_held_before_they_were_in_the_journal_wait_in_it_for_their_signatures() -> None:
    with instance_of("0019") as (connection, upgrade):
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for statement in (
            "INSERT INTO families (id, number, surname, sort_name, address, phone, other_phones, note,"
            " search, created_at) VALUES (1, 1, 'А', 'а', '', '', '', '', 'а', '2025-01-01')",
            "INSERT INTO family_members (id, family_id, kind, last_name, first_name, middle_name, relation, phone)"
            " VALUES (5, 1, 'minor', 'А', 'Б', '', '', '')",
            "INSERT INTO clubs (id, name, leader_id, room, about) VALUES (1, 'К', 7, '', '')",
            "INSERT INTO journal_periods (year, month, entries, digest, closed_by_id, closed_at)"
            " VALUES (2026, 1, 0, '', 7, '2026-02-01')",
        ):
            connection.execute(text(statement))
        for number, (day, week, status, mark) in enumerate(
            [
                ("2026-02-03", "2026-02-02", "held", "came"),
                ("2025-12-30", "2025-12-29", "held", "came"),
                ("2026-01-12", "2026-01-12", "held", "came"),
                ("2026-02-10", "2026-02-09", "held", "absent"),
                ("2026-02-17", "2026-02-16", "planned", "booked"),
            ],
            1,
        ):
            values = {"id": number, "day": day, "week": week, "status": status, "mark": mark}
            values["slot"] = None if mark == "absent" else 1
            connection.execute(
                text(
                    "INSERT INTO club_sessions (id, club_id, day, week, slot, starts_at, minutes, room, topic,"
                    " goal, status, cancel_reason) VALUES (:id, 1, :day, :week, 1, '15:00:00.000000', 45, '',"
                    " 'Сказки', 'Дружить', :status, '')"
                ),
                values,
            )
            connection.execute(
                text(
                    "INSERT INTO bookings (session_id, member_id, week, slot, status, booked_by_id, booked_at)"
                    " VALUES (:id, 5, :week, :slot, :mark, 7, '2025-01-01')"
                ),
                values,
            )
        upgrade()
        query = "SELECT session_id, year, month, number, worker_id, family_id, state, summary FROM journal_entries"
        now, kept = date.today(), (7, 1, "draft", "Сказки\nДружить")
        assert [tuple(row) for row in connection.execute(text(f"{query} ORDER BY id"))] == [
            (2, 2025, 12, 1, *kept),
            (3, now.year, now.month, 1, *kept),
            (1, 2026, 2, 2 if now.year == 2026 else 1, *kept),
        ]


def test_closing_analyses_are_kept_unapproved_and_the_spheres_of_life_are_added() -> None:
    with instance_of("0003") as (connection, upgrade):
        connection.execute(
            text(
                "INSERT INTO closing_analyses (patronage_id, body, author_id, written_at)"
                " VALUES (7, 'Цели достигнуты', 3, '2026-01-01')"
            )
        )
        upgrade()
        kept = connection.execute(
            text("SELECT patronage_id, body, author_id, approved_at FROM closing_analyses")
        )
        assert [tuple(one) for one in kept] == [(7, "Цели достигнуты", 3, None)]
        spheres = connection.execute(
            text("SELECT code, label_ru FROM words WHERE list = 'spheres' AND active")
        )
        assert dict(map(tuple, spheres)) == {code: ru for code, ru, _en in WORDS["spheres"]}


def test_word_lists_that_are_missing_are_filled_and_others_are_left() -> None:
    with instance_of("0003") as (connection, upgrade):
        connection.execute(
            text(
                "INSERT INTO words (list, code, label_ru, label_en, position, active)"
                " VALUES ('bodies', 'own', 'свой', 'own', 1, 1)"
            )
        )
        upgrade()
        found = connection.execute(text("SELECT list, code FROM words ORDER BY position, code")).all()
        bodies = {code for name, code in found if name == "bodies"}
        assert "own" in bodies and len(bodies) == 14
        assert [code for name, code in found if name == "directions"] == [
            "psychology", "speech", "household", "education", "health",
        ]  # fmt: skip
