"""A register becomes families: all or nothing for each row, never twice."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import audit
from portal.accounts.models import User
from portal.check import broken_rules
from portal.db import db
from portal.exchange import apply as applying
from portal.exchange import running
from portal.exchange.models import Import, ImportRow
from portal.families.models import Consent, Family, FamilyMember
from portal.patronage.models import Assignment, Patronage
from tests.client import Client
from tests.exchange.imports import bring_register, looked
from tests.factories import make_user
from tests.together import at_once

TRUTH = json.loads((Path(__file__).parent / "register.truth.json").read_text())


def made(done: Import) -> dict[int, int]:
    """The families that the import has made, by the row of the workbook."""
    query = select(ImportRow.line, ImportRow.row_id).where(ImportRow.table_name == "families")
    return {row.line: row.row_id for row in db.session.execute(query.where(ImportRow.import_id == done.id))}


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_register_is_in_the_database_as_the_truth_says(app: Flask) -> None:
    done = bring_register(None)
    families = made(done)
    assert done.made == len(families) == len(TRUTH["families"]) and not done.known and done.by_id is None
    assert count(FamilyMember) == sum(len(f["parents"]) + f["children"] for f in TRUTH["families"])
    regimes = {"плановый": "planned", "контрольный": "control", "экстренный": "emergency"}
    for truth in TRUTH["families"]:
        family = db.session.get_one(Family, families[truth["row"]])
        names = [m.full_name for m in family.members if m.kind == "representative"]
        assert (names, family.phone) == (truth["parents"], truth["phone"])
        patronage = db.session.scalars(select(Patronage).where(Patronage.family_id == family.id)).one()
        consent = db.session.scalars(select(Consent).where(Consent.family_id == family.id)).one()
        assert patronage.regime == regimes[truth["regime"]] and patronage.basis
        assert str(patronage.enrolled_on) == truth["enrolled"] and str(consent.given_on) == truth["consent"]
        assert patronage.status == ("removed" if truth["removed"] else "enrolled")
        assert (str(patronage.removed_on) if patronage.removed_on else None) == truth["removed"]
        lead = db.session.scalars(select(Assignment).where(Assignment.patronage_id == patronage.id)).one()
        assert db.session.get_one(User, lead.user_id).full_name == truth["lead"]
        assert (lead.ends_on is None) == (truth["removed"] is None)
    assert broken_rules() == []


def test_specialists_become_accounts_without_a_password(app: Flask) -> None:
    bring_register(None)
    users = list(db.session.scalars(select(User)))
    assert {user.full_name for user in users} == {row["fio"] for row in TRUTH["staff"]}
    assert all(user.password_hash is None for user in users)
    roles = {user.full_name: {str(role) for role in user.roles} for user in users}
    assert roles["Туров Филарет Юльевич"] == {"specialist", "pedagogue"}
    assert roles["Фролова Мария Юрьевна"] == {"specialist"}


def test_a_known_colleague_gets_no_second_account(app: Flask) -> None:
    user = make_user("head", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    assert bring_register(user).accounts == 7
    led = select(func.count()).select_from(Assignment).where(Assignment.user_id == user.id)
    assert db.session.scalar(led) == sum(f["lead"] == "Туров Филарет Юльевич" for f in TRUTH["families"])


def test_a_second_import_makes_nothing(app: Flask) -> None:
    bring_register(None)
    before = [count(model) for model in (Family, FamilyMember, Patronage, Consent, Assignment, User)]
    again = bring_register(None)
    assert (again.made, again.accounts, again.known) == (0, 0, 80)
    assert [count(model) for model in (Family, FamilyMember, Patronage, Consent, Assignment, User)] == before


def test_what_fails_leaves_nothing_half_made_and_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = applying._add_patronage, []

    def failing(*args: object) -> object:
        calls.append(1)
        if len(calls) == 60:
            raise RuntimeError("the power went")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_add_patronage", failing)
    with pytest.raises(RuntimeError):
        bring_register(None)
    done = looked(db.session.scalars(select(Import.id)).one())
    assert done.state == "running" and 0 < done.made < 60
    assert [count(model) for model in (Family, Patronage, Consent)] == [done.made] * 3
    monkeypatch.setattr(applying, "_add_patronage", real)
    running.run(done.id, None)
    assert looked(done.id).made == count(Family) == 80


def test_two_imports_at_once_make_each_family_once(app: Flask) -> None:
    assert at_once(app, *[lambda: bring_register(None)] * 2) == ["done"] * 2
    assert count(Family) == 80 and count(User) == 8
    assert sorted(db.session.scalars(select(Import.made))) == [0, 80]


def test_what_the_command_brought_in_is_undone_in_the_portal(app: Flask) -> None:
    done, head = bring_register(None), make_user("head")
    client = Client(app, head)
    client.get("/imports/")
    assert client.page.xpath(f"//a[@href='/imports/{done.id}']") and "командная строка" in client.text
    client.get(f"/imports/{done.id}")
    client.post(f"/imports/{done.id}/undo")
    assert looked(done.id).state == "undone" and count(Family) == 0
    assert audit.verify()[1] is None and broken_rules() == []
