"""What whoever prepares a meeting should know before it; and the order of its agenda."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.consilium import grounds
from portal.consilium.locking import hold_meeting
from portal.consilium.models import Item, Meeting
from portal.consilium.series import meetings_on
from portal.db import atomic, db
from portal.memory import unchanged
from portal.rules import N_, RuleBroken
from portal.rules.meetings import deciding_day
from portal.rules.series import is_unusual_hour
from portal.settings.calendar import calendar

SOON = timedelta(5)
EARLY = ("draft", "convened")


@dataclass(frozen=True)
class Oddities:
    """What is unusual in when a meeting is held: told, never refused."""

    day_off: bool
    unusual_hour: bool
    over: bool  # its time has passed already
    same_day: list[Any]  # other meetings of that day


def oddities(meeting: Meeting) -> Oddities:
    """What to look at once more before the members are told."""
    others = unchanged(
        ("same_day", meeting.id, meeting.held_on),
        lambda: meetings_on(db.session(), [meeting.held_on], but=meeting.id).get(meeting.held_on, []),
    )
    start = datetime.combine(meeting.held_on, meeting.starts_at, clock.zone())
    return Oddities(
        day_off=not calendar().is_working(meeting.held_on),
        unusual_hour=is_unusual_hour(meeting.starts_at),
        over=start < clock.now(),
        same_day=others if meeting.kind == "regular" else [],
    )


def unready(today: date) -> list[tuple[Meeting, int]]:
    """Meetings of the next days that are not convened yet, or whose items lack something; and how many items do.

    All are asked for at once, each meeting is judged by its own day.
    """
    query = select(Meeting, Item).outerjoin(
        Item, (Item.meeting_id == Meeting.id) & (Item.status == "waiting")
    )
    query = query.where(Meeting.status.in_(EARLY), Meeting.held_on.between(today, today + SOON))
    rows = list(db.session.execute(query.order_by(Meeting.held_on, Meeting.starts_at, Meeting.id)))
    days = {item: deciding_day(meeting.status, meeting.held_on, today) for meeting, item in rows if item}
    lacks = grounds.lacking(db.session(), days) if days else {}
    found: dict[Meeting, int] = {}
    for meeting, item in rows:
        found[meeting] = found.get(meeting, 0) + bool(item and item.id in lacks)
    return [(meeting, count) for meeting, count in found.items() if count or meeting.status == "draft"]


def waiting_of(s: Session, meeting_id: int) -> list[int]:
    """The ids of the items still to be considered, in their order."""
    query = select(Item.id).where(Item.meeting_id == meeting_id, Item.status == "waiting")
    return list(s.scalars(query.order_by(Item.position, Item.id)))


def reordered(order: list[int], places: Mapping[int, int]) -> list[int]:
    """The order after some items were given places, counted from 1: each goes there, the others close up."""
    moved = {one: min(max(place, 1), len(order)) for one, place in places.items() if one in order}
    moved = {one: place for one, place in moved.items() if order[place - 1] != one}
    result = [one for one in order if one not in moved]
    for one, place in sorted(moved.items(), key=lambda pair: (pair[1], order.index(pair[0]))):
        result.insert(place - 1, one)
    return result


def check_order(meeting: Meeting) -> None:
    """Items that wait are put in order until the meeting is over. Raises agenda_fixed."""
    if meeting.status not in (*EARLY, "open"):
        raise RuleBroken("agenda_fixed", N_("The agenda of this meeting is fixed: its order stays."))


def set_order(meeting_id: int, places: Mapping[int, int], actor_id: int) -> None:
    """Give waiting items their places among those that wait. Raises agenda_fixed, agenda_changed."""
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        check_order(meeting)
        old = waiting_of(s, meeting_id)
        if set(old) != set(places):
            raise RuleBroken(
                "agenda_changed", N_("The agenda has changed meanwhile. Look at the order once more.")
            )
        new = reordered(old, places)
        items = {item.id: item for item in s.scalars(select(Item).where(Item.id.in_(old)))}
        positions = sorted(item.position for item in items.values())
        for item_id, position in zip(new, positions, strict=True):
            items[item_id].position = position
        audit.record(s, Event.MEETING_CHANGED, actor_id, meeting, old={"order": old}, new={"order": new})
