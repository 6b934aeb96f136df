"""Items that come onto an agenda by themselves: what was put off, withdrawn consents, emergencies, ending terms."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from portal import audit, clock
from portal.audit import Event
from portal.consilium import agenda
from portal.consilium.models import Item, ItemSpecialist, Meeting
from portal.families.models import Consent
from portal.patronage.models import Emergency, Patronage
from portal.rules.enrollment import Term
from portal.rules.items import KINDS, REMOVING, Kind
from portal.rules.meetings import Item as State
from portal.rules.meetings import move_item
from portal.settings import queries as settings

LIVE = (State.WAITING, State.VOTING)
COPIED = ("kind", "patronage_id", "question", "place", "speaker_id", "regime", "term", "ends_on", "lead_id")


def bring(s: Session, meeting: Meeting, actor_id: int) -> list[int]:
    """Inside a transaction: put on the agenda what waits for the next one. Gives the ids of the new items.

    What they lack (an analysis, an end of the term) is asked for when they come to the vote.
    """
    _make_way(s, meeting, actor_id)
    brought = []
    for item in due(s, meeting):
        item.status = State.WAITING
        agenda.place(s, meeting, item)
        involved = agenda.involved_in(s, item.after_id) if item.after_id else set()
        s.add_all(ItemSpecialist(item_id=item.id, user_id=user_id) for user_id in sorted(involved))
        audit.record(s, Event.ITEM_ADDED, actor_id, item, new=agenda.told(item, involved))
        brought.append(item.id)
    return brought


def due(s: Session, meeting: Meeting) -> list[Item]:
    """The items that wait for the meeting's agenda, not yet kept; none where an earlier meeting will take them."""
    if meeting.status == "draft" and _earlier_one(s, meeting):
        return []
    day = max(meeting.held_on, clock.today())
    put_off, resting = _put_off(s, day)
    withdrawn, emergencies = _withdrawn(s), _emergencies(s)
    first = {**dict.fromkeys(emergencies, Kind.RATIFY), **dict.fromkeys(withdrawn, Kind.REMOVE)}
    found = {}
    for item in put_off:
        must = first.get(item.patronage_id or 0)
        if must is None or must == item.kind:
            found[item.patronage_id or -item.id] = _again(item)
    for kind, ids in (
        (Kind.REMOVE, withdrawn),
        (Kind.RATIFY, emergencies),
        (Kind.EXTEND, _ending(s, day, meeting.id)),
    ):
        for one in ids:
            if one not in found and (one, kind) not in resting:
                found[one] = _new(kind, one)
    return sorted(found.values(), key=lambda item: (item.after_id is not None, item.after_id or 0))


def _new(kind: Kind, patronage_id: int) -> Item:
    item = Item(kind=str(kind), patronage_id=patronage_id, course_reason="", note="")
    if kind == Kind.REMOVE:
        item.reason = "consent_withdrawn"
    return item


def _again(old: Item) -> Item:
    """The same proposal, as a new item: the old one keeps its history."""
    copied = {name: getattr(old, name) for name in (*COPIED, "course_reason", "reason", "note")}
    return Item(after_id=old.id, **copied)


def _earlier_one(s: Session, meeting: Meeting) -> bool:
    """Whether another meeting ahead, whose agenda is not fixed yet, is held before this one."""
    other = (Meeting.id != meeting.id, Meeting.status.in_(("draft", "convened")))
    ahead = Meeting.held_on.between(clock.today(), meeting.held_on)
    sooner = or_(
        Meeting.held_on < meeting.held_on,
        Meeting.starts_at < meeting.starts_at,
        (Meeting.starts_at == meeting.starts_at) & (Meeting.id < meeting.id),
    )
    return s.scalar(select(Meeting.id).where(*other, ahead, sooner).limit(1)) is not None


def _no_live_item(patronage_id: Any) -> ColumnElement[bool]:
    live = aliased(Item)
    return ~exists().where(live.patronage_id == patronage_id, live.status.in_(LIVE))


def _put_off(s: Session, day: date) -> tuple[list[Item], set[tuple[int, str]]]:
    """What was put off and has come to its day; and (patronage, kind) of what is put off until later.

    What has come back once, was overtaken by another item of the family, or fits the patronage no more, does not
    come; an emergency decided meanwhile overtakes nothing else.
    """
    later = aliased(Item)
    overtaken = exists().where(
        later.patronage_id == Item.patronage_id,
        later.id > Item.id,
        later.status != State.WITHDRAWN,
        or_(later.kind != Kind.RATIFY, Item.kind == Kind.RATIFY),
    )
    came_back = Item.id.in_(select(later.after_id).where(later.after_id.is_not(None)))
    query = select(Item, Patronage.status).outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.where(
        Item.status == State.DEFERRED, ~came_back, ~overtaken, _no_live_item(Item.patronage_id)
    )
    ready: dict[int, Item] = {}
    resting = set()
    for item, status in s.execute(query.order_by(Item.id)):
        if item.patronage_id is not None and status not in KINDS[Kind(item.kind)].statuses:
            continue
        if item.until_on is not None and item.until_on > day:
            resting.add((item.patronage_id or 0, item.kind))
        else:
            ready[item.patronage_id or -item.id] = item  # of one family the latest
    return list(ready.values()), resting


def _withdrawn(s: Session) -> list[int]:
    """The patronages whose consent was withdrawn and whose removal is on no agenda yet (R3)."""
    query = select(Patronage.id).where(_consent_gone(), _no_live_item(Patronage.id))
    return list(s.scalars(query.order_by(Patronage.id)))


def _consent_gone() -> ColumnElement[bool]:
    in_force = exists().where(Consent.family_id == Patronage.family_id, Consent.withdrawn_on.is_(None))
    return (Patronage.status == "suspended") & ~in_force


def _emergencies(s: Session) -> list[int]:
    """The patronages whose emergency start waits for the consilium."""
    query = select(Patronage.id).join(Emergency, Emergency.patronage_id == Patronage.id)
    query = query.where(Emergency.outcome.is_(None), Patronage.status == "enrolled")
    return list(s.scalars(query.where(_no_live_item(Patronage.id)).order_by(Patronage.id)))


def _ending(s: Session, day: date, meeting_id: int) -> list[int]:
    """The patronages whose short term ends soon after the day, or has ended (R5).

    Not those whose extension was taken off this agenda, or was rejected since the term was set.
    """
    until = day + timedelta(days=settings.value("term_reminder"))
    later = aliased(Item)
    set_since = exists().where(
        later.patronage_id == Patronage.id,
        later.id > Item.id,
        later.status == State.CARRIED,
        later.kind.in_((Kind.TERM, Kind.EXTEND)),
    )
    taken_off = (Item.status == State.WITHDRAWN) & (Item.meeting_id == meeting_id)
    settled = exists().where(
        Item.patronage_id == Patronage.id,
        Item.kind == Kind.EXTEND,
        or_(taken_off, (Item.status == State.REJECTED) & ~set_since),
    )
    query = select(Patronage.id).where(
        Patronage.status == "enrolled", Patronage.term == Term.SHORT, Patronage.ends_on <= until, ~settled
    )
    return list(s.scalars(query.where(_no_live_item(Patronage.id)).order_by(Patronage.id)))


def _make_way(s: Session, meeting: Meeting, actor_id: int) -> None:
    """What can't be decided before a withdrawn consent (R3) or an emergency start is put off, and comes back later."""
    waiting = select(Item).join(Patronage, Patronage.id == Item.patronage_id)
    waiting = waiting.where(Item.meeting_id == meeting.id, Item.status == State.WAITING)
    waiting = waiting.where(Item.kind.not_in([str(kind) for kind in REMOVING]))
    urgent = exists().where(Emergency.patronage_id == Patronage.id, Emergency.outcome.is_(None))
    first = or_(_consent_gone(), urgent & (Item.kind != Kind.RATIFY) & (Patronage.status == "enrolled"))
    for item in list(s.scalars(waiting.where(first).order_by(Item.id))):
        item.status, item.closed_at = move_item(item.status, State.DEFERRED), clock.now()
        new = {"kind": item.kind, "patronage_id": item.patronage_id}
        audit.record(s, Event.ITEM_DEFERRED, actor_id, item, old={"status": "waiting"}, new=new)
    s.flush()
