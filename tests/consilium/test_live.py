"""The live page of a meeting: news, hidden votes, and how much it asks of the database."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import LoginSession, User
from portal.audit import AuditEntry
from portal.consilium import actions, decisions, queries
from portal.consilium.models import Item
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
from tests.counting import counted
from tests.factories import make_user


def test_a_fragment_answers_htmx(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member = Client(app, people.members[0])
    answer = member.post(f"/consilium/items/{item_id}/vote", status=200, htmx=True, choice="for")
    assert answer.text.startswith('<div id="meeting"')
    assert "own-vote" in answer.text
    refusal = member.post(f"/consilium/items/{item_id}/vote", status=409, htmx=True, choice="against")
    assert "уже проголосовали" in refusal.text
    assert "<html" not in refusal.text
    assert meeting_id


def test_the_live_page_asks_for_news_only(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    member = Client(app, people.members[0])
    member.get(f"/consilium/meetings/{meeting_id}")
    news = member.page.xpath("//*[@id='meeting']/@hx-get")[0]
    assert "poll=1" in news
    assert member.page.xpath("//*[@id='meeting']/@hx-trigger") == ["every 1500ms"], (
        "within two seconds on each"
    )
    assert member.get(news, status=204, htmx=True).text == ""
    decisions.cast_vote(item_id, people.chair.id, "for")
    assert member.get(news, htmx=True).text.startswith('<div id="meeting"')
    member.get(news)  # the same address opened as a page is whole
    assert member.page.xpath("//h1")


def test_a_page_that_polls_does_not_keep_its_login_awake(app: Flask) -> None:
    people = make_people()
    meeting_id, _item, _patronage = make_vote(people)
    member = Client(app, people.members[0])
    earlier = clock.now() - timedelta(minutes=5)
    with technical() as session:
        session.scalars(select(LoginSession)).one().seen_at = earlier
    member.get(f"/consilium/meetings/{meeting_id}?poll=1&seen=0", htmx=True)
    assert db.session.scalars(select(LoginSession.seen_at)).one() == earlier


MOST_LIVE, MOST_CARD = 28, 44  # statements of the first read after a change
CHOICE_WORDS = ("own-vote", "named", "Голосовали (", "Ваш голос: «")


@pytest.mark.parametrize("role", ["chair", "secretary", "head", "other member"])
def test_votes_are_hidden_from_everybody_until_the_item_closes(app: Flask, role: str) -> None:
    """What others see is the same whatever was voted: only that somebody has."""
    people = make_people()
    reader = {"chair": people.chair, "secretary": people.secretary, "head": people.head}.get(
        role, people.members[2]
    )
    seen = []
    for choice in ("for", "against"):
        meeting_id, item_id, patronage = make_vote(people, "Соколова")
        decisions.cast_vote(item_id, people.members[0].id, choice)
        browser, here = Client(app, reader), f"/consilium/meetings/{meeting_id}"
        card = f"/consilium/items/{item_id}"
        elsewhere = ["/consilium/", "/consilium/decisions", f"/families/{patronage.family_id}"]
        for url in [card, *elsewhere, here]:
            browser.last = browser.http.get(url)
            assert browser.last.status_code == 200 or url in elsewhere
            assert not any(word in browser.last.text for word in CHOICE_WORDS), url
        live = " ".join(browser.page.xpath("//*[@id='meeting']")[0].text_content().split())
        assert "1 из 4" in live
        seen.append(re.sub(r"№ \d+|\d\d:\d\d", "№", live))  # the minute may pass between the two
        later = clock.today() + timedelta(30)
        decisions.defer_item(item_id, "проверка", people.chair.id, until_on=later)
        browser.get(card)
        assert people.members[0].short_name not in browser.text, "put off: the votes stay hidden"
        actions.close_meeting(meeting_id, people.chair.id)
        for url in (card, here, f"{here}/minutes"):
            assert not any(word in browser.get(url).text for word in CHOICE_WORDS), url
    assert seen[0] == seen[1]


def test_the_auditor_reads_that_a_vote_was_cast_not_how(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    decisions.cast_vote(item_id, people.members[0].id, "against")
    auditor = Client(app, make_user("auditor"))
    auditor.get("/settings/audit")
    assert "vote cast" in auditor.text or "голос" in auditor.text.lower()
    assert "against" not in auditor.last.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == "vote.cast")).one()
    assert '"choice": "against"' in entry.data, "the sealed log itself keeps it"


def test_after_closing_votes_are_shown_by_name(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    vote_all(people, item_id, "for", "against", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    for url in (f"/consilium/meetings/{meeting_id}", f"/consilium/items/{item_id}"):
        head = Client(app, people.head)
        head.get(url)
        rows = head.page.xpath("//dl[contains(@class, 'named')]/div")
        said = [" ".join(row.text_content().split()) for row in rows]
        assert said[0].startswith("За: 3")
        assert (
            said[1] == f"Против: 1{people.members[0].short_name}" or people.members[0].short_name in said[1]
        )


def _big_meeting(people, items: int) -> int:  # type: ignore[no-untyped-def]
    meeting_id = make_meeting(people)
    ids = [propose(people, meeting_id, make_submitted(f"Семья{n}")) for n in range(items)]
    open_with(people, meeting_id)
    for item_id in ids[:-2]:
        decisions.open_voting(item_id, people.chair.id)
        vote_all(people, item_id, *["for"] * len(people.voters))
        decisions.close_item(item_id, people.chair.id)
    decisions.open_voting(ids[-2], people.chair.id)
    decisions.cast_vote(ids[-2], people.chair.id, "for")
    return meeting_id


def test_no_page_asks_more_for_more_rows(app: Flask) -> None:
    asked: list[dict[str, int]] = []
    people = make_people(2)
    chair: User = people.chair
    for items in (3, 7):
        if items == 7:
            for _ in range(4):
                actions.seat_member(make_user("member").id, "member", True, people.head.id)
            people.members = [
                db.session.get_one(User, row["user_id"]) for row in queries.roll() if row["seat"] == "member"
            ]
        meeting_id = _big_meeting(people, items)
        item_id = db.session.scalars(select(Item.id).where(Item.status == "voting")).all()[-1]
        browser, counts = Client(app, chair), {}
        for name, url in {
            "live": f"/consilium/meetings/{meeting_id}",
            "list": "/consilium/",
            "decisions": "/consilium/decisions",
            "roll": "/consilium/roll",
            "card": f"/consilium/items/{item_id}",
        }.items():
            with counted() as statements:
                browser.get(url)
            counts[name] = len(statements)
        browser.get(f"/consilium/meetings/{meeting_id}")
        news = browser.page.xpath("//*[@id='meeting']/@hx-get")[0]
        with counted() as statements:
            browser.get(news, status=204, htmx=True)
        counts["poll"] = len(statements)
        decisions.defer_item(item_id, "до следующего раза", chair.id)
        actions.close_meeting(meeting_id, chair.id)
        with counted() as statements:
            browser.get(f"/consilium/meetings/{meeting_id}/minutes")
        counts["minutes"] = len(statements)
        asked.append(counts)
    assert asked[0] == asked[1], asked
    assert asked[0]["live"] <= MOST_LIVE and asked[0]["card"] <= MOST_CARD, asked
