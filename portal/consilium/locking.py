"""Taking turns: one change of a meeting at a time, and numbers without gaps."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.consilium.models import Decision, Item, Meeting


def hold_meeting(s: Session, meeting_id: int) -> Meeting:
    """The meeting, held until the transaction ends; its version grows, so that open pages see the change."""
    s.execute(update(Meeting).where(Meeting.id == meeting_id).values(version=Meeting.version + 1))
    return s.get_one(Meeting, meeting_id, populate_existing=True)


def hold_item(s: Session, item_id: int) -> tuple[Item, Meeting]:
    """The item and its meeting, both held: the meeting always first, so that nobody waits in a ring."""
    meeting = hold_meeting(s, s.scalars(select(Item.meeting_id).where(Item.id == item_id)).one())
    return s.get_one(Item, item_id, with_for_update=True, populate_existing=True), meeting


def next_number(s: Session, model: type[Meeting] | type[Decision], year: int) -> int:
    """The next number of the year. Actions take turns, so nobody else gets it."""
    return (s.scalar(select(func.max(model.number)).where(model.year == year)) or 0) + 1
