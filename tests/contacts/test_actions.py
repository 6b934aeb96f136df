"""Contacts on a real database: what may be entered, and what it does to the day the next one is due by."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import check, clock
from portal.alerts.models import Alert
from portal.audit import AuditEntry
from portal.contacts import actions
from portal.contacts.models import Contact, ContactMember, Suspension
from portal.db import db, technical
from portal.families import consents
from portal.families.models import Consent, FamilyMember
from portal.patronage import execution
from portal.patronage.models import Patronage
from tests.factories import make_assignment, make_family, make_patronage, make_user
from tests.refusals import refuses

NOON = time(12)


@pytest.fixture
def today(app):
    return clock.today()


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def patronage(lead):
    return make_patronage(lead=lead, regime="emergency")


def plan(patronage, user, day=None, **fields):
    values = {"kind": "visit", "day": day or clock.today(), "starts_at": NOON, "minutes": 60} | fields
    return actions.plan_contact(patronage.id, user.id, user.id, **values)


def record(patronage, user, day=None, **fields):
    values = {"kind": "visit", "day": day or clock.today(), "starts_at": NOON, "minutes": 60} | fields
    return actions.record_contact(patronage.id, user.id, user.id, **values)


def found(contact_id) -> Contact:
    db.session.rollback()
    return db.session.get_one(Contact, contact_id)


def due(patronage) -> date | None:
    db.session.rollback()
    return db.session.get_one(Patronage, patronage.id).next_contact_on


def test_a_planned_contact_is_confirmed_and_done(patronage, lead, today):
    contact_id = plan(patronage, lead)
    actions.confirm_contact(contact_id, lead.id)
    assert found(contact_id).state == "confirmed"
    child = db.session.scalars(
        select(FamilyMember).where(
            FamilyMember.family_id == patronage.family_id, FamilyMember.kind == "minor"
        )
    ).one()
    actions.finish_contact(
        contact_id, lead.id, day=today, starts_at=time(13), minutes=95, members=[child.id], notes="Были дома"
    )
    contact = found(contact_id)
    assert (contact.state, contact.minutes, contact.notes) == ("done", 95, "Были дома")
    assert db.session.scalars(select(ContactMember.member_id)).all() == [child.id]
    events = db.session.scalars(
        select(AuditEntry.event).where(AuditEntry.kind == "contacts").order_by(AuditEntry.id)
    )
    assert list(events) == ["contact.planned", "contact.confirmed", "contact.done"]


def test_what_took_place_moves_the_day_on(patronage, lead, today):
    sunday = today + timedelta(6 - today.weekday())
    record(patronage, lead, starts_at=time(9))
    assert due(patronage) == sunday
    record(patronage, lead, starts_at=time(11))
    assert due(patronage) == sunday + timedelta(7)
    assert not {fault["rule"] for fault in check.broken_rules()} & {"R3", "R9"}


def test_what_failed_moves_nothing(patronage, lead):
    record(patronage, lead, starts_at=time(9))
    before = due(patronage)
    for hour, outcome in ((10, "not_at_home"), (12, "not_admitted"), (14, "refused")):
        contact_id = plan(patronage, lead, starts_at=time(hour))
        actions.fail_contact(contact_id, lead.id, outcome, "никого")
        assert found(contact_id).state == outcome
    assert due(patronage) == before


def test_a_call_that_nobody_answers_is_no_refusal(patronage, lead):
    silent = plan(patronage, lead, kind="call", reason="отъезд", starts_at=time(9))
    actions.fail_contact(silent, lead.id, "not_at_home", "трубку не взяли")
    assert db.session.scalars(select(Alert)).all() == []
    contact_id = plan(patronage, lead, kind="call", reason="отъезд", starts_at=time(11))
    with refuses("wrong_state"):
        actions.fail_contact(contact_id, lead.id, "not_admitted", "")
    with refuses("wrong_state"):
        actions.fail_contact(contact_id, lead.id, "made up", "")
    actions.fail_contact(contact_id, lead.id, "refused", "")


def test_a_moved_contact_is_kept_and_has_a_successor(patronage, lead, today):
    old = plan(patronage, lead)
    new = actions.move_contact(old, lead.id, today + timedelta(1), time(15), "болезнь")
    assert (found(old).state, found(old).why) == ("moved", "болезнь")
    assert (found(new).state, found(new).day, found(new).moved_from_id) == (
        "planned",
        today + timedelta(1),
        old,
    )
    with refuses("wrong_state"):
        actions.move_contact(old, lead.id, today + timedelta(2), time(15))


def test_a_closed_contact_stays(patronage, lead, today):
    contact_id = plan(patronage, lead)
    actions.cancel_contact(contact_id, lead.id, "просьба семьи")
    for again in (
        lambda: actions.cancel_contact(contact_id, lead.id, ""),
        lambda: actions.confirm_contact(contact_id, lead.id),
        lambda: actions.fail_contact(contact_id, lead.id, "refused", ""),
        lambda: actions.finish_contact(contact_id, lead.id, day=today, starts_at=NOON, minutes=5),
    ):
        with refuses("wrong_state"):
            again()


def test_one_place_at_a_time(patronage, lead, today):
    plan(patronage, lead)
    other = make_patronage(make_family("Другая"), lead=lead)
    for starts_at in (time(11, 30), NOON, time(12, 59)):
        with refuses("overlap"):
            plan(other, lead, starts_at=starts_at)
    with refuses("overlap"):
        record(other, lead, starts_at=time(12, 15))
    plan(other, lead, starts_at=time(13))
    plan(other, lead, today + timedelta(1))
    colleague = make_user("specialist")
    make_assignment(other, colleague, "involved")
    plan(other, colleague)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"day": -1}, "past_day"),
        ({"day": 400}, "far_day"),
        ({"starts_at": time(3)}, "bad_hours"),
        ({"minutes": 0}, "bad_length"),
        ({"minutes": 481}, "bad_length"),
        ({"kind": "call"}, "no_reason"),
        ({"kind": "video", "reason": "  "}, "no_reason"),
    ],
)
def test_what_cannot_be_planned(patronage, lead, today, fields, code):
    if "day" in fields:
        fields = fields | {"day": today + timedelta(fields["day"])}
    with refuses(code):
        plan(patronage, lead, **fields)


def test_nothing_is_planned_off_patronage(lead):
    for status, code in (
        ("submitted", "not_on_patronage"),
        ("suspended", "suspended"),
        ("removed", "not_on_patronage"),
    ):
        with refuses(code):
            plan(make_patronage(make_family(), status, lead=lead), lead)


def test_what_cannot_have_taken_place(patronage, lead, today):
    with refuses("future_day"):
        record(patronage, lead, today + timedelta(1))
    with refuses("before_enrollment"):
        record(patronage, lead, patronage.enrolled_on - timedelta(1))
    removed = make_patronage(make_family(), "removed", lead=lead, removed_on=today - timedelta(3))
    with refuses("after_removal"):
        record(removed, lead, today - timedelta(2))
    record(removed, lead, today - timedelta(3))


def test_another_familys_child_is_not_ticked(patronage, lead):
    stranger = make_patronage(make_family("Чужая"))
    child = db.session.scalars(
        select(FamilyMember.id).where(FamilyMember.family_id == stranger.family_id)
    ).all()
    with refuses("other_family"):
        record(patronage, lead, members=child)


def test_only_who_works_with_the_family_goes_to_it(patronage):
    with refuses("not_assigned"):
        plan(patronage, make_user("specialist"))


def test_a_withdrawal_stops_what_is_planned_and_a_new_consent_lets_it_go_on(patronage, lead, today):
    contact_id = plan(patronage, lead, today + timedelta(1))
    consent = db.session.scalars(select(Consent).where(Consent.family_id == patronage.family_id)).one()
    consents.withdraw_consent(consent.id, today - timedelta(2), "", lead.id)
    assert (found(contact_id).state, found(contact_id).why) == ("cancelled", "consent_withdrawn")
    assert due(patronage) is None
    with refuses("was_suspended"):
        record(patronage, lead, today - timedelta(1))
    record(patronage, lead, today - timedelta(3))
    representative = db.session.scalars(
        select(FamilyMember.id).where(
            FamilyMember.family_id == patronage.family_id, FamilyMember.kind == "representative"
        )
    ).one()
    consents.record_consent(patronage.family_id, lead.id, representative, today)
    row = db.session.scalars(select(Suspension)).one()
    assert (row.starts_on, row.ends_on) == (today - timedelta(2), today - timedelta(1))
    assert due(patronage) is not None
    plan(patronage, lead)


def test_a_removal_stops_what_is_planned(patronage, lead, today):
    contact_id = plan(patronage, lead)
    with db.session.begin_nested() as nested:
        row = db.session.get_one(Patronage, patronage.id)
        execution.remove_family(db.session(), row, today, reason="aims_reached", actor_id=lead.id)
        nested.commit()
    db.session.commit()
    assert (found(contact_id).state, due(patronage)) == ("cancelled", None)


def test_the_database_knows_it_too(patronage, lead, today):
    row = {
        "patronage_id": patronage.id, "user_id": lead.id, "kind": "visit", "state": "planned", "day": today,
        "starts_at": NOON, "minutes": 60, "created_by_id": lead.id, "created_at": clock.now(),
        "closed_at": None, "reason": "", "why": "", "notes": "", "recommendations": "",
    }  # fmt: skip
    removed = make_patronage(make_family(), "removed", lead=lead)
    done = {"state": "done", "closed_at": clock.now()}
    wrong = [
        {"patronage_id": removed.id},
        done | {"day": patronage.enrolled_on - timedelta(1)},
        done | {"patronage_id": removed.id, "day": today + timedelta(1)},
        {"closed_at": clock.now()},
        {"state": "done"},
        {"kind": "call"},
        {"kind": "letter"},
        {"minutes": 0},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError):
            db.session.execute(insert(Contact).values(row | fields))
        db.session.rollback()
    db.session.execute(insert(Contact).values(row))
    with pytest.raises(IntegrityError):
        db.session.execute(insert(Contact).values(row))
    db.session.rollback()


def test_check_names_what_the_rules_forbid(patronage, lead, today):
    contact_id = plan(patronage, lead, today + timedelta(1))
    other, stranger = make_patronage(make_family()), make_family("Чужая")
    db.session.rollback()
    member = db.session.scalars(select(FamilyMember.id).where(FamilyMember.family_id == stranger.id)).first()
    with technical() as s:
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(status="suspended"))
        s.add(Suspension(patronage_id=other.id, starts_on=today))
        s.add(ContactMember(contact_id=contact_id, member_id=member))
    db.session.rollback()
    found = [fault["rule"] for fault in check.broken_rules() if fault["rule"] in ("R3", "R9")]
    assert sorted(found) == ["R3", "R3", "R9"]


def test_what_has_not_begun_is_not_entered(patronage, lead, today):
    now = clock.local(clock.now())
    soon = (now + timedelta(minutes=10)).time().replace(second=0, microsecond=0)
    contact_id = plan(patronage, lead, starts_at=soon)
    with refuses("not_begun"):
        actions.finish_contact(contact_id, lead.id, day=today, starts_at=soon, minutes=5)
    assert found(contact_id).state == "planned"
    with refuses("not_begun"):
        record(make_patronage(make_family("Другая"), lead=lead), lead, starts_at=soon)
    begun = (now - timedelta(minutes=30)).time().replace(second=0, microsecond=0)
    actions.finish_contact(contact_id, lead.id, day=today, starts_at=begun, minutes=25)
    assert found(contact_id).starts_at == begun


def test_check_names_contacts_at_one_time(patronage, lead, today):
    ids = [plan(patronage, lead, today + timedelta(1), starts_at=time(hour)) for hour in (9, 11, 13, 15)]
    plan(patronage, lead, today + timedelta(2), starts_at=time(9, 30))
    assert "R10" not in {fault["rule"] for fault in check.broken_rules()}
    long, inside = found(ids[0]), ids[2]
    long.minutes = 300  # until 14:00, as no action of the portal would
    actions_off = found(ids[1])
    actions_off.state, actions_off.closed_at = "cancelled", clock.now()
    db.session.commit()
    found(ids[0]).minutes = 300
    db.session.commit()
    told = [fault["what"] for fault in check.broken_rules() if fault["rule"] == "R10"]
    assert told == [f"contacts {ids[0]} and {inside} of one specialist run at the same time"]
