"""A month proposed and accepted; a contact that repeats; the log of outings."""

from collections import Counter
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from portal import clock
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from portal.rules.norms import DAY, Unit, period_of
from portal.rules.weekly_limit import week_of
from portal.schedule import queries
from portal.settings.calendar import calendar
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Ведущая")


def following_month():
    return period_of(Unit.MONTH, clock.today())[1] + DAY


def working_weeks(first):
    """The weeks of the month that lie in it whole and can take two visits."""
    days = [first + n * DAY for n in range((period_of(Unit.MONTH, first)[1] - first).days + 1)]
    working = Counter(week_of(day) for day in days if calendar().is_working(day))
    return [
        monday for monday, count in working.items() if count > 1 and {monday, monday + 6 * DAY} <= set(days)
    ]


def family_of(lead, regime="planned", surname="Семёнова", **fields):
    return make_patronage(
        make_family(surname), regime=regime, lead=lead, enrolled_on=clock.today() - timedelta(200), **fields
    )


def planned():
    db.session.rollback()
    return list(db.session.scalars(select(Contact).order_by(Contact.day, Contact.starts_at)))


def typed(client):
    """The form of the page as a browser would send it."""
    found = {}
    for one in client.page.xpath("//form[@method='post']//input[@name and not(@name='csrf_token')]"):
        if one.get("type") != "checkbox" or one.get("checked") is not None:
            found[one.get("name").replace("-", "__")] = one.get("value")
    return found


def test_a_month_is_proposed_and_accepted(app, lead):
    ordinary, urgent = family_of(lead), family_of(lead, "emergency", "Быстрова")
    family_of(lead, status="suspended")
    family_of(make_user("specialist"))
    url, client = f"/contacts/month?month={following_month():%Y-%m}", Client(app, lead)
    client.get(url)
    form = typed(client)
    client.post(url, **form)
    made = planned()
    assert {one.patronage_id for one in made} == {ordinary.id, urgent.id}
    assert sum(one.patronage_id == ordinary.id for one in made) == 1
    assert sum(one.patronage_id == urgent.id for one in made) >= 2 * len(working_weeks(following_month()))
    assert all(calendar().is_working(one.day) and one.user_id == lead.id for one in made)
    assert "Семёнова" not in client.get(url).text


def test_what_is_left_out_or_moved(app, lead):
    family_of(lead)
    family_of(lead, surname="Быстрова")
    url, client = f"/contacts/month?month={following_month():%Y-%m}", Client(app, lead)
    client.get(url)
    form = typed(client)
    del form["rows__0__take"]
    day = following_month() + timedelta(14)
    form |= {"rows__1__day": str(day), "rows__1__starts_at": "17:30"}
    client.post(url, **form)
    (only,) = planned()
    assert (only.day, only.starts_at) == (day, time(17, 30))


def test_a_conflict_is_said_beside_its_row_and_the_rest_is_planned(app, lead):
    family_of(lead)
    family_of(lead, surname="Быстрова")
    url, client = f"/contacts/month?month={following_month():%Y-%m}", Client(app, lead)
    client.get(url)
    form, day = typed(client), str(following_month() + timedelta(10))
    form |= {f"rows__{n}__day": day for n in (0, 1)} | {f"rows__{n}__starts_at": "10:00" for n in (0, 1)}
    client.post(url, 422, **form)
    assert len(planned()) == 1
    assert "другая встреча" in client.last.text or "10:00" in client.last.text
    assert len(client.page.xpath("//*[@aria-invalid='true']")) == 1
    form2 = typed(client)
    key = next(name for name in form2 if name.endswith("starts_at"))
    client.post(url, **(form2 | {key: "12:00"}))
    assert [one.starts_at for one in planned()] == [time(10), time(12)]


def test_what_lacks_its_day_comes_back_with_the_rest(app, lead):
    family_of(lead)
    url, client = f"/contacts/month?month={following_month():%Y-%m}", Client(app, lead)
    client.get(url)
    client.post(url, 422, **(typed(client) | {"rows__0__day": ""}))
    assert planned() == []
    client.post(url, 422, **(typed(client) | {"rows__0__day": "31.02.2026"}))
    assert planned() == []


def test_nobody_plans_for_others_but_the_head(app, lead):
    other = make_user("specialist")
    foreign = family_of(other)
    url = f"/contacts/month?month={following_month():%Y-%m}&specialist={other.id}"
    Client(app, lead).get(url, 404)
    own = f"/contacts/month?month={following_month():%Y-%m}"
    form = {"rows__0__take": "y", "rows__0__day": str(following_month()), "rows__0__starts_at": "10:00"}
    Client(app, lead).post(own, 404, rows__0__patronage_id=str(foreign.id), **form)
    assert planned() == []
    head = Client(app, make_user("head"))
    head.get(url)
    head.post(url, **typed(head))
    assert [one.user_id for one in planned()] == [other.id]


def test_a_month_that_is_over_has_nothing_to_plan(app, lead):
    family_of(lead)
    client = Client(app, lead)
    for month in ("2020-01", "2026-13", "x", "9999-99"):
        client.get(f"/contacts/month?month={month}")


def test_queries_do_not_grow_with_families(app, lead):
    def size():
        db.session.rollback()
        with counted() as sent:
            queries.month(lead, lead.id, following_month(), calendar())
        return len(sent)

    family_of(lead)
    before = size()
    for _ in range(10):
        family_of(lead, "emergency")
    assert size() == before


def test_a_contact_repeats(app, lead):
    patronage, day = family_of(lead), following_month()
    while day.weekday() or not all(calendar().is_working(day + timedelta(7 * n)) for n in range(4)):
        day += DAY  # a contact that falls on a holiday is moved
    clash = family_of(lead, surname="Быстрова")
    contacts.plan_contact(
        clash.id, lead.id, lead.id, kind="visit", day=day + timedelta(7), starts_at=time(10), minutes=60
    )
    url, client = f"/families/{patronage.family_id}/contacts/new", Client(app, lead)
    form = {"kind": "visit", "user_id": str(lead.id), "day": str(day), "starts_at": "10:00", "minutes": "60"}
    client.post(url, 422, every="week", **form)
    client.post(url, 422, every="week", until=str(day), **form)
    client.post(url, every="week", until=str(day + timedelta(21)), **form)
    days = [one.day for one in planned() if one.patronage_id == patronage.id]
    assert days[0] == day and day + timedelta(7) not in days and len(days) == 3
    client.get(client.last.location)
    assert f"{day + timedelta(7):%d.%m.%Y}" in client.last.text


def test_the_log_of_outings_hides_addresses_from_whoever_does_not_work_with_the_family(app, lead):
    patronage, day = family_of(lead), following_month()
    contacts.plan_contact(
        patronage.id, lead.id, lead.id, kind="visit", day=day, starts_at=time(10), minutes=60
    )
    url = f"/contacts/outings?month={day:%Y-%m}&specialist={lead.id}"
    assert "ул. Мира" in Client(app, lead).get(url).text
    staff = Client(app, make_user("staff")).get(url).text
    assert "Семёнова" in staff and "ул. Мира" not in staff
    Client(app, make_user("admin")).get(url, 403)
    assert date.fromisoformat(f"{day:%Y-%m}-01") == day
