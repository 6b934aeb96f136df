"""An instance of an earlier version keeps its families through the upgrade."""

from datetime import date, timedelta

from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import create_engine, text

from tests.house.source import PORTAL


def test_families_on_patronage_get_their_first_day_and_suspensions_are_kept() -> None:
    alembic = Alembic()
    alembic.set_main_option("script_location", str(PORTAL / "migrations"))
    today = date.today()
    row = (
        "INSERT INTO patronages (id, family_id, status, regime, term, latest, opened_on, enrolled_on,"
        " suspended_on, basis, imported)"
        " VALUES (:id, :id, :status, :regime, 'long', :latest, :day, :day, :since, '', :no)"
    )
    with create_engine("sqlite://").connect() as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0002")
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
        command.upgrade(alembic, "head")
        found = connection.execute(text("SELECT id, next_contact_on FROM patronages"))
        due = dict(map(tuple, found))
        assert today <= date.fromisoformat(due[1]) <= today + timedelta(13)
        assert due[2] is None and due[3] is None
        kept = connection.execute(text("SELECT patronage_id, starts_on, ends_on FROM suspensions")).all()
        assert [tuple(one) for one in kept] == [(2, today.isoformat(), None)]
