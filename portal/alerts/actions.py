"""What tells the head, decides, and closes."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.alerts import queries
from portal.alerts.models import Alert
from portal.audit import Event
from portal.db import atomic
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, contacts
from portal.rules import alerts as rules
from portal.rules.alerts import Decision, State


def raise_alert(
    s: Session,
    patronage_id: int,
    kind: str,
    actor_id: int,
    *,
    contact_id: int | None = None,
    colleague_id: int | None = None,
    text: str = "",
) -> int:
    """Inside a transaction: tell the head. Gives the alert's id; of one that is open for this contact, that one's.

    `colleague_id`: the author of the home task that was ignored (R12).
    """
    found = _open(s, kind, contact_id)
    if found is not None:
        return found
    row = Alert(
        patronage_id=patronage_id, kind=rules.Kind(kind), contact_id=contact_id, colleague_id=colleague_id,
        text=text, raised_by_id=actor_id, raised_at=clock.now(),
    )  # fmt: skip
    s.add(row)
    new = {"kind": str(row.kind), "contact": contact_id, "colleague": colleague_id, "length": len(text)}
    audit.record(s, Event.ALERT_RAISED, actor_id, row, new=new)
    return row.id


def _open(s: Session, kind: str, contact_id: int | None) -> int | None:
    if contact_id is None:
        return None
    here = (Alert.contact_id == contact_id, Alert.kind == kind, Alert.state == State.OPEN)
    return s.scalar(select(Alert.id).where(*here))


def tell_head(
    patronage_id: int,
    actor_id: int,
    *,
    kind: str,
    text: str,
    contact_id: int | None = None,
    colleague_id: int | None = None,
) -> int:
    """A specialist tells the head by hand. Gives the alert's id. Raises bad_kind, no_text, head_knows."""
    rules.check_raised(kind, text)
    with atomic() as s:
        if _open(s, kind, contact_id) is not None:
            raise RuleBroken(
                "head_knows", N_("The head has been told of this contact already, and will decide.")
            )
        return raise_alert(
            s, patronage_id, kind, actor_id, contact_id=contact_id, colleague_id=colleague_id, text=text
        )


def decide(
    alert_id: int,
    actor_id: int,
    *,
    decision: str,
    answer: str,
    assignee_id: int | None = None,
    due_on: date | None = None,
    colleague_id: int | None = None,
) -> None:
    """The head decides; a head may decide on what they have raised themselves.

    Raises already_decided, bad_decision, no_answer, no_assignee, no_due, past_due, far_due, notice_today,
    not_assigned; for a visit to a family off patronage suspended, not_on_patronage (R3).
    """
    with atomic() as s:
        row = s.get_one(Alert, alert_id, with_for_update=True, populate_existing=True)
        rules.check_open(row.state)
        state = rules.decided(row.kind, decision, answer, assignee_id, due_on, clock.today())
        if state == State.DECIDED:
            _check_assignee(s, row, decision, assignee_id, actor_id)
            row.assignee_id, row.due_on = assignee_id, due_on
        if decision == Decision.REVIEW:
            row.colleague_id = colleague_id or row.colleague_id
        row.state, row.decision, row.answer = state, Decision(decision), answer
        row.decided_by_id, row.decided_at = actor_id, clock.now()
        if state == State.DONE:
            row.done_by_id, row.done_at = actor_id, row.decided_at
        audit.record(s, Event.ALERT_DECIDED, actor_id, row, old={"state": "open"}, new=_facts(row))


def _check_assignee(s: Session, row: Alert, decision: str, assignee_id: int | None, actor_id: int) -> None:
    """A visit is made by whoever works with the family or stands in; the rest the head may do, or the author."""
    if decision == Decision.VISIT:
        contacts.check_running(s.get_one(Patronage, row.patronage_id).status)
    known = queries.worker_ids(s, row.patronage_id)
    if decision != Decision.VISIT:
        known |= {actor_id, row.colleague_id or actor_id}
    if assignee_id not in known:
        raise RuleBroken(
            "not_assigned",
            N_("This colleague is not assigned to the family. Choose its lead or an involved specialist."),
        )


def finish(alert_id: int, actor_id: int, outcome: str) -> None:
    """What was decided is carried out. Raises not_decided, already_done, no_outcome."""
    with atomic() as s:
        row = s.get_one(Alert, alert_id, with_for_update=True, populate_existing=True)
        rules.check_done(row.state, outcome)
        row.state, row.outcome = State.DONE, outcome
        row.done_by_id, row.done_at = actor_id, clock.now()
        audit.record(s, Event.ALERT_DONE, actor_id, row, old={"state": "decided"}, new=_facts(row))


def _facts(row: Alert) -> dict[str, Any]:
    """What the audit log keeps of an alert: no content."""
    return {
        "state": str(row.state),
        "decision": str(row.decision),
        "assignee": row.assignee_id,
        "due_on": row.due_on,
        "colleague": row.colleague_id,
    }
