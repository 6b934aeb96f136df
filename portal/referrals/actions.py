"""What changes referrals."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.contacts.models import Suspension
from portal.db import atomic
from portal.families import queries as families
from portal.families.actions import locked_patronage
from portal.patronage.models import Patronage
from portal.referrals.models import Referral
from portal.rules import N_, RuleBroken, check_seen, referrals
from portal.rules.lifecycle import Status
from portal.rules.referrals import Ground, Kind, State

COMMISSION = "juvenile_commission"  # its code among the bodies


def make_referral(
    s: Session,
    patronage: Patronage,
    actor_id: int,
    *,
    body: str,
    addressee: str,
    request: str,
    personal_data: bool,
    due_on: date,
    ground: str | None = None,
    law: str = "",
    sent_on: date | None = None,
    remind_on: date | None = None,
    kind: str = Kind.ORDINARY,
) -> Referral:
    """Inside a transaction: a referral of the episode is sent; the reminder comes when it is due, unless set.

    Raises over, suspended, urgent_by_law, no_ground, no_law, no_consent_to_pass, future_day, long_ago, bad_due,
    bad_reminder.
    """
    sent_on = sent_on or clock.today()
    ground = ground if personal_data else None
    law = law.strip() if ground == Ground.LAW else ""
    referrals.check_sent(sent_on, clock.today())
    referrals.check_due(sent_on, due_on, remind_on or due_on)
    referrals.check_ground(kind, personal_data, ground, law)
    referrals.check_allowed(patronage.status, ground, _suspended(s, patronage, sent_on))
    if ground == Ground.CONSENT:
        referrals.check_consented(families.consent_facts(s, patronage.family_id, sent_on)[0], sent_on)
    referral = Referral(
        patronage_id=patronage.id,
        kind=kind,
        body=body,
        addressee=addressee,
        request=request,
        personal_data=personal_data,
        ground=ground,
        law=law,
        sent_on=sent_on,
        due_on=due_on,
        remind_on=remind_on or due_on,
        state=State.OPEN,
        created_by_id=actor_id,
        created_at=clock.now(),
    )
    s.add(referral)
    audit.record(s, Event.REFERRAL_SENT, actor_id, referral, new=_facts(referral))
    return referral


def send_referral(family_id: int, actor_id: int, **values: Any) -> int:
    """Enter a referral of the family's latest episode. Gives its id. Raises what make_referral does."""
    with atomic() as s:
        return make_referral(s, locked_patronage(s, family_id), actor_id, **values).id


def postpone_referral(referral_id: int, actor_id: int, due_on: date, remind_on: date | None = None) -> None:
    """The answer is due, or to be reminded of, on another day. Raises wrong_state, bad_due, bad_reminder."""
    with atomic() as s:
        referral = _held(s, referral_id)
        referrals.check_waits(referral.state)
        referrals.check_due(referral.sent_on, due_on, remind_on or due_on)
        old = _facts(referral)
        referral.due_on, referral.remind_on = due_on, remind_on or due_on
        audit.record(s, Event.REFERRAL_POSTPONED, actor_id, referral, old=old, new=_facts(referral))


def answer_referral(referral_id: int, actor_id: int, answered_on: date, answer: str, seen: int) -> None:
    """The answer is there, in time, late or corrected. `seen` is the version the form was filled from.

    Raises wrong_state, changed_meanwhile, future_day, answer_too_early.
    """
    with atomic() as s:
        referral = _held(s, referral_id)
        referrals.check_move(referral.state, State.ANSWERED)
        message = N_("Somebody has entered an answer meanwhile. Compare below; saving again keeps your text.")
        check_seen(referral.version, seen, message)
        referrals.check_answered(referral.sent_on, answered_on, clock.today())
        old = _facts(referral)
        referral.state, referral.answered_on, referral.answer = State.ANSWERED, answered_on, answer
        referral.closed_at = referral.closed_at or clock.now()
        referral.version += 1
        audit.record(s, Event.REFERRAL_ANSWERED, actor_id, referral, old=old, new=_facts(referral))


def close_referral(referral_id: int, actor_id: int, to: str, why: str) -> None:
    """No answer comes any more (closed), or we take the referral back (withdrawn). Raises wrong_state, no_why."""
    with atomic() as s:
        referral = _held(s, referral_id)
        referrals.check_ended(referral.state, to)
        if not why.strip():
            raise RuleBroken("no_why", N_("Say why: it stays in the history."))
        old = _facts(referral)
        referral.state, referral.why, referral.closed_at = State(to), why, clock.now()
        audit.record(s, Event.REFERRAL_CLOSED, actor_id, referral, old=old, new=_facts(referral))


def _held(s: Session, referral_id: int) -> Referral:
    return s.get_one(Referral, referral_id, with_for_update=True, populate_existing=True)


def _suspended(s: Session, patronage: Patronage, day: date) -> bool:
    """Whether the patronage was suspended on the day (R3); of some it is not known since when."""
    query = select(Suspension.starts_on, Suspension.ends_on).where(Suspension.patronage_id == patronage.id)
    spans = [(row.starts_on, row.ends_on) for row in s.execute(query)]
    if patronage.status == Status.SUSPENDED and all(last is not None for _first, last in spans):
        return True
    return any(first <= day and (last is None or last >= day) for first, last in spans)


def _facts(referral: Referral) -> dict[str, Any]:
    """What the audit log keeps of a referral: no content, of texts their length."""
    return {
        "kind": str(referral.kind),
        "body": referral.body,
        "personal_data": referral.personal_data,
        "ground": referral.ground and str(referral.ground),
        "law": referral.law,
        "sent_on": referral.sent_on,
        "due_on": referral.due_on,
        "remind_on": referral.remind_on,
        "state": str(referral.state),
        "answered_on": referral.answered_on,
        "request": len(referral.request),
        "answer": len(referral.answer or ""),
    }
