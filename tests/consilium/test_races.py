"""Many people at once: the database keeps what the rules say, and without its constraint it would not."""

from collections import Counter
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from portal import clock
from portal.consilium import actions, decisions
from portal.consilium.models import Decision, Item, Meeting, Vote
from portal.db import db, technical
from portal.families import consents
from portal.families.models import Consent
from portal.patronage.models import Patronage
from portal.rules import RuleBroken
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    vote_all,
)
from tests.refusals import refuses
from tests.together import at_once


def pass_the_friendly_check_together(monkeypatch: pytest.MonkeyPatch, how_many: int) -> None:
    """Whoever votes waits between the check and the vote until all have passed the check."""
    gate, friendly, seen = Barrier(how_many), decisions.check_ballot, Counter()

    def check(item_id: int, user_id: int) -> None:
        friendly(item_id, user_id)
        db.session.rollback()
        seen[user_id] += 1
        gate.wait()

    monkeypatch.setattr(decisions, "check_ballot", check)


def votes() -> list[tuple[int, str]]:
    return [tuple(row) for row in db.session.execute(select(Vote.user_id, Vote.choice).order_by(Vote.id))]


def test_members_who_vote_at_once_are_all_counted(app: Flask) -> None:
    people = make_people(members=5)
    _meeting, item_id, _patronage = make_vote(people)
    ids = [user.id for user in people.voters]
    calls = [lambda one=one: decisions.cast_vote(item_id, one, "for") for one in ids]
    assert at_once(app, *calls) == ["done"] * 6
    chair = ids[0]
    decisions.close_item(item_id, chair)
    item = db.session.get_one(Item, item_id)
    assert (item.votes_for, item.status) == (6, "carried")


def test_two_windows_of_one_member_leave_one_vote(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    member = people.members[0].id
    pass_the_friendly_check_together(monkeypatch, 2)
    ends = at_once(
        app,
        lambda: decisions.cast_vote(item_id, member, "for"),
        lambda: decisions.cast_vote(item_id, member, "against"),
    )
    assert sorted(ends) == ["already_voted", "done"]
    assert [user for user, _choice in votes()] == [member]


def test_without_the_constraint_two_windows_would_leave_two_votes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the unique index holds the rule: the same race, the index dropped."""
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    member = people.members[0].id
    with technical() as session:
        session.execute(text("DROP INDEX uq_votes_item_id_user_id"))
    pass_the_friendly_check_together(monkeypatch, 2)
    ends = at_once(
        app,
        lambda: decisions.cast_vote(item_id, member, "for"),
        lambda: decisions.cast_vote(item_id, member, "against"),
    )
    assert ends == ["done", "done"]
    assert [user for user, _choice in votes()] == [member, member]


def test_votes_that_race_with_the_close_are_counted_or_refused(app: Flask) -> None:
    people = make_people(members=5)
    _meeting, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.chair.id, "for")
    ids, chair = [user.id for user in people.members], people.chair.id
    calls = [lambda one=one: decisions.cast_vote(item_id, one, "for") for one in ids]
    ends = at_once(app, *calls, lambda: decisions.close_item(item_id, chair))
    assert ends[-1] == "done"
    assert set(ends[:-1]) <= {"done", "item_not_open"}
    item = db.session.get_one(Item, item_id)
    assert item.votes_for == len(votes()) == 1 + ends[:-1].count("done")


def test_a_vote_past_the_check_when_the_item_closes_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trigger sees the item closed, on both databases."""
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.chair.id, "against")
    member, chair = people.members[0].id, people.chair.id
    gate, closed = Barrier(2), Barrier(2)
    friendly, first = decisions.check_ballot, []

    def check(item: int, user: int) -> None:
        friendly(item, user)
        db.session.rollback()
        if not first:
            first.append(user)
            gate.wait()
            closed.wait()

    def close() -> None:
        gate.wait()
        decisions.close_item(item_id, chair)
        closed.wait()

    monkeypatch.setattr(decisions, "check_ballot", check)
    assert at_once(app, lambda: decisions.cast_vote(item_id, member, "for"), close) == [
        "item_not_open",
        "done",
    ]
    assert len(votes()) == db.session.get_one(Item, item_id).votes_against == 1


def test_two_chairs_cannot_close_twice(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for")
    chair = people.chair.id
    ends = at_once(app, *[lambda: decisions.close_item(item_id, chair)] * 3)
    assert sorted(ends) == ["done", "wrong_state", "wrong_state"]
    assert db.session.scalar(select(func.count(Decision.id))) == 1


@pytest.mark.parametrize(
    ("earlier", "what"),
    [
        ((), actions.convene),
        ((actions.convene,), actions.open_meeting),
        ((actions.convene,), actions.cancel_meeting),
        ((actions.convene, actions.open_meeting), actions.close_meeting),
    ],
)
def test_two_chairs_move_a_meeting_once(app: Flask, earlier, what) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    propose(people, meeting_id, make_submitted())
    chair = people.chair.id
    for action in earlier:
        action(meeting_id, chair)
    ends = at_once(app, *[lambda: what(meeting_id, chair)] * 2)
    assert sorted(ends) == ["done", "wrong_state"]


def test_decisions_taken_at_once_are_numbered_without_gaps(app: Flask) -> None:
    people = make_people()
    items = []
    for number in range(4):
        _meeting, item_id, _patronage = make_vote(people, f"Семья{number}")
        vote_all(people, item_id, "for", "for", "for")
        items.append(item_id)
    chair = people.chair.id
    assert at_once(app, *[lambda one=one: decisions.close_item(one, chair) for one in items]) == ["done"] * 4
    numbers = db.session.scalars(select(Decision.number).order_by(Decision.number))
    assert list(numbers) == [1, 2, 3, 4]


def test_meetings_made_at_once_are_numbered_without_gaps(app: Flask) -> None:
    people = make_people()
    assert at_once(app, *[lambda: make_meeting(people)] * 5) == ["done"] * 5
    assert sorted(db.session.scalars(select(Meeting.number))) == [1, 2, 3, 4, 5]


def test_one_family_put_on_two_agendas_at_once_is_on_one(app: Flask) -> None:
    people = make_people()
    patronage = make_submitted()
    meetings = [make_meeting(people) for _ in range(3)]
    ends = at_once(app, *[lambda one=one: propose(people, one, patronage) for one in meetings])
    assert sorted(ends) == ["already_on_agenda", "already_on_agenda", "done"]


def test_two_items_opened_at_once_leave_one_vote_open(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова")]
    open_with(people, meeting_id)
    chair = people.chair.id
    ends = at_once(app, *[lambda one=one: decisions.open_voting(one, chair) for one in items])
    assert sorted(ends) == ["another_voting", "done"]


def test_a_member_who_leaves_while_voting_is_either_counted_or_refused(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member, secretary = people.members[0].id, people.secretary.id
    ends = at_once(
        app,
        lambda: decisions.cast_vote(item_id, member, "for"),
        lambda: actions.mark_presence(meeting_id, member, "absent", secretary),
    )
    assert tuple(ends) in {("done", "done"), ("not_present", "done")}
    with pytest.raises(RuleBroken):
        decisions.cast_vote(item_id, member, "for")
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.votes_for, item.present) == (1, 3), "who has left is not counted, whether or not they voted"


def test_a_consent_withdrawn_while_the_vote_closes_never_leaves_an_enrolled_family(app: Flask) -> None:
    """R1, R3: either the close is refused, or the family is enrolled and stops at once."""
    people = make_people()
    _meeting, item_id, patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for")
    consent_id = db.session.scalars(select(Consent.id)).one()
    chair, lead, patronage_id = people.chair.id, people.lead.id, patronage.id
    ends = at_once(
        app,
        lambda: decisions.close_item(item_id, chair),
        lambda: consents.withdraw_consent(consent_id, clock.today(), "передумали", lead),
    )
    status = db.session.get_one(Patronage, patronage_id).status
    assert (*ends, status) in {
        ("done", "done", "suspended"),
        ("consent_withdrawn", "done", "identified"),
    }


def test_the_triggers_refuse_a_second_thought(app: Flask) -> None:
    """Votes are never changed or deleted, whatever writes to the database."""
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.chair.id, "for")
    for statement in ("UPDATE votes SET choice = 'against'", "DELETE FROM votes"):
        with (
            pytest.raises(Exception, match=r"tr_votes_frozen|rows of this table stay"),
            technical() as session,
        ):
            session.execute(text(statement))
    assert votes() == [(people.chair.id, "for")]
    with refuses("already_voted"):
        decisions.cast_vote(item_id, people.chair.id, "against")
