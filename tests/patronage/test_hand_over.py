"""Hand-over and involvement: history, R6, and two heads at once."""

import threading
from datetime import time, timedelta

import pytest
from sqlalchemy import select, text

from portal import check, clock
from portal.audit import AuditEntry
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import atomic, db, technical
from portal.patronage import actions
from portal.patronage.models import Assignment
from portal.rules import RuleBroken
from tests.client import Client
from tests.factories import make_assignment, make_family, make_patronage, make_user

PEDAGOGUE = "социальный педагог"


def rows(patronage, kind=None):
    query = select(Assignment).where(Assignment.patronage_id == patronage.id).order_by(Assignment.id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return [row for row in found if kind is None or row.kind == kind]


def open_lead(patronage):
    return [row.user_id for row in rows(patronage, "lead") if row.ends_on is None]


@pytest.fixture
def cast(app):
    """A head, the present lead, a colleague, and a family on patronage since twenty days."""
    head, lead, other = (
        make_user("head"),
        make_user("specialist"),
        make_user("specialist", position=PEDAGOGUE),
    )
    patronage = make_patronage(make_family("Соколова"), lead=lead)
    return head, lead, other, patronage


def test_a_hand_over_keeps_the_history(cast):
    head, lead, other, patronage = cast
    day = clock.today() - timedelta(3)
    assert actions.hand_over([rows(patronage)[0].id], other.id, day, "отпуск", head.id) == 1
    old, new = rows(patronage)
    assert (old.user_id, old.ends_on, old.reason, old.decided_by_id) == (lead.id, day, "отпуск", head.id)
    assert (new.user_id, new.kind, new.starts_on, new.ends_on) == (other.id, "lead", day, None)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "assignment.handed_over")).one()
    assert (entry.kind, entry.object_id, entry.actor_id) == ("patronages", patronage.id, head.id)
    assert f'"user_id": {lead.id}' in entry.data and f'"user_id": {other.id}' in entry.data


def test_an_involved_colleague_who_becomes_the_lead_stands_once(cast):
    head, _lead, other, patronage = cast
    make_assignment(patronage, other, "involved")
    actions.hand_over([rows(patronage, "lead")[0].id], other.id, clock.today(), "болезнь", head.id)
    assert open_lead(patronage) == [other.id]
    assert [row.ends_on for row in rows(patronage, "involved")] == [clock.today()]


@pytest.mark.parametrize(
    ("roles", "position", "gone", "shift", "code"),
    [
        (["specialist"], "педагог-психолог", False, 0, "lead_profession"),
        (["staff"], PEDAGOGUE, False, 0, "not_a_specialist"),
        (["specialist"], PEDAGOGUE, True, 0, "colleague_dismissed"),
        (["specialist"], PEDAGOGUE, False, 1, "change_in_future"),
        (["specialist"], PEDAGOGUE, False, -30, "change_before_start"),
    ],
)
def test_what_a_hand_over_refuses(cast, roles, position, gone, shift, code):
    head, lead, _other, patronage = cast
    gone_on = clock.today() if gone else None
    to = make_user(*roles, position=position, dismissed_on=gone_on)
    with pytest.raises(RuleBroken) as refusal:
        actions.hand_over([rows(patronage)[0].id], to.id, clock.today() + timedelta(shift), "отпуск", head.id)
    assert refusal.value.code == code
    assert open_lead(patronage) == [lead.id]


def test_several_families_go_together_or_not_at_all(cast):
    head, lead, other, first = cast
    second = make_patronage(make_family("Ершова"), lead=lead)
    third = make_patronage(make_family("Лисина"), lead=make_user("specialist"))
    make_assignment(third, lead, "involved")
    ids = [row.id for one in (first, second, third) for row in rows(one) if row.user_id == lead.id]
    with pytest.raises(RuleBroken):
        actions.hand_over([*ids, 999_999], other.id, clock.today(), "увольнение", head.id)
    assert open_lead(first) == [lead.id]
    assert actions.hand_over(ids, other.id, clock.today(), "увольнение", head.id) == 3
    assert open_lead(first) == open_lead(second) == [other.id]
    assert [row.user_id for row in rows(third, "involved") if row.ends_on is None] == [other.id]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "assignment.handed_over")).all()
    assert {entry.object_id for entry in entries} == {first.id, second.id, third.id}


def test_a_removed_family_has_nobody_to_hand_over(cast):
    head, _lead, other, patronage = cast
    with technical() as session:
        session.execute(text("UPDATE patronages SET status = 'removed', removed_on = enrolled_on"))
    with pytest.raises(RuleBroken) as refusal:
        actions.hand_over([rows(patronage)[0].id], other.id, clock.today(), "отпуск", head.id)
    assert refusal.value.code == "not_on_patronage"


def test_a_family_without_a_lead_gets_one_once(cast):
    head, lead, other, _patronage = cast
    bare = make_patronage(make_family("Ершова"))
    actions.appoint_lead(bare.id, other.id, clock.today(), "не было", head.id)
    with pytest.raises(RuleBroken) as refusal:
        actions.appoint_lead(bare.id, lead.id, clock.today(), "не было", head.id)
    assert refusal.value.code == "already_changed"
    assert open_lead(bare) == [other.id]


def test_involved_specialists_come_and_go(cast):
    head, lead, _other, patronage = cast
    psychologist = make_user("specialist", position="педагог-психолог")
    actions.involve(patronage.id, psychologist.id, head.id)
    for again in (psychologist, lead):
        with pytest.raises(RuleBroken) as refusal:
            actions.involve(patronage.id, again.id, head.id)
        assert refusal.value.code == "already_involved"
    row = rows(patronage, "involved")[0]
    actions.release(row.id, head.id)
    assert [one.ends_on for one in rows(patronage, "involved")] == [clock.today()]
    with pytest.raises(RuleBroken) as refusal:
        actions.release(row.id, head.id)
    assert refusal.value.code == "already_changed"


def two_heads_at_once(app, monkeypatch, patronage, colleagues):
    """Both have read the same lead before either begins to write."""
    seen, head = rows(patronage, "lead")[0].id, make_user("head")
    ids, barrier, answers = [one.id for one in colleagues], threading.Barrier(2), []

    def together():
        barrier.wait(120)
        return atomic()

    monkeypatch.setattr(actions, "atomic", together)

    def hand_over(to_id):
        with app.app_context():
            try:
                actions.hand_over([seen], to_id, clock.today(), "отпуск", head.id)
                answers.append("done")
            except RuleBroken as broken:
                answers.append(broken.code)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=hand_over, args=(to_id,)) for to_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sorted(answers)


def test_of_two_heads_at_once_one_hands_over(app, cast, monkeypatch):
    _head, _lead, other, patronage = cast
    third = make_user("specialist")
    assert two_heads_at_once(app, monkeypatch, patronage, [other, third]) == ["already_changed", "done"]
    assert len(open_lead(patronage)) == 1


def test_without_the_index_there_would_be_two_leads(app, cast, monkeypatch):
    _head, _lead, other, patronage = cast
    third = make_user("specialist")
    db.session.rollback()
    with technical() as session:
        session.execute(text("DROP INDEX uq_assignments_lead"))
    two_heads_at_once(app, monkeypatch, patronage, [other, third])
    assert len(open_lead(patronage)) == 2


def plan(patronage, user, days, hour):
    return contacts.plan_contact(
        patronage.id, user.id, user.id, kind="visit", day=clock.today() + timedelta(days),
        starts_at=time(hour), minutes=60,
    )  # fmt: skip


def of(contact_id):
    db.session.rollback()
    contact = db.session.get_one(Contact, contact_id)
    return contact.user_id, contact.state, contact.why


def test_what_is_planned_goes_with_the_family(app, cast):
    """A visit of somebody who no longer works with the family would be nobody's."""
    head, lead, new, patronage = cast
    own = make_patronage(lead=new)
    clashing, free = plan(patronage, lead, 3, 10), plan(patronage, lead, 4, 10)
    kept, elsewhere = plan(own, new, 3, 10), plan(make_patronage(lead=lead), lead, 4, 12)
    actions.hand_over([rows(patronage, "lead")[0].id], new.id, clock.today(), "отпуск", head.id)
    assert of(free) == (new.id, "planned", "")
    assert of(clashing) == (new.id, "cancelled", "handed_over")
    assert of(kept) == (new.id, "planned", "")
    assert of(elsewhere) == (lead.id, "planned", "")
    assert "R10" not in {fault["rule"] for fault in check.broken_rules()}
    client = Client(app, new)
    client.get("/")
    told = client.page.xpath("string(//*[@id='stopped'])")
    assert "другой контакт" in told and "запланируйте заново" in told and "новое согласие" not in told


def test_what_an_involved_specialist_planned_goes_to_the_lead(cast):
    head, lead, _other, patronage = cast
    psychologist = make_user("specialist", position="педагог-психолог")
    actions.involve(patronage.id, psychologist.id, head.id)
    contact_id = plan(patronage, psychologist, 2, 10)
    actions.release(rows(patronage, "involved")[0].id, head.id)
    assert of(contact_id) == (lead.id, "planned", "")
