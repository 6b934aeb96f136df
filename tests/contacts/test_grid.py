"""The list of norms: who sees which families, in which order, how weeks are judged, and My work."""

from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest

from portal import clock
from portal.consilium.models import Item, Meeting
from portal.contacts import grid
from portal.contacts.grid import Cursor, Wanted
from portal.contacts.grid_rows import judged_since, line, state_of, weeks_until
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.home import queries as home
from portal.rules.norms import History, RegimeSpan, Span, Unit, period_of
from tests.client import Client
from tests.counting import counted
from tests.factories import make_assignment, make_family, make_patronage, make_roll, make_user

DAY = timedelta(1)
TODAY = date(2026, 11, 18)  # a Wednesday


def make_contact(patronage, user, day=None, **fields):
    """A contact that took place, past the actions."""
    values = {
        "kind": "visit",
        "state": "done",
        "day": day or clock.today(),
        "starts_at": time(12),
        "minutes": 60,
    }
    values |= {"created_by_id": user.id, "created_at": clock.now(), "closed_at": clock.now()} | fields
    with technical() as session:
        contact = Contact(patronage_id=patronage.id, user_id=user.id, **values)
        session.add(contact)
    return contact


def make_due(surname, days, lead=None, **fields):
    """A family on patronage whose next contact is due so many days from now (None: never)."""
    due_on = None if days is None else clock.today() + timedelta(days)
    return make_patronage(make_family(surname), lead=lead, next_contact_on=due_on, **fields)


@pytest.fixture
def sunday(app):
    return period_of(Unit.WEEK, clock.today())[1]


@pytest.fixture
def cast(app, sunday):
    """Five families on patronage: two late, one due this week, one later, one without a day; three without."""
    lead, other = make_user("specialist", last_name="Жаворонкова"), make_user("pedagogue")
    left = (sunday - clock.today()).days
    make_due("Щукина", left + 5, lead)
    make_due("Щербинина", -2, lead, regime="emergency")
    make_due("Щеглова", -9, other, regime="control")
    third = make_due("Щавелева", left, other)
    make_assignment(third, lead, "involved")
    make_due("Щедрина", None, other)
    for status in ("submitted", "suspended", "removed"):
        make_patronage(make_family("Щипачёва"), status, lead=lead)
    return lead, other


def names(user, **wanted):
    db.session.rollback()
    return [row.surname for row in grid.grid_page(user, Wanted(**wanted)).lines]


def test_the_latest_come_first(cast):
    assert names(make_user("head")) == ["Щеглова", "Щербинина", "Щавелева", "Щукина", "Щедрина"]


def test_families_due_on_one_day_come_by_name(app):
    for surname in ("Яшина", "Абрамова", "Мухина"):
        make_due(surname, 3)
    assert names(make_user("head")) == ["Абрамова", "Мухина", "Яшина"]


def test_a_specialist_sees_the_families_they_work_with(cast):
    lead, other = cast
    assert names(lead) == ["Щербинина", "Щавелева", "Щукина"]
    assert names(other) == ["Щеглова", "Щавелева", "Щедрина"]
    assert names(make_user("specialist")) == []
    assert all(row.works for row in grid.grid_page(lead, Wanted()).lines)


def test_a_family_seen_at_the_consilium_is_not_worked_with(cast):
    lead, other = cast
    member = make_user("member", "specialist")
    chair, patronage = make_user("chair"), make_due("Щипакова", 9, other)
    make_roll(chair, [member])
    make_agenda(patronage, chair)
    make_due("Щурова", 8, member)
    assert [(row.surname, row.works) for row in grid.grid_page(member, Wanted()).lines] == [
        ("Щурова", True),
        ("Щипакова", False),
    ]
    assert grid.counts(member).all == 2 and grid.counts(lead).all == 3


def test_filters(cast):
    head, (lead, other) = make_user("head"), cast
    assert names(head, state="late") == ["Щеглова", "Щербинина"]
    assert names(head, state="soon") == ["Щавелева"]
    assert names(head, regime="control") == ["Щеглова"]
    assert names(head, specialist=lead.id) == ["Щербинина", "Щавелева", "Щукина"]
    assert names(head, specialist=other.id, state="late") == ["Щеглова"]
    assert names(head, specialist=lead.id, regime="control") == []
    assert names(lead, specialist=other.id) == ["Щавелева"]


def test_counts(cast):
    head, (lead, _other) = make_user("head"), cast
    db.session.rollback()
    assert grid.counts(head) == (5, 2, 1)
    assert grid.counts(lead) == (3, 1, 1)
    assert grid.counts(head, lead.id) == (3, 1, 1)
    assert grid.counts(head, regime="control") == (1, 1, 0)
    assert grid.counts(make_user("specialist")) == (0, 0, 0)


@pytest.mark.parametrize("role", ["head", "specialist"])
def test_pages_go_forth_and_back(app, role, monkeypatch):
    monkeypatch.setattr(grid, "SIZE", 2)
    user = make_user(role)
    for surname, days in [("А", -5), ("Б", 3), ("В", 3), ("Г", 3), ("Д", None), ("Е", None), ("Ж", None)]:
        make_due(surname, days, user)
    forth, cursor = [], Cursor()
    while cursor:
        page = grid.grid_page(user, Wanted(), cursor)
        forth.append((page.first, page.last, [row.surname for row in page.lines]))
        before, cursor = page.before, page.after
    assert forth == [(1, 2, ["А", "Б"]), (3, 4, ["В", "Г"]), (5, 6, ["Д", "Е"]), (7, 7, ["Ж"])]
    back = [forth[-1]]
    while before:
        page = grid.grid_page(user, Wanted(), before)
        back.append((page.first, page.last, [row.surname for row in page.lines]))
        before = page.before
    assert back[::-1] == forth


def test_a_family_that_moves_on_does_not_take_the_page_with_it(app, monkeypatch):
    monkeypatch.setattr(grid, "SIZE", 2)
    head = make_user("head")
    rows = [make_due(surname, days) for surname, days in [("А", 1), ("Б", 2), ("В", 3), ("Г", 4)]]
    after = grid.grid_page(head, Wanted()).after
    with technical() as session:
        session.merge(rows[1]).next_contact_on = clock.today() + timedelta(40)
    assert [row.surname for row in grid.grid_page(head, Wanted(), after).lines] == ["В", "Г"]


def make_agenda(patronage, chair):
    """A convened meeting with the family on its agenda."""
    with technical() as session:
        meeting = Meeting(
            status="convened", created_by_id=chair.id, number=4, year=2026, held_on=clock.today() + DAY,
            starts_at=time(14), place="",
        )  # fmt: skip
        session.add(meeting)
        session.flush()
        session.add(
            Item(
                meeting_id=meeting.id,
                position=1,
                kind="enroll",
                patronage_id=patronage.id,
                status="waiting",
                regime="planned",
                term="long",
                lead_id=chair.id,
            )
        )


def judged(regime, days=(), enrolled=date(2026, 1, 1), due_on=None, lifted=(), today=TODAY):
    """A line of a family with contacts on these days."""
    row = SimpleNamespace(
        family_id=1, number=1, surname="", works=True, regime=regime, lead_id=None, due_on=due_on,
        last_on=max(days, default=None),
    )  # fmt: skip
    history = History([RegimeSpan(enrolled, None, regime)], lifted)
    return line(row, history, [day for day in days if day >= judged_since(today)], today)


def standings(found):
    return [(cell.contacts, cell.standing) for cell in found.cells]


def test_the_weeks_are_the_last_eight():
    mondays = weeks_until(TODAY)
    assert (mondays[0], mondays[-1], len(mondays)) == (date(2026, 9, 28), date(2026, 11, 16), 8)
    assert judged_since(TODAY) == date(2026, 7, 1)


def test_an_emergency_family_is_judged_by_each_week():
    days = [date(2026, 10, 26), date(2026, 10, 27), date(2026, 11, 3), date(2026, 11, 9), date(2026, 11, 15)]
    found = judged("emergency", [*days, date(2026, 11, 16)], enrolled=date(2026, 10, 22))
    no_norm, part = (0, ""), (0, "missed")  # four days of a week make one contact of two
    assert standings(found) == [no_norm] * 3 + [part, (2, "met"), (1, "missed"), (2, "met"), (1, "due")]
    assert (found.lacking, found.unit) == (1, "week")
    assert (found.gap, found.gap_warns) == (2, False)


def test_two_days_of_a_week_owe_nothing():
    found = judged("emergency", enrolled=date(2026, 11, 14))
    assert standings(found)[-2:] == [(0, "nothing_owed"), (0, "due")]


def test_a_planned_family_is_judged_by_the_month_that_holds_the_week():
    found = judged("planned", [date(2026, 10, 7)])
    october = [(0, "met"), (1, "met"), (0, "met"), (0, "met"), (0, "met")]  # 28.09–04.10: mostly October
    assert standings(found) == [*october, (0, "due"), (0, "due"), (0, "due")]
    assert {cell.unit for cell in found.cells} == {"month"}
    assert (found.lacking, found.unit, found.gap) == (1, "month", 42)
    missed = judged("planned", [date(2026, 11, 2)])
    assert standings(missed) == [(0, "missed")] * 5 + [(1, "met"), (0, "met"), (0, "met")]
    assert not missed.lacking


def test_a_control_family_is_judged_by_the_quarter():
    found = judged("control", [date(2026, 8, 1)])
    assert [cell.standing for cell in found.cells] == ["due"] * 8
    assert found.gap_warns and found.gap == 109
    assert [cell.standing for cell in judged("control", [date(2026, 10, 2)]).cells] == ["met"] * 8


def test_suspended_weeks_owe_nothing():
    lifted = [Span(date(2026, 11, 2), date(2026, 11, 15))]
    found = judged("emergency", lifted=lifted)
    assert standings(found)[-4:] == [(0, "missed"), (0, "nothing_owed"), (0, "nothing_owed"), (0, "due")]


@pytest.mark.parametrize(
    ("due_on", "state", "late"),
    [
        (None, "", 0),
        (TODAY - DAY, "late", 1),
        (TODAY, "soon", 0),
        (date(2026, 11, 22), "soon", 0),
        (date(2026, 11, 23), "", 0),
    ],
)
def test_late_and_soon(due_on, state, late):
    assert state_of(due_on, TODAY) == state
    assert judged("planned", due_on=due_on).days_late == late


def test_only_what_took_place_counts(app):
    lead = make_user("specialist")
    patronage = make_due("Щукина", 3, lead, enrolled_on=clock.today() - timedelta(60))
    make_contact(patronage, lead, clock.today() - timedelta(14))
    make_contact(patronage, lead, clock.today() - timedelta(7), state="not_at_home")
    make_contact(patronage, lead, state="cancelled")
    (row,) = grid.grid_page(lead, Wanted()).lines
    assert [cell.contacts for cell in row.cells] == [0, 0, 0, 0, 0, 1, 0, 0]
    assert (row.last_on, row.gap, row.lead) == (clock.today() - timedelta(14), 14, lead.short_name)


def test_the_number_of_queries_does_not_grow(app, cast):
    lead, other = cast
    clients = [Client(app, make_user("head")), Client(app, lead)]

    def sizes():
        found = []
        for client in clients:
            for url in ("/contacts/norms", "/contacts/norms?state=late", "/"):
                client.get(url)
                with counted() as sent:
                    client.get(url)
                found.append(len(sent))
        return found

    before = sizes()
    for place in range(12):
        patronage = make_due(f"Новая{place}", -place, lead)
        make_assignment(patronage, other, "involved")
        make_contact(patronage, lead, clock.today() - timedelta(place), starts_at=time(6 + place))
    assert sizes() == before
    with counted() as sent:
        grid.grid_page(lead, Wanted())
    assert len(sent) == 7  # two of them, norms and settings, are kept from one request to the next


@pytest.mark.parametrize("role", ["head", "specialist", "pedagogue"])
def test_the_page_opens(app, cast, role):
    client = Client(app, cast[0] if role == "specialist" else make_user(role))
    client.get("/contacts/norms")
    assert bool(client.page.xpath("//table")) == (role != "pedagogue")
    client.get("/contacts/norms?state=late", htmx=True)
    for query in (
        "state=x&specialist=x&regime=x",
        "after=99999999999",
        "after=5&due=2026-13-01",
        "at=0&before=7",
    ):
        client.get(f"/contacts/norms?{query}")


def test_the_page_says_in_words_how_families_stand(app, cast):
    lead, _other = cast
    client = Client(app, lead)
    client.get("/contacts/norms")
    chips = [" ".join(chip.text_content().split()) for chip in client.page.xpath("//*[@class='chip']")]
    assert chips == ["Все 3", "Просрочено 1", "До конца недели 1", "8 недель", "Год"]
    rows = client.page.xpath("//tbody/tr")
    assert [row.get("class") for row in rows] == ["bad", "warn", None]
    assert "просрочен: 2 дн." in rows[0].text_content()
    assert all(len(row.xpath("td[@class='wk']//span[@class='sr']")) == 8 for row in rows)
    assert "0 контактов; " in rows[1].xpath("td[@class='wk']")[-1].text_content()
    family_id = rows[0].xpath(".//th//a/@href")[0].rpartition("/")[2]
    assert rows[0].xpath("td[@class='act']/a/@href")[0].startswith(f"/families/{family_id}/contacts/new")


@pytest.mark.parametrize("role", ["admin", "chair", "secretary", "member", "staff", "auditor"])
def test_it_is_not_for_those_who_meet_no_families(app, role):
    Client(app, make_user(role)).get("/contacts/norms", 403)


@pytest.fixture
def request_of(app):
    with app.test_request_context("/"):
        yield


def work_of(user):
    db.session.rollback()
    return home.my_work(user)


def test_my_work_counts_and_links(request_of, cast):
    for user, late, soon in ((make_user("head"), 2, 1), (cast[0], 1, 1)):
        figures = {figure.url: figure.value for figure in work_of(user).figures}
        assert figures["/contacts/norms?state=late"] == late
        assert figures["/contacts/norms?state=soon"] == soon


def test_my_work_lists_my_contacts_of_today_and_tomorrow(request_of, cast):
    lead, other = cast
    patronage, today = make_due("Щурова", 3, lead), clock.today()
    ahead = {"state": "planned", "closed_at": None}
    make_contact(patronage, lead, today + DAY, **ahead | {"state": "confirmed"})
    wanted = make_contact(patronage, lead, today, starts_at=time(9), **ahead)
    make_contact(patronage, lead, today - DAY, **ahead)
    make_contact(patronage, lead, today, starts_at=time(15))
    make_contact(patronage, lead, today + timedelta(2), **ahead)
    make_contact(patronage, other, today, **ahead)
    section = next(one for one in work_of(lead).sections if one.id == "contacts")
    assert [row.badge[0] for row in section.rows] == ["bad", "ok", "mute"]
    assert section.rows[1].url == f"/contacts/{wanted.id}"
    assert str(section.rows[1].title).startswith("09:00 — Щурова")
    assert "contacts" not in {one.id for one in work_of(make_user("head")).sections}


def test_my_work_opens(app, cast):
    lead, _other = cast
    make_contact(make_due("Щурова", 3, lead), lead, clock.today(), state="planned", closed_at=None)
    client = Client(app, lead)
    client.get("/")
    assert "Щурова" in client.text
