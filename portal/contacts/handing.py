"""Planned contacts given from one colleague to another: for the days of a deputy and back, or with the family."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal import audit, clock
from portal.audit import Event
from portal.contacts.models import Contact
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import family_columns
from portal.rules.contacts import AHEAD, FARTHEST, HANDED_OVER, State
from portal.rules.timetable import meet


class Planned(NamedTuple):
    """A planned contact of somebody who will be away; `clashes` with one of the deputy's own."""

    id: int
    day: date
    starts_at: Any
    kind: str
    number: int
    surname: str
    clashes: bool


def planned(user: Any, away_id: int, deputy_id: int, first: date, last: date) -> list[Planned]:
    """What the colleague has planned for these days, in three queries at most; names only for who may read them."""
    columns = (Contact.id, Contact.day, Contact.starts_at, Contact.minutes, Contact.kind)
    query = select(*columns, *family_columns(user)).join(Patronage, Patronage.id == Contact.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id).where(_of(away_id, first, last))
    rows = db.session.execute(query.order_by(Contact.day, Contact.starts_at, Contact.id)).all()
    taken = _taken(db.session(), deputy_id, first, last) if rows else {}
    return [
        Planned(
            row.id, row.day, row.starts_at, row.kind, row.number, row.surname,
            _clash(taken, row.day, row.starts_at, row.minutes),
        )
        for row in rows
    ]  # fmt: skip


def hand(
    s: Session, ids: Iterable[int], away_id: int, deputy_id: int, first: date, last: date, actor_id: int
) -> tuple[int, int]:
    """Inside a transaction: give those of the planned contacts to the deputy. Gives how many, and how many stay.

    One stays where the deputy has another contact at the time.
    """
    wanted = _of(away_id, first, last) & Contact.id.in_(set(ids))
    return _hand(s, wanted, deputy_id, first, last, actor_id)


def give_back(
    s: Session, away_id: int, deputy_id: int, first: date, last: date, actor_id: int
) -> tuple[int, int]:
    """Inside a transaction: what the deputy has planned with families that are not their own goes back."""
    own = aliased(Assignment)
    theirs = select(Assignment.patronage_id).where(
        Assignment.user_id == away_id, Assignment.ends_on.is_(None)
    )
    mine = select(own.patronage_id).where(own.user_id == deputy_id, own.ends_on.is_(None))
    wanted = (
        _of(deputy_id, first, last) & Contact.patronage_id.in_(theirs) & Contact.patronage_id.not_in(mine)
    )
    return _hand(s, wanted, away_id, first, last, actor_id)


def follow(s: Session, patronage: Patronage, from_id: int, to_id: int, day: date, actor_id: int) -> None:
    """Inside a transaction: who no longer works with the family leaves what is planned from the day on to another.

    What the other has no time for is called off, and told to them; so no family is waited for by nobody.
    """
    s.flush()
    last = clock.today() + FARTHEST
    wanted = _of(from_id, day, last) & (Contact.patronage_id == patronage.id)
    _hand(s, wanted, to_id, day, last, actor_id)
    for contact in s.scalars(select(Contact).where(wanted).order_by(Contact.id)).all():
        old = {"state": contact.state, "user": from_id}
        contact.user_id, contact.state = to_id, State.CANCELLED
        contact.why, contact.closed_at = HANDED_OVER, clock.now()
        new = {"state": str(State.CANCELLED), "user": to_id}
        audit.record(s, Event.CONTACT_CANCELLED, actor_id, contact, old=old, new=new)


def _of(user_id: int, first: date, last: date) -> Any:
    return (Contact.user_id == user_id) & Contact.day.between(first, last) & Contact.state.in_(AHEAD)


def _hand(s: Session, wanted: Any, to_id: int, first: date, last: date, actor_id: int) -> tuple[int, int]:
    query = select(Contact).where(wanted).order_by(Contact.day, Contact.starts_at, Contact.id)
    taken, handed, left = _taken(s, to_id, first, last), 0, 0
    for contact in s.scalars(query.with_for_update()).all():
        if _clash(taken, contact.day, contact.starts_at, contact.minutes):
            left += 1
            continue
        old, contact.user_id = contact.user_id, to_id
        taken.setdefault(contact.day, []).append((contact.starts_at, contact.minutes))
        audit.record(s, Event.CONTACT_HANDED_OVER, actor_id, contact, old={"user": old}, new={"user": to_id})
        handed += 1
    return handed, left


def _taken(s: Session, user_id: int, first: date, last: date) -> dict[date, list[Any]]:
    query = select(Contact.day, Contact.starts_at, Contact.minutes).where(
        Contact.user_id == user_id,
        Contact.day.between(first, last),
        Contact.state.in_((*AHEAD, State.DONE)),
    )
    found: dict[date, list[Any]] = {}
    for day, starts_at, minutes in s.execute(query):
        found.setdefault(day, []).append((starts_at, minutes))
    return found


def _clash(taken: dict[date, list[Any]], day: date, starts_at: Any, minutes: int) -> bool:
    return any(meet((starts_at, minutes), other) for other in taken.get(day, ()))
