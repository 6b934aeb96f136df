"""What went before an item: the decisions on the family; and its neighbors on the agenda."""

from typing import Any, NamedTuple

from sqlalchemy import Row, select

from portal.consilium.models import Decision, Item
from portal.db import db
from portal.patronage.models import Patronage

MOST = 20


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
