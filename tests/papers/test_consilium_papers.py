"""Minutes, extracts and orders: they say what the record says, in the right case, and only to whom it is open."""

import re

import pytest

from portal.audit import FamilyLook
from portal.consilium import actions, decisions
from portal.consilium.models import Meeting
from portal.db import db, technical
from portal.families.models import FamilyMember
from portal.papers import layouts, pdf
from portal.papers.catalog import KINDS
from portal.papers.extract_facts import known
from portal.papers.facts import sample_common
from portal.settings import actions as settings
from tests.client import Client
from tests.consilium.after import enroll, remove
from tests.consilium.held import hold
from tests.consilium.rows import (
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    open_with,
    propose,
    vote_all,
)
from tests.counting import counted
from tests.factories import make_patronage, make_user
from tests.papers.reading import of_pdf
from tests.papers.said import facts_of, holds, text_of, words_of


@pytest.fixture
def people(app):
    return make_people()


def test_minutes_say_all_that_happened(app):
    held = hold()
    text = text_of("minutes", held.meeting_id)
    holds(
        text,
        "Протокол № 1",
        "социального психолого-медико-педагогического консилиума",
        "О постановке на социальный патронаж семьи Первой",
        "О постановке на социальный патронаж семьи Второй",
        "О снятии с социального патронажа семьи",
        "по видео",
        "внесён секретарём",
        "Согласие есть",
        "Курс не окончен",
        "Считаю, что рано",
        "отложено: Нужны справки",
        "Прочее",
        "подписано в портале паролем",
        "Не согласна с решением",
    )
    assert "Лишней" not in words_of(text)
    assert "Четвёртой" not in words_of(text)
    facts = facts_of("minutes", held.meeting_id)
    assert [item["no"] for item in facts["items"]] == ["1", "2", "3", "4"]
    decided = {item["decision"]: item for item in facts["items"] if item["decision"]}
    assert len(decided) == 3
    assert facts["proof"]["digest"]
    put_off = facts["items"][3]
    assert (put_off["voted"], put_off["decision"]) == ("", "")  # a vote that was not closed stays hidden


def test_minutes_of_a_meeting_without_quorum_read_well(people):
    meeting_id = make_meeting(people)
    propose(people, meeting_id, make_submitted("Котова"))
    open_with(people, meeting_id, present=[people.chair])
    with technical() as s:
        s.get_one(Meeting, meeting_id).status = "no_quorum"
    db.session.rollback()
    text = text_of("minutes", meeting_id)
    holds(
        text, "Кворума нет", "Заседание не состоялось", "1. О постановке на социальный патронаж семьи Котовой"
    )
    assert facts_of("minutes", meeting_id)["items"] == []


def test_minutes_are_given_to_whom_they_are_open_whole(people):
    meeting_id, item_id, _patronage = make_vote(people)
    get = KINDS["minutes"].get
    assert get(people.secretary, meeting_id) is None, "the meeting runs: no minutes yet"
    vote_all(people, item_id, "for", "for", "for", "against")
    decisions.close_item(item_id, people.chair.id)
    actions.close_meeting(meeting_id, people.chair.id)
    assert get(people.secretary, meeting_id).id == meeting_id
    assert get(people.members[0], meeting_id).id == meeting_id
    assert get(make_user("member"), meeting_id) is None
    assert get(people.secretary, meeting_id + 999) is None


def test_an_extract_has_its_item_and_nothing_of_another(people):
    first, second = enroll(people, "Котова", "Львова")
    text = text_of("extract", first.id)
    holds(
        text,
        "Выписка из протокола № 1",
        "О постановке на социальный патронаж семьи Котовой Марии Ивановны",
        "4 из 4 членов консилиума",
        "за — 4, против — 0, воздержались — 0",
        f"решение № {first.number}/{first.year}",
        "Председателева А. П.",
        "Секретарёва А. П.",
        "поставить семью на социальный патронаж",
        "Котова М. И.",
    )
    assert "Львов" not in text and "Членова" not in text
    assert f"№ {second.number}/{second.year}" not in text
    get = KINDS["extract"].get
    assert get(people.head, second.id).id == second.id
    assert get(make_user("specialist"), second.id) is None
    assert KINDS["extract"].family_of(first.id) is not None


def test_the_page_of_an_extract_leads_nowhere_that_is_closed(app, people):
    """Once the meeting is over, the families on its agenda are closed to the secretary."""
    decision, *_others = enroll(people, "Котова")
    page = Client(app, people.secretary)
    assert "Котова" in page.get(f"/papers/extract/{decision.id}").text
    hrefs = page.page.xpath("//main//a/@href[starts-with(., '/')]")
    assert [one for one in hrefs if page.http.get(one).status_code >= 400] == []
    page = Client(app, people.head)
    page.get(f"/papers/extract/{decision.id}")
    assert page.page.xpath("//main//a[starts-with(@href, '/papers/families/')]")


def test_no_extract_while_the_meeting_goes_on(people):
    (decision,) = enroll(people, "Котова", over=False)
    assert KINDS["extract"].get(people.head, decision.id) is None


def test_the_order_to_enroll_names_all_in_the_right_case(people):
    decision, other = enroll(people, "Котова", "Львова")
    settings.change_settings(
        people.head.id, centre_name="Центр «Родник»", director_position="Директор центра"
    )
    text = text_of("enrollment-order", decision.id)
    assert "Львов" not in text and f"№ {other.number}/{other.year}" not in text
    holds(
        text,
        "Центр «Родник»",
        "№ ______ от ______________",
        "442-ФЗ",
        "Директор центра",
        "Ведущая А. П.",
        "О постановке на социальный патронаж",
        "ПРИКАЗЫВАЮ:",
        "семью Котовой Марии Ивановны",
        "режим социального патронажа: плановый",
        "Закрепить за семьёй Ведущую Анну Петровну (социальный педагог)",
        "Привлечь к работе с семьёй: Психологову Анну Петровну (педагог-психолог)",
        "С приказом ознакомлены",
        "Психологова А. П.",
        f"№ {decision.number}/{decision.year}",
    )
    assert KINDS["enrollment-order"].get(people.head, decision.id).id == decision.id
    assert KINDS["removal-order"].get(people.head, decision.id) is None


@pytest.mark.parametrize("involved", ["", "Психологову Анну Петровну"])
def test_the_points_of_an_order_are_numbered_through(involved):
    given = sample_common() | KINDS["enrollment-order"].sample | {"involved": involved}
    text = of_pdf(pdf.draw(layouts.read("enrollment-order"), given))
    points = re.findall(r"(?m)^(\d)\. [А-Я]", text)
    assert points == [str(no) for no in range(1, len(points) + 1)]
    assert len(points) == (6 if involved else 5)


@pytest.mark.parametrize("code", ["minutes", "extract", "enrollment-order", "removal-order"])
def test_the_consilium_is_called_as_the_regulation_calls_it(code):
    """REG 1.3: «социальный психолого-медико-педагогический консилиум»."""
    text = of_pdf(pdf.draw(layouts.read(code), sample_common() | KINDS[code].sample))
    holds(text, "социального психолого-медико-педагогического консилиума")


def test_who_has_read_an_order_writes_the_day():
    given = sample_common() | KINDS["enrollment-order"].sample
    text = of_pdf(pdf.draw(layouts.read("enrollment-order"), given))
    assert text.count("«___» ______________ 20___ г.") == 1 + len(given["readers"])


def test_a_decision_that_was_rejected_has_no_order(people):
    (decision,) = enroll(people, "Котова", choices=("against",) * 4)
    assert KINDS["enrollment-order"].get(people.head, decision.id) is None
    holds(text_of("extract", decision.id), "за — 0, против — 4")


def test_the_order_to_remove_says_why(people):
    decision = remove(people, make_patronage(lead=people.lead, stage="final"))
    text = text_of("removal-order", decision.id)
    holds(
        text,
        "О снятии с социального патронажа",
        "Снять с социального патронажа",
        "Причина снятия: цели достигнуты",
    )
    assert KINDS["removal-order"].get(people.head, decision.id).id == decision.id


def test_a_belarusian_paper_says_patronat(app, people):
    (decision,) = enroll(people, "Котова")
    app.config["COUNTRY"] = "by"
    text = text_of("enrollment-order", decision.id)
    assert "патронаж" not in text.casefold()
    holds(text, "О постановке на социальный патронат", "Закона Республики Беларусь от 22.05.2000 № 395-З")
    assert "442-ФЗ" not in text
    assert "патронаж" not in text_of("extract", decision.id).casefold()


def test_minutes_take_a_fixed_number_of_statements(people):
    def asked(*surnames):
        decision, *_rest = enroll(people, *surnames)
        meeting_id = known(decision, whole=True, heard=True).meeting.id
        facts_of("minutes", meeting_id)
        db.session.expire_all()
        with counted() as statements:
            facts_of("minutes", meeting_id)
        return len(statements)

    few, many = asked("Котова"), asked("Львова", "Зайцева", "Белкина", "Лисина")
    assert many == few


def test_a_family_without_a_representative_keeps_its_surname(people):
    (decision,) = enroll(people, "Котова")
    family_id = KINDS["extract"].family_of(decision.id)
    with technical() as s:
        for one in s.query(FamilyMember).filter_by(family_id=family_id, kind="representative"):
            one.left_on = decision.decided_on
    db.session.rollback()
    holds(text_of("extract", decision.id), "семьи Котовой (карта")


def test_who_prints_minutes_has_looked_at_their_families(app):
    held = hold()
    seen = KINDS["minutes"].families_of(held.meeting_id)
    assert seen
    before = db.session.query(FamilyLook).count()
    page = Client(app, held.people.secretary)
    assert (
        f"/papers/minutes/{held.meeting_id}"
        in page.get(f"/consilium/meetings/{held.meeting_id}/minutes").text
    )
    page.get(f"/papers/minutes/{held.meeting_id}/pdf")
    db.session.rollback()
    looks = db.session.query(FamilyLook).filter_by(page="paper").all()
    assert {one.family_id for one in looks} == seen
    assert db.session.query(FamilyLook).count() > before
