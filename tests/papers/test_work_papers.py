"""The papers of meeting a family, of whom they are, and how papers read of which little is known."""

import re
from datetime import date, time, timedelta

import pytest
from sqlalchemy import update

from portal import clock
from portal.access import Permission
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.families.models import Consent, Family, FamilyMember
from portal.papers import making
from portal.papers.catalog import KINDS
from portal.papers.months_of import month_id, month_of
from portal.papers.work_facts import norm_words
from portal.patronage.models import Assignment
from tests.counting import counted
from tests.factories import (
    _add,
    make_analysis,
    make_assignment,
    make_consent,
    make_diagnosis,
    make_family,
    make_patronage,
    make_plan,
    make_user,
)
from tests.papers.reading import of_pdf, squeezed
from tests.papers.rich import ago, make_world
from tests.papers.test_family_papers import CODES, day
from tests.papers.told import facts_of, printed, texts
from tests.procedures.rows import plan


@pytest.fixture
def world(app):
    return make_world()


def test_the_visit_sheet_tells_how_it_went(world):
    facts = facts_of("visit-sheet", world.ids["visit-sheet"])
    contact = facts["contact"]
    assert contact["day"] == day(clock.today()) and (contact["time"], contact["minutes"]) == (
        "10:00",
        "55 мин",
    )
    assert (contact["state"], contact["left_open"]) == ("Состоялся", "Не успели")
    assert (contact["notes"], contact["recommendations"]) == ("Обсудили план", "Читать каждый день")
    assert facts["members"] == [{"who": "Кукушкина Мария Ивановна, мать"}]
    first = facts["stages"][0]
    assert (first["mark"], first["note"]) == ("выполнено", "Мать будет дома")
    assert "Рекомендации не выполняются" in {one["stage"] for one in facts["stages"]}
    assert "Рекомендации не выполняются" not in {one["stage"] for one in facts["steps"]}
    [branch] = facts["branches"]
    assert branch["note"] == "Не читают вслух" and branch["what"].endswith(
        "автором задания: Логопедова А. П."
    )
    assert [one["text"] for one in facts["tasks"]] == ["Читать вслух"]
    assert facts["next"]["day"] == day(ago(-9)) and facts["next"]["words"].endswith(", 15:00")
    assert (facts["journal"]["signed"], facts["journal"]["refusal"]) == ("отказ от подписи", "Торопилась")


def test_a_call_is_called_a_call(world):
    said = printed("visit-sheet", world.ids["call"])
    for part in ("Лист патронажного звонка", "карантин", "телефон", "30 мин", "Шаги порядка не отмечались."):
        assert part in said
    assert "Адрес" not in said


def test_a_visit_ahead_has_lines_to_write_on(world):
    patronage = world.patronage
    contact_id = plan(patronage, world.lead, day=ago(-3), starts_at=time(9), members=[])
    facts = facts_of("visit-sheet", contact_id)
    assert facts["contact"]["planned"] == "60 мин" and facts["contact"]["minutes"] == ""
    assert len(facts["stages"]) == 15 and not any(one["mark"] for one in facts["stages"])
    said = printed("visit-sheet", contact_id)
    assert "Участники не отмечены." in said and "Что обсудили, чем помогли" in said


def test_a_visit_in_vain_says_why(world):
    contact_id = plan(world.patronage, world.lead, day=clock.today(), starts_at=time(8))
    contacts.fail_contact(contact_id, world.lead.id, "not_at_home", "Дверь не открыли")
    said = printed("visit-sheet", contact_id)
    assert "Не застали" in said and "Дверь не открыли" in said


def test_the_schedule_has_what_is_planned_and_the_norm(world):
    facts = facts_of("visit-schedule", world.ids["visit-schedule"])
    assert (
        facts["schedule"]["norm"] == "не менее 1 раза в месяц" and facts["schedule"]["regime"] == "плановый"
    )
    ahead = [one for one in facts["rows"] if not one["state"]]
    assert [(one["kind"], one["time"]) for one in ahead] == [("Видеозвонок", "15:00")]
    assert facts["specialist"]["short"] == "Ведущая А. П." and facts["plan"]["agreed"] == day(ago(33))


@pytest.mark.parametrize(
    ("regime", "words"),
    [
        ("emergency", "не менее 2 раз в неделю"),
        ("planned", "не менее 1 раза в месяц"),
        ("control", "не менее 1 раза в квартал"),
        (None, ""),
    ],
)
def test_norms_in_words(app, regime, words):
    assert norm_words(regime) == words


def test_the_log_of_a_month_has_its_outings_alone(world):
    today = clock.today()
    facts = facts_of("outing-log", month_id(world.lead.id, today))
    of_month = [one for one in (today, ago(3)) if one.month == today.month]
    done = [one for one in facts["rows"] if one["state"] == "Состоялся"]
    assert len(done) == len(of_month) == int(facts["total"]["done"])
    visit = next(one for one in facts["rows"] if one["kind"] == "Визит")
    assert visit["address"] == "ул. Мира, 1" and visit["family"].startswith("Кукушкина, № ")
    far = facts_of("outing-log", month_id(world.lead.id, date(2031, 2, 1)))
    assert far["rows"] == [] and far["month"]["words"] == "февраль 2031 г."


def test_the_log_hides_the_address_of_whoever_was_handed_over(world):
    with technical() as s:
        s.execute(update(Assignment).where(Assignment.user_id == world.lead.id).values(ends_on=clock.today()))
    facts = facts_of("outing-log", world.ids["outing-log"])
    assert facts["rows"] and not any(one["address"] for one in facts["rows"])


@pytest.mark.parametrize("number", [1, 7, 2**20])
def test_a_month_is_one_number(number):
    for first in (date(2000, 1, 1), date(2026, 11, 1), date(2100, 12, 1)):
        assert month_of(month_id(number, first.replace(day=17))) == (number, first)
    assert month_of(0) is None and month_of(5) is None and month_of(2**31) is None


def test_who_may_print_what(world):
    stranger = make_user("specialist")
    for code in CODES:
        if code != "outing-log":
            assert KINDS[code].get(world.lead, world.ids[code]) is not None, code
            assert KINDS[code].get(world.head, world.ids[code]) is not None, code
            assert KINDS[code].family_of(world.ids[code]) == world.family.id, code
        assert KINDS[code].get(stranger, world.ids[code]) is None, code
        assert KINDS[code].get(world.head, 2**31 - 1) is None, code
    log = KINDS["outing-log"]
    assert log.get(world.lead, world.ids["outing-log"]) and log.get(world.head, world.ids["outing-log"])
    assert log.family_of(world.ids["outing-log"]) is None
    assert KINDS["consent"].get(world.lead, world.member(2).id) is None  # a child gives none
    assert all(KINDS[code].permission == Permission.CONTACT_VIEW for code in ("visit-sheet", "outing-log"))


def test_papers_are_russian_for_whoever_reads_english(world, app):
    with app.test_request_context(headers={"Cookie": "language=en"}):
        said = of_pdf(making.make(KINDS["family-card"], world.ids["family-card"], "pdf"))
    assert squeezed("куратор") in squeezed(said) and not re.search(r"[a-z]{4,}", said)


# where little is known


@pytest.fixture
def bare(app):
    """By kind of paper the id of what it is made of, of a family of whom next to nothing is known."""
    lead = make_user("specialist", last_name="Ведущая", position="")
    family = make_family("Пустова", children=0, phone="", course_ended_on=None)
    with technical() as s:
        s.execute(update(Family).where(Family.id == family.id).values(address=""))
    patronage = make_patronage(family, "consented", opened_on=ago(1))
    consent = make_consent(family)
    on = make_patronage(make_family("Тихонова", children=0, phone=""), lead=lead)
    with technical() as s:
        s.execute(update(Family).where(Family.id == on.family_id).values(address=""))
        s.execute(update(Consent).where(Consent.family_id == on.family_id).values(withdrawal_reason=""))
    make_analysis(on, lead)
    contact_id = plan(on, lead, day=ago(-1))
    member = family.members[0].id
    return {
        **{
            "consent": member,
            "personal-data-consent": member,
            "photo-consent": member,
            "withdrawal": consent.id,
        },
        **{"application": patronage.id, "survey-report": patronage.id, "service-agreement": patronage.id},
        **{"family-card": family.id, "closing-analysis": on.id, "visit-schedule": on.id},
        "social-diagnosis": make_diagnosis(on, lead, conclusion="", crisis_depth=None).id,
        "support-plan": make_plan(on, lead, aim="", due=()).id,
        "visit-sheet": contact_id,
        "outing-log": month_id(make_user("specialist", position="").id, clock.today()),
    }


def test_little_known_reads_well(bare):
    assert set(bare) == set(CODES)
    for code, object_id in bare.items():
        facts = facts_of(code, object_id)
        assert all(isinstance(one, str) and one == one.strip() for one in texts({**facts, "age": {}})), code
        said = printed(code, object_id)
        for wrong in ("None", "  ", " ,", ",,", ", ;", "()", "( ", " )", "{{", "от \n", ": ,", " ."):
            assert wrong not in said, (code, wrong, said)
        assert not re.search(r"[A-Za-z]{2,}", re.sub(r"(?m)^[a-z_]+$", "", said)), (code, said)


def test_a_paper_asks_as_much_of_a_large_family_as_of_a_small_one(world):
    def asked(code, object_id):
        with counted() as seen:
            facts_of(code, object_id)
        return len(seen)

    before = {code: asked(code, world.ids[code]) for code in CODES}
    _grow(world)
    for code in CODES:
        assert asked(code, world.ids[code]) <= before[code], code


def _grow(world):
    for n in range(3):
        make_assignment(world.patronage, make_user("specialist"), "involved")
        make_consent(world.family, ago(20 + n), withdrawn_on=ago(10))
        plan(world.patronage, world.lead, day=ago(-20 - n), starts_at=time(9))
    for n in range(4):
        _add(
            FamilyMember(
                family_id=world.family.id,
                kind="minor",
                last_name="Кукушкина",
                first_name="Вера",
                birth_date=clock.today() - timedelta(4000 + n),
            )
        )
    assert db.session.get(Contact, world.ids["visit-sheet"])


def test_the_pages_of_contacts_lead_to_their_papers(world, client):
    client.login(world.lead)
    log = f"/papers/outing-log/{world.ids['outing-log']}"
    assert log in client.get("/contacts/outings").text
    assert client.get(log).status_code == 200
    client.get(f"{log}/pdf")
    schedule = f"/papers/visit-schedule/{world.patronage.id}"
    assert schedule in client.get(f"/families/{world.family.id}/contacts").text
    assert "/papers/outing-log/" not in client.get(f"/contacts/outings?specialist={world.logopedist.id}").text


def test_papers_of_the_other_country_speak_of_patronat(world, app, monkeypatch):
    monkeypatch.setitem(app.config, "COUNTRY", "by")
    for code in CODES:
        said = printed(code, world.ids[code])
        assert "атронаж" not in said.replace("подтвердить договорённость о патронаже", "").replace(
            "Проконтролировать ход патронажа", ""
        ), (code, said)
    assert "Согласие на патронатное сопровождение семьи" in printed("consent", world.ids["consent"])
    assert "Лист патронатного визита" in printed("visit-sheet", world.ids["visit-sheet"])
