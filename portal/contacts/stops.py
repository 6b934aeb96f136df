"""What stops contacts: a withdrawn consent, a removal; inside the transactions of those (R3)."""

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.contacts import standing
from portal.contacts.models import Contact, Suspension
from portal.patronage.models import Patronage
from portal.rules.contacts import AHEAD, REMOVED, WITHDRAWN, State
from portal.rules.norms import DAY


def stop_contacts(s: Session, patronage_id: int, why: str) -> int:
    """Inside a transaction: call off all that is planned (R3). Gives how many."""
    values = {"state": State.CANCELLED, "why": why, "closed_at": clock.now()}
    query = update(Contact).where(Contact.patronage_id == patronage_id, Contact.state.in_(AHEAD))
    return int(s.execute(query.values(values)).rowcount)  # type: ignore[attr-defined]


def suspend(s: Session, patronage: Patronage, day: date) -> int:
    """Inside a transaction: note that the patronage is suspended from the day on, and stop what is planned.

    Gives how many contacts were called off.
    """
    s.add(Suspension(patronage_id=patronage.id, starts_on=day))
    stopped = stop_contacts(s, patronage.id, WITHDRAWN)
    standing.refresh(s, patronage)
    return stopped


def resume(s: Session, patronage: Patronage, day: date) -> None:
    """Inside a transaction: the suspension ends with the day before `day`; one of no day leaves no trace."""
    here = (Suspension.patronage_id == patronage.id, Suspension.ends_on.is_(None))
    for row in s.scalars(select(Suspension).where(*here)):
        if row.starts_on >= day:
            s.delete(row)
        else:
            row.ends_on = day - DAY
    standing.refresh(s, patronage)


def end(s: Session, patronage: Patronage, day: date) -> None:
    """Inside a transaction: the family is removed on the day; nothing is planned or owed any more."""
    here = (Suspension.patronage_id == patronage.id, Suspension.ends_on.is_(None))
    s.execute(update(Suspension).where(*here).values(ends_on=day))
    stop_contacts(s, patronage.id, REMOVED)
    standing.refresh(s, patronage)
