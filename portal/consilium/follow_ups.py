"""What is noted after a decision: that the family was told, and that it has its extract."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import Decision, Item, Meeting
from portal.db import atomic
from portal.rules import N_, RuleBroken
from portal.rules import follow_ups as rules

CLOSED = ("closed", "signed")  # meetings that are over


def owe(s: Session, decision: Decision) -> None:
    """From now on the family waits to be told and for its extract; inside the transaction that decides."""
    if decision.patronage_id is not None:
        s.add(FollowUp(decision_id=decision.id))


def tell_family(decision_id: int, told_on: date, seen: date | None, actor_id: int) -> None:
    """Note on which day the family was told, or correct it; `seen` is what stood there when it was typed.

    Raises entered_meanwhile, told_date, same_date.
    """
    with atomic() as s:
        decision, row = _hold(s, decision_id)
        old = row.told_on
        rules.check_unchanged(seen, old)
        rules.check_told(told_on, decision.decided_on, row.extract_on, clock.today())
        _check_other(told_on, old)
        row.told_on, row.told_by_id = told_on, actor_id
        audit.record(s, Event.FAMILY_TOLD, actor_id, decision, old={"told_on": old}, new={"told_on": told_on})


def give_extract(decision_id: int, extract_on: date, seen: date | None, actor_id: int) -> None:
    """Note on which day the family was given its extract, or correct it; `seen` as in `tell_family`.

    Raises meeting_goes_on, entered_meanwhile, not_told, extract_date, same_date.
    """
    with atomic() as s:
        decision, row = _hold(s, decision_id)
        ended_on = _ended_on(s, decision)
        old = row.extract_on
        rules.check_unchanged(seen, old)
        rules.check_extract(extract_on, row.told_on, clock.today(), ended_on)
        _check_other(extract_on, old)
        row.extract_on, row.extract_by_id = extract_on, actor_id
        new = {"extract_on": extract_on}
        audit.record(s, Event.EXTRACT_GIVEN, actor_id, decision, old={"extract_on": old}, new=new)


def _hold(s: Session, decision_id: int) -> tuple[Decision, FollowUp]:
    """The decision and what is noted after it; one that was taken before this was kept gets its row now."""
    decision = s.get_one(Decision, decision_id)
    row = s.get(FollowUp, decision_id, populate_existing=True)
    if row is None:
        row = FollowUp(decision_id=decision_id)
        s.add(row)
    return decision, row


def _check_other(day: date, old: date | None) -> None:
    if day == old:
        raise RuleBroken("same_date", N_("This date stands there already: nothing is to be changed."))


def _ended_on(s: Session, decision: Decision) -> date:
    """The day on which the meeting ended: there are no minutes before, and so no extract of them."""
    query = select(Meeting.status, Meeting.closed_at).join(Item, Item.meeting_id == Meeting.id)
    meeting = s.execute(query.where(Item.id == decision.item_id)).one()
    if meeting.status not in CLOSED:
        raise RuleBroken(
            "meeting_goes_on", N_("The meeting is not over: its minutes can be extracted when it is closed.")
        )
    return clock.local(meeting.closed_at).date() if meeting.closed_at else decision.decided_on
