"""What must never happen to a meeting is refused by the database itself, whoever writes to it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.check import broken_rules
from portal.consilium import actions, agenda, decisions, dissents, papers, proof, recusals
from portal.db import db, is_sqlite
from tests.consilium.held import hold
from tests.consilium.rows import make_meeting, make_people, make_submitted, open_with, propose, vote_all
from tests.consilium.test_minutes import picture

CLOSED = {
    "UPDATE items SET status = 'voting' WHERE id = :carried": "tr_items_closed",
    "UPDATE items SET status = 'rejected' WHERE id = :carried": "tr_items_closed",
    "UPDATE items SET status = 'waiting' WHERE id = :deferred": "tr_items_closed",
    "UPDATE items SET status = 'waiting' WHERE id = :taken_off": "tr_items_closed",
    "UPDATE items SET votes_for = 9 WHERE id = :carried": "tr_items_closed",
    "UPDATE items SET by_chair = NOT by_chair WHERE id = :carried": "tr_items_closed",
    "UPDATE items SET lead_id = NULL WHERE id = :carried": "tr_items_closed",
    "UPDATE items SET deferral = 'иначе' WHERE id = :deferred": "tr_items_closed",
    "DELETE FROM items WHERE id = :taken_off": "tr_items_closed",
    "UPDATE items SET regime = 'emergency' WHERE id = :voting": "tr_items_closed",
    "UPDATE items SET note = 'иначе' WHERE id = :voting": "tr_items_closed",
    "UPDATE items SET status = 'waiting' WHERE id = :voting": "tr_items_closed",
    "UPDATE item_specialists SET user_id = :chair WHERE item_id = :voting": "tr_items_fixed",
    "DELETE FROM item_specialists WHERE item_id = :voting": "tr_items_fixed",
    "INSERT INTO item_specialists (item_id, user_id) VALUES (:voting, :chair)": "tr_items_fixed",
    "UPDATE item_papers SET title = 'другая'": "tr_items_fixed",
    "DELETE FROM item_papers": "tr_items_fixed",
    "DELETE FROM recusals WHERE item_id = :carried": "tr_items_fixed",
    "DELETE FROM recusals WHERE item_id = :voting": "tr_items_fixed",
    "UPDATE recusals SET reason = 'иначе'": "tr_items_fixed",
    "INSERT INTO recusals (item_id, user_id, reason, declared_by_id, declared_at)"
    " VALUES (:carried, :chair, 'позже', :chair, CURRENT_TIMESTAMP)": "tr_items_fixed",
    "INSERT INTO item_voters (item_id, user_id, seat, present, recused, choice)"
    " SELECT :carried, :secretary, 'member', present, recused, 'for' FROM item_voters"
    " WHERE item_id = :carried AND choice = 'for'": "tr_item_voters_frozen",
    "UPDATE item_voters SET choice = 'against' WHERE choice = 'for'": "tr_item_voters_frozen",
    "DELETE FROM item_voters": "tr_item_voters_frozen",
    "UPDATE votes SET choice = 'against'": "tr_votes_frozen",
    "DELETE FROM votes WHERE item_id = :voting": "tr_votes_frozen",
    "INSERT INTO votes (item_id, user_id, choice, cast_at, reason, receipt)"
    " VALUES (:carried, :secretary, 'for', CURRENT_TIMESTAMP, '', '')": "tr_votes_in_time",
    "INSERT INTO votes (item_id, user_id, choice, cast_at, reason, receipt)"
    " VALUES (:voting, :secretary, 'for', CURRENT_TIMESTAMP, '', '')": "tr_votes_in_time",
    "UPDATE meetings SET quorum_share = 'half'": "tr_meetings_frozen",
    "UPDATE meetings SET majority = 'roll'": "tr_meetings_frozen",
    "UPDATE meetings SET reasons = NOT reasons": "tr_meetings_frozen",
    "UPDATE meetings SET opened_at = CURRENT_TIMESTAMP": "tr_meetings_frozen",
    "UPDATE meetings SET closed_at = CURRENT_TIMESTAMP WHERE id = :closed": "tr_meetings_frozen",
    "UPDATE meetings SET status = 'open' WHERE id = :closed": "tr_meetings_frozen",
    "UPDATE meetings SET status = 'convened' WHERE id = :open": "tr_meetings_frozen",
    "UPDATE meeting_seats SET votes = NOT votes": "tr_meeting_seats_frozen",
    "UPDATE meeting_seats SET seat = 'chair'": "tr_meeting_seats_frozen",
    "DELETE FROM meeting_seats WHERE meeting_id = :open": "tr_meeting_seats_frozen",
    "INSERT INTO meeting_seats (meeting_id, user_id, seat, votes, presence)"
    " SELECT meeting_id, :head, 'member', votes, 'present' FROM meeting_seats"
    " WHERE meeting_id = :open AND user_id = :chair": "tr_meeting_seats_frozen",
    "UPDATE meeting_seats SET presence = 'excused' WHERE meeting_id = :closed": "tr_meeting_seats_frozen",
    "UPDATE presence_marks SET presence = 'absent'": "tr_presence_marks_frozen",
    "DELETE FROM presence_marks": "tr_presence_marks_frozen",
    "INSERT INTO presence_marks (meeting_id, user_id, presence, marked_at, marked_by_id)"
    " VALUES (:closed, :chair, 'absent', CURRENT_TIMESTAMP, :chair)": "tr_presence_marks_frozen",
    "UPDATE dissents SET body = 'иначе'": "tr_dissents_frozen",
    "DELETE FROM dissents": "tr_dissents_frozen",
    "UPDATE decisions SET number = number + 7": "tr_decisions_frozen",
    "DELETE FROM decisions": "tr_decisions_frozen",
    "INSERT INTO decisions (year, number, item_id, kind, carried, decided_on)"
    " SELECT year, number + 2, :voting, kind, carried, decided_on FROM decisions": "tr_decisions_gap",
}
SIGNED = {
    "UPDATE minutes SET heard = 'иначе'": "tr_minutes_signed",
    "UPDATE minutes SET offered_at = CURRENT_TIMESTAMP": "tr_minutes_signed",
    "UPDATE minutes SET digest = '', offered_at = NULL": "tr_minutes_signed",
    "UPDATE minutes SET chain_id = 1": "tr_minutes_signed",
    "DELETE FROM minutes": "tr_minutes_signed",
    "UPDATE items SET discussion = 'иначе'": "tr_minutes_signed",
    "UPDATE minutes_signatures SET user_id = user_id": "tr_minutes_signatures_frozen",
    "DELETE FROM minutes_signatures": "tr_minutes_signatures_frozen",
}
REPLACED = ("votes", "items", "decisions", "item_voters", "presence_marks", "recusals", "audit_entries")


@pytest.fixture
def ids(app: Flask) -> Iterator[dict[str, int]]:
    """A closed meeting, minutes not signed; an open one with an item being voted on, papers and a recusal with it."""
    people = make_people(4)
    chair, secretary, members = people.chair.id, people.secretary.id, people.members
    closed = make_meeting(people)
    carried = propose(people, closed, make_submitted("Первая"))
    deferred = propose(people, closed, make_submitted("Вторая"))
    taken_off = propose(people, closed, make_submitted("Третья"))
    agenda.take_off(taken_off, secretary)
    open_with(people, closed)
    recusals.recuse(carried, members[3].id, "Работаю с семьёй", members[3].id)
    decisions.open_voting(carried, chair)
    vote_all(people, carried, "for", "for", "for", "against")
    decisions.close_item(carried, chair)
    dissents.state_dissent(carried, members[2].id, "Считаю, что рано")
    actions.close_meeting(closed, chair)
    running = make_meeting(people)
    voting = propose(people, running, make_submitted("Четвёртая"))
    papers.lay_paper(voting, "справка", picture(), secretary)
    open_with(people, running)
    recusals.recuse(voting, members[3].id, "Работаю с семьёй", members[3].id)
    decisions.open_voting(voting, chair)
    vote_all(people, voting, "for", "against")
    found = {"carried": carried, "deferred": deferred, "taken_off": taken_off, "voting": voting}
    found |= {"closed": closed, "open": running, "chair": chair, "secretary": secretary}
    yield found | {"head": people.head.id}


def refusal(statement: str, values: dict[str, int]) -> str:
    """By which guard the database refuses the statement; nothing is changed by it in any case."""
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    db.session.remove()
    try:
        with db.engine.begin() as connection:
            count = connection.execute(text(statement), used).rowcount
            raise AssertionError(f"{count} rows: {statement}")
    except IntegrityError as error:
        diagnosis = getattr(error.orig, "diag", None)
        return str(diagnosis.constraint_name if diagnosis else error.orig)


def test_nothing_that_is_over_or_under_way_is_rewritten(ids: dict[str, int]) -> None:
    refused = {statement: refusal(statement, ids) for statement in CLOSED}
    assert refused == CLOSED
    assert broken_rules() == []


def test_nothing_that_is_signed_is_rewritten(app: Flask) -> None:
    held = hold()
    assert {statement: refusal(statement, vars(held)) for statement in SIGNED} == SIGNED
    db.session.remove()
    assert proof.verify()[1] == []


def test_no_row_is_replaced(ids: dict[str, int]) -> None:
    """SQLite alone has a statement that takes a row away without deleting it by name."""
    if is_sqlite():
        for table in REPLACED:
            statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
            assert refusal(statement, {}).startswith("tr_"), table
        assert broken_rules() == []


def test_the_portal_itself_is_not_hindered(ids: dict[str, int]) -> None:
    decisions.close_item(ids["voting"], ids["chair"])
    actions.close_meeting(ids["open"], ids["chair"])
    assert broken_rules() == []
