"""Votes entered by the secretary, their reasons, and the majority of the roll."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.consilium import actions, decisions
from portal.consilium.models import Item, Meeting, Vote
from portal.db import db
from portal.settings import actions as settings
from tests.client import Client
from tests.consilium.rows import make_people, make_vote, vote_all
from tests.refusals import refuses


def test_the_secretary_enters_a_vote_for_a_member_without_a_device(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member = people.members[0]
    decisions.cast_vote(item_id, people.members[1].id, "against")
    secretary, url = Client(app, people.secretary), f"/consilium/items/{item_id}/votes/new"
    secretary.get(f"/consilium/meetings/{meeting_id}")
    assert url in secretary.last.text
    secretary.get(url)
    offered = secretary.page.xpath("//select[@name='user_id']/option/@value")
    assert str(member.id) in offered
    assert str(people.members[1].id) not in offered
    secretary.post(url, 422, user_id=member.id, choice="", reason="сказала вслух")
    assert "сказала вслух" in secretary.text
    secretary.post(url, user_id=member.id, choice="for", reason="сказала вслух")
    vote = db.session.scalars(select(Vote).where(Vote.user_id == member.id)).one()
    assert (vote.choice, vote.entered_by_id, vote.reason) == ("for", people.secretary.id, "сказала вслух")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.event, entry.actor_id) == ("vote.cast", people.secretary.id)
    with refuses("already_voted"):
        decisions.cast_vote(item_id, member.id, "against")
    with refuses("already_voted"):
        decisions.enter_vote(item_id, member.id, "against", "", people.secretary.id)
    secretary.get(f"/consilium/meetings/{meeting_id}")
    assert "внесён секретарём" not in secretary.text, "hidden till the item closes"
    decisions.close_item(item_id, people.chair.id)
    secretary.get(f"/consilium/items/{item_id}")
    assert f"{member.short_name} (внесён секретарём)" in secretary.text
    assert "сказала вслух" in secretary.text
    assert broken_rules() == []


def test_nobody_enters_their_own_vote_or_one_that_is_not_to_be(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    with refuses("own_vote"):
        decisions.enter_vote(item_id, people.chair.id, "for", "", people.chair.id)
    with refuses("not_a_member"):
        decisions.enter_vote(item_id, people.secretary.id, "for", "", people.chair.id)
    actions.mark_presence(meeting_id, people.members[0].id, "absent", people.secretary.id)
    with refuses("not_present"):
        decisions.enter_vote(item_id, people.members[0].id, "for", "", people.secretary.id)
    with refuses("choice_missing"):
        decisions.enter_vote(item_id, people.members[1].id, "", "", people.secretary.id)
    decisions.cast_vote(item_id, people.chair.id, "for")
    decisions.close_item(item_id, people.chair.id)
    with refuses("item_not_open"):
        decisions.enter_vote(item_id, people.members[1].id, "for", "", people.secretary.id)
    member = Client(app, people.members[1])
    member.get(f"/consilium/items/{item_id}/votes/new", 403)


def test_a_vote_needs_its_reason_where_the_setting_says_so(app: Flask) -> None:
    people = make_people()
    settings.change_settings(people.head.id, vote_reasons=True)
    meeting_id, item_id, _patronage = make_vote(people)
    settings.change_settings(people.head.id, vote_reasons=False)
    assert db.session.get_one(Meeting, meeting_id).reasons, "frozen when it opened"
    with refuses("reason_missing"):
        decisions.cast_vote(item_id, people.chair.id, "for", "  ")
    with refuses("reason_missing"):
        decisions.enter_vote(item_id, people.members[0].id, "for", "", people.secretary.id)
    member, url = Client(app, people.members[0]), f"/consilium/items/{item_id}/vote"
    member.get(f"/consilium/meetings/{meeting_id}")
    assert member.page.xpath("//form[contains(@class, 'ballot')]//textarea[@required]")
    member.post(url, 409, choice="against", reason=" ")
    assert member.page.xpath("//input[@name='choice'][@checked]/@value") == ["against"]
    assert "Коротко обоснуйте свой голос" in member.text
    member.post(url, 409, choice="", reason="семья справляется сама")
    assert "семья справляется сама" in member.text
    member.post(url, choice="against", reason="семья справляется сама")
    decisions.cast_vote(item_id, people.chair.id, "for", "нужна помощь")
    others = Client(app, people.members[1])
    others.get(f"/consilium/items/{item_id}")
    assert "справляется" not in others.text, "hidden till the item closes"
    decisions.close_item(item_id, people.chair.id)
    others.get(f"/consilium/items/{item_id}")
    assert "семья справляется сама" in others.text


def test_a_reason_is_optional_and_has_its_length(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member = Client(app, people.members[0])
    member.get(f"/consilium/meetings/{meeting_id}")
    assert not member.page.xpath("//form[contains(@class, 'ballot')]//textarea[@required]")
    with refuses("reason_too_long"):
        decisions.cast_vote(item_id, people.members[0].id, "for", "я" * 2001)
    decisions.cast_vote(item_id, people.members[0].id, "for")


@pytest.mark.parametrize(("majority", "status"), [("present", "carried"), ("roll", "rejected")])
def test_the_majority_is_of_those_present_or_of_the_roll(app: Flask, majority: str, status: str) -> None:
    people = make_people(members=5)  # six vote, four are needed
    settings.change_settings(people.head.id, majority=majority)
    meeting_id, item_id, _patronage = make_vote(people)
    settings.change_settings(people.head.id, majority="roll" if majority == "present" else "present")
    for user in people.members[3:]:
        actions.mark_presence(meeting_id, user.id, "excused", people.secretary.id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/meetings/{meeting_id}")
    assert ("всего состава" if majority == "roll" else "голосов присутствующих") in member.text
    vote_all(people, item_id, "against", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    item = db.session.get_one(Item, item_id)
    assert (item.status, item.votes_for, item.by_chair) == (status, 3, False)
    assert broken_rules() == []


def test_the_record_says_what_everybody_did(app: Flask) -> None:
    people = make_people(members=6)  # seven vote, five are needed
    meeting_id, item_id, _patronage = make_vote(people)
    actions.mark_presence(meeting_id, people.members[5].id, "absent", people.secretary.id)
    vote_all(people, item_id, "for", "for", "against", "abstain", "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    reader = Client(app, people.chair)
    for url in (
        f"/consilium/meetings/{meeting_id}",
        f"/consilium/items/{item_id}",
        f"/consilium/meetings/{meeting_id}/minutes",
    ):
        reader.get(url)
        assert "Не голосовали: 1" in reader.text
        assert "Отсутствовали: 1" in reader.text
        assert "Воздержались: 1" in reader.text or "Воздержал" in reader.text
