"""The service journal and the register of families as papers: every row, its totals, and who gets them."""

from datetime import time, timedelta

import pytest

from portal import clock
from portal.clubs.models import ClubSession
from portal.db import db, technical
from portal.journal import actions, checking, state_actions
from portal.papers import periods
from portal.papers.catalog import KINDS
from tests.client import Client
from tests.counting import counted
from tests.factories import make_club, make_family, make_patronage, make_recipient, make_session, make_user
from tests.journal.rows import entered, entered_session, found, submitted, voided
from tests.papers.said import facts_of, holds, text_of


@pytest.fixture
def head(app):
    return make_user("head", last_name="Заведующая")


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Ведущая")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Котова"), lead=lead, enrolled_on=clock.today() - timedelta(60))


@pytest.fixture
def month():
    return periods.month(clock.today()).id


def test_the_journal_has_every_entry_and_its_totals(app, head, lead, patronage, month):
    day = clock.today()
    first = submitted(patronage, lead, day)
    checking.check_entry(first, head.id, found(first).revision)
    entered(patronage, lead, day, starts_at=clock.now().time().replace(hour=9, minute=0))
    leader = make_user("pedagogue", last_name="Клубная")
    club = make_club(leader, "Мастерская «Глина»")
    session = make_session(club, day, status="held")
    children = [make_recipient(club, surname=one) for one in ("Львова", "Зайцева")]
    ids = entered_session(session, *children)
    voided(session, children[1])
    actions.sign_entry(ids[0], leader.id, 1, how="paper", signer_id=children[0].id)
    actions.submit_entry(ids[0], leader.id)
    state_actions.mark([ids[0]], day, leader.id)
    db.session.rollback()
    text = text_of("service-journal", month)
    holds(
        text,
        "Котова",
        "Львова",
        "Ведущая А. П.",
        "Клубная А. П.",
        "(не сдано)",
        f"Заведующая А. П., {day:%d.%m.%Y}",
    )
    holds(text, "Занятие в клубе «Мастерская „Глина“»", "аннулировано: Не приходил", "подписано на бумаге")
    facts = facts_of("service-journal", month)
    assert len(facts["rows"]) == 4
    assert facts["totals"] == {
        "entries": "4", "services": "3", "minutes": "180", "families": "2", "void": "1", "corrections": "0",
        "unchecked": "2", "of_clubs": "1", "entered": "1",
    }  # fmt: skip
    assert [row["entered"] for row in facts["rows"] if row["entered"]] == [f"{day:%d.%m.%Y}"]
    assert facts_of("service-journal", periods.quarter(day).id)["rows"] == facts["rows"]
    assert db.session.query(ClubSession).count() == 1


def test_an_empty_month_says_so(app, head):
    text = text_of("service-journal", 202001)
    holds(
        text,
        "январь 2020 г.",
        "Записей за этот период нет",
        "Услуг не оказано",
        "Записей в журнале за январь 2020 г. — 0",
    )


def test_a_specialist_gets_their_own_journal(app, head, lead, patronage, month):
    submitted(patronage, lead)
    other = make_user("specialist", last_name="Другая")
    submitted(make_patronage(make_family("Львова"), lead=other), other)
    period = periods.month(clock.today())
    text = text_of("worker-journal", periods.own_id(lead.id, period))
    holds(text, "Специалист: Ведущая Анна Петровна", "Котова")
    assert "Львова" not in text
    get = KINDS["worker-journal"].get
    assert get(lead, periods.own_id(lead.id, period)) is not None
    assert get(lead, periods.own_id(other.id, period)) is None
    assert get(head, periods.own_id(other.id, period)) is not None
    assert get(head, periods.own_id(999_999, period)) is None
    assert KINDS["service-journal"].get(lead, month) is None
    assert KINDS["service-journal"].get(head, month) is not None
    assert KINDS["service-journal"].get(head, 202613) is None


def test_the_journal_takes_a_fixed_number_of_statements(app, lead, patronage, month):
    def asked():
        db.session.rollback()
        with counted() as statements:
            rows = facts_of("service-journal", month)["rows"]
        return len(statements), len(rows)

    submitted(patronage, lead)
    few = asked()
    for hour in range(5):
        submitted(make_patronage(make_family(), lead=lead), lead, starts_at=time(7 + hour), minutes=30)
    many = asked()
    assert (few[1], many[1]) == (1, 6)
    assert few[0] == many[0]


def test_the_register_has_every_family_on_patronage(app, head, lead, patronage):
    make_patronage(make_family("Снятая"), status="removed")
    make_patronage(make_family("Ждущая"), status="submitted")
    make_patronage(make_family("Уехавшая", children=2), status="suspended")
    with technical() as s:
        s.get_one(type(patronage), patronage.id).ends_on = clock.today() + timedelta(90)
        s.get_one(type(patronage), patronage.id).term = "short"
    db.session.rollback()
    text = text_of("family-register", 1)
    holds(
        text,
        "Котова Мария Ивановна",
        "Уехавшая Мария Ивановна",
        "Ведущая А. П.",
        "приостановлен",
        "краткосрочный до",
    )
    assert "Снятая" not in text
    assert "Ждущая" not in text
    totals = facts_of("family-register", 1)["totals"]
    assert (totals["families"], totals["suspended"]) == ("2", "1")
    assert totals["children"] == "3"
    assert KINDS["family-register"].get(head, 1) == 1
    assert KINDS["family-register"].get(head, 2) is None
    assert KINDS["family-register"].get(lead, 1) is None


def test_an_empty_register_says_so(app):
    holds(text_of("family-register", 1), "На эту дату семей нет", "Всего семей — 0")


def test_the_register_takes_a_fixed_number_of_statements(app, lead):
    def asked():
        db.session.rollback()
        with counted() as statements:
            facts_of("family-register", 1)
        return len(statements)

    make_patronage(make_family(), lead=lead)
    few = asked()
    for _one in range(6):
        make_patronage(make_family(), lead=lead)
    assert asked() == few


def test_pages_lead_to_the_papers_of_a_period(app, head, lead, patronage, month):
    submitted(patronage, lead)
    day = clock.today()
    quarter = periods.quarter(day)
    page = Client(app, head)
    listed = page.get("/journal/periods").text
    for code in ("service-journal", "period-report"):
        assert f"/papers/{code}/{month}" in listed
        assert f"/papers/{code}/{quarter.id}" in listed
    assert f"/papers/service-journal/{month}" in page.get("/journal/month").text
    assert "/papers/bulk/families" in page.get("/families/").text
    assert "/papers/family-register/1" in page.get("/papers/bulk/families").text
    own = Client(app, lead)
    assert f"/papers/worker-journal/{periods.own_id(lead.id, quarter)}" in own.get("/journal/month").text
    assert "family-register" not in own.get("/papers/bulk/families").text
    for code, number in (("service-journal", month), ("period-report", quarter.id), ("family-register", 1)):
        assert page.get(f"/papers/{code}/{number}/pdf").data.startswith(b"%PDF")
        own.get(f"/papers/{code}/{number}", status=404)
