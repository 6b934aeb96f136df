"""A register becomes families: all or nothing for each row, never twice."""

import json
import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.accounts.models import User
from portal.check import broken_rules
from portal.db import db
from portal.exchange import apply as applying
from portal.exchange.register import read_register
from portal.exchange.register_types import Register
from portal.exchange.workbook import read_workbook
from portal.families.models import Consent, Family, FamilyMember
from portal.patronage.models import Assignment, Patronage
from tests.factories import make_user

REGISTER = Path(__file__).parents[2] / "portal" / "demo" / "register.xlsx"
TRUTH = json.loads((Path(__file__).parent / "register.truth.json").read_text())


def read() -> Register:
    return read_register(read_workbook(REGISTER), clock.today(), applying.staff_names())


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_register_is_in_the_database_as_the_truth_says(app: Flask) -> None:
    done = applying.apply(read(), None)
    assert len(done.made) == len(TRUTH["families"]) and not done.known
    assert count(FamilyMember) == sum(len(f["parents"]) + f["children"] for f in TRUTH["families"])
    regimes = {"плановый": "planned", "контрольный": "control", "экстренный": "emergency"}
    for truth in TRUTH["families"]:
        family = db.session.get_one(Family, done.made["Патронаж", truth["row"]])
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
    applying.apply(read(), None)
    users = list(db.session.scalars(select(User)))
    assert {user.full_name for user in users} == {row["fio"] for row in TRUTH["staff"]}
    assert all(user.password_hash is None for user in users)
    roles = {user.full_name: {str(role) for role in user.roles} for user in users}
    assert roles["Туров Филарет Юльевич"] == {"specialist", "pedagogue"}
    assert roles["Фролова Мария Юрьевна"] == {"specialist"}


def test_a_known_colleague_gets_no_second_account(app: Flask) -> None:
    user = make_user("head", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    done = applying.apply(read(), user.id)
    assert len(done.accounts) == 7
    led = select(func.count()).select_from(Assignment).where(Assignment.user_id == user.id)
    assert db.session.scalar(led) == sum(f["lead"] == "Туров Филарет Юльевич" for f in TRUTH["families"])


def test_a_second_import_makes_nothing(app: Flask) -> None:
    applying.apply(read(), None)
    before = [count(model) for model in (Family, FamilyMember, Patronage, Consent, Assignment, User)]
    again = applying.apply(read(), None)
    assert not again.made and not again.accounts and len(again.known) == 80
    assert [count(model) for model in (Family, FamilyMember, Patronage, Consent, Assignment, User)] == before


def test_a_row_that_fails_leaves_nothing_of_itself(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = applying._add_patronage, []

    def failing(*args: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("the power went")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "_add_patronage", failing)
    with pytest.raises(RuntimeError):
        applying.apply(read(), None)
    assert [count(model) for model in (Family, Patronage, Consent)] == [2, 2, 2]
    monkeypatch.setattr(applying, "_add_patronage", real)
    assert len(applying.apply(read(), None).made) == 78


def test_two_imports_at_once_make_each_family_once(app: Flask) -> None:
    register, barrier, faults = read(), threading.Barrier(2), []

    def one() -> None:
        with app.app_context():
            known = applying.known_families(register)
            assert known == {}
            barrier.wait()
            try:
                applying.apply(register, None)
            except Exception as error:
                faults.append(error)

    db.session.rollback()
    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert count(Family) == 80 and count(User) == 8
