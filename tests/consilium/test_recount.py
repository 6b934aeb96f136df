"""`flask check` counts every decision once more from what it was counted from."""

import pytest
from flask import Flask
from sqlalchemy import text

from portal.check import broken_rules
from portal.consilium import actions, decisions, recusals
from portal.db import db, technical
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.consilium.test_proof import disarm

TAMPERED = {
    "UPDATE items SET votes_for = 4, votes_against = 0": "does not say what its votes count to",
    "UPDATE items SET by_chair = (1 = 1)": "does not say what its votes count to",
    "UPDATE meetings SET majority = 'roll'": "was decided against its votes",
    "DELETE FROM recusals": "with other recusals than were declared",
    "UPDATE meeting_seats SET votes = (1 = 0) WHERE seat = 'member'": "from others than the roll",
    "INSERT INTO item_voters (item_id, user_id, seat, present, recused, choice)"
    " SELECT i.id, u.id, 'member', (1 = 1), (1 = 0), 'for' FROM items i, users u"
    " WHERE u.id = (SELECT max(id) FROM users)": "from others than the roll",
}


def _decided() -> None:
    """Three for, one against, one abstained of five present; one recused, one away: carried by those present."""
    people = make_people(members=6)  # seven vote, five are needed
    meeting_id, item_id, _patronage = make_vote(people)
    actions.mark_presence(meeting_id, people.members[5].id, "absent", people.secretary.id)
    recusals.recuse(item_id, people.members[4].id, "родственник", people.members[4].id)
    vote_all(people, item_id, "for", "for", "for", "against", "abstain")
    decisions.close_item(item_id, people.chair.id)


@pytest.mark.parametrize("statement", TAMPERED)
def test_what_was_tampered_with_is_named(app: Flask, statement: str) -> None:
    _decided()
    assert broken_rules() == []
    disarm()
    with technical() as session:
        session.execute(text(statement))
    db.session.rollback()
    said = [fault["what"] for fault in broken_rules() if fault["rule"] == "consilium"]
    assert any(TAMPERED[statement] in one for one in said), said
