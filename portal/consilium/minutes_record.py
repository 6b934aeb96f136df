"""The record of a meeting that is over, as its minutes print it: in a fixed number of queries, facts only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.consilium import queries
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.models import (
    Decision,
    Dissent,
    Item,
    ItemSpecialist,
    ItemVoter,
    Meeting,
    PresenceMark,
    Recusal,
    Vote,
)
from portal.consilium.presence import HERE
from portal.consilium.record import Voter, voters
from portal.db import db
from portal.families.models import Family
from portal.patronage.models import Patronage
from portal.rules import voting
from portal.rules.meetings import DECIDED
from portal.rules.names import FullName


@dataclass(frozen=True)
class Record:
    """What the minutes print. Votes are in it for closed items only; `names`: short ones, by the id of a user."""

    seats: list[Any]
    came: dict[int, list[tuple[datetime, str]]]  # by member: changes of presence while the meeting ran
    took_part: frozenset[int]
    items: list[Any]
    votes: dict[int, tuple[Voter, ...]]  # of decided items
    recused: dict[int, list[tuple[str, str]]]  # (short name, reason)
    involved: dict[int, list[str]]
    dissents: dict[int, list[Any]]
    names: dict[int, str]
    minutes: Any  # the row, or None
    signatures: dict[int, Any]  # by user

    @property
    def voters(self) -> int:
        """How many may vote."""
        return sum(1 for seat in self.seats if seat["votes"])

    @property
    def present(self) -> int:
        """How many of them took part."""
        return sum(1 for seat in self.seats if seat["votes"] and seat["user_id"] in self.took_part)

    def quorum(self, meeting: Meeting) -> int:
        """How many of those who may vote had to be present."""
        return voting.quorum(self.voters, meeting.quorum_share)


def record_of(meeting: Meeting) -> Record:
    """The record of the meeting, as the database has it now."""
    seats, items = queries.seats_of(meeting.id), _items(meeting.id)
    ids = [item["id"] for item in items]
    decided = [item["id"] for item in items if item["status"] in DECIDED]
    marks, involved = _marks(meeting.id), _pairs(ItemSpecialist, ids)
    recusals, dissents = _of_items(Recusal, ids), _of_items(Dissent, ids)
    signatures = _signatures(meeting.id)
    mentioned = {item[key] for item in items for key in ("lead_id", "speaker_id")}
    for rows in (recusals, dissents, signatures):
        mentioned |= {row["user_id"] for row in rows}
    mentioned |= {row["entered_by_id"] for row in signatures}
    mentioned |= {one for many in involved.values() for one in many} | {seat["user_id"] for seat in seats}
    names = {one.id: one.short_name for one in accounts.names({one for one in mentioned if one}).values()}
    return Record(
        seats=seats,
        came=_changes(meeting, marks),
        took_part=_took_part(seats, decided),
        items=items,
        votes=voters(decided),
        recused=_gathered((row["item_id"], (names[row["user_id"]], row["reason"])) for row in recusals),
        involved={key: [names[one] for one in many] for key, many in involved.items()},
        dissents=_gathered((row["item_id"], row) for row in dissents),
        names=names,
        minutes=_minutes(meeting.id),
        signatures={row["user_id"]: row for row in signatures},
    )


def _items(meeting_id: int) -> list[Any]:
    """The agenda in its order, without what was taken off."""
    former = (
        select(Item.id, Meeting.number, Meeting.held_on)
        .join(Meeting, Meeting.id == Item.meeting_id)
        .subquery()
    )
    columns = [
        *(Item.id, Item.kind, Item.status, Item.question, Item.place, Item.regime, Item.term, Item.ends_on),
        *(Item.lead_id, Item.speaker_id, Item.reason, Item.course_reason, Item.present, Item.by_chair),
        *(Item.deferral, Item.asked, Item.until_on, Item.discussion, Patronage.family_id),
        *(Family.number.label("family_number"), Family.surname),
        *(Decision.number.label("decision"), Decision.year, Decision.decided_on),
        *(former.c.number.label("former_number"), former.c.held_on.label("former_on")),
    ]
    query = select(*columns).outerjoin(Patronage, Patronage.id == Item.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id)
    query = query.outerjoin(Decision, Decision.item_id == Item.id)
    query = query.outerjoin(former, former.c.id == Item.after_id)
    query = query.where(Item.meeting_id == meeting_id, Item.status != "withdrawn")
    return list(db.session.execute(query.order_by(Item.position, Item.id)).mappings())


def _of_items(model: Any, item_ids: list[int]) -> list[Any]:
    """Rows of the items by the name of their member."""
    query = select(*model.__table__.c).join(User, User.id == model.user_id).where(model.item_id.in_(item_ids))
    return list(db.session.execute(query.order_by(User.search, User.id)).mappings()) if item_ids else []


def _pairs(model: Any, item_ids: list[int]) -> dict[int, list[int]]:
    return _gathered((row["item_id"], row["user_id"]) for row in _of_items(model, item_ids))


def _gathered(pairs: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _marks(meeting_id: int) -> list[Any]:
    columns = (PresenceMark.user_id, PresenceMark.presence, PresenceMark.marked_at)
    query = select(*columns).where(PresenceMark.meeting_id == meeting_id)
    return list(db.session.execute(query.order_by(PresenceMark.marked_at, PresenceMark.id)).mappings())


def _changes(meeting: Meeting, marks: list[Any]) -> dict[int, list[tuple[datetime, str]]]:
    """Who came or left while the meeting ran; to have come late, and stayed, is no change."""
    found: dict[int, list[tuple[datetime, str]]] = {}
    last: dict[int, str] = {}
    late = set()
    for mark in marks:
        user_id, former = mark["user_id"], last.get(mark["user_id"])
        last[user_id] = mark["presence"]
        if meeting.opened_at is None or mark["marked_at"] < meeting.opened_at or mark["presence"] == former:
            continue
        found.setdefault(user_id, []).append((mark["marked_at"], mark["presence"]))
        if former is None:
            late.add(user_id)
    return {user_id: many for user_id, many in found.items() if user_id not in late or len(many) > 1}


def _took_part(seats: list[Any], item_ids: list[int]) -> frozenset[int]:
    """Who was present at the end, or when an item was decided: a mark taken back in between was a slip."""
    here = {seat["user_id"] for seat in seats if seat["presence"] in HERE}
    counted = select(ItemVoter.user_id).where(ItemVoter.item_id.in_(item_ids), ItemVoter.present)
    voted = select(Vote.user_id).where(Vote.item_id.in_(item_ids))
    if item_ids:
        here |= set(db.session.scalars(counted.union(voted)))
    return frozenset(here & {seat["user_id"] for seat in seats})


def _minutes(meeting_id: int) -> Any:
    query = select(*Minutes.__table__.c).where(Minutes.meeting_id == meeting_id)
    return db.session.execute(query).mappings().first()


def _signatures(meeting_id: int) -> list[Any]:
    one = MinutesSignature
    columns = (
        one.id,
        one.user_id,
        one.how,
        one.signed_at,
        one.entered_by_id,
        one.digest,
        one.scan_type,
        one.reason,
    )
    query = select(*columns).where(one.meeting_id == meeting_id).order_by(one.signed_at, one.id)
    return list(db.session.execute(query).mappings())


def short(row: Any) -> str:
    """The short name of a seat."""
    return FullName(row["last_name"], row["first_name"], row["middle_name"]).short
