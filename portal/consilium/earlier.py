"""What went before an item: decisions on the family, earlier rounds of the item; and its neighbors on the agenda."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from portal.consilium.models import Decision, Item, Meeting
from portal.db import db
from portal.patronage.models import Patronage

MOST = 20
SETTLED = ("closed", "signed")


class Place(NamedTuple):
    """Where an item stands on the agenda, from 1 on, and the ids of its neighbors."""

    number: int
    all: int
    before: int | None
    after: int | None


def place_of(item_id: int, meeting_id: int) -> Place | None:
    """None for an item that was taken off."""
    query = select(Item.id).where(Item.meeting_id == meeting_id, Item.status != "withdrawn")
    ids = list(db.session.scalars(query.order_by(Item.position, Item.id)))
    if item_id not in ids:
        return None
    here = ids.index(item_id)
    before = ids[here - 1] if here else None
    return Place(here + 1, len(ids), before, ids[here + 1] if here + 1 < len(ids) else None)


def decisions_of(family_id: int, item_id: int) -> list[Row[Any]]:
    """The decisions on the family besides that of the item, the latest first."""
    columns = (Decision.number, Decision.year, Decision.decided_on, Decision.kind, Decision.carried)
    query = select(*columns, Decision.id).join(Patronage, Patronage.id == Decision.patronage_id)
    query = query.where(Patronage.family_id == family_id, Decision.item_id != item_id)
    return list(db.session.execute(query.order_by(Decision.year.desc(), Decision.number.desc()).limit(MOST)))


class Round(NamedTuple):
    """An earlier time the same question came before the consilium, or a later one."""

    item_id: int
    meeting: int
    held_on: date
    status: str
    deferral: str
    asked: str
    until_on: date | None


def rounds_of(item_id: int) -> list[Round]:
    """The deferred items that the item goes on from, the latest first, in one query."""
    start = select(Item.id, Item.after_id).where(Item.id == item_id).cte("rounds", recursive=True)
    chain = start.union(select(Item.id, Item.after_id).join(start, Item.id == start.c.after_id))
    return _rounds(Item.id.in_(select(chain.c.id)), Item.id != item_id)


def next_rounds(item_id: int) -> list[Round]:
    """The items that go on from it, whose meetings the members may see."""
    return _rounds(Item.after_id == item_id, Meeting.status != "draft")


def _rounds(*conditions: Any) -> list[Round]:
    columns: list[Any] = [Item.id, Meeting.number, Meeting.held_on, Item.status]
    columns += [Item.deferral, Item.asked, Item.until_on]
    query = select(*columns)
    query = query.join(Meeting, Meeting.id == Item.meeting_id).where(*conditions)
    return [Round(*row) for row in db.session.execute(query.order_by(Item.id.desc()).limit(MOST))]
