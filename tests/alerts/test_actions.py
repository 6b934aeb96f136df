"""Alerts on a real database: who is told of what, decided once, carried out once."""

import json
from datetime import time, timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import check, clock
from portal.alerts import actions
from portal.alerts.models import Alert
from portal.audit import AuditEntry
from portal.contacts import actions as contacts
from portal.db import atomic, db, technical
from portal.families.history import history
from portal.patronage.models import Patronage
from tests.factories import make_assignment, make_family, make_patronage, make_user
from tests.refusals import refuses


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def patronage(lead):
    return make_patronage(lead=lead)


def found(alert_id) -> Alert:
    db.session.rollback()
    return db.session.get_one(Alert, alert_id)


def told(patronage, lead, kind="refusal", **fields) -> int:
    return actions.tell_head(patronage.id, lead.id, kind=kind, text="Не открыли дверь", **fields)


def visit(alert_id, head, lead, **fields) -> None:
    values = {"decision": "visit", "answer": "Сходите", "assignee_id": lead.id, "due_on": clock.today()}
    actions.decide(alert_id, head.id, **(values | fields))


@pytest.mark.parametrize(
    ("outcome", "kinds"), [("refused", ["refusal"]), ("not_admitted", ["refusal"]), ("not_at_home", [])]
)
def test_of_a_refusal_the_head_is_told_at_once(patronage, lead, outcome, kinds):
    contact_id = contacts.plan_contact(
        patronage.id, lead.id, lead.id, kind="visit", day=clock.today(), starts_at=time(10), minutes=60
    )
    contacts.fail_contact(contact_id, lead.id, outcome, "Сказали, что заняты")
    rows = list(db.session.scalars(select(Alert)))
    assert [row.kind for row in rows] == kinds
    if kinds:
        assert (rows[0].contact_id, rows[0].text, rows[0].state) == (
            contact_id,
            "Сказали, что заняты",
            "open",
        )
        assert "alert.raised" in [line.event for line in history(patronage.family_id)]
        assert (
            "заняты"
            not in db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "alert.raised")).one()
        )
    assert "R12" not in {fault["rule"] for fault in check.broken_rules()}


def test_a_refusal_that_is_not_kept_tells_nobody(patronage, lead):
    contact_id = contacts.plan_contact(
        patronage.id, lead.id, lead.id, kind="visit", day=clock.today() + timedelta(1),
        starts_at=time(10), minutes=60,
    )  # fmt: skip
    with refuses("future_day"):
        contacts.fail_contact(contact_id, lead.id, "refused", "")
    assert db.session.scalars(select(Alert)).all() == []


def test_of_one_contact_the_head_is_told_once(patronage, lead):
    contact_id = contacts.plan_contact(
        patronage.id, lead.id, lead.id, kind="visit", day=clock.today(), starts_at=time(10), minutes=60
    )
    first = told(patronage, lead, "danger", contact_id=contact_id)
    with atomic() as s:
        again = actions.raise_alert(s, patronage.id, "danger", lead.id, contact_id=contact_id, text="ещё")
        s.info["recorded"] = 1
    assert again == first
    with refuses("head_knows"):
        told(patronage, lead, "danger", contact_id=contact_id)
    other = told(patronage, lead, "ignored", contact_id=contact_id)
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(update(Alert).where(Alert.id == other).values(kind="danger"))
    actions.decide(first, lead.id, decision="other", answer="Разобрались")
    assert told(patronage, lead, "danger", contact_id=contact_id) != first


def test_a_visit_is_decided_carried_out_and_closed(patronage, lead, head):
    alert_id = told(patronage, lead)
    visit(alert_id, head, lead)
    row = found(alert_id)
    assert (row.state, row.decision, row.assignee_id, row.decided_by_id) == (
        "decided",
        "visit",
        lead.id,
        head.id,
    )
    actions.finish(alert_id, lead.id, "Мама открыла, дети здоровы")
    assert (found(alert_id).state, found(alert_id).done_by_id) == ("done", lead.id)
    events = [line.event for line in history(patronage.family_id)]
    assert events[:3] == ["alert.done", "alert.decided", "alert.raised"]


def test_nothing_is_carried_out_where_nothing_is_to_be(patronage, lead, head):
    alert_id = told(patronage, lead)
    actions.decide(alert_id, head.id, decision="no_visit", answer="Я с ними говорила", assignee_id=lead.id)
    row = found(alert_id)
    assert (row.state, row.assignee_id, row.done_by_id) == ("done", None, head.id)


def test_nobody_decides_or_closes_twice(patronage, lead, head):
    alert_id, other = told(patronage, lead), make_user("head")
    visit(alert_id, head, lead)
    with refuses("already_decided"):
        actions.decide(alert_id, other.id, decision="no_visit", answer="Не нужно")
    assert found(alert_id).decision == "visit"
    actions.finish(alert_id, lead.id, "Были")
    with refuses("already_done"):
        actions.finish(alert_id, head.id, "Не были")
    with refuses("already_decided"):
        visit(alert_id, other, lead)


@pytest.mark.parametrize(
    "change",
    ["decision = 'no_visit'", "answer = 'иначе'", "decided_by_id = raised_by_id",
     "state = 'open', decision = NULL, decided_at = NULL, decided_by_id = NULL"],
)  # fmt: skip
def test_the_database_keeps_a_decision(patronage, lead, head, change):
    alert_id = told(patronage, lead)
    visit(alert_id, head, lead)
    with pytest.raises(IntegrityError, match=r"tr_alerts_decided|a decision stays"), technical() as s:
        s.execute(text(f"UPDATE alerts SET {change} WHERE id = {alert_id}"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gossip"}, {"state": "lost"}, {"state": "decided"}, {"state": "done"}, {"decision": "visit"},
        {"state": "decided", "decision": "visit", "answer": "так", "decided_by_id": 1, "decided_at": 1},
    ],
)  # fmt: skip
def test_the_database_takes_no_half_alerts(patronage, lead, wrong):
    values = {
        "patronage_id": patronage.id, "kind": "refusal", "text": "", "raised_by_id": lead.id, "answer": "",
        "raised_at": clock.now(), "state": "open", "outcome": "",
    }  # fmt: skip
    values |= wrong
    if "decided_by_id" in wrong:
        values |= {"decided_by_id": lead.id, "decided_at": clock.now()}
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(insert(Alert).values(values))


def test_a_visit_is_made_by_who_works_with_the_family(patronage, lead, head):
    stranger, involved = make_user("specialist"), make_user("specialist")
    make_assignment(patronage, involved, "involved")
    alert_id = told(patronage, lead)
    for other in (stranger, head):
        with refuses("not_assigned"):
            visit(alert_id, head, other)
    visit(alert_id, head, involved)


def test_a_review_is_held_with_the_author_and_may_be_the_heads(patronage, lead, head):
    author = make_user("specialist", position="логопед")
    first, second = (told(patronage, lead, "ignored", colleague_id=author.id) for _ in range(2))
    review = {"decision": "review", "answer": "Разберём", "due_on": clock.today() + timedelta(3)}
    actions.decide(first, head.id, **review, assignee_id=head.id)
    actions.decide(second, head.id, **review, assignee_id=author.id)
    assert (found(first).assignee_id, found(first).colleague_id) == (head.id, author.id)
    with refuses("not_assigned"):
        actions.decide(
            told(patronage, lead, "ignored"), head.id, **review, assignee_id=make_user("specialist").id
        )


def test_no_visit_while_the_consent_is_withdrawn(lead, head):
    suspended = make_patronage(status="suspended", lead=lead)
    alert_id = told(suspended, lead, "danger")
    with refuses("suspended"):
        visit(alert_id, head, lead)
    actions.decide(
        alert_id, head.id, decision="notice", answer="Сегодня же", assignee_id=head.id, due_on=clock.today()
    )


def test_the_audit_keeps_facts_and_no_words(patronage, lead, head):
    alert_id = told(patronage, lead)
    visit(alert_id, head, lead, answer="Тайное слово")
    actions.finish(alert_id, lead.id, "Тайный исход")
    rows = db.session.scalars(select(AuditEntry.data).where(AuditEntry.kind == "alerts"))
    kept = " ".join(json.dumps(json.loads(row), ensure_ascii=False) for row in rows)
    assert "Тайн" not in kept and "дверь" not in kept and "visit" in kept


def test_the_check_finds_alerts_of_another_family_and_refusals_nobody_was_told_of(patronage, lead, head):
    other = make_patronage(lead=lead)
    plan = {"kind": "visit", "day": clock.today(), "minutes": 30}
    contact_id = contacts.plan_contact(patronage.id, lead.id, lead.id, **plan, starts_at=time(10))
    contacts.fail_contact(contact_id, lead.id, "refused", "")
    silent = contacts.plan_contact(patronage.id, lead.id, lead.id, **plan, starts_at=time(12))
    with technical() as s:
        s.execute(text(f"UPDATE alerts SET patronage_id = {other.id}"))
        s.execute(
            text("UPDATE contacts SET state = 'refused', closed_at = :now WHERE id = :id"),
            {"now": str(clock.now() + timedelta(seconds=5)).replace("+00:00", ""), "id": silent},
        )
    db.session.rollback()
    found_faults = [fault["what"] for fault in check.broken_rules() if fault["rule"] == "R12"]
    assert len(found_faults) == 2, found_faults
    assert db.session.get_one(Patronage, other.id)


def test_before_enrollment_who_took_the_family_in_carries_it_out(lead, head):
    patronage = make_patronage(make_family(created_by_id=lead.id), "identified")
    with atomic() as s:
        alert_id = actions.raise_alert(s, patronage.id, "late_survey", lead.id, text="3 дня прошли")
    actions.decide(
        alert_id, head.id, decision="other", answer="Завтра", assignee_id=lead.id, due_on=clock.today()
    )
    assert found(alert_id).assignee_id == lead.id
