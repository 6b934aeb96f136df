"""Two at once on every button of a meeting: one does it, the other is told, and the log knows of it once."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from portal.audit import AuditEntry
from portal.consilium import actions, agenda, decisions, minutes_actions, proof, recusals
from portal.consilium.minutes_models import Minutes
from portal.consilium.models import Decision, Item, ItemVoter, Meeting
from portal.db import db
from portal.patronage import regimes
from portal.patronage.models import Emergency, Patronage
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
from tests.consilium.test_races import at_once
from tests.factories import make_patronage


def entries() -> int:
    return db.session.scalar(select(func.count(AuditEntry.id))) or 0


def twice(app: Flask, refused: str, action: Callable[..., object], *args: object) -> None:
    """Two press the same button: it is done once, the second is refused with this code."""
    before = entries()
    ends = at_once(app, *[lambda: action(*args)] * 2)
    assert sorted(ends) == sorted(("done", refused)), action.__name__
    assert entries() == before + 1, action.__name__


def test_every_button_pressed_twice_works_once(app: Flask) -> None:
    people = make_people()
    chair, secretary, member = people.chair.id, people.secretary.id, people.members[0].id
    meeting_id = make_meeting(people)
    names = ("Белова", "Жукова", "Зуева", "Титова")
    first, second, third, fourth = (propose(people, meeting_id, make_submitted(name)) for name in names)
    twice(app, "item_fixed", agenda.take_off, fourth, secretary)
    twice(app, "wrong_state", actions.convene, meeting_id, chair)
    twice(app, "already_recused", recusals.recuse, first, member, "родственник", member)
    twice(app, "not_recused", recusals.take_back, first, member, secretary, True)
    twice(app, "wrong_state", actions.open_meeting, meeting_id, chair)
    for user in people.voters:
        actions.mark_presence(meeting_id, user.id, "present", secretary)
    twice(app, "wrong_state", decisions.open_voting, first, chair)
    vote_all(people, first, "for", "for", "for")
    twice(app, "already_voted", decisions.enter_vote, first, people.members[2].id, "for", "", secretary)
    twice(app, "wrong_state", decisions.close_item, first, chair)
    twice(app, "wrong_state", decisions.defer_item, second, "нет справки", chair)
    twice(app, "wrong_state", actions.close_meeting, meeting_id, chair)
    assert db.session.get_one(Item, third).status == "deferred"
    assert at_once(app, *[lambda: minutes_actions.offer(meeting_id, secretary)] * 2) == ["done", "done"]
    seen = db.session.get_one(Minutes, meeting_id).digest
    minutes_actions.sign(meeting_id, chair, seen)
    called_off = make_meeting(people)
    twice(app, "wrong_state", actions.cancel_meeting, called_off, chair)
    without = make_meeting(people)
    open_with(people, without, present=[])
    twice(app, "wrong_state", actions.end_without_quorum, without, chair)
    assert proof.verify()[1] == []


def test_different_buttons_at_once_leave_one_outcome(app: Flask) -> None:
    people = make_people()
    chair, secretary = people.chair.id, people.secretary.id
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова")]
    open_with(people, meeting_id)
    ends = at_once(
        app,
        lambda: decisions.open_voting(items[0], chair),
        lambda: agenda.take_off(items[0], secretary),
    )
    status = db.session.get_one(Item, items[0]).status
    assert (*ends, status) in {("done", "item_fixed", "voting"), ("wrong_state", "done", "withdrawn")}
    if status == "withdrawn":
        decisions.open_voting(items[1], chair)
    voting = items[0] if status == "voting" else items[1]
    vote_all(people, voting, "for", "for", "for", "for")
    ends = at_once(
        app,
        lambda: decisions.close_item(voting, chair),
        lambda: decisions.defer_item(voting, "подумать", chair),
        lambda: actions.close_meeting(meeting_id, chair),
    )
    db.session.rollback()
    item, number = db.session.get_one(Item, voting), db.session.scalar(select(func.count(Decision.id)))
    outcome = (item.status, number)
    assert set(ends[:2]) in ({"done", "wrong_state"}, {"done", "meeting_not_open"})
    assert outcome == (("carried", 1) if ends[0] == "done" else ("deferred", 0))
    assert ends[2] in ("done", "item_voting")
    assert proof.verify()[1] == []


def test_presence_changed_while_the_vote_closes_is_counted_before_or_after(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "against", "against")
    chair, secretary, member = people.chair.id, people.secretary.id, people.members[2].id
    ends = at_once(
        app,
        lambda: decisions.close_item(item_id, chair),
        lambda: actions.mark_presence(meeting_id, member, "absent", secretary),
    )
    assert ends == ["done", "done"]
    item = db.session.get_one(Item, item_id)
    counted = db.session.get_one(ItemVoter, (item_id, member))
    assert (item.present, item.votes_against, item.by_chair, counted.choice) in {
        (4, 2, True, "against"),
        (3, 1, False, None),
    }
    assert proof.verify()[1] == []


def test_an_emergency_started_while_the_removal_closes(app: Flask) -> None:
    """Either the family is removed first, and there is nothing to start; or the start is over with the removal."""
    people = make_people()
    patronage_id = make_patronage(lead=people.lead).id
    meeting_id = make_meeting(people)
    item_id = propose_removal(people, meeting_id, db.session.get_one(Patronage, patronage_id))
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, "for", "for", "for", "for")
    chair, head = people.chair.id, people.head.id
    ends = at_once(
        app,
        lambda: decisions.close_item(item_id, chair),
        lambda: regimes.start_emergency(patronage_id, "побои", head),
    )
    outcomes = list(db.session.scalars(select(Emergency.outcome)))
    assert ends[0] == "done"
    assert outcomes == (["removed"] if ends[1] == "done" else [])
    assert db.session.get_one(Patronage, patronage_id).status == "removed"


def test_an_agenda_changed_during_a_vote_leaves_the_proposal(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    changed = {"regime": "control", "term": "long", "ends_on": None, "lead_id": people.lead.id}
    changed |= {"course_reason": "", "note": "иначе"}
    chair, secretary = people.chair.id, people.secretary.id
    ends = at_once(
        app,
        lambda: decisions.open_voting(item_id, chair),
        lambda: agenda.change_item(item_id, secretary, **changed),
    )
    item = db.session.get_one(Item, item_id)
    assert (ends[0], item.status) == ("done", "voting")
    assert (ends[1], item.regime) in {("done", "control"), ("item_fixed", "planned")}
    assert db.session.scalars(select(Meeting.status)).one() == "open"
