"""A number is given for good: not to a paper whose record is empty. What is signed first is printed without one."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.accounts.models import User
from portal.clubs.group_models import PhotoConsent
from portal.clubs.program_models import ClubProgram
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.diagnosis.models import Diagnosis
from portal.families.models import Consent, Family, FamilyMember
from portal.intake.models import Agreement, Survey
from portal.papers import actions, catalog, filling
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.plans.models import Plan
from portal.rules.papers import MUST_SAY
from tests.client import Client
from tests.factories import (
    make_analysis,
    make_club,
    make_consent,
    make_diagnosis,
    make_family,
    make_patronage,
    make_plan,
    make_session,
    make_user,
)
from tests.intake.papers import representative_of
from tests.refusals import refuses

Completed = tuple[int, Callable[[], object]]  # of what the paper is, and what makes it complete


@pytest.fixture
def lead(app: Flask) -> User:
    """A specialist who leads clubs too."""
    return make_user("specialist", "pedagogue")


@pytest.fixture
def patronage(lead: User) -> Patronage:
    """An episode of which nothing is recorded but who belongs to the family."""
    return make_patronage(make_family("Петрова"), status="identified", lead=lead)


def _add(row: Any) -> int:
    with technical() as s:
        s.add(row)
        s.flush()
        return int(row.id)


def _change(model: Any, row_id: int, **fields: Any) -> None:
    with technical() as s:
        for name, value in fields.items():
            setattr(s.get_one(model, row_id), name, value)
    db.session.rollback()


def _family(patronage: Patronage) -> Family:
    return db.session.get_one(Family, patronage.family_id)


def _application(patronage: Patronage, _lead: User) -> Completed:
    _change(FamilyMember, representative_of(patronage.family_id), left_on=clock.today())
    mother = FamilyMember(
        family_id=patronage.family_id, kind="representative", last_name="Петрова", first_name="Анна"
    )
    return patronage.id, lambda: _add(mother)


def _consent(patronage: Patronage, _lead: User) -> Completed:
    return representative_of(patronage.family_id), lambda: make_consent(_family(patronage))


def _withdrawal(patronage: Patronage, _lead: User) -> Completed:
    given = make_consent(_family(patronage)).id
    return given, lambda: _change(Consent, given, withdrawn_on=clock.today(), withdrawal_reason="отъезд")


def _photo(patronage: Patronage, lead: User) -> Completed:
    mother = representative_of(patronage.family_id)
    given = PhotoConsent(
        member_id=mother, given_by_id=mother, given_on=clock.today(), recorded_by_id=lead.id, recorded_at=clock.now()
    )  # fmt: skip
    return mother, lambda: _add(given)


def _survey(patronage: Patronage, lead: User) -> Completed:
    done = Survey(
        patronage_id=patronage.id, due_on=clock.today(), done_on=clock.today(), conducted_by_id=lead.id,
        conclusion="-", author_id=lead.id, written_at=clock.now(),
    )  # fmt: skip
    return patronage.id, lambda: _add(done)


def _agreement(patronage: Patronage, lead: User) -> Completed:
    signed = Agreement(
        patronage_id=patronage.id, number="1", signed_on=clock.today(), recorded_by_id=lead.id,
        representative_id=representative_of(patronage.family_id), recorded_at=clock.now(),
    )  # fmt: skip
    return patronage.id, lambda: _add(signed)


def _approved() -> dict[str, Any]:
    return {"approved_by_id": make_user("head").id, "approved_at": clock.now()}


def _diagnosis(patronage: Patronage, lead: User) -> Completed:
    written = make_diagnosis(patronage, lead, state="submitted").id
    return written, lambda: _change(Diagnosis, written, state="approved", **_approved())


def _plan(patronage: Patronage, lead: User) -> Completed:
    written, mother = make_plan(patronage, lead).id, representative_of(patronage.family_id)
    agreed = {"state": "in_force", "agreed_on": clock.today(), "agreed_with_id": mother}
    return written, lambda: _change(Plan, written, **agreed, **_approved())


def _analysis(patronage: Patronage, lead: User) -> Completed:
    make_analysis(patronage, lead)
    return patronage.id, lambda: _change(ClosingAnalysis, patronage.id, **_approved())


def _contact(lead: User) -> Contact:
    patronage = make_patronage(lead=lead)
    return Contact(
        patronage_id=patronage.id, user_id=lead.id, kind="visit", state="planned", day=clock.today(),
        starts_at=time(9), minutes=60, created_by_id=lead.id, created_at=clock.now(),
    )  # fmt: skip


def _schedule(_patronage: Patronage, lead: User) -> Completed:
    planned = _contact(lead)
    return planned.patronage_id, lambda: _add(planned)


def _visit(_patronage: Patronage, lead: User) -> Completed:
    visit = _add(_contact(lead))
    over = {"state": "not_at_home", "why": "никого", "closed_at": clock.now()}
    return visit, lambda: _change(Contact, visit, **over)


def _attendance(_patronage: Patronage, lead: User) -> Completed:
    session = make_session(make_club(lead), clock.today() - timedelta(1))
    return session.id, lambda: _change(type(session), session.id, status="held")


def _program(_patronage: Patronage, lead: User) -> Completed:
    written = ClubProgram(
        club_id=make_club(lead).id, version=1, title="Глина", made_by_id=lead.id, made_at=clock.now()
    )
    version = _add(written)
    return version, lambda: _change(ClubProgram, version, status="in_force", in_force_on=clock.today())


CASES: dict[str, Callable[[Patronage, User], Completed]] = {
    "application": _application,
    "consent": _consent,
    "withdrawal": _withdrawal,
    "photo-consent": _photo,
    "survey-report": _survey,
    "service-agreement": _agreement,
    "social-diagnosis": _diagnosis,
    "support-plan": _plan,
    "closing-analysis": _analysis,
    "visit-schedule": _schedule,
    "visit-sheet": _visit,
    "attendance-sheet": _attendance,
    "club-program": _program,
}


def test_every_need_has_its_case() -> None:
    assert CASES.keys() == MUST_SAY.keys()


@pytest.mark.parametrize("code", MUST_SAY)
def test_what_a_kind_must_say_is_a_fact_of_it(code: str) -> None:
    kind, fact = catalog.KINDS[code], MUST_SAY[code][0]
    assert kind.is_registered
    assert filling.holds(fact, kind.sample) or fact.startswith("!")


@pytest.mark.parametrize("code", CASES)
def test_no_number_before_there_is_a_record(app: Flask, patronage: Patronage, lead: User, code: str) -> None:
    object_id, complete = CASES[code](patronage, lead)
    db.session.rollback()
    kind, client, here = catalog.KINDS[code], Client(app, lead), f"/papers/{code}/{object_id}"
    with refuses("paper_incomplete"):
        actions.register(kind, object_id, clock.today(), lead.id)
    client.get(here)
    assert "Зарегистрировать пока нельзя" in client.text
    assert not client.page.xpath("//form[contains(@action, '/register')]")
    (place,) = client.page.xpath("//section[@id='register']//a/@href")
    assert client.http.get(place).status_code == 200
    client.post(f"{here}/register", 422, day=clock.today().isoformat())
    for draft in ("pdf", "docx"):
        client.get(f"{here}/{draft}")
    complete()
    db.session.rollback()
    client.get(here)
    assert "Зарегистрировать пока нельзя" not in client.text
    client.post(f"{here}/register", day=clock.today().isoformat())
