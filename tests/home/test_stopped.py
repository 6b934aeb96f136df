"""Whoever planned contacts is told in My work that the portal called them off, and why (R3)."""

from datetime import time, timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal import clock
from portal.contacts import actions
from portal.db import db
from portal.deputies import actions as deputies
from portal.families import consents
from portal.families.models import Consent
from portal.patronage.execution import remove_family
from portal.patronage.models import Patronage
from tests.client import Client
from tests.factories import make_assignment, make_family, make_patronage, make_user

WITHDRAWN = "согласие отозвано"


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Сидорова")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead)


def day(offset):
    return clock.today() + timedelta(offset)


def plan(patronage, user, offset=1, hour=10):
    when = {"day": day(offset), "starts_at": time(hour), "minutes": 60}
    return actions.plan_contact(patronage.id, user.id, user.id, kind="visit", **when)


def consent_of(patronage):
    return db.session.scalars(select(Consent).where(Consent.family_id == patronage.family_id)).one()


def withdraw(patronage, actor):
    return consents.withdraw_consent(consent_of(patronage).id, clock.today(), "", actor.id)


def told(app, user):
    """The words of the lines in which My work tells of contacts called off."""
    page = Client(app, user)
    page.get("/")
    return [" ".join(one.text_content().split()) for one in page.page.xpath("//*[@id='stopped']//li")]


def links(app, user):
    page = Client(app, user)
    page.get("/")
    return page.page.xpath("//*[@id='stopped']//li//a/@href")


def test_each_is_told_which_of_their_contacts_were_called_off_and_why(app, patronage, lead):
    involved, stranger = make_user("pedagogue"), make_user("specialist")
    make_assignment(patronage, involved, "involved")
    for number in (1, 2, 3):
        plan(patronage, lead, number)
    plan(patronage, involved, 4)
    assert told(app, lead) == []
    client = Client(app, lead)
    url = f"/families/{patronage.family_id}/consents/{consent_of(patronage).id}/withdraw"
    client.get(url)
    client.post(url, withdrawn_on=clock.today().isoformat())
    client.get(f"/families/{patronage.family_id}")
    assert "Отзыв внесён, отменены 4 запланированных контакта." in client.last.text
    (mine,), (other,) = told(app, lead), told(app, involved)
    assert (
        "Лесникова" in mine and f"3 контакта, первый из них {day(1):%d.%m.%Y}" in mine and WITHDRAWN in mine
    )
    assert f"контакт {day(4):%d.%m.%Y}" in other and WITHDRAWN in other and "не посещать" in other
    assert told(app, stranger) == [] == told(app, make_user("head"))
    (link,) = links(app, lead)
    assert link == f"/families/{patronage.family_id}/contacts"
    Client(app, lead).get(link)


def test_a_withdrawal_that_stops_nothing_says_nothing_of_contacts(app, patronage, lead):
    assert withdraw(patronage, lead) == 0
    assert told(app, lead) == []


def test_what_a_person_called_off_is_no_news(app, patronage, lead):
    actions.cancel_contact(plan(patronage, lead), lead.id, "Заболела")
    assert told(app, lead) == []


def test_a_contact_of_a_day_before_is_to_be_written_up(app, patronage, lead):
    with time_machine.travel(clock.now() - timedelta(1), tick=False):
        plan(patronage, lead, 0)
    plan(patronage, lead, 2)
    withdraw(patronage, lead)
    assert "если какой-то из них успел состояться, запишите его" in told(app, lead)[0]


def test_what_took_place_after_all_is_no_news_once_it_is_recorded(app, patronage, lead):
    with time_machine.travel(clock.now() - timedelta(1), tick=False):
        plan(patronage, lead, 0)
    plan(patronage, lead, 2)
    withdraw(patronage, lead)
    when = {"kind": "visit", "day": day(-1), "starts_at": time(11), "minutes": 60}
    actions.record_contact(patronage.id, lead.id, lead.id, **when)
    (line,) = told(app, lead)
    assert f"контакт {day(2):%d.%m.%Y}" in line and "успел состояться" not in line


def test_another_contact_of_that_day_leaves_the_hint(app, patronage, lead):
    with time_machine.travel(clock.now() - timedelta(1), tick=False):
        plan(patronage, lead, 0)
        when = {"kind": "call", "reason": "отъезд", "day": day(0), "starts_at": time(6), "minutes": 5}
        actions.record_contact(patronage.id, lead.id, lead.id, **when)
    withdraw(patronage, lead)
    assert "успел состояться" in told(app, lead)[0]


def test_a_deputy_is_told_too(app, patronage, lead):
    deputy, head = make_user("pedagogue"), make_user("head")
    plan(patronage, lead)
    deputies.name_deputy(lead.id, deputy.id, head.id, starts_on=day(0), ends_on=day(5), reason="leave")
    withdraw(patronage, lead)
    assert told(app, deputy)[0].startswith("Лесникова") and "замещение: Сидорова" in told(app, deputy)[0]
    with time_machine.travel(clock.now() + timedelta(6), tick=False):
        assert told(app, deputy) == [] and len(told(app, lead)) == 1


def test_it_is_told_for_two_weeks(app, patronage, lead):
    plan(patronage, lead, 20)
    withdraw(patronage, lead)
    now = clock.now()
    for days, lines in ((14, 1), (15, 0)):
        with time_machine.travel(now + timedelta(days), tick=False):
            assert len(told(app, lead)) == lines


def test_after_a_new_consent_they_are_to_be_planned_anew(app, patronage, lead):
    plan(patronage, lead)
    representative = consent_of(patronage).representative_id
    withdraw(patronage, lead)
    consents.record_consent(patronage.family_id, lead.id, representative, clock.today())
    assert "новое согласие: запланируйте заново" in told(app, lead)[0]
    plan(patronage, lead)
    assert told(app, lead) == []


def test_a_removed_family_is_named_without_a_way_to_its_card(app, patronage, lead):
    plan(patronage, lead)
    with db.session.begin_nested() as nested:
        row = db.session.get_one(Patronage, patronage.id)
        remove_family(db.session(), row, clock.today(), reason="aims_reached", actor_id=lead.id)
        nested.commit()
    db.session.commit()
    (line,) = told(app, lead)
    assert "семья снята с патронажа" in line and links(app, lead) == []
