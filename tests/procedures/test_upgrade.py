"""An instance of the version before gets the procedures through the upgrade."""

from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import create_engine, text

from portal.procedures.texts import FIRST
from tests.house.source import PORTAL


def test_an_old_instance_gets_version_1() -> None:
    alembic = Alembic()
    alembic.set_main_option("script_location", str(PORTAL / "migrations"))
    with create_engine("sqlite://").connect() as connection:
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0003")
        command.upgrade(alembic, "head")
        query = "SELECT code, size, (SELECT COUNT(*) FROM procedure_steps WHERE procedure_id = p.id) FROM procedures p"
        found = {row[0]: (row[1], row[2]) for row in connection.execute(text(query))}
    assert found == {code: (len(one.steps), len(one.steps)) for code, one in FIRST.items()}
