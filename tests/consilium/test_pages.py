"""The pages: for each role, without JavaScript and as fragments; hidden votes; the number of queries."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import LoginSession, User
from portal.audit import AuditEntry, FamilyLook
from portal.consilium import actions, decisions, queries
from portal.consilium.models import Item, Meeting, Vote
from portal.db import db, technical
from portal.patronage.models import Patronage
from tests.client import Client
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
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user


def test_the_story_without_javascript(app: Flask) -> None:
    """A meeting is planned, filled, convened, opened, voted, closed and printed by plain forms."""
    people = make_people()
    patronage = make_submitted()
    secretary, chair = Client(app, people.secretary), Client(app, people.chair)
    day = clock.today().isoformat()
    secretary.post("/consilium/meetings/new", held_on=day, starts_at="10:30", place="каб. 12", note="")
    meeting = db.session.scalars(select(Meeting)).one()
    here = f"/consilium/meetings/{meeting.id}"
    secretary.get(f"{here}/items/new?kind=enroll")
    proposal = {
        "regime": "planned",
        "term": "long",
        "lead_id": people.lead.id,
        "involved": people.psychologist.id,
    }
    secretary.post(f"{here}/items/new?kind=enroll", patronage_id=patronage.id, note="", **proposal)
    item_id = db.session.scalars(select(Item.id)).one()
    chair.post(f"{here}/convene")
    chair.post(f"{here}/open")
    members = [Client(app, user) for user in people.members]
    for one in members:
        one.get(here)
        assert "Я здесь" in one.text
        one.post(f"{here}/here")
    secretary.post(f"{here}/presence", user_id=people.chair.id, presence="video")
    chair.post(f"/consilium/items/{item_id}/open-voting")
    for one, choice in zip([chair, *members], ("for", "for", "against", "for"), strict=True):
        one.get(here)
        assert len(one.page.xpath("//form[starts-with(@id, 'ballot')]//input[@type='radio']")) == 3
        one.post(f"/consilium/items/{item_id}/vote", choice=choice)
        one.get(here)
        assert "Изменить его нельзя" in one.text
        assert not one.page.xpath("//form[starts-with(@id, 'ballot')]")
    chair.post(f"/consilium/items/{item_id}/close")
    chair.post(f"{here}/close")
    assert db.session.get_one(Patronage, patronage.id).status == "enrolled"
    members[0].get(f"{here}/minutes")
    for words in (
        "Протокол № 1",
        "За: 3",
        "Против: 1",
        f"Решение № 1/{clock.today().year}",
        "поставить семью",
    ):
        assert words in members[0].text.replace("\xa0", " ")
    members[0].get("/consilium/decisions")
    assert "Соколова" in members[0].text


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
    member.get(f"/consilium/meetings/{meeting_id}?poll=1&version=0", htmx=True)
    assert db.session.scalars(select(LoginSession.seen_at)).one() == earlier


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
        seen.append(re.sub(r"№ \d+", "№", live))
        decisions.defer_item(item_id, "проверка", people.chair.id)
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


def test_who_sees_what(app: Flask) -> None:
    people = make_people()
    draft = make_meeting(people)
    closed = make_meeting(people)
    item_id = propose(people, closed, make_submitted())
    actions.convene(closed, people.chair.id)
    member, head, staff = (Client(app, who) for who in (people.members[0], people.head, make_user("staff")))
    for one in (member, head):
        one.get(f"/consilium/meetings/{draft}", status=404)
        one.get(f"/consilium/meetings/{closed}")
        one.get("/consilium/")
        assert "№ 1/" not in one.text.replace("\xa0", " ")
        one.get("/consilium/roll")
        one.post(f"/consilium/items/{item_id}/open-voting", status=403)
        one.post(f"/consilium/meetings/{closed}/presence", status=403, user_id=1, presence="present")
    head.post(f"/consilium/items/{item_id}/vote", status=403, choice="for")
    for url in (
        "/consilium/",
        "/consilium/roll",
        f"/consilium/meetings/{closed}",
        f"/consilium/items/{item_id}",
    ):
        staff.get(url, status=403)
    Client(app, people.secretary).get(f"/consilium/meetings/{draft}")
    secretary = Client(app, people.secretary)
    secretary.post(f"/consilium/meetings/{closed}/open", status=403)
    for url in ("/consilium/meetings/999", "/consilium/items/999", "/consilium/meetings/999/minutes"):
        secretary.get(url, status=404)


def test_a_card_shows_content_while_the_item_is_before_the_consilium(app: Flask) -> None:
    """R20: looks are recorded; when the meeting is over, a member reads the decision, not the family."""
    people = make_people()
    meeting_id, item_id, patronage = make_vote(people)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{item_id}")
    assert "Соколова Мария Ивановна" in member.text
    looks = db.session.scalars(select(FamilyLook.family_id).where(FamilyLook.user_id == people.members[0].id))
    assert list(looks) == [patronage.family_id]
    vote_all(people, item_id, "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    member.get(f"/consilium/items/{item_id}")
    assert "Соколова Мария Ивановна" not in member.text
    assert "Решение" in member.text


def test_refusals_are_sentences_on_the_page(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id, _patronage = make_vote(people)
    actions.mark_presence(meeting_id, people.members[1].id, "absent", people.secretary.id)
    absent, chair = Client(app, people.members[1]), Client(app, people.chair)
    absent.post(f"/consilium/items/{item_id}/vote", status=409, choice="for")
    assert "отмечен" in absent.text
    chair.post(f"/consilium/items/{item_id}/vote", status=409, choice="")
    assert "Выберите" in chair.text
    outsider = Client(app, make_user("member"))
    outsider.post(f"/consilium/items/{item_id}/vote", status=409, choice="for")
    chair.post(f"/consilium/items/{item_id}/close", status=409)
    chair.post(f"/consilium/meetings/{meeting_id}/close", status=409)
    chair.post(f"/consilium/items/{item_id}/defer", status=422, why="")
    assert db.session.scalars(select(Vote)).all() == []
    chair.get(f"/consilium/meetings/{meeting_id}/minutes", status=409)


def test_a_refused_item_keeps_what_was_typed(app: Flask) -> None:
    people = make_people()
    meeting_id, patronage = make_meeting(people), make_submitted(course_ended_on=None)
    secretary = Client(app, people.secretary)
    url = f"/consilium/meetings/{meeting_id}/items/new?kind=enroll"
    note = "Важно 🙂 \u05d0"
    typed = {"patronage_id": patronage.id, "regime": "control", "term": "short", "lead_id": people.lead.id}
    secretary.post(url, status=422, note=note, ends_on=(clock.today() - timedelta(1)).isoformat(), **typed)
    assert secretary.page.xpath("//textarea[@name='note']")[0].text.strip() == note
    assert secretary.page.xpath("//input[@name='regime' and @checked]/@value") == ["control"]
    assert secretary.page.xpath("//*[@role='alert']")
    secretary.post(url, status=422, note=note, ends_on="2026-02-31", **typed)
    secretary.post(url, status=422, note="а" * 100_000, ends_on="", **typed)
    secretary.post(url, status=422, note=note, **(typed | {"patronage_id": 999, "term": "long"}))
    assert db.session.scalars(select(Item)).all() == []
    secretary.post("/consilium/meetings/new", status=422, held_on="31.02.2026", starts_at="25:00", place="")


def test_a_removal_without_analysis_is_offered_with_its_reason(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    make_patronage(make_family("Жукова"), status="suspended")
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/meetings/{meeting_id}/items/new?kind=remove")
    assert "Жукова" in secretary.text
    assert not secretary.page.xpath("//select")


def test_the_roll_is_kept_by_the_head(app: Flask) -> None:
    people = make_people()
    newcomer = make_user("member", last_name="Новичкова")
    head = Client(app, people.head)
    head.post("/consilium/roll", user_id=newcomer.id, seat="member", votes="y")
    head.get("/consilium/roll")
    assert "Новичкова" in head.text
    head.post(f"/consilium/roll/{newcomer.id}/remove")
    other = make_user("chair")
    head.post("/consilium/roll", status=422, user_id=other.id, seat="chair", votes="y")
    assert "уже есть председатель" in head.text
    Client(app, people.chair).post("/consilium/roll", status=403, user_id=other.id, seat="member")


def test_items_are_edited_moved_and_taken_off_by_forms(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    first, second = (propose(people, meeting_id, make_submitted(name)) for name in ("Белова", "Жукова"))
    removal = propose_removal(people, meeting_id, make_patronage(make_family("Титова")))
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/items/{first}/edit")
    values = {"regime": "control", "term": "long", "lead_id": people.lead.id, "note": "срочно"}
    secretary.post(f"/consilium/items/{first}/edit", **values)
    secretary.post(f"/consilium/items/{removal}/edit", reason="moved", note="")
    assert db.session.get_one(Item, first).regime == "control"
    assert db.session.get_one(Item, removal).reason == "moved"
    secretary.post(f"/consilium/items/{second}/move", to="up")
    secretary.post(f"/consilium/items/{first}/take-off")
    in_order = select(Item.id).where(Item.status == "waiting").order_by(Item.position)
    assert list(db.session.scalars(in_order)) == [second, removal]
    secretary.post(
        f"/consilium/meetings/{meeting_id}/edit",
        held_on=clock.today().isoformat(),
        starts_at="12:00",
        place="зал",
    )
    assert db.session.get_one(Meeting, meeting_id).place == "зал"


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
        member = db.session.get_one(Meeting, meeting_id)
        with counted() as statements:
            browser.get(
                f"/consilium/meetings/{meeting_id}?poll=1&version={member.version}", status=204, htmx=True
            )
        counts["poll"] = len(statements)
        decisions.defer_item(item_id, "до следующего раза", chair.id)
        actions.close_meeting(meeting_id, chair.id)
        with counted() as statements:
            browser.get(f"/consilium/meetings/{meeting_id}/minutes")
        counts["minutes"] = len(statements)
        asked.append(counts)
    assert asked[0] == asked[1], asked
