"""Rounds of an item: the items put off that it goes on from, and those that go on from it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import literal_column, select

from portal.consilium.models import Item, Meeting
from portal.db import db


def earlier(item_ids: Iterable[int]) -> dict[int, list[Any]]:
    """What each of the items was before, by its id, the latest first; in one query.

    Of each round: id, meeting_id, number and held_on of its meeting, deferral, asked, until_on.
    """
    ids = list(item_ids)
    if not ids:
        return {}
    chain = (
        select(Item.id.label("root"), Item.after_id.label("id"), literal_column("1").label("step"))
        .where(Item.id.in_(ids), Item.after_id.is_not(None))
        .cte("chain", recursive=True)
    )
    older = select(chain.c.root, Item.after_id, chain.c.step + 1).join(Item, Item.id == chain.c.id)
    chain = chain.union_all(older.where(Item.after_id.is_not(None)))
    query = select(chain.c.root, Item.id, Item.deferral, Item.asked, Item.until_on, Item.meeting_id)
    query = query.add_columns(Meeting.number, Meeting.held_on).select_from(chain)
    query = query.join(Item, Item.id == chain.c.id).join(Meeting, Meeting.id == Item.meeting_id)
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query.order_by(chain.c.root, chain.c.step)).mappings():
        found.setdefault(row["root"], []).append(row)
    return found


def later(item_id: int) -> list[Any]:
    """The items that go on from it, of meetings the members may see: id, status, number and held_on of the meeting."""
    query = select(Item.id, Item.status, Meeting.number, Meeting.held_on)
    query = query.join(Meeting, Meeting.id == Item.meeting_id)
    query = query.where(Item.after_id == item_id, Meeting.status != "draft").order_by(Item.id.desc())
    return list(db.session.execute(query).mappings())
