"""What changes the roll, the meetings and the presence of members."""

from datetime import date, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.access import Permission, may
from portal.accounts.models import User
from portal.audit import Event
from portal.consilium import coming, invitations
from portal.consilium.counting import rules_of
from portal.consilium.locking import hold_meeting, next_number
from portal.consilium.models import Item, Meeting, MeetingSeat, RollSeat
from portal.consilium.presence import HERE
from portal.consilium.presence import come_in as come_in  # given on: presence stands in a room of its own
from portal.consilium.presence import mark_presence as mark_presence
from portal.db import atomic, db, refused_by
from portal.rules import N_, RuleBroken, meetings, voting
from portal.rules.workdays import check_year
from portal.settings import queries as settings

SEATS = {
    "chair": Permission.MEETING_CONDUCT,
    "secretary": Permission.MEETING_PREPARE,
    "member": Permission.VOTE_CAST,
}
TERMS = ("minutes_days", "extract_days")
FROZEN = {"vote_reasons": "reasons"}  # where a setting and its column have different names


def seat_member(user_id: int, seat: str, votes: bool, actor_id: int) -> None:
    """Give a colleague a seat on the roll, or another one than they have; the chair always votes.

    Raises role_missing, colleague_dismissed, chair_taken.
    """
    _check_may_sit(user_id, seat)
    with atomic() as s:
        old = _current_seat(s, user_id)
        before = {"seat": old.seat, "votes": old.votes} if old else {}
        if old:
            old.until_on = clock.today()
            s.flush()
        row = RollSeat(user_id=user_id, seat=seat, votes=votes or seat == "chair", from_on=clock.today())
        taken = RuleBroken(
            "chair_taken", N_("The consilium has a chair already. Take the other chair off the roll first.")
        )
        twice = RuleBroken("seat_taken", N_("This colleague is on the roll already. Reload the page."))
        with refused_by("uq_roll_seats_chair", taken), refused_by("uq_roll_seats_user", twice):
            s.add(row)
        _seat_anew(s)
        after = {"user_id": user_id, "seat": seat, "votes": row.votes}
        audit.record(s, Event.ROLL_CHANGED, actor_id, row, old=before, new=after)


def unseat(user_id: int, actor_id: int) -> None:
    """Take a colleague off the roll from today on. Meetings already open keep them. Raises not_on_roll."""
    with atomic() as s:
        row = _current_seat(s, user_id)
        if row is None:
            raise RuleBroken("not_on_roll", N_("This colleague is no longer on the roll. Reload the page."))
        row.until_on = clock.today()
        _seat_anew(s)
        audit.record(s, Event.ROLL_CHANGED, actor_id, row, old={"user_id": user_id, "seat": row.seat})


def _seat_anew(s: Session) -> None:
    """Meetings that are convened follow the roll: whoever comes onto it reads before them, and can be recused."""
    s.flush()
    convened = select(Meeting.id).where(Meeting.status == "convened").order_by(Meeting.id)
    for meeting_id in list(s.scalars(convened)):
        _take_seats(s, hold_meeting(s, meeting_id))


def _check_may_sit(user_id: int, seat: str) -> None:
    user = db.session.get(User, user_id)
    if user is None or not user.is_active:
        raise RuleBroken("colleague_dismissed", N_("This colleague does not work here any more."))
    if not may(user, SEATS[seat]):
        raise RuleBroken(
            "role_missing",
            N_("%(name)s has no role for this seat. Ask the administrator to give it, then come back."),
            name=user.short_name,
        )


def _current_seat(s: Session, user_id: int) -> RollSeat | None:
    return s.scalar(select(RollSeat).where(RollSeat.user_id == user_id, RollSeat.until_on.is_(None)))


def create_meeting(
    held_on: date, starts_at: time, place: str, note: str, actor_id: int, kind: str = "regular"
) -> int:
    """Plan a meeting, numbered in its year; gives its id. What waits for the next agenda comes onto it.

    Raises far_year, meeting_in_past.
    """
    _check_day(held_on)
    with atomic() as s:
        meeting = Meeting(kind=kind, held_on=held_on, starts_at=starts_at, place=place, note=note)
        return plan_meeting(s, meeting, actor_id)


def plan_meeting(s: Session, meeting: Meeting, actor_id: int) -> int:
    """Inside a transaction: number the meeting and put it down; gives its id."""
    meeting.year = meeting.held_on.year
    meeting.number, meeting.created_by_id = next_number(s, Meeting, meeting.year), actor_id
    s.add(meeting)
    s.flush()
    new = {name: getattr(meeting, name) for name in ("number", "kind", "held_on", "starts_at", "place")}
    new["items"] = coming.bring(s, meeting, actor_id)
    audit.record(s, Event.MEETING_CREATED, actor_id, meeting, new=new)
    return meeting.id


def change_meeting(
    meeting_id: int,
    held_on: date,
    starts_at: time,
    place: str,
    note: str,
    actor_id: int,
    kind: str | None = None,
) -> None:
    """Change a meeting that has not opened; its members are told. Moved to another year, it takes its number there.

    Raises wrong_state, far_year, meeting_in_past.
    """
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        check_not_begun(meeting)
        if held_on != meeting.held_on:
            _check_day(held_on)
        fields = ("kind", "held_on", "starts_at", "place")
        old = {name: getattr(meeting, name) for name in fields}
        _put_on(s, meeting, held_on)
        meeting.starts_at, meeting.place, meeting.note = starts_at, place, note
        meeting.kind = kind or meeting.kind
        new = {name: getattr(meeting, name) for name in fields} | invitations.changed(s, meeting)
        audit.record(s, Event.MEETING_CHANGED, actor_id, meeting, old=old, new=new)


def _put_on(s: Session, meeting: Meeting, day: date) -> None:
    """It is on that day; in another year it takes its number there."""
    if day.year != meeting.year:
        meeting.number, meeting.year = next_number(s, Meeting, day.year), day.year
    meeting.held_on = day


def check_not_begun(meeting: Meeting) -> None:
    """A meeting is changed, as it is called off, until it opens. Raises wrong_state."""
    meetings.move_meeting(meeting.status, meetings.Meeting.CANCELLED)


def _check_day(held_on: date) -> None:
    check_year(held_on)
    if held_on < clock.today():
        raise RuleBroken(
            "meeting_in_past", N_("The day of the meeting has passed. Choose today or a later day.")
        )


def convene(meeting_id: int, actor_id: int) -> None:
    """Tell the members: they see the meeting and its agenda. Raises wrong_state, empty_agenda, no_chair."""
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        meeting.status = meetings.move_meeting(meeting.status, meetings.Meeting.CONVENED)
        carried = coming.bring(s, meeting, actor_id)
        _take_seats(s, meeting)
        _check_ready(s, meeting)
        new = {"held_on": meeting.held_on, "items": carried} | invitations.convened(s, meeting)
        audit.record(s, Event.MEETING_CONVENED, actor_id, meeting, new=new)


def open_meeting(meeting_id: int, actor_id: int) -> None:
    """Begin: the roll and the rules of the vote are frozen now; its day is today, whenever it was to be.

    Raises wrong_state, empty_agenda, no_chair.
    """
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        planned = {"held_on": meeting.held_on, "number": meeting.number}
        meeting.status = meetings.move_meeting(meeting.status, meetings.Meeting.OPEN)
        _put_on(s, meeting, clock.today())
        carried = coming.bring(s, meeting, actor_id)
        seats = _take_seats(s, meeting)
        _check_ready(s, meeting)
        rules = _freeze(meeting, "quorum_share", "majority", "vote_reasons", *TERMS)
        new = {"roll": seats, "items": carried, "held_on": meeting.held_on, "number": meeting.number, **rules}
        meeting.opened_at = clock.now()  # last: from now on the database keeps roll and rules
        audit.record(s, Event.MEETING_OPENED, actor_id, meeting, old=planned, new=new)


def _freeze(meeting: Meeting, *names: str) -> dict[str, object]:
    """Write these settings into the meeting; gives what was written, by its column."""
    frozen = {FROZEN.get(name, name): settings.value(name) for name in names}
    for column, value in frozen.items():
        setattr(meeting, column, value)
    return frozen


def _take_seats(s: Session, meeting: Meeting) -> list[int]:
    """The meeting's seats as the roll is now, with the presence marked so far; the ids of their users."""
    query = select(RollSeat).join(User, User.id == RollSeat.user_id)
    roll = {
        row.user_id: row
        for row in s.scalars(query.where(RollSeat.until_on.is_(None), User.dismissed_on.is_(None)))
    }
    here = MeetingSeat.meeting_id == meeting.id
    s.execute(delete(MeetingSeat).where(here, MeetingSeat.user_id.not_in(list(roll))))
    seats = {row.user_id: row for row in s.scalars(select(MeetingSeat).where(here))}
    for user_id, row in roll.items():
        seat = seats.get(user_id)
        if seat is None:
            seat = MeetingSeat(meeting_id=meeting.id, user_id=user_id)
            s.add(seat)
        seat.seat, seat.votes = row.seat, row.votes
    s.flush()
    return sorted(roll)


def _check_ready(s: Session, meeting: Meeting) -> None:
    items = select(Item.id).where(Item.meeting_id == meeting.id, Item.status == "waiting")
    if s.scalar(items.limit(1)) is None:
        raise RuleBroken("empty_agenda", N_("The agenda is empty. Put at least one family on it first."))
    chair = select(MeetingSeat).where(MeetingSeat.meeting_id == meeting.id, MeetingSeat.seat == "chair")
    if s.scalar(chair) is None:
        raise RuleBroken("no_chair", N_("The consilium has no chair. Enter one in the roll first."))


def close_meeting(meeting_id: int, actor_id: int) -> None:
    """End an open meeting; items not considered are put off. Raises wrong_state, item_voting."""
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        meeting.status = meetings.move_meeting(meeting.status, meetings.Meeting.CLOSED)
        _check_none_voting(s, meeting_id)
        meeting.closed_at = clock.now()
        deferred = _put_off_waiting(s, meeting_id)
        audit.record(s, Event.MEETING_CLOSED, actor_id, meeting, new={"deferred": deferred})


def _any_item(s: Session, meeting_id: int, *statuses: str) -> bool:
    query = select(Item.id).where(Item.meeting_id == meeting_id, Item.status.in_(statuses))
    return s.scalar(query.limit(1)) is not None


def _check_none_voting(s: Session, meeting_id: int) -> None:
    if _any_item(s, meeting_id, "voting"):
        raise RuleBroken("item_voting", N_("An item is being voted on. Close its vote or put it off first."))


def cancel_meeting(meeting_id: int, actor_id: int) -> None:
    """Call off a meeting that has not opened; its families wait for the next agenda. Raises wrong_state."""
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        meeting.status = meetings.move_meeting(meeting.status, meetings.Meeting.CANCELLED)
        deferred = _put_off_waiting(s, meeting_id)
        new = {"deferred": deferred} | invitations.cancelled(s, meeting)
        audit.record(s, Event.MEETING_CANCELLED, actor_id, meeting, new=new)


def _put_off_waiting(s: Session, meeting_id: int) -> list[int]:
    """Waiting items become deferred; their families stay where they are. Gives the ids."""
    items = list(s.scalars(select(Item).where(Item.meeting_id == meeting_id, Item.status == "waiting")))
    for item in items:
        item.status, item.closed_at = "deferred", clock.now()
    return [item.id for item in items]


def end_without_quorum(meeting_id: int, actor_id: int) -> None:
    """End a meeting that has no quorum and decided nothing; its families wait for the next agenda.

    Raises wrong_state, too_early, has_decided, has_quorum, item_voting.
    """
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        seats = select(MeetingSeat.presence).where(MeetingSeat.meeting_id == meeting_id, MeetingSeat.votes)
        presences = list(s.scalars(seats))
        roll, present = len(presences), sum(1 for one in presences if one in HERE)
        meeting.status = meetings.check_without_quorum(
            meeting.status,
            meeting.held_on,
            clock.today(),
            quorate=present >= voting.quorum(roll, rules_of(meeting).share),
            decided=_any_item(s, meeting_id, "carried", "rejected"),
        )
        _check_none_voting(s, meeting_id)
        if meeting.opened_at is None:
            _freeze(meeting, *TERMS)
        meeting.closed_at = clock.now()
        deferred = _put_off_waiting(s, meeting_id)
        new = {"deferred": deferred, "present": present, "roll": roll}
        audit.record(s, Event.MEETING_WITHOUT_QUORUM, actor_id, meeting, new=new)
