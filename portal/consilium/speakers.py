"""Who speaks on an item: whom it names, else the proposed lead specialist, else the present one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Role
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.consilium.models import Item
from portal.db import db
from portal.patronage.models import Assignment
from portal.rules import N_, RuleBroken

MAY_SPEAK = tuple(role for role in Role if role not in (Role.ADMIN, Role.AUDITOR))


@dataclass(frozen=True)
class Speaker:
    """Who speaks; `left` where the colleague does not work here any more: somebody else must."""

    name: str
    position: str
    left: bool


def speakers_of(items: Sequence[Any]) -> dict[int, Speaker]:
    """The speaker of each item, by its id; none where nobody is known. Two queries, however many items."""
    found = chosen(items)
    return named(found, accounts.names(set(found.values())))


def chosen(items: Sequence[Any]) -> dict[int, int]:
    """The id of each item's speaker, by the item's; in one query."""
    wanting = {one["patronage_id"] for one in items if not (one["speaker_id"] or one["lead_id"])}
    leads = _leads(wanting - {None})
    found = {
        one["id"]: one["speaker_id"] or one["lead_id"] or leads.get(one["patronage_id"]) for one in items
    }
    return {item_id: user_id for item_id, user_id in found.items() if user_id}


def named(found: Mapping[int, int], people: Mapping[int, User]) -> dict[int, Speaker]:
    """The speakers of items as they are shown."""
    return {
        item_id: Speaker(people[user_id].short_name, people[user_id].position, not people[user_id].is_active)
        for item_id, user_id in found.items()
    }


def speaker_of(item: Item) -> Speaker | None:
    """The speaker of one item."""
    one = {name: getattr(item, name) for name in ("id", "patronage_id", "speaker_id", "lead_id")}
    return speakers_of([one]).get(item.id)


def _leads(patronage_ids: Iterable[int]) -> dict[int, int]:
    query = select(Assignment.patronage_id, Assignment.user_id).where(
        Assignment.patronage_id.in_(patronage_ids), Assignment.kind == "lead", Assignment.ends_on.is_(None)
    )
    return {row[0]: row[1] for row in db.session.execute(query)} if patronage_ids else {}


def choices(now: int | None) -> list[tuple[str, str]]:
    """The colleagues to choose a speaker from; whoever is chosen now is among them, even when they have left."""
    people = accounts.with_role(*MAY_SPEAK)
    if now and now not in {user.id for user in people}:
        people += accounts.names({now}).values()
    return [(str(user.id), f"{user.full_name}, {user.position}".rstrip(", ")) for user in people]


def check_speaker(s: Session, user_id: int | None, before: int | None = None) -> None:
    """Whoever is chosen works here; one chosen earlier may stay. Raises speaker_left."""
    if user_id is None or user_id == before:
        return
    user = s.get(User, user_id)
    if user is None or not user.is_active:
        raise RuleBroken(
            "speaker_left", N_("The speaker does not work here any more. Choose another colleague.")
        )
