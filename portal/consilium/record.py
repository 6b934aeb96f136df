"""The record of a closed vote by name: what each member with a vote did, from what the decision was counted from."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, select

from portal.accounts.models import User
from portal.consilium.models import Item, ItemVoter, Vote
from portal.db import db
from portal.rules.meetings import DECIDED
from portal.rules.names import FullName

_VOTE = (Vote.id.label("vote_id"), Vote.reason, Vote.entered_by_id)
_NAME = (User.last_name, User.first_name, User.middle_name)


class Voter(NamedTuple):
    """A member in the record. `outcome`: for, against, abstain; silent, recused, absent.

    `fell`: a vote was cast and did not count, for its member had left or was recused.
    """

    outcome: str
    name: str
    entered: bool = False  # by the secretary, for a member without a device
    reason: str = ""
    fell: bool = False


def voters(item_ids: Sequence[int]) -> dict[int, tuple[Voter, ...]]:
    """The record of the items among these that are closed; nothing is read of others (votes are hidden till then)."""
    if not item_ids:
        return {}
    found: dict[int, list[Voter]] = {}
    columns = (ItemVoter.item_id, ItemVoter.present, ItemVoter.recused, ItemVoter.choice, *_VOTE, *_NAME)
    query = select(*columns).join(Item, Item.id == ItemVoter.item_id).join(User, User.id == ItemVoter.user_id)
    mine = and_(Vote.item_id == ItemVoter.item_id, Vote.user_id == ItemVoter.user_id)
    query = query.outerjoin(Vote, mine).where(Item.id.in_(item_ids), Item.status.in_(DECIDED))
    for row in db.session.execute(query.order_by(User.search, User.id)):
        found.setdefault(row.item_id, []).append(_voter(row))
    if without := [item_id for item_id in item_ids if item_id not in found]:
        _before(without, found)
    return {item_id: tuple(rows) for item_id, rows in found.items()}


def _voter(row: Any) -> Voter:
    fell = row.choice is None and row.vote_id is not None
    away = "recused" if row.recused else "absent" if not row.present else None
    name = FullName(row.last_name, row.first_name, row.middle_name).short
    reason = row.reason if row.choice else ""
    return Voter(
        away or row.choice or "silent",
        name,
        bool(row.choice) and row.entered_by_id is not None,
        reason or "",
        fell,
    )


def _before(without: Sequence[int], found: dict[int, list[Voter]]) -> None:
    """Items decided before the record was kept have their votes alone."""
    query = select(Vote.item_id, Vote.choice, *_NAME).join(User, User.id == Vote.user_id)
    query = query.join(Item, Item.id == Vote.item_id).where(Item.id.in_(without), Item.status.in_(DECIDED))
    for item_id, choice, *name in db.session.execute(query.order_by(User.search, User.id)):
        found.setdefault(item_id, []).append(Voter(choice, FullName(*name).short))
