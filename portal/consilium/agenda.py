"""What changes an agenda: items to enroll and to remove, and the rules asked of them."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.consilium.grounds import check_item
from portal.consilium.locking import hold_item, hold_meeting
from portal.consilium.models import Item, ItemSpecialist, Meeting
from portal.consilium.speakers import check_speaker
from portal.db import atomic, refused_by
from portal.families.models import Consent, Family
from portal.intake.models import Intake
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, meetings

FIELDS = {
    "enroll": ("regime", "term", "ends_on", "lead_id", "course_reason", "note", "speaker_id"),
    "remove": ("reason", "note", "speaker_id"),
}


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
    item = Item(kind="enroll", patronage_id=patronage_id, regime=regime, term=term, ends_on=ends_on)
    item.lead_id, item.course_reason, item.note, item.speaker_id = lead_id, course_reason, note, speaker_id
    return _add(item, meeting_id, set(involved) - {lead_id}, actor_id)


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
    item = Item(kind="remove", patronage_id=patronage_id, reason=reason, note=note, speaker_id=speaker_id)
    return _add(item, meeting_id, set(), actor_id)


def _add(item: Item, meeting_id: int, involved: set[int], actor_id: int) -> int:
    with atomic() as s:
        meeting = hold_meeting(s, meeting_id)
        _check_changeable(meeting, opened_too=False)
        day = max(meeting.held_on, clock.today())
        item.status, item.course_reason = "waiting", item.course_reason or _why_no_course(s, item, day)
        check_item(s, item, involved, day)
        check_speaker(s, item.speaker_id)
        _place(s, meeting, item)
        s.add_all(ItemSpecialist(item_id=item.id, user_id=user_id) for user_id in sorted(involved))
        audit.record(s, Event.ITEM_ADDED, actor_id, item, new=_told(item, involved))
        return item.id


def _why_no_course(s: Session, item: Item, day: date) -> str:
    """The reason given when the family was taken in (R4), where no course is finished by the day."""
    query = select(Intake.course_reason).join(Patronage, Patronage.id == Intake.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id).where(Patronage.id == item.patronage_id)
    unfinished = Family.course_ended_on.is_(None) | (Family.course_ended_on > day)
    return (s.scalar(query.where(unfinished)) or "") if item.kind == "enroll" else ""


def _place(s: Session, meeting: Meeting, item: Item) -> None:
    """Put the item last; the database refuses a second live item of one family."""
    last = s.scalar(select(func.max(Item.position)).where(Item.meeting_id == meeting.id)) or 0
    item.meeting_id, item.position = meeting.id, last + 1
    with refused_by("uq_items_live", _already()):
        s.add(item)


def _told(item: Item, involved: Iterable[int]) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(item, name) for name in FIELDS[item.kind]}
    told |= {"kind": item.kind, "patronage_id": item.patronage_id, "meeting_id": item.meeting_id}
    return told | ({"involved": sorted(involved)} if item.kind == "enroll" else {})


def involved_in(s: Session, item_id: int) -> set[int]:
    """The ids of the involved specialists an item proposes."""
    return set(s.scalars(select(ItemSpecialist.user_id).where(ItemSpecialist.item_id == item_id)))


def _check_changeable(meeting: Meeting, opened_too: bool = True) -> None:
    """An agenda changes until the meeting opens; waiting items of an open one still do."""
    if meeting.status not in ("draft", "convened", *(("open",) if opened_too else ())):
        raise RuleBroken(
            "agenda_fixed",
            N_("The agenda of this meeting is fixed. Put the family on the agenda of the next meeting."),
        )


def _hold_waiting(s: Session, item_id: int) -> tuple[Item, Meeting]:
    item, meeting = hold_item(s, item_id)
    _check_changeable(meeting)
    if item.status != "waiting":
        raise RuleBroken("item_fixed", N_("This item is being voted on or is decided: it stays as it is."))
    return item, meeting


def change_item(item_id: int, actor_id: int, *, involved: Iterable[int] = (), **values: object) -> None:
    """Change what a waiting item proposes. Raises item_fixed, agenda_fixed, and as `check_item` does."""
    with atomic() as s:
        item, meeting = _hold_waiting(s, item_id)
        old, speaker_id = _told(item, involved_in(s, item_id)), item.speaker_id
        for name in FIELDS[item.kind]:
            setattr(item, name, values.get(name) if name == "speaker_id" else values[name])
        check_speaker(s, item.speaker_id, before=speaker_id)
        chosen = set(involved) - {item.lead_id}
        check_item(s, item, chosen, max(meeting.held_on, clock.today()))
        s.execute(delete(ItemSpecialist).where(ItemSpecialist.item_id == item_id))
        s.add_all(ItemSpecialist(item_id=item_id, user_id=user_id) for user_id in sorted(chosen))
        audit.record(s, Event.ITEM_CHANGED, actor_id, item, old=old, new=_told(item, chosen))


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


def withdrawn(s: Session) -> list[int]:
    """The patronages whose consent was withdrawn and whose removal is on no agenda yet (R3)."""
    in_force = select(Consent.id).where(
        Consent.family_id == Patronage.family_id, Consent.withdrawn_on.is_(None)
    )
    live = select(Item.id).where(Item.patronage_id == Patronage.id, Item.status.in_(("waiting", "voting")))
    query = select(Patronage.id).where(Patronage.status == "suspended", ~in_force.exists(), ~live.exists())
    return list(s.scalars(query.order_by(Patronage.id)))


def carry_withdrawn(s: Session, meeting: Meeting) -> list[int]:
    """R3: put the removal of each family whose consent was withdrawn on the agenda, inside a transaction.

    Gives the ids of the new items. The closing analysis is asked for when they come to the vote.
    """
    items = [
        Item(kind="remove", patronage_id=patronage_id, reason="consent_withdrawn", status="waiting")
        for patronage_id in withdrawn(s)
    ]
    for item in items:
        _place(s, meeting, item)
    return [item.id for item in items]
