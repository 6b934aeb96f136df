"""A series of meetings: shown before it is made, made at once, and once only."""

from datetime import date, time, timedelta

from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.audit import AuditEntry
from portal.consilium import actions, series
from portal.consilium.models import Meeting
from portal.db import db
from portal.settings import actions as settings
from tests.client import Client
from tests.consilium.rows import make_people
from tests.consilium.test_races import at_once
from tests.refusals import refuses

ASKED = {"which": "3", "weekday": "1", "months": "3", "starts_at": "14:00", "place": "каб. 12", "note": ""}


def planned() -> list[Meeting]:
    return list(db.session.scalars(select(Meeting).order_by(Meeting.held_on, Meeting.id)))


def next_month() -> date:
    return (clock.today().replace(day=1) + timedelta(32)).replace(day=1)


def asked() -> dict[str, str]:
    return {**ASKED, "month": f"{next_month():%Y-%m}"}


def address() -> str:
    return "/consilium/meetings/series?" + "&".join(f"{name}={value}" for name, value in asked().items())


def shown(client: Client) -> dict[str, object]:
    """What the second form of the page would send."""
    form = client.page.xpath("//form[@id='series-days']")[0]
    fields = dict(form.form_values())
    fields["days"] = [value for name, value in form.form_values() if name == "days"]
    return {name: value for name, value in fields.items() if name != "csrf_token"}


def test_a_year_is_looked_at_and_made(app: Flask) -> None:
    people = make_people()
    client = Client(app, people.secretary)
    client.get("/consilium/meetings/series")
    client.get(address())
    assert planned() == [], "looking makes nothing"
    fields = shown(client)
    assert len(fields["days"]) == 3
    client.post("/consilium/meetings/series", **fields)
    rows = planned()
    assert [(row.status, row.starts_at, row.place) for row in rows] == [("draft", time(14), "каб. 12")] * 3
    assert [row.number for row in rows if row.year == rows[0].year] == list(
        range(1, sum(row.year == rows[0].year for row in rows) + 1)
    )
    events = db.session.scalar(select(func.count()).where(AuditEntry.event == "meeting.created"))
    assert events == 3, "one a meeting"


def test_a_form_sent_twice_makes_one_set(app: Flask) -> None:
    people = make_people()
    client = Client(app, people.secretary)
    client.get(address())
    fields = shown(client)
    client.post("/consilium/meetings/series", **fields)
    client.post("/consilium/meetings/series", 422, **fields)
    assert len(planned()) == 3
    assert "только что запланированы" in client.text
    assert client.page.xpath("count(//form[@id='series-days']//input[@name='days'])") == 3, "shown once more"


def test_two_at_once_make_one_set(app: Flask) -> None:
    people = make_people()
    days, by = [clock.today() + timedelta(n) for n in (10, 40)], people.secretary.id
    calls = [lambda: series.plan_series(days, (), time(14), "зал", "", by) for _ in range(3)]
    assert sorted(at_once(app, *calls)) == ["done", "series_meanwhile", "series_meanwhile"]
    assert len(planned()) == 2


def test_a_meeting_there_already_is_pointed_out_and_left_out(app: Flask) -> None:
    people = make_people()
    found = series.preview(next_month(), 3, 1, 3)
    taken = [one.day for one in found.days if one.day][1]
    actions.create_meeting(taken, time(9), "зал", "", people.secretary.id)
    client = Client(app, people.secretary)
    client.get(address())
    assert "уже есть заседание" in client.text
    fields = shown(client)
    assert len(fields["days"]) == 2 and taken.isoformat() not in fields["days"]
    client.post("/consilium/meetings/series", **(fields | {"days": [*fields["days"], taken.isoformat()]}))
    assert sum(row.held_on == taken for row in planned()) == 2, "who has seen it may plan another one"


def test_a_called_off_meeting_is_no_hindrance(app: Flask) -> None:
    people = make_people()
    day = clock.today() + timedelta(10)
    first = actions.create_meeting(day, time(9), "зал", "", people.secretary.id)
    actions.cancel_meeting(first, people.chair.id)
    assert series.plan_series([day], (), time(14), "зал", "", people.secretary.id) == 1


def test_the_center_s_own_day_off_moves_a_meeting(app: Flask) -> None:
    people = make_people()
    wanted = next(one.day for one in series.preview(next_month(), 3, 1, 3).days if one.day and not one.moved)
    settings.set_day(wanted, "off", "санитарный день", people.head.id)
    moved = next(one for one in series.preview(next_month(), 3, 1, 3).days if one.wanted == wanted)
    assert moved.moved and moved.day is not None and moved.day > wanted
    client = Client(app, people.secretary)
    client.get(address())
    assert f"перенесено с {wanted:%d.%m.%Y}" in client.text


def test_nothing_ticked_and_nonsense_are_said(app: Flask) -> None:
    people = make_people()
    client = Client(app, people.secretary)
    fields = asked() | {"seen": ""}
    client.post("/consilium/meetings/series", 422, **fields)
    assert "Отметьте хотя бы один день" in client.text
    assert client.page.xpath("//input[@name='place']/@value")[0] == "каб. 12", "what was typed stays"
    client.post("/consilium/meetings/series", 422, **(fields | {"days": "2020-01-01"}))
    client.post("/consilium/meetings/series", 422, **(fields | {"days": "завтра", "months": "сто"}))
    client.post(
        "/consilium/meetings/series", 422, **(fields | {"month": "2020-01", "seen": "1,x,99999999999"})
    )
    client.get("/consilium/meetings/series?which=9&weekday=8&month=x&months=0&starts_at=25:00")
    client.get(address().replace("14:00", "23:30"))
    assert "необычное время" in client.text
    assert planned() == []
    with refuses("no_days"):
        series.plan_series([], (), time(14), "зал", "", people.secretary.id)
    with refuses("meeting_in_past"):
        series.plan_series([clock.today() - timedelta(1)], (), time(14), "зал", "", people.secretary.id)
