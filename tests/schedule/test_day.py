"""A day of a specialist: what is shown while one plans, what gets in the way, and with whom to meet."""

from datetime import date, time, timedelta

import pytest

from portal import clock
from portal.contacts import actions as contacts
from portal.contacts import queries as contact_queries
from portal.contacts import timetable
from portal.contacts.models import Contact
from portal.db import db
from portal.deputies.models import Deputy
from portal.families.queries import get_family
from portal.rules.contacts import Clash
from portal.schedule import queries
from portal.settings.calendar import calendar
from tests.client import Client
from tests.counting import counted
from tests.factories import make_assignment, make_club, make_family, make_patronage, make_session, make_user


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Ведущая")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead)


def working(offset=1) -> date:
    return calendar().add_working_days(clock.today(), offset)


def day_off() -> date:
    return next(
        day for day in (clock.today() + timedelta(n) for n in range(1, 8)) if not calendar().is_working(day)
    )


def plan(patronage, user, day, hour, minutes=60):
    return contacts.plan_contact(
        patronage.id, user.id, user.id, kind="visit", day=day, starts_at=time(hour), minutes=minutes
    )


def away(user, deputy, first, last, ended_at=None):
    db.session.rollback()
    db.session.add(
        Deputy(
            user_id=user.id, deputy_id=deputy.id, starts_on=first, ends_on=last, reason="leave",
            made_by_id=deputy.id, made_at=clock.now(), ended_at=ended_at,
        )
    )  # fmt: skip
    db.session.commit()


def taken(client, patronage, **query):
    parts = "&".join(f"{name}={value}" for name, value in query.items())
    client.get(f"/families/{patronage.family_id}/contacts/taken?{parts}")
    return " ".join(client.page.text_content().split())


def test_the_form_shows_what_stands_in_the_day(app, lead, patronage):
    other, colleague = make_patronage(make_family("Другая"), lead=lead), make_user("specialist")
    make_assignment(patronage, colleague, "involved")
    tomorrow, client = working(), Client(app, lead)
    plan(other, lead, tomorrow, 10)
    plan(patronage, colleague, tomorrow, 16)
    make_session(make_club(lead, "Шахматы"), tomorrow, starts_at=time(12))
    make_session(make_club(lead, "Отменённый"), tomorrow, slot=None, status="cancelled")
    client.get(f"/families/{patronage.family_id}/contacts/new?day={tomorrow}")
    shown = client.page.xpath("//*[@id='taken']")[0].text_content()
    assert all(one in shown for one in ("10:00–11:00", "Другая", "12:00–13:00", "Шахматы", "16:00–17:00"))
    assert "Отменённый" not in shown and "уже" in shown
    of_colleague = taken(client, patronage, day=tomorrow, user_id=colleague.id)
    assert "16:00–17:00" in of_colleague and "10:00" not in of_colleague
    assert "свободны" in taken(client, patronage, day=working(2), user_id=lead.id)


def test_the_contact_that_is_moved_is_not_in_its_own_way(app, lead, patronage):
    tomorrow, client = working(), Client(app, lead)
    contact_id = plan(patronage, lead, tomorrow, 10)
    client.get(f"/contacts/{contact_id}/move")
    box = client.page.xpath("//*[@id='taken']")[0]
    assert "свободны" in box.text_content()
    client.get(box.get("hx-get") + f"&day={tomorrow}")
    assert "свободны" in client.text


def test_leave_and_days_off_are_told(app, lead, patronage):
    client, deputy = Client(app, lead), make_user("specialist")
    away(lead, deputy, working(), working(3))
    assert "отсутствует до" in taken(client, patronage, day=working(2), user_id=lead.id)
    assert "отсутствует" not in taken(client, patronage, day=working(4), user_id=lead.id)
    assert "нерабочий день" in taken(client, patronage, day=day_off(), user_id=lead.id)


@pytest.mark.parametrize("query", [{}, {"day": "x", "user_id": "x"}, {"day": "2026-01-01", "user_id": 9**30}])
def test_nonsense_shows_nothing(app, lead, patronage, query):
    assert "–" not in taken(Client(app, lead), patronage, **query)


def test_only_for_those_who_plan_with_the_family(app, lead, patronage):
    url = f"/families/{patronage.family_id}/contacts/taken?day={working()}&user_id={lead.id}"
    Client(app, make_user("specialist")).get(url, 404)
    Client(app, make_user("member")).get(url, 403)


def test_clashes(lead, patronage):
    other = make_patronage(make_family("Другая"), lead=lead)
    free, club_day, off = working(1), working(2), day_off()
    ids = {
        "free": plan(patronage, lead, free, 10),
        "club": plan(patronage, lead, club_day, 12),
        "off": plan(patronage, lead, off, 12),
        "away": plan(patronage, lead, working(6), 12),
        "first": plan(patronage, lead, working(7), 10),
        "second": plan(other, lead, working(7), 12),
        "over": plan(other, lead, off, 9),
    }
    make_session(make_club(lead), club_day, starts_at=time(12, 30))
    away(lead, make_user("specialist"), working(6), working(6))
    contacts.cancel_contact(ids["over"], lead.id, "просьба семьи")
    db.session.rollback()
    db.session.get_one(Contact, ids["second"]).starts_at = time(10, 30)  # as no action of the portal would
    db.session.commit()
    rows = queries.outings(lead, lead.id, free).rows + queries.outings(lead, lead.id, working(7)).rows
    rows += queries.outings(lead, lead.id, off).rows
    found = timetable.clashes({row.id: row for row in rows}.values())
    assert found == {
        ids["club"]: [Clash.CLUB],
        ids["off"]: [Clash.OFF],
        ids["away"]: [Clash.AWAY],
        ids["first"]: [Clash.OVERLAP],
        ids["second"]: [Clash.OVERLAP],
    }


def test_a_leave_ended_early_is_in_nobodys_way(lead, patronage):
    contact_id = plan(patronage, lead, working(3), 12)
    away(lead, make_user("specialist"), clock.today(), working(5), clock.now())
    rows = queries.outings(lead, lead.id, working(3)).rows
    assert [row.id for row in rows] == [contact_id]
    assert timetable.clashes(rows) == {}


def test_week_and_log_lead_to_the_day_and_the_family(app, lead, patronage):
    client, monday = Client(app, lead), clock.today() + timedelta(7 - clock.today().weekday())
    client.get(f"/contacts/?week={monday}")
    links = client.page.xpath("//*[@id='week']//a[contains(@href, '/contacts/day')]/@href")
    assert len(links) == 7 and f"day={monday}" in links[0]
    client.get(f"/contacts/?week={monday - timedelta(14)}")
    assert not client.page.xpath("//a[contains(@href, '/contacts/day')]")
    client.get(f"/contacts/outings?month={monday:%Y-%m}")
    assert client.page.xpath("//a[contains(@href, '/contacts/day')]")
    client.get("/contacts/outings?month=2026-01")
    assert not client.page.xpath("//a[contains(@href, '/contacts/day')]")
    client.get(links[0])
    only = client.page.xpath("//main//td//a[contains(@href, '/contacts/new')]/@href")
    assert len(only) == 1
    client.get(only[0])
    assert client.page.xpath("//input[@name='day']/@value") == [str(monday)]
    assert client.page.xpath("//select[@name='user_id']/option[@selected]/@value") == [str(lead.id)]
    db.session.rollback()
    assert get_family(lead, patronage.family_id)


def test_who_may_plan_whose_day(app, lead, patronage):
    url = f"/contacts/day?specialist={lead.id}"
    Client(app, make_user("specialist")).get(url, 404)
    head = Client(app, make_user("head"))
    head.get(url)
    assert "Лесникова" in head.text
    foreign = Client(app, make_user("specialist"))
    foreign.get(f"/contacts/?specialist={lead.id}")
    assert not foreign.page.xpath("//a[contains(@href, '/contacts/day')]")
    for text in ("x", "0001-01-01", "9999-12-31"):
        head.get(f"{url}&day={text}")


def test_the_families_of_the_day_the_latest_first(app, lead):
    def made(surname, due, **fields):
        return make_patronage(make_family(surname), lead=lead, next_contact_on=due, **fields)

    today, deputy = clock.today(), make_user("specialist")
    made("Вторая", today + timedelta(9))
    first = made("Первая", today - timedelta(3))
    made("Безсрока", None)
    made("Снятая", today, status="removed")
    made("Приостановлена", today, status="suspended")
    make_patronage(make_family("Чужая"), lead=make_user("specialist"))
    contacts.plan_contact(
        first.id, lead.id, lead.id, kind="visit", day=working(2), starts_at=time(9), minutes=30
    )
    rows = queries.to_meet(lead, lead.id, working())
    assert [row.surname for row in rows] == ["Первая", "Вторая", "Безсрока"]
    assert [row.planned_on for row in rows] == [working(2), None, None]
    away(lead, deputy, today, today + timedelta(2))
    client = Client(app, deputy)
    for days, families in ((0, 3), (3, 0)):
        client.get(f"/contacts/day?day={today + timedelta(days)}")
        assert len(client.page.xpath("//main//tbody/tr")) == families


def test_in_a_deputys_week_their_own_time_counts(app, lead, patronage):
    """The colleague's absence is why it stands there; what is in the way is the deputy's own day."""
    deputy, day = make_user("specialist"), working(2)
    theirs, far = plan(patronage, lead, day, 10), plan(patronage, lead, day, 15)
    own = plan(make_patronage(make_family("Своя"), lead=deputy), deputy, day, 10)
    away(lead, deputy, day, day)
    monday = day - timedelta(day.weekday())
    found = contact_queries.week(deputy, monday, deputy.id)["clashes"]
    assert found == {theirs: [Clash.OVERLAP], own: [Clash.OVERLAP]}
    for_all = contact_queries.week(make_user("head"), monday, None)["clashes"]
    assert for_all == {theirs: [Clash.AWAY], far: [Clash.AWAY]}


def test_queries_do_not_grow(app, lead):
    client = Client(app, lead)

    def size():
        client.get(f"/contacts/day?day={working()}")
        with counted() as sent:
            client.get(f"/contacts/day?day={working()}")
        return len(sent)

    family = make_patronage(make_family("Первая"), lead=lead)
    plan(family, lead, working(), 9)
    make_session(make_club(lead), working(), starts_at=time(19))
    before = size()
    for hour in range(10, 17):
        plan(make_patronage(make_family(f"Семья{hour}"), lead=lead), lead, working(), hour)
    assert size() == before
