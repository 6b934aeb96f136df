"""What is read of the minutes: who has to sign, how far they are, and what of them a user may read."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.access import Permission, may
from portal.consilium import queries
from portal.consilium.digest import digest
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.minutes_record import Record, record_of
from portal.consilium.models import Dissent, Item, ItemVoter, Meeting, MeetingSeat, Vote
from portal.consilium.presence import HERE
from portal.db import db
from portal.families.models import Family
from portal.families.queries import families_for
from portal.memory import unchanged
from portal.rules import minutes as rules
from portal.rules.meetings import DECIDED
from portal.settings.calendar import calendar

MOST = 20


def _took_part() -> Any:
    """That the seat's member was present at the end, or when an item was decided: as `record` says it."""
    mine = (Item.meeting_id == MeetingSeat.meeting_id,)
    counted = exists().where(
        ItemVoter.item_id == Item.id, ItemVoter.user_id == MeetingSeat.user_id, ItemVoter.present, *mine
    )
    decided = Item.status.in_(DECIDED)
    voted = exists().where(Vote.item_id == Item.id, Vote.user_id == MeetingSeat.user_id, decided, *mine)
    return or_(MeetingSeat.presence.in_(HERE), counted, voted)


def took_part(user_id: int, meeting_id: int) -> bool:
    """Whether the user was there, and so has heard all that was said."""
    seat = (MeetingSeat.meeting_id == meeting_id, MeetingSeat.user_id == user_id)
    return db.session.scalar(select(MeetingSeat.user_id).where(*seat, _took_part())) is not None


def signing() -> Any:
    """That the seat has to sign: `rules.signs` in the database's words."""
    return or_(MeetingSeat.seat.in_(rules.ALWAYS_SIGN), _took_part())


def signature() -> Any:
    """That the seat's signature is there."""
    return exists().where(
        MinutesSignature.meeting_id == MeetingSeat.meeting_id, MinutesSignature.user_id == MeetingSeat.user_id
    )


def must_sign(s: Session, meeting_id: int) -> tuple[set[int], set[int]]:
    """The ids of those who have to sign the minutes of the meeting, and of those who have."""
    seats = select(MeetingSeat.user_id).where(MeetingSeat.meeting_id == meeting_id, signing())
    there = select(MinutesSignature.user_id).where(MinutesSignature.meeting_id == meeting_id)
    return set(s.scalars(seats)), set(s.scalars(there))


@dataclass(frozen=True)
class Paper:
    """The minutes as a user may see them. `open_items`: those of whose family the user may read what was said."""

    meeting: Meeting
    record: Record
    signers: list[Any]  # seats, in the order of the roll
    open_items: frozenset[int]
    due: date
    left: int  # working days
    lapsed: bool  # the record has changed since the offer
    may_sign: bool

    @property
    def missing(self) -> list[Any]:
        """The seats whose signature is not there."""
        return [seat for seat in self.signers if seat["user_id"] not in self.record.signatures]

    @property
    def may_be_noted(self) -> list[Any]:
        """The missing seats of which it may be noted why they do not sign; none before the first signature."""
        row = self.record.minutes
        if row is None or row["offered_at"] is None or not self.record.signatures:
            return []
        return [seat for seat in self.missing if seat["seat"] not in rules.ALWAYS_SIGN]

    @property
    def unsigned(self) -> list[Any]:
        """Of whom is noted why they do not sign."""
        return [one for one in self.record.signatures.values() if one["reason"]]

    @property
    def state(self) -> str:
        """Where the minutes are: draft, offered, signed."""
        row = self.record.minutes
        return rules.state(row is not None and row["offered_at"] is not None, len(self.missing))

    @property
    def waiting_days(self) -> int:
        """For how many days the missing signatures have been waited for."""
        row = self.record.minutes
        if row is None or row["offered_at"] is None:
            return 0
        return (clock.today() - clock.local(row["offered_at"]).date()).days

    @property
    def annex(self) -> list[tuple[int, Any]]:
        """(number of the item, dissent) of those stated after what was signed had been offered."""
        row, dissents = self.record.minutes, self.record.dissents
        if row is None or row["offered_at"] is None or not self.record.signatures:
            return []
        numbered = enumerate(self.record.items, 1)
        found = [(number, one) for number, item in numbered for one in dissents.get(item["id"], [])]
        return [(number, one) for number, one in found if one["stated_at"] > row["offered_at"]]


def paper_of(user: Any, meeting: Meeting) -> Paper:
    """The minutes of a meeting that is over. What all see alike is read once after each change."""
    record = unchanged(("minutes", meeting.id), lambda: record_of(meeting))
    signers = [one for one in record.seats if rules.signs(one["seat"], one["user_id"] in record.took_part)]
    due = due_on(meeting)
    return Paper(
        meeting=meeting,
        record=record,
        signers=signers,
        open_items=open_items(user, record),
        due=due,
        left=rules.days_left(calendar(), clock.today(), due),
        lapsed=unchanged(("lapsed", meeting.id), lambda: _lapsed(meeting.id, record)),
        may_sign=user.id in {one["user_id"] for one in signers} - set(record.signatures),
    )


def due_on(meeting: Any) -> date:
    """The last day to have the minutes signed, by the term of the meeting."""
    ended_on = clock.local(meeting.closed_at).date() if meeting.closed_at else meeting.held_on
    return rules.due_on(calendar(), ended_on, meeting.minutes_days)


def _lapsed(meeting_id: int, record: Record) -> bool:
    row = record.minutes
    if row is None or row["offered_at"] is None or record.signatures:
        return False
    later = [one for many in record.dissents.values() for one in many if one["stated_at"] > row["offered_at"]]
    return bool(later) or digest(meeting_id) != row["digest"]


def open_items(user: Any, record: Record) -> frozenset[int]:
    """The items of which the user may read what was said, and why somebody dissents.

    Whoever was there has heard it and signs it; chair and secretary write and issue it (DOMAIN §4); of others those
    within whose reach the family is. The rest reads number and surname, as on the agenda.
    """
    everything = frozenset(item["id"] for item in record.items)
    if user.id in record.took_part or may(user, Permission.MEETING_PREPARE):
        return everything
    ids = {item["family_id"] for item in record.items if item["family_id"]}
    within = set(
        db.session.scalars(select(Family.id).where(Family.id.in_(ids), Family.id.in_(families_for(user))))
    )
    return frozenset(item["id"] for item in record.items if item["family_id"] in within | {None})


def read_families(paper: Paper) -> set[int]:
    """The families of which the page shows what was said: each such look is recorded (R20)."""
    shown = [item for item in paper.record.items if item["id"] in paper.open_items and item["family_id"]]
    dissents = paper.record.dissents
    return {item["family_id"] for item in shown if item["discussion"] or item["id"] in dissents}


def get_signature(user: Any, signature_id: int) -> MinutesSignature | None:
    """A signature on paper, for whom the whole of the paper is open, else None."""
    found = db.session.get(MinutesSignature, signature_id)
    meeting = queries.get_meeting(user, found.meeting_id) if found and found.scan else None
    if found is None or meeting is None:
        return None
    record = record_of(meeting)
    return found if len(open_items(user, record)) == len(record.items) else None


def waiting(user: Any, all_of_them: bool) -> list[Any]:
    """Meetings whose minutes wait: for whoever sees to them (`all_of_them`) all that are not signed, else one's own.

    Columns: id, number, year, held_on, closed_at, minutes_days, offered_at, mine (to sign), late (a dissent
    stated after the offer). The oldest first.
    """
    unsigned = select(MeetingSeat.user_id).where(
        MeetingSeat.meeting_id == Meeting.id, signing(), ~signature()
    )
    mine = unsigned.where(MeetingSeat.user_id == user.id).correlate(Meeting).exists()
    dissent = exists().where(
        Item.id == Dissent.item_id, Item.meeting_id == Meeting.id, Dissent.stated_at > Minutes.offered_at
    )
    any_signature = exists().where(MinutesSignature.meeting_id == Meeting.id)
    columns = (
        Meeting.id,
        Meeting.number,
        Meeting.year,
        Meeting.held_on,
        Meeting.closed_at,
        Meeting.minutes_days,
        Minutes.offered_at,
    )
    query = select(*columns, mine.label("mine"), (dissent & ~any_signature).label("late"))
    query = query.outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
    query = query.where(Meeting.status.in_(("closed", "no_quorum")), unsigned.correlate(Meeting).exists())
    if not all_of_them:
        query = query.where(mine, Minutes.offered_at.is_not(None))
    return list(db.session.execute(query.order_by(Meeting.held_on, Meeting.id).limit(MOST)))
