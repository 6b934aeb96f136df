"""Applications, surveys and agreements on a real database; what the database itself refuses."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import check, clock
from portal.audit import AuditEntry
from portal.consilium.models import Item
from portal.db import db, technical
from portal.families.models import Family, StoredFile
from portal.intake import agreements, queries
from portal.intake.models import Agreement, Intake, Survey
from portal.patronage.models import Patronage
from portal.settings import actions as settings
from tests.consilium.rows import make_meeting, make_people, make_submitted, propose
from tests.factories import make_family, make_patronage, make_user
from tests.intake.papers import days_ago, enter, representative_of, sign, survey
from tests.refusals import refuses

WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=UTC)


@pytest.fixture
def worker(app):
    return make_user("specialist")


@pytest.fixture
def patronage(worker):
    return make_patronage(make_family(created_by_id=worker.id), "consented")


@pytest.fixture
def family_id(patronage):
    return patronage.family_id


def decide(patronage, status="enrolled"):
    values = {"status": status, "regime": "planned", "enrolled_on": clock.today()}
    with technical() as s:
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(values))


def test_an_application_is_entered_and_corrected(family_id, worker):
    first = enter(
        family_id, worker.id, kind="signal", body="school", about="Не ходит в школу", received_on=days_ago(1)
    )
    assert (first.kind, first.body, first.version) == ("signal", "school", 1)
    row = enter(family_id, worker.id, 1, body="school", course_ended_on=days_ago(9), course_reason="не было")
    assert (row.kind, row.body, row.version) == ("application", "", 2)
    assert db.session.get_one(Family, family_id).course_ended_on == days_ago(9)
    entries = db.session.execute(
        select(AuditEntry.event, AuditEntry.data).where(AuditEntry.kind == "intakes").order_by(AuditEntry.id)
    ).all()
    assert [row.event for row in entries] == ["intake.entered", "intake.changed"]
    assert "Не ходит" not in "".join(row.data for row in entries)
    assert json.loads(entries[1].data)["old"]["body"] == "school"


def test_the_second_of_two_editors_is_told(family_id, worker):
    enter(family_id, worker.id)
    for seen in (0, 2):
        with refuses("changed_meanwhile"):
            enter(family_id, worker.id, seen, about="другое")
    survey(family_id, worker.id)
    for seen in (0, 2):
        with refuses("changed_meanwhile"):
            survey(family_id, worker.id, seen)
    agreement_id = sign(family_id, worker.id)
    with refuses("changed_meanwhile"):
        agreements.end_agreement(agreement_id, worker.id, 7, ended_on=clock.today(), reason="опечатка")


def test_a_wrong_application_is_refused(family_id, worker):
    with refuses("received_date"):
        enter(family_id, worker.id, received_on=clock.today() + timedelta(1))
    with refuses("no_body"):
        enter(family_id, worker.id, kind="signal")
    assert db.session.scalar(select(func.count()).select_from(Intake)) == 0


def test_a_survey_needs_its_application(family_id, worker):
    with refuses("no_intake"):
        survey(family_id, worker.id)


@time_machine.travel(WEDNESDAY, tick=False)
def test_a_late_survey_says_why_and_keeps_the_day_it_was_due_by(family_id, worker):
    enter(family_id, worker.id, received_on=date(2026, 11, 12))
    assert queries.papers(family_id).standing.due_on == date(2026, 11, 17)
    with refuses("survey_late"):
        survey(family_id, worker.id)
    with refuses("survey_date"):
        survey(family_id, worker.id, done_on=date(2026, 11, 11))
    row = survey(family_id, worker.id, late_reason="семья уезжала")
    assert row.due_on == date(2026, 11, 17)
    settings.change_settings(worker.id, survey_days=9)
    assert survey(family_id, worker.id, 1, late_reason="уезжали").due_on == date(2026, 11, 17)
    assert check.broken_rules() == []


@time_machine.travel(WEDNESDAY, tick=False)
def test_a_corrected_day_judges_the_survey_anew(family_id, worker):
    enter(family_id, worker.id, received_on=date(2026, 11, 16))
    survey(family_id, worker.id)
    with refuses("survey_late"):
        enter(family_id, worker.id, 1, received_on=date(2026, 11, 5))
    assert queries.papers(family_id).intake.received_on == date(2026, 11, 16)
    survey(family_id, worker.id, 1, late_reason="болели")
    enter(family_id, worker.id, 1, received_on=date(2026, 11, 5))
    assert queries.papers(family_id).survey.due_on == date(2026, 11, 10)


@time_machine.travel(WEDNESDAY, tick=False)
def test_a_changed_calendar_moves_the_deadlines_that_run(family_id, worker):
    enter(family_id, worker.id, received_on=date(2026, 11, 16))
    assert queries.papers(family_id).standing.due_on == date(2026, 11, 19)
    settings.set_day(date(2026, 11, 19), "off", "день города", worker.id)
    assert queries.papers(family_id).standing.due_on == date(2026, 11, 20)
    settings.take_day_back(date(2026, 11, 19), worker.id)
    assert queries.papers(family_id).standing.due_on == date(2026, 11, 19)


def test_only_the_author_and_the_head_correct_a_survey_until_the_decision(family_id, patronage, worker):
    other = make_user("specialist")
    enter(family_id, worker.id)
    survey(family_id, worker.id)
    with refuses("not_author"):
        survey(family_id, other.id, 1)
    survey(family_id, other.id, 1, is_head=True, housing="Дом")
    decide(patronage)
    with refuses("decided"):
        survey(family_id, worker.id, 2)
    with refuses("decided"):
        enter(family_id, worker.id, 1)


def test_what_is_missing_is_entered_after_the_decision_too(family_id, patronage, worker):
    decide(patronage)
    assert queries.papers(family_id).standing is None
    enter(family_id, worker.id)
    survey(family_id, worker.id)
    sign(family_id, worker.id)


@pytest.mark.parametrize("status", ["removed", "declined", "refused"])
def test_nothing_is_entered_when_the_patronage_is_over(worker, status):
    family_id = make_patronage(status=status).family_id
    for act in (enter, survey, sign):
        with refuses("wrong_state"):
            act(family_id, worker.id)


def test_who_conducts_a_survey_works_here(family_id, worker):
    enter(family_id, worker.id)
    for stranger in (make_user("staff").id, make_user("specialist", dismissed_on=clock.today()).id, 999_999):
        with refuses("no_colleague"):
            survey(family_id, worker.id, conducted_by_id=stranger)


def test_one_agreement_is_in_force(family_id, worker):
    first = sign(family_id, worker.id)
    with refuses("in_force"):
        sign(family_id, worker.id, number="13/п")
    agreements.change_agreement(
        first,
        worker.id,
        1,
        number="12-П",
        signed_on=days_ago(2),
        representative_id=representative_of(family_id),
    )
    with refuses("ended_date"):
        agreements.end_agreement(first, worker.id, 2, ended_on=days_ago(3), reason="смена")
    agreements.end_agreement(first, worker.id, 2, ended_on=clock.today(), reason="смена представителя")
    with refuses("ended"):
        agreements.end_agreement(first, worker.id, 3, ended_on=clock.today(), reason="ещё раз")
    second = sign(family_id, worker.id, number="13/п")
    assert queries.papers(family_id).agreement.id == second
    events = db.session.scalars(
        select(AuditEntry.event).where(AuditEntry.kind == "agreements").order_by(AuditEntry.id)
    )
    assert list(events) == ["agreement.signed", "agreement.changed", "agreement.ended", "agreement.signed"]


def test_an_agreement_is_signed_by_a_representative_of_the_family(family_id, worker):
    other = make_family("Чужая")
    child = db.session.get_one(Family, family_id).members[1].id
    for somebody in (representative_of(other.id), child, 999_999):
        with refuses("not_representative"):
            sign(family_id, worker.id, representative_id=somebody)
    with refuses("signed_date"):
        sign(family_id, worker.id, signed_on=clock.today() + timedelta(1))


def test_a_scan_is_kept_once_and_not_when_the_agreement_fails(app, family_id, worker, tmp_path):
    uploads = tmp_path / "instance" / "uploads"
    with refuses("not_representative"):
        sign(family_id, worker.id, representative_id=999_999, scan=(b"scan", "image/jpeg"))
    assert not list(uploads.iterdir())
    agreement_id = sign(family_id, worker.id)
    values = {"number": "1", "signed_on": clock.today(), "representative_id": representative_of(family_id)}
    scan = (b"scan", "image/jpeg")
    agreements.change_agreement(agreement_id, worker.id, 1, **values, scan=scan)
    with refuses("scan_there"):
        agreements.change_agreement(agreement_id, worker.id, 2, **values, scan=scan)
    assert len(list(uploads.iterdir())) == 1
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_the_reason_without_a_course_goes_before_the_consilium(app):
    """R4: asked when the family is taken in, read by those who vote; a finished course needs none."""
    people = make_people()
    meeting_id = make_meeting(people)
    for course, told in ((None, "курса не было"), (days_ago(5), "")):
        waiting = make_submitted("Лесникова", course_ended_on=course)
        enter(waiting.family_id, people.lead.id, course_ended_on=course, course_reason="курса не было")
        item_id = propose(people, meeting_id, waiting)
        assert db.session.get_one(Item, item_id).course_reason == told


# what the database itself refuses


def _intake(patronage, **fields):
    values = {"patronage_id": patronage.id, "kind": "application", "body": "", "received_on": clock.today()}
    values |= {"about": "", "course_reason": "", "version": 1, "entered_by_id": 1, "entered_at": clock.now()}
    return insert(Intake).values(values | fields)


def _agreement(patronage, worker, **fields):
    values = {"patronage_id": patronage.id, "number": "1", "signed_on": clock.today(), "version": 1}
    values |= {"representative_id": representative_of(patronage.family_id), "end_reason": ""}
    values |= {"recorded_by_id": worker.id, "recorded_at": clock.now()}
    return insert(Agreement).values(values | fields)


def _try(statement):
    db.session.rollback()
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(statement)


def test_the_database_holds_one_application_and_one_survey_a_patronage(patronage, family_id, worker):
    enter(family_id, worker.id)
    survey(family_id, worker.id)
    _try(_intake(patronage, entered_by_id=worker.id))
    columns = [name for name in Survey.__table__.columns.keys() if name != "id"]  # noqa: SIM118
    names = ", ".join(columns)
    _try(text(f"INSERT INTO surveys ({names}) SELECT {names} FROM surveys"))


def test_the_database_refuses_a_signal_of_nobody_and_a_late_survey_without_a_reason(
    patronage, family_id, worker
):
    _try(_intake(patronage, kind="signal", entered_by_id=worker.id))
    _try(_intake(patronage, body="school", entered_by_id=worker.id))
    enter(family_id, worker.id)
    survey(family_id, worker.id)
    _try(update(Survey).values(due_on=days_ago(1)))


def test_the_database_holds_one_agreement_in_force(patronage, family_id, worker):
    sign(family_id, worker.id)
    _try(_agreement(patronage, worker))
    _try(_agreement(patronage, worker, ended_on=days_ago(1)))


def test_check_finds_what_breaks_r8_and_r19(patronage, family_id, worker):
    enter(family_id, worker.id)
    survey(family_id, worker.id)
    agreement_id = sign(family_id, worker.id)
    assert check.broken_rules() == []
    other = make_family("Чужая")
    db.session.rollback()
    stranger = representative_of(other.id)
    with technical() as s:
        s.execute(update(Intake).values(received_on=clock.today() + timedelta(1)))
        s.execute(update(Agreement).where(Agreement.id == agreement_id).values(representative_id=stranger))
    db.session.rollback()
    assert {fault["rule"] for fault in check.broken_rules()} == {"R8", "R19"}
