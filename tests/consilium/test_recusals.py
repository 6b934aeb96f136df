"""Recusals: declared, entered, proposed, taken back; and what they do to quorum and vote."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.accounts.models import RoleGrant, User
from portal.check import broken_rules
from portal.consilium import decisions, recusals
from portal.consilium.models import Item, ItemVoter, Recusal
from portal.db import db, technical
from tests.client import Client
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    vote_all,
)
from tests.factories import make_assignment, make_patronage
from tests.refusals import refuses


def recuse(people, item_id: int, user: User, by: User | None = None) -> bool:  # type: ignore[no-untyped-def]
    return recusals.recuse(item_id, user.id, "работаю с семьёй", (by or user).id)


def test_the_recused_is_neither_present_nor_voting(app: Flask) -> None:
    people = make_people()  # four vote, three are needed
    _meeting, item_id, _patronage = make_vote(people)
    member = people.members[0]
    assert not recuse(people, item_id, member)
    with refuses("recused"):
        decisions.cast_vote(item_id, member.id, "for")
    with refuses("recused"):
        decisions.enter_vote(item_id, member.id, "for", "", people.secretary.id)
    with pytest.raises(Exception, match=r"tr_votes_in_time|this stays|out of time"), technical() as session:
        session.execute(
            text(
                "INSERT INTO votes (item_id, user_id, choice, cast_at, reason, receipt)"
                " VALUES (:i, :u, 'for', CURRENT_TIMESTAMP, '', '')"
            ),
            {"i": item_id, "u": member.id},
        )
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.cast_vote(item_id, people.members[1].id, "for")
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.present, item.votes_for, item.status) == (3, 2, "carried")
    row = db.session.get_one(ItemVoter, (item_id, member.id))
    assert (row.present, row.recused, row.choice) == (True, True, None)
    assert broken_rules() == []


def test_a_vote_cast_before_a_recusal_falls(app: Flask) -> None:
    people = make_people(members=4)
    _meeting, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "against", "against", "abstain")
    assert recuse(people, item_id, people.members[0], by=people.chair)
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.votes_for, item.votes_against, item.present, item.status) == (1, 2, 4, "rejected")
    assert broken_rules() == []


def test_a_recused_chair_has_no_casting_vote(app: Flask) -> None:
    people = make_people(members=4)  # five vote, four are needed
    _meeting, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "against", "against")
    recuse(people, item_id, people.chair)
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.votes_for, item.votes_against, item.status, item.by_chair) == (2, 2, "rejected", False)


def test_recusals_may_break_the_quorum_and_the_page_says_so(app: Flask) -> None:
    people = make_people()  # four vote, three are needed
    meeting_id = make_meeting(people)
    first, second = (propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова"))
    open_with(people, meeting_id)
    for user in people.members[:2]:
        recuse(people, first, user)
    with refuses("no_quorum"):
        decisions.open_voting(first, people.chair.id)
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert "Без заявивших самоотвод присутствуют 2, нужно 3" in chair.text
    assert f"/consilium/items/{first}/open-voting" not in chair.last.text
    assert f"/consilium/items/{second}/open-voting" in chair.last.text
    recusals.take_back(first, people.members[0].id, people.members[0].id, False)
    decisions.open_voting(first, people.chair.id)
    decisions.cast_vote(first, people.chair.id, "for")
    recuse(people, first, people.members[2])
    with refuses("no_quorum"):
        decisions.close_item(first, people.chair.id)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert f"/consilium/items/{first}/close" not in chair.last.text


def test_a_recusal_is_taken_back_while_the_item_waits_by_who_may(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    member, other = people.members[:2]
    with refuses("not_now"):
        recuse(people, item_id, member)
    open_with(people, meeting_id)
    recuse(people, item_id, member, by=people.secretary)
    with refuses("already_recused"):
        recuse(people, item_id, member)
    with refuses("not_own_recusal"):
        recusals.take_back(item_id, member.id, member.id, False)
    recusals.take_back(item_id, member.id, people.chair.id, True)
    with refuses("not_recused"):
        recusals.take_back(item_id, member.id, member.id, False)
    recuse(people, item_id, other)
    decisions.open_voting(item_id, people.chair.id)
    with refuses("item_fixed"):
        recusals.take_back(item_id, other.id, other.id, False)
    with refuses("not_a_member"):
        recuse(people, item_id, people.secretary)
    with refuses("why_missing"):
        recusals.recuse(item_id, member.id, "  ", member.id)
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.close_item(item_id, people.chair.id)
    with refuses("item_fixed"):
        recuse(people, item_id, member)
    assert [row.user_id for row in db.session.scalars(select(Recusal))] == [other.id]


def test_who_works_with_the_family_is_asked(app: Flask) -> None:
    people = make_people()
    assigned, proposed, other = people.members
    with technical() as session:
        session.add_all(RoleGrant(user_id=one.id, role="specialist") for one in (assigned, proposed))
        session.get_one(User, assigned.id).profession = "social_pedagogue"
    meeting_id = make_meeting(people)
    patronage = make_submitted()
    item_id = propose(people, meeting_id, patronage, involved=[proposed.id])
    make_assignment(patronage, db.session.get_one(User, assigned.id))
    open_with(people, meeting_id)
    assert recusals.working_with(meeting_id) == {item_id: {assigned.id, proposed.id}}
    here, mine = f"/consilium/meetings/{meeting_id}", f"/consilium/items/{item_id}/recuse"
    for user, is_asked in ((assigned, True), (proposed, True), (other, False)):
        member = Client(app, user)
        member.get(here)
        assert ("Вы работаете с этой семьёй" in member.text) is is_asked
        assert (mine in member.last.text) is is_asked
    secretary = Client(app, people.secretary)
    secretary.get(here)
    assert secretary.text.count("работает с этой семьёй") == 2
    member = Client(app, assigned)
    member.get(mine)
    assert member.page.xpath("//input[@name='reason']/@value") == ["Работаю с этой семьёй."]
    member.post(mine, reason="Работаю с этой семьёй.")
    secretary.get(f"/consilium/items/{item_id}/recusals/new?user={proposed.id}")
    assert secretary.page.xpath("//select/option[@selected]/@value") == [str(proposed.id)]
    secretary.post(f"/consilium/items/{item_id}/recusals/new", user_id=proposed.id, reason="Работает.")
    secretary.get(here)
    assert "работает с этой семьёй" not in secretary.text
    secretary.get(f"/consilium/items/{item_id}")
    assert "внёс председатель или секретарь" in secretary.text
    secretary.post(f"/consilium/items/{item_id}/recusals/{proposed.id}/take-back")
    decisions.open_voting(item_id, people.chair.id)
    member.get(here)
    assert not member.page.xpath("//form[contains(@class, 'ballot')]")
    assert "Вы заявили самоотвод" in member.text
    member.post(f"/consilium/items/{item_id}/vote", 409, choice="for")
    assert "Вы заявили самоотвод" in member.text
    member.get(f"/consilium/items/{item_id}")


def test_nobody_is_asked_about_a_family_they_do_not_work_with(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    propose(people, meeting_id, make_submitted())
    make_patronage(lead=people.lead)
    assert recusals.working_with(meeting_id) == {}
