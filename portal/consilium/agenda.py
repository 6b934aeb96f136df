"""What changes an agenda: items of all kinds, and the rules asked of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.consilium.grounds import check_item
from portal.consilium.locking import hold_item, hold_meeting
from portal.consilium.models import Item, ItemSpecialist, Meeting
from portal.consilium.speakers import check_speaker
from portal.db import atomic, refused_by
from portal.families.models import Family
from portal.intake.models import Intake
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, meetings
from portal.rules.items import KINDS, Kind

HANDED_OVER = "handed_over"  # the reason of a removal to another center


def fields(kind: str) -> tuple[str, ...]:
    """What an item of the kind keeps of the form."""
    return (*KINDS[Kind(kind)].proposes, "note", "speaker_id")


def _already() -> RuleBroken:
    return RuleBroken("already_on_agenda", N_("This family is on an agenda already. Open that item."))


def add_enroll_item(
    meeting_id: int,
    patronage_id: int,
    *,
    regime: str,
    term: str,
    ends_on: date | None,
    lead_id: int,
    involved: Iterable[int] = (),
    course_reason: str = "",
    note: str = "",
    speaker_id: int | None = None,
    actor_id: int,
) -> int:
    """Put a submitted family on the agenda, to be enrolled; gives the item's id.

    Raises what `check_item` raises, agenda_fixed, already_on_agenda.
    """
    values = {"regime": regime, "term": term, "ends_on": ends_on, "lead_id": lead_id, "note": note}
    values |= {"course_reason": course_reason, "speaker_id": speaker_id}
    return add_item(meeting_id, Kind.ENROLL, patronage_id, involved=involved, actor_id=actor_id, **values)


def add_remove_item(
    meeting_id: int,
    patronage_id: int,
    *,
    reason: str,
    note: str = "",
    speaker_id: int | None = None,
    actor_id: int,
) -> int:
    """Put a family on the agenda, to be removed; gives the item's id. Raises as `add_enroll_item` does."""
    values: dict[str, Any] = {"reason": reason, "note": note, "speaker_id": speaker_id}
    return add_item(meeting_id, Kind.REMOVE, patronage_id, actor_id=actor_id, **values)


def add_item(
    meeting_id: int,
    kind: str,
    patronage_id: int | None = None,
    *,
    involved: Iterable[int] = (),
    actor_id: int,
    **values: Any,
) -> int:
    """Put an item of any kind on the agenda, of a family or, a free question, of none; gives its id.

    `values` are what the kind proposes, and the note. Raises as `add_enroll_item` does.
    """
    item = Item(kind=str(kind), patronage_id=patronage_id, **values)
    item.course_reason = item.course_reason or ""
    if kind == Kind.TRANSFER:
        item.reason = HANDED_OVER
    return _add(item, meeting_id, set(involved) - {item.lead_id or 0}, actor_id)


def _add(item: Item, meeting_id: int, involved: set[int], actor_id: int) -> int:
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        check_takes_items(meeting)
        day = max(meeting.held_on, clock.today())
        item.status, item.course_reason = "waiting", item.course_reason or _why_no_course(s, item, day)
        check_item(s, item, involved, day)
        check_speaker(s, item.speaker_id)
        item.after_id = _put_off_before(s, item)
        place(s, meeting, item)
        s.add_all(ItemSpecialist(item_id=item.id, user_id=user_id) for user_id in sorted(involved))
        audit.record(s, Event.ITEM_ADDED, actor_id, item, new=told(item, involved))
        return item.id


def _why_no_course(s: Session, item: Item, day: date) -> str:
    """The reason given when the family was taken in (R4), where no course is finished by the day."""
    query = select(Intake.course_reason).join(Patronage, Patronage.id == Intake.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id).where(Patronage.id == item.patronage_id)
    unfinished = Family.course_ended_on.is_(None) | (Family.course_ended_on > day)
    return (s.scalar(query.where(unfinished)) or "") if item.kind == "enroll" else ""


def _put_off_before(s: Session, item: Item) -> int | None:
    """The item that this one goes on from: the latest of the same family and kind, where it was put off."""
    if item.patronage_id is None:
        return None
    query = select(Item.id, Item.status).where(Item.patronage_id == item.patronage_id, Item.kind == item.kind)
    query = query.where(Item.status != meetings.Item.WITHDRAWN).order_by(Item.id.desc())
    row = s.execute(query.limit(1)).first()
    return row.id if row and row.status == meetings.Item.DEFERRED else None


def place(s: Session, meeting: Meeting, item: Item) -> None:
    """Inside a transaction: put the item last; the database refuses a second live item of one family."""
    last = s.scalar(select(func.max(Item.position)).where(Item.meeting_id == meeting.id)) or 0
    item.meeting_id, item.position = meeting.id, last + 1
    with refused_by("uq_items_live", _already()):
        s.add(item)


def told(item: Item, involved: Iterable[int]) -> dict[str, object]:
    """What an event keeps of an item."""
    told: dict[str, object] = {name: getattr(item, name) for name in fields(item.kind)}
    told |= {"kind": item.kind, "patronage_id": item.patronage_id, "meeting_id": item.meeting_id}
    return told | ({"involved": sorted(involved)} if item.kind == "enroll" else {})


def involved_in(s: Session, item_id: int) -> set[int]:
    """The ids of the involved specialists an item proposes."""
    return set(s.scalars(select(ItemSpecialist.user_id).where(ItemSpecialist.item_id == item_id)))


def check_takes_items(meeting: Meeting, *opened: str) -> None:
    """Items are put on an agenda until the meeting opens. Raises agenda_fixed."""
    if meeting.status not in ("draft", "convened", *opened):
        raise RuleBroken(
            "agenda_fixed",
            N_("The agenda of this meeting is fixed. Put the family on the agenda of the next meeting."),
        )


def check_waiting(item: Item, meeting: Meeting) -> None:
    """An item changes while it waits, in an open meeting too. Raises agenda_fixed, item_fixed."""
    check_takes_items(meeting, "open")
    if item.status != "waiting":
        raise RuleBroken("item_fixed", N_("This item is being voted on or is decided: it stays as it is."))


def _hold_waiting(s: Session, item_id: int) -> tuple[Item, Meeting]:
    item, meeting = hold_item(s, item_id)
    check_waiting(item, meeting)
    return item, meeting


def change_item(item_id: int, actor_id: int, *, involved: Iterable[int] = (), **values: object) -> None:
    """Change what a waiting item proposes. Raises item_fixed, agenda_fixed, and as `check_item` does."""
    with atomic() as s:
        item, meeting = _hold_waiting(s, item_id)
        old, speaker_id = told(item, involved_in(s, item_id)), item.speaker_id
        for name in fields(item.kind):
            setattr(item, name, values.get(name) if name == "speaker_id" else values[name])
        check_speaker(s, item.speaker_id, before=speaker_id)
        chosen = set(involved) - {item.lead_id}
        check_item(s, item, chosen, max(meeting.held_on, clock.today()))
        s.execute(delete(ItemSpecialist).where(ItemSpecialist.item_id == item_id))
        s.add_all(ItemSpecialist(item_id=item_id, user_id=user_id) for user_id in sorted(chosen))
        audit.record(s, Event.ITEM_CHANGED, actor_id, item, old=old, new=told(item, chosen))


def move_item(item_id: int, up: bool, actor_id: int) -> None:
    """Let a waiting item change places with its neighbor. Raises item_fixed, agenda_fixed."""
    with atomic() as s:
        item, meeting = _hold_waiting(s, item_id)
        old = item.position
        side = Item.position < old if up else Item.position > old
        order = Item.position.desc() if up else Item.position
        query = select(Item).where(Item.meeting_id == meeting.id, Item.status == "waiting", side)
        neighbor = s.scalar(query.order_by(order).limit(1))
        if neighbor is not None:
            item.position, neighbor.position = neighbor.position, old
        new = {"position": item.position}
        audit.record(s, Event.ITEM_CHANGED, actor_id, item, old={"position": old}, new=new)


def take_off(item_id: int, actor_id: int) -> None:
    """Take a waiting item off; its family stays where it is. Raises item_fixed, agenda_fixed."""
    with atomic() as s:
        item, _meeting = _hold_waiting(s, item_id)
        item.status = meetings.move_item(item.status, meetings.Item.WITHDRAWN)
        audit.record(s, Event.ITEM_TAKEN_OFF, actor_id, item, old={"patronage_id": item.patronage_id})
