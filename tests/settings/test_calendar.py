"""The working-day calendar: tables of both countries, years of the package, the center's own days, the page."""

from datetime import date

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from portal.audit import AuditEntry
from portal.db import db, technical
from portal.rules.workdays import BY_2026, RU_2026
from portal.settings import actions, queries
from portal.settings.calendar import calendar, of_country, year_page
from portal.settings.models import CalendarDay
from tests.client import Client
from tests.counting import counted
from tests.factories import make_user
from tests.refusals import refuses


@pytest.fixture
def admin(app):
    return make_user("admin")


@pytest.mark.parametrize(
    ("country", "day", "works"),
    [
        ("ru", date(2025, 5, 2), False),  # moved to a Friday
        ("ru", date(2025, 11, 1), True),  # a Saturday worked
        ("ru", date(2027, 2, 22), False),
        ("ru", date(2027, 2, 20), True),
        ("ru", date(2026, 1, 9), False),
        ("ru", date(2026, 4, 25), False),
        ("by", date(2026, 4, 25), True),
        ("by", date(2026, 4, 20), False),
        ("by", date(2025, 4, 26), True),
        ("by", date(2025, 1, 6), False),
        ("by", date(2027, 1, 7), False),
        ("by", date(2027, 7, 5), True),
    ],
)
def test_moved_days_of_both_countries(country, day, works):
    assert of_country(country, day.year).is_working(day) == works


def test_our_tables_come_before_the_package():
    assert of_country("ru", 2026) is RU_2026 and of_country("by", 2026) is BY_2026


@pytest.mark.parametrize(("country", "due"), [("ru", date(2027, 1, 12)), ("by", date(2027, 1, 5))])
def test_a_deadline_over_new_year_knows_both_years(app, country, due):
    app.config["COUNTRY"] = country
    assert calendar().add_working_days(date(2026, 12, 30), 2 if country == "ru" else 3) == due


def test_a_day_is_changed_and_taken_back(admin):
    monday = date(2026, 11, 23)
    actions.set_day(monday, "off", "приказ", admin.id)
    assert not calendar().is_working(monday)
    actions.set_day(monday, "off", "приказ № 5", admin.id)
    assert db.session.scalars(select(CalendarDay.note)).one() == "приказ № 5"
    actions.take_day_back(monday, admin.id)
    assert calendar().is_working(monday)
    with refuses("no_own_day"):
        actions.take_day_back(monday, admin.id)
    for day, kind, code in (
        (monday, "worked", "same_day"),
        (date(2026, 11, 22), "off", "same_day"),
        (date(1999, 1, 1), "worked", "far_year"),
    ):
        with refuses(code):
            actions.set_day(day, kind, "", admin.id)
    events = db.session.scalars(
        select(AuditEntry.event).where(AuditEntry.kind == "calendar_days").order_by(AuditEntry.id)
    )
    assert list(events) == ["calendar.day_set", "calendar.day_set", "calendar.day_taken_back"]


def test_the_database_knows_two_kinds_of_days(app):
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(insert(CalendarDay).values(day=date(2026, 11, 23), kind="half", note=""))


def test_the_page_of_a_year(app, admin):
    client = Client(app, admin)
    client.get("/settings/")
    client.get(client.page.xpath("string(//main//a[contains(@href, 'calendar')]/@href)"))
    client.get("/settings/calendar?year=2026")
    assert len(client.page.xpath("//table[@class='month']")) == 12
    assert client.page.xpath("count(//table[@class='month']//td[span])") == 365
    client.post("/settings/calendar", day="2026-11-23", kind="off", note="<b>приказ</b>")
    client.get("/settings/calendar?year=2026")
    assert "<b>приказ</b>" in client.text and len(client.page.xpath("//span[contains(@class, 'own')]")) == 1
    client.post("/settings/calendar/take-back", day="2026-11-23")
    client.get("/settings/calendar?year=2026")
    assert "приказ" not in client.page.xpath("string(//main)").replace("приказ о", "")
    for year in ("2025", "2027", "2000", "2100", "9999", "0", "я", "²²²²"):
        client.get(f"/settings/calendar?year={year}")
    client.get("/settings/calendar?year=2027")
    assert "сверьте календарь" in client.text


def test_wrong_days_are_told_and_kept(app, admin):
    client = Client(app, admin)
    url = "/settings/calendar"
    client.post(url, 422, day="2026-11-22", kind="off", note="заметка")
    assert "и так выходной" in client.text and "заметка" in client.last.text
    client.post(url, 422, day="", kind="off")
    client.post(url, 422, day="2026-11-23")
    client.post(url, 422, day="1999-11-23", kind="off")
    client.post(f"{url}/take-back", day="nonsense")
    client.post(f"{url}/take-back", day="2026-11-23")


def test_what_is_special_of_the_belarusian_year(app):
    app.config["COUNTRY"] = "by"
    special = {cell.day: cell.kind for cell in year_page(2026)["special"]}
    assert special[date(2026, 4, 25)] == "worked" and special[date(2026, 4, 20)] == "off"
    assert date(2026, 5, 9) not in special  # a Saturday anyway


def test_the_calendar_is_read_once(app, admin):
    client = Client(app, admin)
    sizes = []
    for number in range(2):
        for day in range(2, 7):
            actions.set_day(date(2026, 2 + number, day), "off" if date(2026, 2 + number, day).weekday() < 5 else
                            "worked", "", admin.id)  # fmt: skip
        client.get("/settings/calendar?year=2026")
        with counted() as sent:
            client.get("/settings/calendar?year=2026")
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


def test_prevention_bodies_are_there(app):
    assert dict(queries.words("bodies"))["school"]
    assert queries.value("survey_days") == 3
