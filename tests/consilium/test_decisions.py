"""The vote, and what a decision does."""

from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.consilium import actions, decisions
from portal.consilium.models import Decision, Item, Vote
from portal.db import db, technical
from portal.families.models import Consent
from portal.patronage.models import Assignment, Patronage
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    propose_removal,
    vote_all,
)
from tests.factories import make_patronage
from tests.refusals import refuses


def assignments(patronage: Patronage) -> set[tuple[int, str, bool]]:
    rows = db.session.scalars(select(Assignment).where(Assignment.patronage_id == patronage.id))
    return {(row.user_id, row.kind, row.ends_on is None) for row in rows}


def test_a_carried_enrollment_executes_itself(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "against")
    decision = decisions.close_item(item_id, people.chair.id)
    row, item = db.session.get_one(Patronage, patronage.id), db.session.get_one(Item, item_id)
    assert (row.status, row.stage, row.regime, row.term) == ("enrolled", "preparatory", "planned", "long")
    assert row.enrolled_on == clock.today()
    assert assignments(patronage) == {
        (people.lead.id, "lead", True),
        (people.psychologist.id, "involved", True),
    }
    assert (item.status, item.votes_for, item.votes_against, item.abstained, item.present) == (
        *("carried", 3, 1, 0, 4),
    )
    assert (decision.number, decision.year, decision.carried) == (1, clock.today().year, True)
    events = list(db.session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)))
    assert events[-5:] == ["vote.cast"] * 4 + ["item.closed"]


def test_a_rejected_enrollment_is_refused(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "against", "abstain")
    db.session.rollback()
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert item.by_chair, "two of four, the chair for: carried"
    assert item.status == "carried"
    actions.close_meeting(item.meeting_id, people.chair.id)
    _meeting, item_id, patronage = make_vote(people, "Белова")
    vote_all(people, item_id, "against", "for", "for", "abstain")
    decision = decisions.close_item(item_id, people.chair.id)
    assert not decision.carried
    assert decision.number == 2
    assert db.session.get_one(Patronage, patronage.id).status == "refused"
    assert not assignments(patronage)


def test_a_carried_removal_executes_itself(app: Flask) -> None:
    people = make_people()
    patronage = make_patronage(lead=people.lead)
    meeting_id = make_meeting(people)
    item_id = propose_removal(people, meeting_id, patronage)
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    row = db.session.get_one(Patronage, patronage.id)
    assert (row.status, row.removed_on, row.removal_reason) == ("removed", clock.today(), "aims_reached")
    assert assignments(patronage) == {(people.lead.id, "lead", False)}


def test_a_rejected_removal_changes_nothing(app: Flask) -> None:
    people = make_people()
    patronage = make_patronage(lead=people.lead)
    meeting_id = make_meeting(people)
    item_id = propose_removal(people, meeting_id, patronage)
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, "against", "against", "against", "against")
    assert not decisions.close_item(item_id, people.chair.id).carried
    assert db.session.get_one(Patronage, patronage.id).status == "enrolled"
    assert assignments(patronage) == {(people.lead.id, "lead", True)}


def test_quorum_is_needed_to_open_and_to_close(app: Flask) -> None:
    people = make_people()  # four vote, three are needed
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id, present=[people.chair, people.members[0], people.secretary])
    with refuses("no_quorum"):
        decisions.open_voting(item_id, people.chair.id)
    actions.mark_presence(meeting_id, people.members[1].id, "video", people.secretary.id)
    decisions.open_voting(item_id, people.chair.id)
    decisions.cast_vote(item_id, people.chair.id, "for")
    actions.mark_presence(meeting_id, people.members[1].id, "absent", people.secretary.id)
    with refuses("no_quorum"):
        decisions.close_item(item_id, people.chair.id)
    assert db.session.get_one(Item, item_id).status == "voting"


def test_one_item_is_voted_on_at_a_time(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    first, second = (propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова"))
    with refuses("meeting_not_open"):
        decisions.open_voting(first, people.chair.id)
    open_with(people, meeting_id)
    decisions.open_voting(first, people.chair.id)
    with refuses("another_voting"):
        decisions.open_voting(second, people.chair.id)
    with refuses("wrong_state"):
        decisions.open_voting(first, people.chair.id)


def test_votes_are_refused_to_others_out_of_time_and_twice(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    with refuses("not_a_member"):
        decisions.cast_vote(item_id, people.lead.id, "for")
    with refuses("not_a_member"):
        decisions.cast_vote(item_id, people.secretary.id, "for")
    with refuses("choice_missing"):
        decisions.cast_vote(item_id, people.chair.id, "perhaps")
    actions.mark_presence(meeting_id, people.members[2].id, "excused", people.secretary.id)
    with refuses("not_present"):
        decisions.cast_vote(item_id, people.members[2].id, "for")
    decisions.cast_vote(item_id, people.members[0].id, "for")
    with refuses("already_voted"):
        decisions.cast_vote(item_id, people.members[0].id, "against")
    decisions.close_item(item_id, people.chair.id)
    with refuses("item_not_open"):
        decisions.cast_vote(item_id, people.members[1].id, "for")
    votes = db.session.execute(select(Vote.user_id, Vote.choice)).all()
    assert votes == [(people.members[0].id, "for")]


@pytest.mark.parametrize("late", ["closed", "absent"])
def test_the_database_refuses_what_the_friendly_check_missed(app: Flask, monkeypatch, late: str) -> None:
    """The item closes, or the member leaves, between the check and the vote: the trigger has the last word."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.chair.id, "for")
    checked: list[int] = []

    def then_it_changes(item: int, user: int) -> None:
        if not checked:
            checked.append(user)
            if late == "closed":
                decisions.close_item(item, people.chair.id)
            else:
                actions.mark_presence(meeting_id, user, "absent", people.secretary.id)
            return
        friendly(item, user)

    friendly = decisions.check_ballot
    monkeypatch.setattr(decisions, "check_ballot", then_it_changes)
    with refuses("item_not_open" if late == "closed" else "not_present"):
        decisions.cast_vote(item_id, people.members[0].id, "for")
    assert db.session.scalar(select(func.count(Vote.id))) == 1


def test_decisions_are_numbered_anew_in_each_year(app: Flask) -> None:
    """A meeting that goes on past midnight of New Year's Eve."""
    people = make_people()
    with time_machine.travel(datetime(2026, 12, 31, 23, tzinfo=clock.zone()), tick=False) as machine:
        meeting_id = make_meeting(people)
        items = [propose(people, meeting_id, make_submitted(f"Семья{n}")) for n in range(4)]
        open_with(people, meeting_id)
        numbers = []
        for place, item_id in enumerate(items):
            if place == 2:
                machine.move_to(datetime(2027, 1, 1, 0, 1, tzinfo=clock.zone()))
            decisions.open_voting(item_id, people.chair.id)
            vote_all(people, item_id, "for", "for", "for")
            decision = decisions.close_item(item_id, people.chair.id)
            numbers.append((decision.number, decision.year))
        assert numbers == [(1, 2026), (2, 2026), (1, 2027), (2, 2027)]
        assert broken_rules() == []


def test_nobody_voted_cannot_be_closed(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    with refuses("nobody_voted"):
        decisions.close_item(item_id, people.chair.id)


def test_a_closed_item_never_reopens(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    for action in (decisions.close_item, decisions.open_voting):
        with refuses("wrong_state"):
            action(item_id, people.chair.id)
    with refuses("wrong_state"):
        decisions.defer_item(item_id, "ещё раз", people.chair.id)
    assert db.session.scalar(select(func.count(Decision.id))) == 1


def test_a_consent_withdrawn_during_the_vote_stops_the_enrollment(app: Flask) -> None:
    """R1, R3: nothing is closed; the item can be put off."""
    people = make_people()
    _meeting, item_id, patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "for")
    with technical() as session:
        session.execute(update(Consent).values(withdrawn_on=clock.today()))
        session.get_one(Patronage, patronage.id).status = "identified"
    with refuses("consent_withdrawn"):
        decisions.close_item(item_id, people.chair.id)
    assert db.session.get_one(Item, item_id).status == "voting"
    assert db.session.scalar(select(func.count(Decision.id))) == 0
    with refuses("why_missing"):
        decisions.defer_item(item_id, "  ", people.chair.id)
    decisions.defer_item(item_id, "Согласие отозвано.", people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.status, item.deferral) == ("deferred", "Согласие отозвано.")
    assert db.session.scalar(select(func.count(Vote.id))) == 4, "votes stay"


def test_what_cannot_be_decided_is_not_voted_on(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    with technical() as session:
        session.execute(update(Consent).values(withdrawn_on=clock.today()))
    with refuses("consent_withdrawn"):
        decisions.open_voting(item_id, people.chair.id)


def test_an_end_date_that_has_passed_by_the_decision_is_refused(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    soon = clock.today() + timedelta(5)
    item_id = propose(people, meeting_id, make_submitted(), term="short", ends_on=soon)
    open_with(people, meeting_id)
    with technical() as session:
        session.get_one(Item, item_id).ends_on = clock.today()
    with refuses("term_end_before_start"):
        decisions.open_voting(item_id, people.chair.id)
