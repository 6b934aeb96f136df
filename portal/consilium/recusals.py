"""Recusals: declared by the member, or entered by the chair or the secretary; and who should think of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.accounts.models import User
from portal.audit import Event
from portal.consilium.locking import hold_item
from portal.consilium.models import Item, ItemSpecialist, Meeting, MeetingSeat, Recusal, Vote
from portal.db import atomic, db, refused_by
from portal.patronage.models import Assignment
from portal.rules import N_, RuleBroken, recusal
from portal.rules.meetings import LIVE
from portal.rules.names import FullName


def recuse(item_id: int, user_id: int, reason: str, actor_id: int) -> bool:
    """Recuse a member on an item; tells whether a vote of the member falls by it.

    Raises not_now, item_fixed, not_a_member, already_recused, why_missing.
    """
    twice = RuleBroken("already_recused", N_("The recusal has been declared already."))
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        _check(s, item, meeting, user_id, reason)
        row = Recusal(item_id=item_id, user_id=user_id, reason=reason.strip(), declared_by_id=actor_id)
        row.declared_at = clock.now()
        with refused_by("uq_recusals_item_id_user_id", twice):
            s.add(row)
        new = {"user_id": user_id, "reason": row.reason, "recusal_id": row.id}
        audit.record(s, Event.RECUSED, actor_id, item, new=new)
        voted = select(Vote.id).where(Vote.item_id == item_id, Vote.user_id == user_id)
        return s.scalar(voted) is not None


def take_back(item_id: int, user_id: int, actor_id: int, keeps_presence: bool) -> None:
    """Take a recusal back while the item waits; nobody takes back their own that another has entered.

    Raises not_recused, item_fixed, not_own_recusal.
    """
    with atomic() as s:
        item, meeting = hold_item(s, item_id)
        row = _of(s, item_id, user_id)
        own = keeps_presence if actor_id != user_id else row is not None and actor_id == row.declared_by_id
        recusal.check_take_back(meeting.status, item.status, row is not None, own)
        old = {"user_id": user_id, "reason": row.reason, "recusal_id": row.id} if row else {}
        s.delete(row)
        audit.record(s, Event.RECUSAL_TAKEN_BACK, actor_id, item, old=old)


def _of(s: Session, item_id: int, user_id: int) -> Recusal | None:
    query = select(Recusal).where(Recusal.item_id == item_id, Recusal.user_id == user_id)
    return s.scalar(query.execution_options(populate_existing=True))


@dataclass(frozen=True)
class Recused:
    """A recusal as it is shown."""

    user_id: int
    name: str
    reason: str
    declared_by_id: int
    declared_at: datetime


def recused_on(item_ids: Sequence[int]) -> dict[int, dict[int, Recused]]:
    """The recusals of each item by user."""
    found: dict[int, dict[int, Recused]] = {}
    if not item_ids:
        return found
    columns: Any = (Recusal.item_id, Recusal.user_id, Recusal.reason, Recusal.declared_by_id)
    query = select(*columns, Recusal.declared_at, User.last_name, User.first_name, User.middle_name)
    query = query.join(User, User.id == Recusal.user_id).where(Recusal.item_id.in_(item_ids))
    for item_id, user_id, reason, by_id, at, *name in db.session.execute(query.order_by(Recusal.id)):
        found.setdefault(item_id, {})[user_id] = Recused(user_id, FullName(*name).short, reason, by_id, at)
    return found


def may_be_recused(item: Item) -> list[tuple[int, str]]:
    """The voting members who are not recused on the item: id and full name."""
    out = select(Recusal.id).where(Recusal.item_id == item.id, Recusal.user_id == User.id)
    query = select(User).join(MeetingSeat, MeetingSeat.user_id == User.id)
    query = query.where(MeetingSeat.meeting_id == item.meeting_id, MeetingSeat.votes, ~out.exists())
    return [(user.id, user.full_name) for user in db.session.scalars(query.order_by(User.search, User.id))]


def check(item: Item, user_id: int) -> None:
    """Whether the member can be recused on the item now. Raises as the rule does."""
    s = db.session()
    meeting = s.get_one(Meeting, item.meeting_id)
    _check(s, item, meeting, user_id, "-")


def _check(s: Session, item: Item, meeting: Meeting, user_id: int, reason: str) -> None:
    seat = s.get(MeetingSeat, (meeting.id, user_id), populate_existing=True)
    already = _of(s, item.id, user_id) is not None
    recusal.check_recusal(meeting.status, item.status, seat is not None and seat.votes, already, reason)


def working_with(meeting_id: int) -> dict[int, frozenset[int]]:
    """Who of the meeting's voting members works, or is proposed to work, with the family of each live item."""
    live = (Item.meeting_id == meeting_id, Item.status.in_(LIVE))
    voting = select(MeetingSeat.user_id).where(MeetingSeat.meeting_id == meeting_id, MeetingSeat.votes)
    now = select(Item.id, Assignment.user_id).join(Assignment, Assignment.patronage_id == Item.patronage_id)
    now = now.where(*live, Assignment.ends_on.is_(None), Assignment.user_id.in_(voting))
    lead = select(Item.id, Item.lead_id).where(*live, Item.lead_id.in_(voting))
    involved = select(Item.id, ItemSpecialist.user_id).join(ItemSpecialist, ItemSpecialist.item_id == Item.id)
    involved = involved.where(*live, ItemSpecialist.user_id.in_(voting))
    found: dict[int, set[int]] = {}
    query: Any = union_all(now, lead, involved)
    for row in db.session.execute(query):
        found.setdefault(row[0], set()).add(row[1])
    return {item_id: frozenset(users) for item_id, users in found.items()}
