"""Who is in the meeting: each mark is kept, and decides at once whether a vote already cast still counts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.consilium.locking import hold_meeting
from portal.consilium.models import Item, Meeting, MeetingSeat, PresenceMark, Recusal, Vote
from portal.db import atomic, db
from portal.rules import N_, RuleBroken

PRESENCES = ("present", "video", "absent", "excused")
HERE = ("present", "video")


def mark_presence(meeting_id: int, user_id: int, presence: str, actor_id: int) -> str:
    """Mark a member present, by video, absent or excused, once the meeting is convened; back and forth at any time.

    Gives what became of the member's vote on the item being voted on: "fell", "back" (it counts again), or "".
    A vote is never deleted: it counts while its member is here when the vote closes (DOMAIN §2).
    Raises presence_unknown, not_now, not_on_roll.
    """
    if presence not in PRESENCES:
        raise RuleBroken("presence_unknown", N_("Choose: present, by video, absent or excused."))
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        if meeting.status not in ("convened", "open"):
            raise RuleBroken(
                "not_now", N_("Presence is marked once the meeting is convened and until it is closed.")
            )
        seat = s.get(MeetingSeat, (meeting_id, user_id), populate_existing=True)
        if seat is None:
            raise RuleBroken("not_on_roll", N_("Only members of the consilium are marked in its meetings."))
        old, seat.presence = seat.presence, presence
        mark = PresenceMark(meeting_id=meeting_id, user_id=user_id, presence=presence)
        mark.marked_at, mark.marked_by_id = clock.now(), actor_id
        s.add(mark)
        s.flush()
        new = {"user_id": user_id, "presence": presence, "mark_id": mark.id}
        audit.record(s, Event.PRESENCE_MARKED, actor_id, meeting, old={"presence": old}, new=new)
        return _vote_then(s, meeting_id, user_id, old in HERE, presence in HERE)


def _vote_then(s: Session, meeting_id: int, user_id: int, was_here: bool, is_here: bool) -> str:
    if was_here == is_here or not _votes_now(s, meeting_id, user_id):
        return ""
    return "back" if is_here else "fell"


def _votes_now(s: Session, meeting_id: int, user_id: int) -> bool:
    """Whether the member has voted on the item being voted on, and is not recused there."""
    recused = select(Recusal.id).where(Recusal.item_id == Item.id, Recusal.user_id == user_id).exists()
    query = select(Vote.id).join(Item, Item.id == Vote.item_id)
    query = query.where(Item.meeting_id == meeting_id, Item.status == "voting", Vote.user_id == user_id)
    return s.scalar(query.where(~recused)) is not None


def come_in(meeting_id: int, user_id: int) -> str:
    """A member says "I am here" in an open meeting; gives as `mark_presence` does. Raises not_now, not_on_roll."""
    meeting = db.session.get_one(Meeting, meeting_id)
    if meeting.status != "open":
        raise RuleBroken("not_now", N_("The meeting is not open. The secretary marks who has come."))
    return mark_presence(meeting_id, user_id, "present", user_id)
