"""Issue 4, "Bad input gets": each line asked of the page, for its words, and of the database, for what is kept."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.consilium import actions, agenda, decisions, minutes_actions
from portal.consilium.minutes_models import Minutes, MinutesSignature
from portal.consilium.models import Decision, Item, ItemVoter, Meeting, MeetingSeat, Vote
from portal.db import db, technical
from portal.families import consents
from portal.families.models import Consent
from portal.patronage.models import Patronage
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
from tests.factories import make_user


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def item_of(item_id: int) -> Item:
    return db.session.get_one(Item, item_id, populate_existing=True)


@pytest.mark.parametrize("presence", ["absent", "excused"])
def test_voting_while_away(app: Flask, presence: str) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    away = people.members[0]
    actions.mark_presence(meeting_id, away.id, presence, people.secretary.id)
    member = Client(app, away)
    member.get(f"/consilium/meetings/{meeting_id}")
    assert not member.page.xpath("//form[contains(@class, 'ballot')]")
    member.post(f"/consilium/items/{item_id}/vote", 409, choice="for")
    assert "Голосуют только те, кто отмечен присутствующим" in member.text
    assert count(Vote) == 0


def test_presence_taken_back_after_voting(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "against", "for", "for")
    left, secretary = people.members[0], Client(app, people.secretary)
    seat = {"user_id": left.id, "presence": "absent"}
    secretary.post(f"/consilium/meetings/{meeting_id}/presence", **seat)
    secretary.get("/consilium/")
    assert "его голос не учитывается" in secretary.text
    decisions.close_item(item_id, people.chair.id)
    row = item_of(item_id)
    assert (row.votes_for, row.votes_against, row.present) == (3, 0, 3)
    voter = db.session.get_one(ItemVoter, (item_id, left.id))
    assert (voter.present, voter.choice, count(Vote)) == (False, None, 4)


def test_closing_an_item_with_nobody_voting(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    chair = Client(app, people.chair)
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert f"/consilium/items/{item_id}/close" not in chair.last.text
    chair.post(f"/consilium/items/{item_id}/close", 409)
    assert "ещё никто из присутствующих не проголосовал (присутствуют: 4)" in chair.text
    assert (item_of(item_id).status, count(Decision), count(ItemVoter)) == ("voting", 0, 0)


def test_opening_without_quorum(app: Flask) -> None:
    """The meeting opens, so that whoever comes is marked; nothing is put to the vote."""
    people = make_people()  # four vote, three are needed
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    actions.convene(meeting_id, people.chair.id)
    chair = Client(app, people.chair)
    chair.post(f"/consilium/meetings/{meeting_id}/open")
    actions.mark_presence(meeting_id, people.chair.id, "present", people.secretary.id)
    chair.post(f"/consilium/items/{item_id}/open-voting", 409)
    assert "Нет кворума: присутствуют 1, нужно не меньше 3" in chair.text
    assert item_of(item_id).status == "waiting"


def test_two_chairs_clicking_at_once(app: Flask) -> None:
    """Both have the page open; whoever is second reads why nothing more happens. At once: `test_two_at_once`."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "for")
    first, second = Client(app, people.chair), Client(app, make_user("chair"))
    url = f"/consilium/items/{item_id}"
    second.post(f"{url}/open-voting", 409)
    assert "По этому вопросу идёт голосование" in second.text
    first.post(f"{url}/close")
    second.post(f"{url}/close", 409)
    assert "Этот вопрос закрыт и снова не открывается" in second.text
    second.post(f"{url}/defer", 422, why="поздно")
    assert "Этот вопрос закрыт и снова не открывается" in second.text
    first.post(f"/consilium/meetings/{meeting_id}/close")
    second.post(f"/consilium/meetings/{meeting_id}/close", 409)
    assert "Заседание закрыто" in second.text
    assert (item_of(item_id).status, count(Decision)) == ("carried", 1)


def test_an_agenda_changed_during_a_vote(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id, other = (propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова"))
    open_with(people, meeting_id)
    secretary, url = Client(app, people.secretary), f"/consilium/items/{item_id}"
    secretary.get(f"{url}/edit")
    decisions.open_voting(item_id, people.chair.id)
    typed = {"regime": "control", "term": "long", "lead_id": people.lead.id, "note": "Другое"}
    fixed = "По этому вопросу идёт голосование или решение уже принято: изменить его нельзя"
    secretary.post(f"{url}/edit", 422, **typed)
    assert fixed in secretary.text and "Другое" in secretary.text
    for late in (f"{url}/edit", f"/consilium/meetings/{meeting_id}/edit"):
        secretary.get(late, 303)  # nobody is let fill in what can only be refused
    for button in ("take-off", "move"):
        secretary.post(f"{url}/{button}", 409, to="down")
        assert fixed in secretary.text
    secretary.post(f"/consilium/items/{other}/take-off")
    assert (item_of(item_id).regime, item_of(item_id).note, item_of(item_id).status) == (
        "planned",
        "",
        "voting",
    )
    assert item_of(other).status == "withdrawn"
    with pytest.raises(Exception, match=r"agenda_fixed"):
        agenda.add_item(meeting_id, "question", question="Ещё один", actor_id=people.secretary.id)


@pytest.mark.parametrize("when", ["waiting", "voting"])
def test_a_family_enrolled_meanwhile(app: Flask, when: str) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    patronage = make_submitted()
    item_id = propose(people, meeting_id, patronage)
    open_with(people, meeting_id)
    chair, url = Client(app, people.chair), f"/consilium/items/{item_id}"
    if when == "voting":
        decisions.open_voting(item_id, people.chair.id)
        vote_all(people, item_id, "for", "for", "for", "for")
    with technical() as s:
        enrolled = {"status": "enrolled", "enrolled_on": clock.today(), "regime": "control", "term": "long"}
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(enrolled | {"imported": True}))
    chair.post(f"{url}/{'close' if when == 'voting' else 'open-voting'}", 409)
    assert "патронаж семьи изменился: вопрос ему больше не соответствует" in chair.text
    assert (item_of(item_id).status, count(Decision)) == (when, 0)
    assert db.session.get_one(Patronage, patronage.id).regime == "control"
    chair.post(f"{url}/defer", why="Семья уже на патронаже.")
    assert item_of(item_id).status == "deferred"
    actions.close_meeting(meeting_id, people.chair.id)
    again = make_meeting(people)
    assert db.session.scalars(select(Item.id).where(Item.meeting_id == again)).all() == []


@pytest.mark.parametrize("when", ["waiting", "voting"])
def test_consent_withdrawn_between_agenda_and_vote(app: Flask, when: str) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted())
    open_with(people, meeting_id)
    chair, url = Client(app, people.chair), f"/consilium/items/{item_id}"
    if when == "voting":
        decisions.open_voting(item_id, people.chair.id)
        vote_all(people, item_id, "for", "for", "for", "for")
    consent_id = db.session.scalars(select(Consent.id)).one()
    consents.withdraw_consent(consent_id, clock.today(), "передумали", people.lead.id)
    button = "close" if when == "voting" else "open-voting"
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert f"{url}/{button}" not in chair.last.text
    chair.post(f"{url}/{button}", 409)
    assert f"Согласие отозвано {clock.today():%d.%m.%Y}" in chair.text
    assert (item_of(item_id).status, count(Decision), count(ItemVoter)) == (when, 0, 0)
    assert db.session.scalars(select(Patronage.enrolled_on)).all() == [None]


def test_minutes_edited_after_signing(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    minutes_actions.offer(meeting_id, people.secretary.id)
    row = db.session.get_one(Minutes, meeting_id)
    seen, version = row.digest, str(row.version)
    for user in (people.chair, people.secretary, *people.members):
        minutes_actions.sign(meeting_id, user.id, seen)
    secretary, url = Client(app, people.secretary), f"/consilium/meetings/{meeting_id}/minutes"
    secretary.post(f"{url}/edit", 422, version=version, heard="Задним числом")
    assert "Под протоколом уже есть подписи: его текст больше не меняется" in secretary.text
    for button in ("take-back", "offer"):
        secretary.post(f"{url}/{button}")
        secretary.get(url)
        assert "Под протоколом уже есть подписи" in secretary.text
    kept = db.session.get_one(Minutes, meeting_id, populate_existing=True)
    assert (kept.heard, kept.digest, count(MinutesSignature)) == ("", seen, 5)
    assert db.session.scalars(select(Meeting.status)).one() == "signed"


def test_a_member_removed_from_the_roll_mid_meeting(app: Flask) -> None:
    """The roll was frozen when the meeting opened: the seat, its card and its vote stay to the end of it."""
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    off, late = people.members[0], make_user("member")
    head = Client(app, people.head)
    head.post(f"/consilium/roll/{off.id}/remove")
    head.post("/consilium/roll", user_id=late.id, seat="member", votes="y")
    member, newcomer = Client(app, off), Client(app, late)
    member.get(f"/consilium/items/{item_id}")
    assert "Соколова Мария Ивановна" in member.text, "whoever votes reads what is voted on"
    member.post(f"/consilium/items/{item_id}/vote", choice="for")
    newcomer.post(f"/consilium/items/{item_id}/vote", 409, choice="for")
    assert "Голосуют только члены консилиума" in newcomer.text
    newcomer.post(f"/consilium/meetings/{meeting_id}/here", 409)
    for user in (people.chair, *people.members[1:]):
        decisions.cast_vote(item_id, user.id, "for")
    decisions.close_item(item_id, people.chair.id)
    assert (item_of(item_id).present, item_of(item_id).votes_for, count(MeetingSeat)) == (4, 4, 5)
    actions.close_meeting(meeting_id, people.chair.id)
    member.get(f"/consilium/items/{item_id}")
    assert "Соколова Мария Ивановна" not in member.text
    member.get(f"/consilium/meetings/{meeting_id}/my-votes")
