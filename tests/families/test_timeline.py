"""The timeline of a family: every event of it and of nobody else, filtered, by day, on paper."""

import json
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, insert, select, text

from portal import audit, clock
from portal.audit import AuditEntry, Event
from portal.clubs import bookings, sheet, stays
from portal.clubs.actions import join_club
from portal.consilium.models import Item, Meeting
from portal.contacts import actions as contacts
from portal.db import db, is_sqlite, technical
from portal.families import consents
from portal.families.history import PAPER, SOURCES, _entries
from portal.families.history_words import GROUPS
from portal.families.models import Consent, Family
from portal.patronage import actions as patronage_actions
from portal.rules.names import FullName
from portal.settings.event_names import KIND_NAMES
from tests.client import Client
from tests.consilium.rows import make_meeting, make_people, make_submitted, propose
from tests.consilium.test_proof import disarm
from tests.counting import counted
from tests.factories import make_club, make_family, make_patronage, make_session, make_user

OF_NO_FAMILY = {
    "job",
    "template",
    "list",
    "import",
    "instance",
    "account",
    "settings",
    "consilium",
    "meeting",
    "minutes",
    "mail",
    "vote",
    "calendar",
    "deputy",
    "procedure",
    "feedback",
}
KINDS_OF_NO_FAMILY = {
    "jobs",
    "paper_templates",
    "imports",
    "import_headings",
    "settings",
    "users",
    "roll_seats",
    "meetings",
    "mails",
    "votes",
    "clubs",
    "club_sessions",
    "club_programs",
    "session_feedback",
} | {
    *("norm_versions", "calendar_days", "journal_periods", "deputies", "procedures"),
}


@pytest.fixture
def lead(app: Flask) -> Client:
    """A specialist's browser, with a family on patronage."""
    user = make_user("specialist", last_name="Ведущая")
    client = Client(app, user)
    client.user_id = user.id  # type: ignore[attr-defined]
    client.patronage = make_patronage(make_family("Лесникова"), lead=user)  # type: ignore[attr-defined]
    client.url = f"/families/{client.patronage.family_id}/timeline"  # type: ignore[attr-defined]
    return client


def met(client, days_ago: int = 1, at: int = 10) -> int:
    """A visit that took place."""
    family = db.session.get_one(Family, client.patronage.family_id)
    day, moment = clock.today() - timedelta(days_ago), datetime(2026, 1, 1, at, tzinfo=UTC).time()
    return contacts.record_contact(
        client.patronage.id, client.user_id, client.user_id, kind="visit", day=day, starts_at=moment,
        minutes=30, members=[family.members[0].id], notes="Тайна семьи",
    )  # fmt: skip


def rows(client) -> list[str]:
    return [" ".join(one.text_content().split()) for one in client.page.xpath("//ol[@class='tl']/li")]


def test_every_event_and_every_table_of_a_family_is_in_the_timeline() -> None:
    """A new event or table says where it belongs: in SOURCES and GROUPS, or that it is no family's."""
    begins = {event.value.partition(".")[0] + "." for event in Event} - {f"{one}." for one in OF_NO_FAMILY}
    assert begins == {one for _, prefixes in GROUPS.values() for one in prefixes}
    assert set(KIND_NAMES) - KINDS_OF_NO_FAMILY == set(SOURCES)


def test_what_was_done_is_told_with_who_and_when_and_leads_to_it(lead):
    contact_id = met(lead)
    lead.get(lead.url)
    (row,) = rows(lead)
    day = f"{clock.today() - timedelta(1):%d.%m.%Y}"
    assert row.startswith(f"Контакт состоялся: Визит, {day}, 10:00")
    assert row.endswith("Ведущая А. П.")
    assert lead.page.xpath(f"//ol//a[@href='/contacts/{contact_id}']")
    assert "Тайна" not in lead.text
    assert f"{clock.today():%d.%m.%Y}" in lead.text


def test_changes_say_what_changed(lead, app):
    family_id = lead.patronage.family_id
    colleague = make_user("specialist", last_name="Новикова")
    patronage_actions.involve(lead.patronage.id, colleague.id, lead.user_id)
    first = contacts.plan_contact(
        lead.patronage.id, lead.user_id, lead.user_id, kind="visit", day=clock.today() + timedelta(2),
        starts_at=datetime(2026, 1, 1, 10, tzinfo=UTC).time(), minutes=30,
        members=[db.session.get_one(Family, family_id).members[0].id],
    )  # fmt: skip
    contacts.move_contact(
        first, lead.user_id, clock.today() + timedelta(3), datetime(2026, 1, 1, 11, tzinfo=UTC).time()
    )
    consent_id = db.session.scalars(select(Consent.id).where(Consent.family_id == family_id)).one()
    consents.withdraw_consent(consent_id, clock.today(), "Тайная причина", lead.user_id)
    lead.get(lead.url)
    text_of = " | ".join(rows(lead))
    assert "— → Новикова А. П." in text_of
    assert f"10:00 → {clock.today() + timedelta(3):%d.%m.%Y}, 11:00" in text_of
    assert f"согласие отозвано: с {clock.today():%d.%m.%Y}" in text_of.lower()
    assert "Тайная" not in text_of


def test_an_item_that_proposes_several_specialists_is_told(app):
    people = make_people()
    patronage = make_submitted()
    propose(people, make_meeting(people), patronage)
    head = Client(app, people.head)
    head.get(f"/families/{patronage.family_id}/timeline")
    assert "Ведущая" in head.text


def test_what_is_secret_or_not_the_readers_is_not_told(lead, app):
    """The consilium reads that a contact was; votes are told by nobody, nor what the entry of a decision keeps."""
    met(lead)
    with technical() as s:
        meeting = Meeting(
            number=1, year=2026, held_on=clock.today(), starts_at=clock.now().time(), status="closed",
            created_by_id=lead.user_id,
        )  # fmt: skip
        s.add(meeting)
        s.flush()
        item = Item(
            meeting_id=meeting.id, position=1, kind="remove", patronage_id=lead.patronage.id, status="carried"
        )
        s.add(item)
    told = {"kind": "remove", "status": "carried", "decision": "7/2026", "votes": {"5": "against"}, "for": 1}
    _entry("items", item.id, Event.ITEM_CLOSED, told)
    _entry("items", item.id, Event.VOTE_CAST, {"choice": "against"})
    lead.get(lead.url)
    assert len(rows(lead)) == 2
    assert "Вопрос решён: Снятие с патронажа, принято, решение № 7/2026" in lead.text
    assert not lead.page.xpath("//ol//a[contains(@href, '/consilium/')]")
    head = Client(app, make_user("head"))
    head.get(lead.url)
    assert head.page.xpath(f"//ol//a[@href='/consilium/items/{item.id}']")
    meeting_id = meeting.id
    disarm()
    with technical() as s:
        s.get_one(Meeting, meeting_id).status = "draft"
    head.get(lead.url)
    assert not head.page.xpath("//ol//a[contains(@href, '/consilium/')]")
    outsider = Client(app, make_user("specialist"))
    outsider.get(lead.url, 404)
    Client(app, make_user("staff")).get(lead.url, 403)


def _entry(
    kind: str, object_id: int, event: str, new: dict[str, object], at: datetime | None = None, often: int = 1
) -> None:
    """Entries past the chain: what is read, not what is sealed."""
    values = {
        "at": at or clock.now(),
        "actor_id": None,
        "event": event,
        "kind": kind,
        "previous": "",
        "hash": "",
    }
    values |= {"object_id": object_id, "data": json.dumps({"old": {}, "new": new})}
    with technical() as s:
        last = s.scalar(select(func.max(AuditEntry.id))) or 0
        s.execute(insert(AuditEntry), [values | {"id": last + number} for number in range(1, often + 1)])


def test_filters_by_kind_person_and_period(lead, app):
    family_id = lead.patronage.family_id
    met(lead)
    now = clock.now()
    _entry("families", family_id, Event.FAMILY_CHANGED, {"address": "x"}, now - timedelta(40))
    for query, expected in (
        ("", 2), ("?group=contacts", 1), ("?group=card", 1), ("?group=consents", 0), ("?group=nonsense", 2),
        (f"?who={lead.user_id}", 1), ("?who=999999", 0), ("?who=abc", 2),
        (f"?from={clock.today() - timedelta(3)}", 1), (f"?until={clock.today() - timedelta(3)}", 1),
        (f"?from={clock.today()}&until={clock.today()}", 1), ("?from=31.12.2026", 2), ("?from=0001-01-01", 2),
        (f"?group=card&who={lead.user_id}", 0),
    ):  # fmt: skip
        lead.get(lead.url + query)
        assert len(rows(lead)) == expected, query
    assert "Сбросить отбор" in lead.text
    assert lead.page.xpath("//*[contains(@class, 'empty')]")


def test_a_day_is_the_centres_day(lead):
    """22:30 UTC is the next day in Moscow, for the heading and for the filter."""
    lead.app.config["TIMEZONE"] = "Europe/Moscow"
    _entry(
        "families",
        lead.patronage.family_id,
        Event.FAMILY_CHANGED,
        {},
        datetime(2026, 3, 1, 22, 30, tzinfo=UTC),
    )
    lead.get(f"{lead.url}?from=2026-03-02&until=2026-03-02")
    assert lead.page.xpath("//main//section/header/h2/text()") == ["02.03.2026"]
    lead.get(f"{lead.url}?until=2026-03-01")
    assert rows(lead) == []


def test_pages_by_key_and_the_paper_holds_all(lead):
    _entry("families", lead.patronage.family_id, Event.FAMILY_CHANGED, {"address": "x"}, often=130)
    seen, url = 0, lead.url + "?group=card"
    for expected in (50, 50, 30):
        lead.get(url)
        assert len(rows(lead)) == expected
        seen += expected
        following = lead.page.xpath("//a[@rel='next']/@href")
        url = following[0] if following else ""
    assert (seen, url) == (130, "")
    lead.get(lead.url + f"?print=1&group=card&who=0&from={clock.today()}")
    assert len(lead.page.xpath("//tbody/tr")) == 130
    assert "События: карта" in lead.text and f"{clock.today():%d.%m.%Y} – —" in lead.text
    assert not lead.page.xpath("//nav")


def test_the_number_of_queries_does_not_grow(lead):
    met(lead, 1)
    lead.get(lead.url)
    with counted() as few:
        lead.get(lead.url)
    for hour in range(8, 18):
        met(lead, 2, hour)
    lead.get(lead.url)
    with counted() as many:
        lead.get(lead.url)
    assert len(many) == len(few) <= 9


def test_looking_is_recorded_and_a_large_log_is_read_by_its_index(lead, app):
    """100,000 entries of others do not slow it down: each table is asked by kind and object."""
    met(lead)
    entries = [
        {
            "id": 1000 + n, "at": clock.now(), "actor_id": None, "event": "contact.done", "previous": "", "hash": "",
            "kind": ("contacts", "families", "items", "bookings")[n % 4], "object_id": 5000 + n,
            "data": '{"new": {}, "old": {}}',
        }
        for n in range(20_000)
    ]  # fmt: skip
    with technical() as s:
        s.execute(insert(AuditEntry), entries)
        s.execute(text("ANALYZE"))
    lead.get(lead.url)
    assert len(rows(lead)) == 1
    plan = _plan(lead.patronage.family_id)
    assert "ix_audit_entries_kind_object_id" in plan
    assert "SCAN audit_entries" not in plan and "Seq Scan on audit_entries" not in plan
    looks = db.session.scalars(select(audit.FamilyLook.page)).all()
    assert set(looks) == {"timeline"}


def _plan(family_id: int) -> str:
    query = select(AuditEntry.data).where(_entries()).order_by(AuditEntry.id.desc()).limit(31)
    query = query.params(family_id=family_id)
    written = query.compile(db.engine, compile_kwargs={"literal_binds": True})
    with db.engine.connect() as connection:
        explained = text(f"EXPLAIN {'QUERY PLAN' if is_sqlite() else ''} {written}")
        return "\n".join(str(tuple(row)) for row in connection.execute(explained))


def test_more_than_the_paper_holds_is_said(lead, monkeypatch):
    monkeypatch.setattr("portal.families.timeline_views.PAPER", 5)
    _entry("families", lead.patronage.family_id, Event.FAMILY_CHANGED, {"address": "x"}, often=6)
    lead.get(lead.url + "?print=1")
    assert len(lead.page.xpath("//tbody/tr")) == 5 and "последние события: 5" in lead.text
    assert PAPER == 1000


def test_clubs_of_the_children_are_told(lead, app):
    pedagogue = make_user("pedagogue")
    club = make_club(pedagogue)
    family = db.session.get_one(Family, lead.patronage.family_id)
    join_club(club.id, family.members[1].id, pedagogue.id)
    lead.get(lead.url + "?group=clubs")
    assert len(rows(lead)) == 1


def test_a_line_says_of_whom_and_of_which_session_it_is(lead, app):
    """Ten alike «attendance marked» on a page would tell nothing."""
    leader, day = make_user("pedagogue"), clock.today() - timedelta(1)
    club = make_club(leader, "Шахматы")
    child = db.session.get_one(Family, lead.patronage.family_id).members[1]
    name = FullName(child.last_name, child.first_name, child.middle_name).short
    noon = datetime.combine(day, time(12), clock.zone())
    with time_machine.travel(noon - timedelta(hours=3), tick=False) as machine:
        stays.record_stay(child.family_id, child.id, day, None, leader.id)
        join_club(club.id, child.id, leader.id)
        session = make_session(club, day)
        bookings.book_one(session.id, child.id, leader.id)
        machine.move_to(noon)
        bookings.mark_one(session.id, child.id, "came", leader.id)
        machine.move_to(noon + timedelta(hours=1))
        bookings.close_attendance(session.id, leader.id)
        sheet.sum_up(session.id, leader.id, analysis="Хорошо.", gone_through=True)
        sheet.give_to_journal(session.id, True, leader.id)
    lead.get(lead.url)
    lines = rows(lead)
    here = f"Шахматы, {day:%d.%m.%Y}, {name}"
    for said in (
        f": {name}",
        f": Шахматы, {name}",
        f": {here}",
        f": {here}, присутствует",
        f"/{day.year}, {here}",
    ):
        assert [line for line in lines if f"{said}0" in line or f"{said}1" in line], (said, lines)


def test_the_card_leads_to_the_whole(lead):
    lead.get(f"/families/{lead.patronage.family_id}")
    assert lead.page.xpath(f"//*[@id='history']//a[@href='{lead.url}']")
