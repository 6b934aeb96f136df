"""The report of a period: its figures are those of the record."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine

from portal import clock
from portal.consilium import agenda, decisions
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.families.models import FamilyCategory
from portal.papers.catalog import KINDS
from portal.papers.period_facts import on_patronage
from portal.patronage.models import Patronage, RegimeChange
from tests.consilium.rows import make_meeting, make_people, open_with, vote_all
from tests.factories import (
    make_booking,
    make_club,
    make_family,
    make_patronage,
    make_recipient,
    make_session,
    make_user,
)
from tests.papers.said import facts_of, holds, text_of

FIRST, LAST = date(2026, 9, 1), date(2026, 9, 30)
REPORT = 202609


@pytest.fixture(autouse=True)
def october(app):
    with time_machine.travel(datetime(2026, 10, 12, 14, tzinfo=clock.zone()), tick=False):
        yield


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Ведущая")


def on(day, status="enrolled", **fields):
    values = {"enrolled_on": day, "regime": "planned", "term": "long", "stage": "main"} | fields
    return make_patronage(make_family(), status=status, **values)


def contact(patronage, user, day, kind="visit", state="done", at=12):
    closed = None if state == "planned" else clock.now()
    with technical() as s:
        s.add(
            Contact(
                patronage_id=patronage.id, user_id=user.id, kind=kind, state=state, day=day, minutes=60,
                starts_at=time(at), reason="отъезд" if kind in ("call", "video") else "",
                created_by_id=user.id, created_at=clock.now(), closed_at=closed,
            )
        )  # fmt: skip


def rows(found, *columns):
    return [tuple(row[one] for one in columns) for row in found]


def test_families_come_and_go_by_their_days(lead):
    stays = on(FIRST - timedelta(30))
    on(FIRST, ground="signal")
    on(LAST, regime="control")
    on(FIRST - timedelta(30), "removed", removed_on=FIRST, removal_reason="move")
    on(FIRST - timedelta(30), "removed", removed_on=LAST, removal_reason="move")
    on(FIRST - timedelta(30), "removed", removed_on=FIRST - timedelta(1))
    on(LAST + timedelta(1))
    with technical() as s:
        s.add(FamilyCategory(family_id=stays.family_id, code="large"))
        s.add(
            RegimeChange(
                patronage_id=stays.id, from_on=LAST + timedelta(2), former="emergency", regime="planned"
            )
        )
    db.session.rollback()
    found = facts_of("period-report", REPORT)
    assert found["families"] == {"at_start": "3", "taken": "2", "removed": "2", "at_end": "3"}
    assert rows(found["regimes"], "name", "count") == [
        ("экстренный", "1"),
        ("плановый", "1"),
        ("контрольный", "1"),
    ]
    assert ("многодетная", "1") in rows(found["categories"], "name", "count")
    assert rows(found["removals"], "count") == [("2",)]
    assert rows(found["grounds"], "name", "count")[-1] == ("не указано", "1")
    assert on_patronage(LAST) is not None


def test_contacts_and_norms(lead):
    met, missed = (on(FIRST - timedelta(90)) for _one in range(2))
    contact(met, lead, date(2026, 9, 10))
    contact(met, lead, date(2026, 9, 11), "call")
    contact(missed, lead, date(2026, 9, 12), state="not_at_home")
    contact(missed, lead, date(2026, 9, 14), state="cancelled", at=13)
    contact(missed, lead, date(2026, 9, 15), state="planned", at=14)
    found = facts_of("period-report", REPORT)
    table = {row["name"]: row for row in found["contacts"]}
    assert rows([table["Визит"]], "done", "failed", "cancelled", "ahead") == [("1", "1", "1", "1")]
    assert table["Всего"]["done"] == "2"
    assert (found["norms"]["owed"], found["norms"]["met"], found["norms"]["percent"]) == ("2", "1", "50 %")
    assert found["norms"]["missed"] == "1"
    assert "контакты, итог которых не внесён" in [row["name"] for row in found["late"]]
    quarter = facts_of("period-report", 20263)
    assert {row["name"]: row["done"] for row in quarter["contacts"]}["Всего"] == "2"


def test_sessions_and_attendance(lead):
    club = make_club(make_user("pedagogue"), "Мастерская «Глина»")
    child, other = make_recipient(club), make_recipient(club)
    held = make_session(club, date(2026, 9, 8), status="held")
    make_booking(held, child, status="came")
    make_booking(held, other, status="absent", slot=None)
    make_session(club, date(2026, 9, 15))
    found = facts_of("period-report", REPORT)
    assert rows(found["clubs"], "sessions", "served", "came", "absent", "share") == [
        ("1", "1", "1", "1", "50 %")
    ]
    assert ("занятия клубов, по которым не закрыта посещаемость", "1") in rows(found["late"], "name", "count")
    holds(text_of("period-report", REPORT), "Мастерская «Глина»", "посещаемость 50 %")


def test_an_empty_period_reads_well(app):
    text = text_of("period-report", 202401)
    holds(text, "За период семьи не поставлены", "Занятий за период не было", "Просроченного нет")
    holds(text, "По нормам контактов за период не требовалось")
    holds(text_of("period-report", 202610), "Период не закончен: сведения по 12.10.2026")


def test_the_report_is_the_heads_and_of_a_period_that_has_begun(lead):
    head, get = make_user("head"), KINDS["period-report"].get
    assert get(head, REPORT) is not None
    assert get(head, 20264) is not None
    assert get(head, 202611) is None
    assert get(head, 202613) is None
    assert get(lead, REPORT) is None
    assert db.session.query(Patronage).count() == 0


def test_a_free_question_is_named_so_under_the_head_of_questions(app):
    people = make_people()
    meeting_id = make_meeting(people)
    item_id = agenda.add_item(meeting_id, "question", question="План выездов", actor_id=people.secretary.id)
    open_with(people, meeting_id)
    decisions.open_voting(item_id, people.chair.id)
    vote_all(people, item_id, "for", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    found = facts_of("period-report", 202610)["decisions"]
    assert rows(found, "name", "carried") == [("Другие вопросы", "1")]
