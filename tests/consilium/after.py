"""Decisions taken by the actions themselves, in meetings that are over, for tests of what comes after."""

from sqlalchemy import select

from portal.consilium import actions, decisions
from portal.consilium.models import Decision
from portal.db import db
from portal.patronage.models import Patronage
from tests.consilium.rows import (
    People,
    make_meeting,
    make_submitted,
    open_with,
    propose,
    propose_removal,
    vote_all,
)

CARRIED, REJECTED = ("for", "for", "for", "for"), ("against",) * 4


def decide(people: People, *item_ids: int, choices: tuple[str, ...] = CARRIED) -> list[Decision]:
    """The items of an open meeting voted on, one after the other."""
    found = []
    for item_id in item_ids:
        decisions.open_voting(item_id, people.chair.id)
        vote_all(people, item_id, *choices)
        decisions.close_item(item_id, people.chair.id)
        found.append(db.session.scalars(select(Decision).where(Decision.item_id == item_id)).one())
    return found


def enroll(
    people: People, *surnames: str, choices: tuple[str, ...] = CARRIED, over: bool = True
) -> list[Decision]:
    """Families decided on in one meeting, which is closed afterwards."""
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(one)) for one in surnames]
    open_with(people, meeting_id)
    found = decide(people, *items, choices=choices)
    if over:
        actions.close_meeting(meeting_id, people.chair.id)
    return found


def remove(people: People, patronage: Patronage) -> Decision:
    """The family removed in a meeting of its own."""
    meeting_id = make_meeting(people)
    item_id = propose_removal(people, meeting_id, patronage)
    open_with(people, meeting_id)
    (found,) = decide(people, item_id)
    actions.close_meeting(meeting_id, people.chair.id)
    return found
