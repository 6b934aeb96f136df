"""An instance of the version before gets the procedures through the upgrade."""

from sqlalchemy import text

from portal.procedures.texts import FIRST
from tests.test_upgrade import instance_of


def test_an_old_instance_gets_version_1() -> None:
    with instance_of("0003") as (connection, upgrade):
        upgrade()
        query = "SELECT code, size, (SELECT COUNT(*) FROM procedure_steps WHERE procedure_id = p.id) FROM procedures p"
        found = {row[0]: (row[1], row[2]) for row in connection.execute(text(query))}
    assert found == {code: (len(one.steps), len(one.steps)) for code, one in FIRST.items()}
