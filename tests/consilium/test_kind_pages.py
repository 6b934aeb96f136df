"""The pages of the kinds of items: the choice, each form, the agenda, the card, the deferral; without JavaScript."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.consilium import agenda, decisions, labels
from portal.consilium.models import Item
from portal.db import db
from portal.patronage import regimes
from portal.rules.items import Kind
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, make_submitted, open_with, vote_all
from tests.consilium.test_kinds import CASES, on_patronage, voted
from tests.factories import make_analysis, make_family

FIELDS = {
    "refuse": {},
    "regime": {"regime": "control"},
    "term": {"term": "short", "ends_on": "2099-01-01"},
    "extend": {"ends_on": "2099-01-01"},
    "ratify": {},
    "remove": {"reason": "moved"},
    "transfer": {"place": "Центр «Исток»"},
    "question": {"question": "План работы"},
}


def test_every_kind_has_its_words_and_its_place_in_the_choice(app: Flask) -> None:
    for words in (labels.KINDS, labels.OFFERED):
        assert set(words) == set(Kind)
    people = make_people()
    secretary, meeting_id = Client(app, people.secretary), make_meeting(people)
    secretary.get(f"/consilium/meetings/{meeting_id}")
    here = f"/consilium/meetings/{meeting_id}/items/new"
    assert secretary.page.xpath(f"//a[@href='{here}']")
    for url in (here, f"{here}?kind=nonsense"):
        secretary.get(url)
        for kind in Kind:
            assert secretary.page.xpath(f"//a[@href='{here}?kind={kind}']"), kind


@pytest.mark.parametrize("kind", FIELDS)
def test_a_kind_is_put_on_the_agenda_changed_and_read(app: Flask, kind: str) -> None:
    people = make_people()
    secretary, meeting_id = Client(app, people.secretary), make_meeting(people)
    family = CASES[kind][0](people)
    here = f"/consilium/meetings/{meeting_id}"
    secretary.get(f"{here}/items/new?kind={kind}")
    offered = secretary.page.xpath("//select[@name='patronage_id']/option/@value")
    assert offered == ([] if family is None else ["", str(family.id)])
    secretary.post(f"{here}/items/new?kind={kind}", status=422)
    chosen = {} if family is None else {"patronage_id": str(family.id)}
    secretary.post(f"{here}/items/new?kind={kind}", **chosen, **FIELDS[kind], note="Прочтите акт")
    item = db.session.scalars(select(Item)).one()
    assert (item.kind, item.note) == (kind, "Прочтите акт")
    secretary.get(here)
    assert str(labels.KINDS[kind]) in secretary.text or secretary.page.xpath(f"//*[@id='item-{item.id}']")
    secretary.get(f"/consilium/items/{item.id}/edit")
    secretary.post(f"/consilium/items/{item.id}/edit", **FIELDS[kind], note="")
    secretary.get(f"/consilium/items/{item.id}")
    assert "None" not in secretary.text
    assert db.session.get_one(Item, item.id, populate_existing=True).note == ""


@pytest.mark.parametrize("kind", CASES)
def test_a_decision_is_read_everywhere(app: Flask, kind: str) -> None:
    """Of a free question too, which has no family."""
    people = make_people()
    make, proposal, _carried, _rejected = CASES[kind]
    family = make(people)
    decision = voted(people, kind, family, proposal(), "for")
    meeting_id = db.session.get_one(Item, decision.item_id).meeting_id
    chair = Client(app, people.chair)
    for url in (
        f"/consilium/items/{decision.item_id}",
        f"/consilium/meetings/{meeting_id}",
        "/consilium/decisions",
        "/",
    ):
        chair.get(url)
        assert "None" not in chair.text, url
    if family is not None:
        head = Client(app, people.head)
        for page in ("", "/timeline"):
            head.get(f"/families/{family.family_id}{page}")
            assert "None" not in head.text


def test_a_form_says_what_is_broken(app: Flask) -> None:
    people = make_people()
    secretary, meeting_id = Client(app, people.secretary), make_meeting(people)
    family = on_patronage(people)
    here = f"/consilium/meetings/{meeting_id}/items/new?kind=regime"
    secretary.get(here)
    secretary.post(here, status=422, patronage_id=str(family.id), regime="planned")
    assert "уже этот режим" in secretary.text
    regimes.start_emergency(family.id, "побои", people.head.id)
    secretary.post(here, status=422, patronage_id=str(family.id), regime="control")
    assert "начал экстренный патронаж" in secretary.text


def test_families_are_found_by_surname(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.consilium import queries

    people = make_people()
    secretary, meeting_id = Client(app, people.secretary), make_meeting(people)
    for surname in ("Абрамова", "Белова", "Ёлкина"):
        on_patronage(people, family=make_family(surname))
    monkeypatch.setattr(queries, "MOST_CANDIDATES", 2)
    here = f"/consilium/meetings/{meeting_id}/items/new?kind=regime"
    secretary.get(here)
    assert "Ёлкина" not in secretary.text and secretary.page.xpath("//input[@name='q']")
    secretary.get(f"{here}&q=ёл")
    assert "Ёлкина" in secretary.text and "Абрамова" not in secretary.text


def test_an_item_is_put_off_on_its_page(app: Flask) -> None:
    people = make_people()
    meeting_id = make_meeting(people)
    family = make_submitted()
    item_id = agenda.add_item(meeting_id, "refuse", family.id, actor_id=people.secretary.id)
    open_with(people, meeting_id)
    chair, here = Client(app, people.chair), f"/consilium/items/{item_id}/defer"
    chair.get(here)
    past, day = clock.today() - timedelta(1), clock.today() + timedelta(20)
    chair.post(here, status=422, why="нет справки", until_on=past.isoformat())
    chair.post(here, why="нет справки", until_on=day.isoformat(), asked="справка")
    item = db.session.get_one(Item, item_id, populate_existing=True)
    assert (item.status, item.deferral, item.asked, item.until_on) == (
        "deferred",
        "нет справки",
        "справка",
        day,
    )
    chair.get(f"/consilium/meetings/{meeting_id}")
    assert f"Отложено до {day:%d.%m.%Y}" in chair.text and "справка" in chair.text


def test_the_reason_of_an_emergency_is_for_those_in_reach(app: Flask) -> None:
    """On the card of the item, where the family is open; never on the agenda."""
    people = make_people()
    family = on_patronage(people)
    regimes.start_emergency(family.id, "ребёнок с синяками", people.head.id)
    make_analysis(family, people.lead)
    meeting_id = make_meeting(people)
    item_id = db.session.scalars(select(Item.id)).one()
    open_with(people, meeting_id)
    member = Client(app, people.members[0])
    member.get(f"/consilium/meetings/{meeting_id}")
    assert "синяками" not in member.text and "начат заведующим" in member.text
    member.get(f"/consilium/items/{item_id}")
    assert "синяками" in member.text
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, *["for"] * 4)
    decisions.close_item(item_id, people.chair.id)
    member.get(f"/consilium/items/{item_id}")
    assert "None" not in member.text
