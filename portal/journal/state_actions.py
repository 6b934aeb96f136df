"""What marks services of sessions as entered into the state information system (R16; CLUB 5, stage 4, step 4)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic
from portal.journal.models import JournalEntry, StateSystemMark
from portal.rules import N_, RuleBroken, journal


def mark(entry_ids: Collection[int], entered_on: date, actor_id: int) -> int:
    """These services were entered on that day; who was quicker is left alone. Gives how many.

    Raises not_submitted, entered_before, entered_later, marked_already.
    """
    with atomic() as s:
        entries = _unmarked(s, entry_ids)
        if not entries:
            raise RuleBroken("marked_already", N_("These services are marked already."))
        for entry in entries:
            journal.check_entered_on(entry.state, entry.day, entered_on, clock.today())
        for entry in entries:
            s.add(
                StateSystemMark(
                    entry_id=entry.id, entered_on=entered_on, marked_by_id=actor_id, marked_at=clock.now()
                )
            )
            new = {"entered_on": entered_on}
            audit.record(s, Event.STATE_SYSTEM_MARKED, actor_id, entry, new=new)
        return len(entries)


def unmark(entry_id: int, actor_id: int) -> None:
    """It was not entered after all, or on another day. Raises not_marked."""
    with atomic() as s:
        row = s.get(StateSystemMark, entry_id, with_for_update=True)
        if row is None:
            raise RuleBroken("not_marked", N_("This service is not marked any more."))
        old = {"entered_on": row.entered_on}
        s.delete(row)
        audit.record(
            s, Event.STATE_SYSTEM_UNMARKED, actor_id, s.get_one(JournalEntry, entry_id), old=old, new={}
        )


def _unmarked(s: Session, entry_ids: Collection[int]) -> list[JournalEntry]:
    """Those that have no mark yet, locked."""
    query = select(JournalEntry).outerjoin(StateSystemMark, StateSystemMark.entry_id == JournalEntry.id)
    query = query.where(JournalEntry.id.in_(entry_ids), StateSystemMark.entry_id.is_(None))
    query = query.where(JournalEntry.session_id.is_not(None)).order_by(JournalEntry.id)
    return list(s.scalars(query.with_for_update(of=JournalEntry).execution_options(populate_existing=True)))
