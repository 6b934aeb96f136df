"""The card of an item: what it shows of the family and the work with it, to whom, and what it asks of the database."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import audit, clock
from portal.audit import FamilyLook
from portal.consilium import actions, agenda, decisions
from portal.consilium.models import Item
from portal.db import db, technical
from portal.intake.models import Intake, Survey
from portal.patronage.models import ClosingAnalysis, Emergency, Patronage
from portal.rules.items import KINDS
from tests.client import Client
from tests.consilium.cards import make_item, make_worked
from tests.consilium.rows import (
    People,
    make_meeting,
    make_people,
    make_submitted,
    open_with,
    propose,
    propose_removal,
    vote_all,
)
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user


def sections(browser: Client) -> dict[str, str]:
    """What the cards of the page say, by their ids."""
    found = browser.page.xpath("//main//section[@id]")
    return {one.get("id"): " ".join(" ".join(one.itertext()).split()) for one in found}


def convened(people: People, *surnames: str) -> tuple[int, list[int]]:
    """A convened meeting with families to enroll: its id, and those of its items."""
    meeting_id = make_meeting(people)
    items = [propose(people, meeting_id, make_submitted(one)) for one in surnames or ("Соколова",)]
    actions.convene(meeting_id, people.chair.id)
    return meeting_id, items


def test_all_that_a_member_needs_stands_on_one_page(app: Flask) -> None:
    people = make_people()
    patronage, meeting_id = make_worked(people.lead), make_meeting(people)
    item_id = propose_removal(people, meeting_id, patronage)
    actions.convene(meeting_id, people.chair.id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{item_id}")
    said = sections(member)
    assert "цели достигнуты" in said["proposal"]
    assert "Цели плана достигнуты." in said["said"] and "не утверждён" in said["said"]
    for words in ("Орлова Мария Ивановна", "Вера0", "действует", "куратор", people.lead.short_name):
        assert words in said["family"], words
    assert "ул. Мира" not in member.text, "the address does not matter to the vote"
    for words in ("Стало спокойнее.", "лучше: 10", "хуже: 0", "первые признаки", "было: глубокий кризис"):
        assert words in said["diagnosis"], words
    assert member.page.xpath("//section[@id='diagnosis']//svg") and "Семье нужна помощь" not in member.text
    for words in ("Выполнено из 2", "просрочено 1 мероприятие", "Мероприятие 1", "Доход семьи вырос"):
        assert words in said["plan"], words
    for words in ("1 визит", "10 дней назад", "1 последняя", "норма не выполнена"):
        assert words in said["contacts"], words


def test_nothing_is_invented(app: Flask) -> None:
    """Without a diagnosis, a plan, contacts, an analysis the card says so."""
    people = make_people()
    meeting_id = make_meeting(people)
    bare = make_patronage(make_family("Титова"), "suspended")
    removal = make_item(meeting_id, "remove", bare, reason="aims_reached")
    enrollment = make_item(meeting_id, "enroll", make_submitted(), regime="planned", term="long")
    ratify = make_item(meeting_id, "ratify", make_patronage(make_family("Белова")))
    actions.convene(meeting_id, people.chair.id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{removal}")
    said = sections(member)
    assert "ещё не написан" in said["said"]
    assert "диагноза у этой семьи ещё нет" in said["diagnosis"]
    assert "в этом патронаже ещё нет" in said["plan"]
    assert "не было ни одного" in said["contacts"] and "Неудачные попытки нет" in said["contacts"]
    assert "earlier" not in said
    member.get(f"/consilium/items/{enrollment}")
    said = sections(member)
    assert "обращение не внесено" in said["said"] and "обследования ещё не было" in said["said"]
    assert {"plan", "contacts"}.isdisjoint(said), "before the patronage there is nothing to count"
    member.get(f"/consilium/items/{ratify}")
    assert "не записано" in sections(member)["said"]


@pytest.mark.parametrize("role", ["chair", "secretary", "member", "head", "no seat", "lead", "staff"])
def test_the_family_is_shown_to_whom_it_is_open(app: Flask, role: str) -> None:
    people = make_people()
    people.lead.grants  # noqa: B018 - loaded before the session is left
    patronage, meeting_id = make_worked(people.lead), make_meeting(people)
    item_id = propose_removal(people, meeting_id, patronage)
    actions.convene(meeting_id, people.chair.id)
    users = {"member": people.members[0], "no seat": make_user("member"), "staff": make_user("staff")}
    user = users.get(role) or getattr(people, role)
    browser, here = Client(app, user), f"/consilium/items/{item_id}"
    if role in ("lead", "staff"):
        browser.get(here, status=403)
        return
    browser.get(here)
    whole = role != "no seat"
    assert ("Мария Ивановна" in browser.text) == whole
    assert ("Цели плана достигнуты." in browser.text) == whole
    assert ("Стало спокойнее." in browser.text) == whole
    assert "Орлова" in browser.text and "цели достигнуты" in browser.text, "surname and proposal"
    looks = select(func.count()).select_from(FamilyLook).where(FamilyLook.user_id == user.id)
    assert db.session.scalar(looks) == whole, "R20: every look is recorded, and nothing but looks"


def test_when_the_meeting_is_over_the_family_is_closed_again(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = propose(people, meeting_id, make_submitted(), note="Мать просит тишины")
    open_with(people, meeting_id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{item_id}")
    assert "Мать просит тишины" in member.text
    decisions.open_voting(item_id, people.chair.id)
    member.get(f"/consilium/items/{item_id}")
    assert member.page.xpath(f"//*[@id='card-bar']//a[@href='/consilium/meetings/{meeting_id}']")
    vote_all(people, item_id, *["for"] * 4)
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    member.get(f"/consilium/items/{item_id}")
    assert "Мария Ивановна" not in member.text and "Мать просит тишины" not in member.text
    assert "Решение № 1/" in member.text.replace("\xa0", " ") and "плановый" in member.text
    assert "За: 4" in member.text


PROPOSED = {
    "enroll": ({"regime": "planned", "term": "long"}, "плановый"),
    "refuse": ({}, "отказать семье"),
    "remove": ({"reason": "moved"}, "переезд"),
    "regime": ({"regime": "emergency"}, "плановый → станет экстренный"),
    "term": ({"term": "short"}, "долгосрочный → станет краткосрочный"),
    "extend": ({}, "→ станет"),
    "ratify": ({}, "оставить экстренный режим"),
    "transfer": ({"place": "Центр «Надежда»"}, "Центр «Надежда»"),
    "question": ({"question": "О графике заседаний"}, "О графике заседаний"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_is_proposed(app: Flask, kind: str) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    fields, words = PROPOSED[kind]
    before = kind in ("enroll", "refuse")
    patronage = None if kind == "question" else make_submitted() if before else make_worked(people.lead)
    more = {"speaker_id": people.lead.id, "note": "Прошу решить"}
    item_id = make_item(meeting_id, kind, patronage, **(fields | more))
    actions.convene(meeting_id, people.chair.id)
    for user in (people.members[0], people.head, make_user("member")):
        browser = Client(app, user)
        browser.get(f"/consilium/items/{item_id}")
        said = sections(browser)
        assert words in said["proposal"], said["proposal"]
        assert people.lead.short_name in said["proposal"], "who speaks"
        seen = user is not None and (kind == "question" or "family" in said)
        assert ("Прошу решить" in said["proposal"]) == seen
        assert ("said" in said) == (
            "family" in said and kind in ("enroll", "refuse", "remove", "transfer", "ratify")
        )
        assert ("diagnosis" in said) == ("family" in said)


def test_what_the_specialists_lay_before_the_members(app: Flask) -> None:
    people = make_people()
    meeting_id, today = make_meeting(people), clock.today()
    new, urgent = make_submitted(), make_worked(people.lead)
    enrollment = make_item(meeting_id, "enroll", new, regime="planned", term="long")
    ratify, gone = make_item(meeting_id, "ratify", urgent), make_worked(people.lead, "Белова")
    removal = make_item(meeting_id, "transfer", gone, place="Центр «Надежда»")
    done = {"author_id": people.lead.id, "written_at": clock.now()}
    came = {
        "kind": "application",
        "received_on": today,
        "entered_by_id": people.lead.id,
        "entered_at": clock.now(),
    }
    survey = {"due_on": today, "done_on": today, "conducted_by_id": people.lead.id, "housing": "Две комнаты"}
    start = {"started_on": today, "started_by_id": people.head.id, "started_at": clock.now()}
    approval = {"approved_by_id": people.head.id, "approved_at": clock.now()}
    rows = [
        Intake(patronage_id=new.id, about="Просят о помощи", **came),
        Survey(patronage_id=new.id, conclusion="Нуждаются", **survey, **done),
        Emergency(patronage_id=urgent.id, former="planned", why="Угроза детям", **start),
        ClosingAnalysis(patronage_id=gone.id, body="Переезжают", **done, **approval),
    ]
    with technical() as s:
        s.add_all(rows)
    actions.convene(meeting_id, people.chair.id)
    member = Client(app, people.members[0])
    for item_id, texts in {
        enrollment: ("Просят о помощи", "Нуждаются", "Две комнаты", people.lead.short_name),
        ratify: ("Угроза детям", "режим до этого: плановый", people.head.short_name),
        removal: ("Переезжают", "утверждён", people.head.short_name),
    }.items():
        member.get(f"/consilium/items/{item_id}")
        said = sections(member)["said"]
        assert [one for one in texts if one not in said] == []


def test_what_went_before_is_named(app: Flask) -> None:
    """Earlier decisions on the family, the round that was put off, and where it goes on."""
    people = make_people()
    meeting_id, (first,) = convened(people)
    actions.open_meeting(meeting_id, people.chair.id)
    decisions.defer_item(first, "Нет акта обследования", people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    patronage = db.session.scalars(select(Patronage)).one()
    again = make_meeting(people)
    item_id = db.session.scalars(select(Item.id).where(Item.after_id == first)).one()
    open_with(people, again)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *["for"] * 4)
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(again, people.chair.id)
    third = make_meeting(people)
    removal = propose_removal(people, third, patronage)
    actions.convene(third, people.chair.id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{removal}")
    assert f"Решение № 1/{clock.today().year}" in sections(member)["earlier"].replace("\xa0", " ")
    member.get(f"/consilium/items/{item_id}")
    assert "Нет акта обследования" in sections(member)["earlier"], "open again: the family is on an agenda"
    assert member.page.xpath(f"//section[@id='earlier']//a[@href='/consilium/items/{first}']")
    member.get(f"/consilium/items/{first}")
    assert "Продолжение: заседание" in sections(member)["earlier"]


def test_a_rejected_item_keeps_its_history(app: Flask) -> None:
    """The next one on the family names the decision; the rejected one is still read as it was proposed and voted on."""
    people = make_people()
    patronage = make_patronage(make_family("Белова"), lead=people.lead)
    values = {"regime": "control", "actor_id": people.secretary.id}
    meeting_id = make_meeting(people)
    rejected = agenda.add_item(meeting_id, "regime", patronage.id, note="Прошу решить", **values)
    open_with(people, meeting_id)
    decisions.open_voting(rejected, people.chair.id)
    vote_all(people, rejected, "against", "against", "for", "abstain")
    decisions.close_item(rejected, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    again = agenda.add_item(make_meeting(people), "regime", patronage.id, **values)
    secretary = Client(app, people.secretary)
    secretary.get(f"/consilium/items/{again}")
    said = sections(secretary)["earlier"].replace("\xa0", " ")
    assert f"Решение № 1/{clock.today().year}" in said and "отклонено" in said
    secretary.get(f"/consilium/items/{rejected}")
    assert "контрольный" in secretary.text and "Против: 2" in secretary.text


def test_the_agenda_is_read_through_by_its_neighbors(app: Flask) -> None:
    people = make_people()
    _meeting, items = convened(people, "Первая", "Снятая", "Вторая")
    agenda.take_off(items[1], people.secretary.id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{items[0]}")
    assert "вопрос 1 из 2" in member.text and not member.page.xpath("//a[@rel='prev']")
    assert member.page.xpath("//a[@rel='next']/@href") == [f"/consilium/items/{items[2]}"]
    member.get(f"/consilium/items/{items[2]}")
    assert member.page.xpath("//a[@rel='prev']/@href") == [f"/consilium/items/{items[0]}"]
    assert not member.page.xpath("//a[@rel='next']")


def test_the_card_asks_no_more_for_a_family_with_much_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "look", lambda *_: None)  # in tests every commit empties the memory
    people, asked = make_people(), []
    browser = Client(app, people.members[0])
    for times in (1, 6):
        meeting_id = make_meeting(people)
        items = [
            propose_removal(people, meeting_id, make_worked(people.lead, times=times)) for _ in range(times)
        ]
        actions.convene(meeting_id, people.chair.id)
        browser.get("/profile")
        with counted() as first:
            browser.http.get(f"/consilium/items/{items[0]}")
        with counted() as again:
            browser.http.get(f"/consilium/items/{items[0]}")
        asked.append((len(first), len(again)))
    assert asked[0] == asked[1]
    assert asked[0][1] <= 12, "what fifteen members see alike is read once; what is one's own, each time"


def test_what_changes_shows_at_once(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    patronage = make_submitted()
    item_id = propose(people, meeting_id, patronage, note="Первое слово")
    actions.convene(meeting_id, people.chair.id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/items/{item_id}")
    assert "Первое слово" in member.text
    short = {"regime": "control", "term": "short", "ends_on": clock.today() + timedelta(90)}
    agenda.change_item(
        item_id, people.secretary.id, **short, lead_id=people.lead.id, course_reason="", note="Второе слово"
    )
    member.get(f"/consilium/items/{item_id}")
    assert "Второе слово" in member.text and "контрольный" in member.text
