"""Telling the members of a meeting: convened, changed, called off. In the portal always, by e-mail where it is set."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal import clock
from portal.accounts.models import User
from portal.consilium import letters
from portal.consilium.invitation_models import Invitation
from portal.consilium.letters import Told
from portal.consilium.models import Item, Meeting, MeetingSeat, RollSeat
from portal.db import db
from portal.mail import outbox
from portal.memory import unchanged


def convened(s: Session, meeting: Meeting) -> dict[str, int]:
    """Inside a transaction: the members are invited. Gives what the audit log says of it."""
    return _tell(s, meeting, "convened")


def changed(s: Session, meeting: Meeting) -> dict[str, int]:
    """Inside a transaction: what the members were told is no longer true. Nothing where it still is."""
    last = last_of(s, meeting.id)
    told = last and (last.held_on, last.starts_at, last.place)
    if meeting.status != "convened" or told == (meeting.held_on, meeting.starts_at, meeting.place):
        return {}
    return _tell(s, meeting, "changed" if last else "convened")


def cancelled(s: Session, meeting: Meeting) -> dict[str, int]:
    """Inside a transaction: the meeting is called off. A draft was told to nobody."""
    return _tell(s, meeting, "cancelled") if last_of(s, meeting.id) else {}


def last_of(s: Session, meeting_id: int) -> Invitation | None:
    """What the members were told last."""
    query = select(Invitation).where(Invitation.meeting_id == meeting_id)
    return s.scalar(query.order_by(Invitation.sequence.desc()).limit(1))


def _tell(s: Session, meeting: Meeting, kind: str) -> dict[str, int]:
    last = last_of(s, meeting.id)
    row = Invitation(meeting_id=meeting.id, kind=kind, sequence=last.sequence + 1 if last else 0)
    row.held_on, row.starts_at, row.place = meeting.held_on, meeting.starts_at, meeting.place
    row.made_at = clock.now()
    s.add(row)
    s.flush()
    return {"sequence": row.sequence, "mails": _write_mails(s, meeting, row, last) if outbox.is_on() else 0}


def _write_mails(s: Session, meeting: Meeting, row: Invitation, last: Invitation | None) -> int:
    """A mail to each member with an address; those of before that still wait would only mislead."""
    outbox.outrun(s, [_reference(meeting.id, n) for n in range(row.sequence)])
    told = _told(s, meeting, row, last)
    useless = datetime.combine(meeting.held_on, meeting.starts_at, clock.zone()) + letters.LASTS
    if row.kind == "cancelled" and last is not None:
        useless = max(useless, clock.now() + timedelta(1))
    readers = s.execute(
        select(User.id, User.language).where(_invited(meeting.id), User.email != "").order_by(User.id)
    ).all()
    by_language = {language: letters.letter(told, language) for language in {one.language for one in readers}}
    for reader in readers:
        reference = _reference(meeting.id, row.sequence)
        outbox.add(s, reader.id, reference, by_language[reader.language], useless)
    return len(readers)


def _reference(meeting_id: int, sequence: int) -> str:
    return f"meeting-{meeting_id}-{sequence}"


def _invited(meeting_id: int) -> ColumnElement[bool]:
    """Who works here and has a seat in the meeting, or on the roll as it is now."""
    seated = exists().where(MeetingSeat.meeting_id == meeting_id, MeetingSeat.user_id == User.id)
    on_roll = exists().where(RollSeat.user_id == User.id, RollSeat.until_on.is_(None))
    return or_(seated, on_roll) & User.dismissed_on.is_(None)


def _told(s: Session, meeting: Meeting, row: Invitation, last: Invitation | None) -> Told:
    first_at = select(func.min(Invitation.made_at)).where(Invitation.meeting_id == meeting.id)
    items = select(func.count()).where(Item.meeting_id == meeting.id, Item.status != "withdrawn")
    return Told(
        meeting_id=meeting.id,
        number=meeting.number,
        extraordinary=meeting.kind == "extraordinary",
        kind=row.kind,
        sequence=row.sequence,
        held_on=row.held_on,
        starts_at=row.starts_at,
        place=row.place,
        items=s.scalar(items) or 0,
        first_at=s.scalar(first_at) or row.made_at,
        made_at=row.made_at,
        was=last,
    )


def calendar_of(meeting: Meeting, language: str) -> str | None:
    """The calendar file of a meeting as it was told last; None for one that nobody was told of."""
    s = db.session()
    row = last_of(s, meeting.id)
    return letters.calendar_file(_told(s, meeting, row, None), language) if row else None


def is_told(meeting: Meeting) -> bool:
    """Whether the members were told of it."""
    return unchanged(("told", meeting.id), lambda: last_of(db.session(), meeting.id) is not None)


def news(user_id: int, today: date) -> list[Any]:
    """Meetings to come of which the user was told that they changed or are called off, with how they were before."""
    last, before = aliased(Invitation), aliased(Invitation)
    newest = select(func.max(Invitation.sequence)).where(Invitation.meeting_id == Meeting.id)
    columns = (Meeting.id, Meeting.number, Meeting.kind.label("meeting_kind"), last.kind, last.held_on)
    was = (before.held_on.label("was_on"), before.starts_at.label("was_at"), before.place.label("was_place"))
    query = select(*columns, last.starts_at, last.place, *was).select_from(Meeting)
    query = query.join(
        last, (last.meeting_id == Meeting.id) & (last.sequence == newest.correlate(Meeting).scalar_subquery())
    )
    query = query.join(before, (before.meeting_id == Meeting.id) & (before.sequence == last.sequence - 1))
    mine = exists().where(RollSeat.user_id == user_id, RollSeat.until_on.is_(None))
    query = query.where(
        last.kind.in_(("changed", "cancelled")),
        Meeting.status.in_(("convened", "cancelled")),
        or_(last.held_on >= today, before.held_on >= today),
        mine,
    )
    return list(db.session.execute(query.order_by(last.held_on, last.starts_at, Meeting.id).limit(5)))
