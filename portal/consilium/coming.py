"""Items that come onto an agenda by themselves: what was put off, withdrawn consents, emergencies, ending terms.

They come onto the nearest agenda: what stands on a later one, or on that of a meeting whose day has passed without it,
is taken over from there.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal import audit, clock
from portal.audit import Event
from portal.consilium import agenda
from portal.consilium.locking import hold_meeting
from portal.consilium.models import Item, ItemSpecialist, Meeting
from portal.families.models import Consent
from portal.patronage.models import Emergency, Patronage
from portal.rules.enrollment import Term
from portal.rules.items import KINDS, REMOVING, Kind
from portal.rules.meetings import Item as State
from portal.rules.meetings import move_item
from portal.settings import queries as settings

WITHDRAWN, TERM_ENDED = "consent_withdrawn", "term_ended"  # reasons of a removal
LIVE = (State.WAITING, State.VOTING)
COPIED = ("kind", "patronage_id", "question", "place", "speaker_id", "regime", "term", "ends_on", "lead_id")


def bring(s: Session, meeting: Meeting, actor_id: int) -> list[int]:
    """Inside a transaction: put on the agenda what waits for the next one. Gives the ids of the new items.

    What they lack (an analysis, an end of the term) is asked for when they come to the vote.
    """
    nearest = _is_nearest(s, meeting)
    brought = _fetch(s, meeting, actor_id) if nearest else []
    _make_way(s, meeting, actor_id, nearest)
    for item in due(s, meeting):
        item.status = State.WAITING
        agenda.place(s, meeting, item)
        involved = agenda.involved_in(s, item.after_id) if item.after_id else set()
        s.add_all(ItemSpecialist(item_id=item.id, user_id=user_id) for user_id in sorted(involved))
        audit.record(s, Event.ITEM_ADDED, actor_id, item, new=agenda.told(item, involved))
        brought.append(item.id)
    return brought


def fills(s: Session, meeting: Meeting) -> bool:
    """Whether anything comes onto the meeting's agenda when it is convened."""
    moves = _is_nearest(s, meeting) and s.scalar(_to_fetch(meeting).limit(1)) is not None
    return moves or due(s, meeting) != []


def due(s: Session, meeting: Meeting) -> list[Item]:
    """The items that wait for the meeting's agenda, not yet kept; none where an earlier meeting will take them."""
    if not _is_nearest(s, meeting):
        return []
    day = max(meeting.held_on, clock.today())
    put_off, resting = _put_off(s, day)
    withdrawn, emergencies = _withdrawn(s), _emergencies(s)
    must = {**dict.fromkeys(emergencies, Kind.RATIFY), **dict.fromkeys(withdrawn, Kind.REMOVE)}
    ending = {one: kind for one, kind in _ending(s, day, meeting.id).items() if (one, kind) not in resting}
    found = {}
    for item in put_off:
        one = item.patronage_id or 0
        first = must.get(one) or (ending.get(one) if item.kind == Kind.REGIME else None)
        if first in (None, item.kind):
            found[one or -item.id] = _again(item)
    waiting = [
        *((one, Kind.REMOVE, WITHDRAWN) for one in withdrawn),
        *((one, Kind.RATIFY, None) for one in emergencies),
    ]
    ends = ((one, kind, TERM_ENDED if kind == Kind.REMOVE else None) for one, kind in ending.items())
    for one, kind, reason in (*waiting, *ends):
        if one not in found and (one, kind) not in resting:
            found[one] = Item(kind=str(kind), patronage_id=one, reason=reason, course_reason="", note="")
    return sorted(found.values(), key=lambda item: (item.after_id is not None, item.after_id or 0))


def _again(old: Item) -> Item:
    """The same proposal, as a new item: the old one keeps its history."""
    copied = {name: getattr(old, name) for name in (*COPIED, "course_reason", "reason", "note")}
    return Item(after_id=old.id, **copied)


def _is_nearest(s: Session, meeting: Meeting) -> bool:
    """Whether no other meeting ahead takes what comes: one held before a draft, whose agenda is not fixed yet."""
    ahead = Meeting.held_on.between(clock.today(), meeting.held_on)
    query = select(Meeting.id).where(*_others(meeting), ahead, ~_later(meeting))
    return meeting.status != "draft" or s.scalar(query.limit(1)) is None


def _others(meeting: Meeting) -> tuple[ColumnElement[bool], ...]:
    """The other meetings whose agenda is not fixed yet."""
    return Meeting.id != meeting.id, Meeting.status.in_(("draft", "convened"))


def _later(meeting: Meeting) -> ColumnElement[bool]:
    """That a meeting is held after this one."""
    same_day, same_hour = Meeting.held_on == meeting.held_on, Meeting.starts_at == meeting.starts_at
    return or_(
        Meeting.held_on > meeting.held_on,
        same_day & (Meeting.starts_at > meeting.starts_at),
        same_day & same_hour & (Meeting.id > meeting.id),
    )


def _elsewhere(meeting: Meeting) -> list[ColumnElement[bool]]:
    """That an item waits on the agenda of a later meeting, or of one whose day has passed without it."""
    too_late = or_(_later(meeting), Meeting.held_on < clock.today())
    return [Item.status == State.WAITING, *_others(meeting), too_late]


def _to_fetch(meeting: Meeting) -> Select[Item]:
    """What should be decided now: emergencies, withdrawn consents, extensions of terms that end before it comes up."""
    query = select(Item).join(Meeting, Meeting.id == Item.meeting_id)
    query = query.join(Patronage, Patronage.id == Item.patronage_id).where(*_elsewhere(meeting))
    too_late = or_(Patronage.ends_on < Meeting.held_on, Meeting.held_on < clock.today())
    too_late &= ~_taken_off(meeting.id, Kind.EXTEND)
    return query.where(
        or_(
            (Item.kind == Kind.RATIFY) & (Patronage.status == "enrolled"),
            (Item.kind == Kind.REMOVE) & (Item.reason == WITHDRAWN) & consent_gone(),
            (Item.kind == Kind.EXTEND) & (Patronage.status == "enrolled") & too_late,
        )
    )


def _fetch(s: Session, meeting: Meeting, actor_id: int) -> list[int]:
    """Take such items over onto this agenda; gives their ids."""
    items = list(s.scalars(_to_fetch(meeting).order_by(Item.id)))
    for item in items:
        old = {"meeting_id": hold_meeting(s, item.meeting_id).id}
        agenda.place(s, meeting, item)
        new = agenda.told(item, agenda.involved_in(s, item.id))
        audit.record(s, Event.ITEM_ADDED, actor_id, item, old=old, new=new)
    return [item.id for item in items]


def _no_live_item(patronage_id: Any) -> ColumnElement[bool]:
    live = aliased(Item)
    return ~exists().where(live.patronage_id == patronage_id, live.status.in_(LIVE))


def _put_off(s: Session, day: date) -> tuple[list[Item], set[tuple[int, str]]]:
    """What was put off and has come to its day; and (patronage, kind) of what is put off until later.

    What has come back once, was overtaken by another item of the family, or fits the patronage no more, does not
    come; what came by itself meanwhile overtakes only its own kind.
    """
    later = aliased(Item)
    by_itself = or_(later.kind.in_((Kind.RATIFY, Kind.EXTEND)), func.coalesce(later.reason, "") == WITHDRAWN)
    alike = or_(later.kind == Item.kind, (later.kind == Kind.EXTEND) & (Item.kind == Kind.TERM))
    overtaken = exists().where(
        later.patronage_id == Item.patronage_id,
        later.id > Item.id,
        later.status != State.WITHDRAWN,
        or_(~by_itself, alike),
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
        if item.kind == Kind.REMOVE and item.reason == WITHDRAWN and status != "suspended":
            continue  # there is a new consent
        if item.until_on is not None and item.until_on > day:
            resting.add((item.patronage_id or 0, item.kind))
        else:
            ready[item.patronage_id or -item.id] = item  # of one family the latest
    return list(ready.values()), resting


def _withdrawn(s: Session) -> list[int]:
    """The patronages whose consent was withdrawn and whose removal is on no agenda yet (R3)."""
    query = select(Patronage.id).where(consent_gone(), _no_live_item(Patronage.id))
    return list(s.scalars(query.order_by(Patronage.id)))


def consent_gone() -> ColumnElement[bool]:
    """That the patronage is suspended because no consent is in force any more (R3)."""
    in_force = exists().where(Consent.family_id == Patronage.family_id, Consent.withdrawn_on.is_(None))
    return (Patronage.status == "suspended") & ~in_force


def _emergencies(s: Session) -> list[int]:
    """The patronages whose emergency start waits for the consilium."""
    query = select(Patronage.id).join(Emergency, Emergency.patronage_id == Patronage.id)
    query = query.where(Emergency.outcome.is_(None), Patronage.status == "enrolled")
    return list(s.scalars(query.where(_no_live_item(Patronage.id)).order_by(Patronage.id)))


def _ending(s: Session, day: date, meeting_id: int) -> dict[int, Kind]:
    """The patronages whose short term ends soon after the day, or has ended (R5): they are to be extended.

    When that was rejected, the end of the term brings the removal. Not what was taken off this agenda.
    """
    until = day + timedelta(days=settings.value("term_reminder"))
    kinds = case((~extension_rejected(), str(Kind.EXTEND)), (Patronage.ends_on <= day, str(Kind.REMOVE)))
    query = select(Patronage.id, kinds).where(kinds.is_not(None), ~_taken_off(meeting_id, kinds))
    query = query.where(_no_live_item(Patronage.id)).where(
        Patronage.status == "enrolled", Patronage.term == Term.SHORT, Patronage.ends_on <= until
    )
    return {row[0]: Kind(row[1]) for row in s.execute(query.order_by(Patronage.id))}


def _taken_off(meeting_id: int, kind: Any) -> ColumnElement[bool]:
    """That such an item of the patronage was taken off this agenda."""
    off = aliased(Item)
    here = (off.status == State.WITHDRAWN, off.meeting_id == meeting_id)
    return exists().where(off.patronage_id == Patronage.id, off.kind == kind, *here)


def extension_rejected() -> ColumnElement[bool]:
    """That the consilium does not extend the patronage's term: nothing it has decided since says another thing."""
    asked, later = aliased(Item), aliased(Item)
    since = exists().where(
        later.patronage_id == Patronage.id,
        later.id > asked.id,
        or_(
            (later.status == State.CARRIED) & later.kind.in_((Kind.TERM, Kind.EXTEND)),
            (later.status == State.REJECTED) & later.kind.in_([str(kind) for kind in REMOVING]),
        ),
    )
    rejected = (asked.kind == Kind.EXTEND) & (asked.status == State.REJECTED)
    return exists().where(asked.patronage_id == Patronage.id, rejected, ~since)


def _make_way(s: Session, meeting: Meeting, actor_id: int, nearest: bool) -> None:
    """What can't be decided before a withdrawn consent (R3) or an emergency start is put off, and comes back later."""
    here = (Item.meeting_id == meeting.id) & (Item.status == State.WAITING)
    waiting = select(Item).join(Patronage, Patronage.id == Item.patronage_id)
    waiting = waiting.join(Meeting, Meeting.id == Item.meeting_id)
    waiting = waiting.where(or_(here, and_(*_elsewhere(meeting))) if nearest else here)
    waiting = waiting.where(Item.kind.not_in([str(kind) for kind in REMOVING]))
    urgent = exists().where(Emergency.patronage_id == Patronage.id, Emergency.outcome.is_(None))
    first = or_(consent_gone(), urgent & (Item.kind != Kind.RATIFY) & (Patronage.status == "enrolled"))
    for item in list(s.scalars(waiting.where(first).order_by(Item.id))):
        if item.meeting_id != meeting.id:
            hold_meeting(s, item.meeting_id)
        item.status, item.closed_at = move_item(item.status, State.DEFERRED), clock.now()
        new = {"kind": item.kind, "patronage_id": item.patronage_id}
        audit.record(s, Event.ITEM_DEFERRED, actor_id, item, old={"status": "waiting"}, new=new)
    s.flush()
