"""My work of head and lead: short terms, emergency starts and withdrawn consents, and where each question is."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import update

from portal import clock
from portal.consilium import actions
from portal.db import db, technical
from portal.patronage.models import Patronage
from portal.settings.actions import change_settings
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, open_with
from tests.consilium.test_coming import _emergency, _short, _suspended, put_off, withdraw
from tests.consilium.test_nearest import item_of, reject
from tests.counting import counted


def said(app: Flask, user: object) -> str:
    """The section of the first page."""
    db.session.rollback()
    client = Client(app, user)
    client.get("/")
    found = client.page.xpath("//section[.//h2[contains(., 'Ждут решения консилиума')]]")
    return " ".join(found[0].text_content().split()) if found else ""


def test_where_the_question_of_a_term_is(app: Flask) -> None:
    people = make_people()
    family = _short(people, 10)
    day = clock.today().strftime("%d.%m.%Y")
    for user in (people.head, people.lead):
        assert "заседание не назначено" in said(app, user)
    meeting_id = make_meeting(people)
    for user in (people.head, people.lead):
        assert f"в повестке {day}: продление" in said(app, user)
    assert said(app, people.psychologist) == ""
    open_with(people, meeting_id)
    put_off(people, item_of("extend").id, until_on=clock.today() + timedelta(20))
    actions.close_meeting(meeting_id, people.chair.id)
    later = (clock.today() + timedelta(20)).strftime("%d.%m.%Y")
    assert f"отложено до {later}" in said(app, people.lead)
    with clock.pretend(clock.now() + timedelta(11)):
        for user in (people.head, people.lead):
            assert "срок истёк" in said(app, user), "put off beyond its end, it is not forgotten"
    with technical() as s:
        s.execute(update(Patronage).where(Patronage.id == family.id).values(term="long", ends_on=None))
    assert said(app, people.lead) == ""


def test_a_rejected_extension_is_told_to_head_and_lead(app: Flask) -> None:
    people = make_people()
    _short(people, 10)
    meeting_id = make_meeting(people)
    reject(people, meeting_id, "extend", ends_on=clock.today() + timedelta(90))
    for user in (people.head, people.lead):
        assert "в продлении отказано: подготовьте итоговый анализ" in said(app, user)


def test_the_term_is_told_as_early_as_the_setting_says(app: Flask) -> None:
    people = make_people()
    _short(people, 40)
    assert said(app, people.lead) == ""
    change_settings(people.head.id, term_reminder=45)
    assert "краткосрочный патронаж до" in said(app, people.lead)


def test_an_emergency_and_a_withdrawn_consent_stay_in_sight(app: Flask) -> None:
    people = make_people()
    family, _gone = _emergency(people), _suspended(people)
    for user in (people.head, people.lead):
        assert "не подтверждён" in said(app, user) and "согласие отозвано" in said(app, user)
    withdraw(family)
    meeting_id = make_meeting(people)
    open_with(people, meeting_id)
    for _n in range(2):
        put_off(people, item_of("remove").id, until_on=clock.today() + timedelta(20))
    actions.close_meeting(meeting_id, people.chair.id)
    text = said(app, people.head)
    assert text.count("отложено до") == 2 and "экстренный режим с" in text


def test_the_number_of_queries_does_not_grow_with_the_families(app: Flask) -> None:
    people, asked = make_people(), []
    for families in (1, 5):
        for _n in range(families):
            _short(people, 10)
            _emergency(people)
        client = Client(app, people.head)
        with counted() as statements:
            client.get("/")
        asked.append(len(statements))
    assert asked[0] == asked[1], asked
