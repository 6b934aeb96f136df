"""Pages of diagnoses: writing on a phone, what is kept on a mistake, the head's answer, the change of two."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from portal import check, clock
from portal.audit import FamilyLook
from portal.consilium.models import Item, Meeting, MeetingSeat
from portal.db import db, technical
from portal.diagnosis.models import Diagnosis, DiagnosisScore
from portal.settings.words import WORDS
from tests.client import Client
from tests.counting import counted
from tests.factories import make_diagnosis, make_family, make_patronage, make_roll, make_user

SPHERES = [code for code, *_ in WORDS["spheres"]]


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead)


@pytest.fixture
def client(app, lead):
    return Client(app, lead)


def typed(score=3, **fields):
    values = {f"score_{code}": score for code in SPHERES} | {"day": clock.today().isoformat()}
    return (
        values
        | {"crisis_depth": 2, "conclusion": "Нужна работа отцу.", "note_health": "Мать болеет"}
        | fields
    )


def diagnoses():
    db.session.rollback()
    return list(db.session.scalars(select(Diagnosis).order_by(Diagnosis.id)))


def url(patronage):
    return f"/families/{patronage.family_id}/diagnoses"


def test_from_an_empty_list_to_the_approval(app, client, patronage):
    client.get(url(patronage))
    assert "Диагноза пока нет" in client.text
    client.get(f"{url(patronage)}/new")
    assert len(client.page.xpath("//fieldset[@role='radiogroup']//input[@type='radio']")) == 5 * 11
    client.post(f"{url(patronage)}/new", **typed(), then="submit")
    (made,) = diagnoses()
    assert made.state == "submitted"
    client.get(f"/diagnoses/{made.id}")
    assert "на утверждении" in client.text and "Мать болеет" in client.text
    assert not client.page.xpath("//main//form")
    head = Client(app, make_user("head"))
    head.get("/")
    assert head.page.xpath(f"//section[@id='approvals']//a[@href='/diagnoses/{made.id}']")
    head.get(f"/diagnoses/{made.id}")
    head.post(f"/diagnoses/{made.id}/return", 422, remark=" ")
    assert "Напишите, что нужно доработать" in head.text
    head.post(f"/diagnoses/{made.id}/return", remark="Подробнее о школе")
    client.get("/")
    assert client.page.xpath(f"//section[@id='diagnoses']//a[@href='/diagnoses/{made.id}/edit']")
    client.get(f"/diagnoses/{made.id}/edit")
    assert "Подробнее о школе" in client.text
    client.post(f"/diagnoses/{made.id}/edit", **typed(version=1, problems="Пропуски"), then="submit")
    version = head.get(f"/diagnoses/{made.id}") and head.page.xpath("//input[@name='version']/@value")[0]
    head.post(f"/diagnoses/{made.id}/approve", version=version)
    (made,) = diagnoses()
    assert (made.state, made.problems) == ("approved", "Пропуски")
    client.get(f"/families/{patronage.family_id}")
    assert "Социальный диагноз утверждён" in client.text
    pages = set(db.session.scalars(select(FamilyLook.page)))
    assert {"diagnosis", "diagnoses"} <= pages


def test_a_partial_draft_is_kept_and_says_what_is_lacking(client, patronage):
    client.post(f"{url(patronage)}/new", day=clock.today().isoformat(), score_housing=4, then="submit")
    (made,) = diagnoses()
    assert made.state == "draft"
    client.get(f"/diagnoses/{made.id}/edit")
    assert "Ещё не оценены: доходы и работа" in client.text
    assert client.page.xpath("//input[@name='score_housing' and @value='4' and @checked]")
    client.get(f"{url(patronage)}/new", 303)
    assert client.last.location == f"/diagnoses/{made.id}/edit"
    client.post(f"/diagnoses/{made.id}/submit")
    assert diagnoses()[0].state == "draft"


def test_what_was_typed_survives_a_mistake(client, patronage):
    wrong = typed(day="2026-02-30", score_health="9", problems="Долгий рассказ")
    client.post(f"{url(patronage)}/new", 422, **wrong)
    assert "Долгий рассказ" in client.page.xpath("//textarea[@name='problems']")[0].text_content()
    assert client.page.xpath("//*[@class='errors']//a[@href='#score_health-0']")
    assert client.page.xpath("//input[@name='score_housing' and @value='3' and @checked]")
    tomorrow = (clock.today() + timedelta(1)).isoformat()
    client.post(f"{url(patronage)}/new", 422, **typed(day=tomorrow, conclusion="я" * 30_000))
    assert diagnoses() == []


def test_two_editors_of_one(app, client, patronage, lead):
    made = make_diagnosis(patronage, lead)
    client.get(f"/diagnoses/{made.id}/edit")
    other = Client(app, make_user("head"))
    other.post(f"/diagnoses/{made.id}/edit", **typed(version=1, causes="Долги за квартиру"))
    client.post(f"/diagnoses/{made.id}/edit", 422, **typed(1, version=1, causes="Потеря работы"))
    shown = client.page.xpath("//section[@id='theirs']")[0].text_content()
    assert "Долги за квартиру" in shown and "3 — серьёзное неблагополучие" in shown
    assert client.page.xpath("//textarea[@name='causes']")[0].text_content().strip() == "Потеря работы"
    version = client.page.xpath("//input[@name='version']/@value")[0]
    client.post(f"/diagnoses/{made.id}/edit", **typed(1, version=version, causes="Потеря работы"))
    assert diagnoses()[0].causes == "Потеря работы"


def test_a_new_one_starts_from_the_texts_of_the_last(client, patronage, lead):
    first = make_diagnosis(patronage, lead, score=4, state="approved", causes="Долги")
    client.get(f"{url(patronage)}/new")
    assert "Тексты перенесены" in client.text and "в прошлый раз: 4 — критически" in client.text
    assert client.page.xpath("//textarea[@name='causes']")[0].text_content().strip() == "Долги"
    assert not client.page.xpath("//input[@type='radio' and @checked]")
    client.post(f"{url(patronage)}/new", **typed(copied_from=first.id))
    assert diagnoses()[1].copied_from_id == first.id
    with technical() as s:
        s.execute(text("DELETE FROM diagnosis_scores WHERE diagnosis_id <> :id"), {"id": first.id})
        s.execute(text("DELETE FROM diagnoses WHERE id <> :id"), {"id": first.id})
    client.get(f"{url(patronage)}/new?empty=1")
    assert client.page.xpath("//textarea[@name='causes']")[0].text_content().strip() == ""
    client.post(f"{url(patronage)}/new?empty=1", **typed(copied_from=first.id))
    assert diagnoses()[1].copied_from_id is None


def test_the_change_of_any_two(client, patronage, lead):
    day = clock.today()
    one = make_diagnosis(patronage, lead, score=4, state="approved", day=day - timedelta(300))
    two = make_diagnosis(patronage, lead, score=3, state="approved", day=day - timedelta(100), number=2)
    make_diagnosis(patronage, lead, score=1, state="approved", day=day, number=3)
    client.get(url(patronage))
    assert client.text.count("лучше на 2") == 10 and "без изменений" in client.text
    svg = client.page.xpath("//svg[@role='img']")[0]
    assert len(svg.xpath(".//circle")) == 20
    ids = set(client.page.xpath("//@id"))
    assert set(svg.get("aria-labelledby").split()) <= ids
    client.get(f"{url(patronage)}?then={two.id}&now={one.id}")
    assert client.text.count("хуже на 1") == 10
    for strange in ("?then=x&now=99999999999999", f"?then={two.id}&now={two.id}", "?then=-1"):
        client.get(url(patronage) + strange)


def test_what_is_approved_or_waits_is_not_edited(client, patronage, lead):
    made = make_diagnosis(patronage, lead, state="approved")
    client.get(f"/diagnoses/{made.id}/edit", 303)
    client.post(f"/diagnoses/{made.id}/edit", 422, **typed(version=1, causes="Другое"))
    assert "Чтобы исправить его, составьте новый" in client.text and diagnoses()[0].causes == ""


def test_a_head_is_told_why_they_cannot_approve_their_own(app, patronage):
    head = make_user("head")
    made = make_diagnosis(patronage, head, state="submitted")
    client = Client(app, head)
    client.get(f"/diagnoses/{made.id}")
    assert "Это написали вы сами" in client.text
    assert not client.page.xpath(f"//form[@action='/diagnoses/{made.id}/approve']")
    client.post(f"/diagnoses/{made.id}/approve", version=1)
    assert diagnoses()[0].state == "submitted"


def test_others_do_not_reach_it(app, patronage, lead):
    draft = make_diagnosis(patronage, lead)
    for role, status in (
        ("specialist", 404),
        ("member", 404),
        ("staff", 403),
        ("admin", 403),
        ("auditor", 403),
    ):
        other = Client(app, make_user(role))
        other.get(f"/diagnoses/{draft.id}", status)
        other.get(url(patronage), status)


def test_the_consilium_reads_what_is_approved_and_no_drafts(app, patronage, lead):
    chair, member = make_user("chair"), make_user("member")
    make_roll(chair, [member])
    approved = make_diagnosis(patronage, lead, state="approved")
    draft = make_diagnosis(patronage, lead, number=2)
    with technical() as s:
        meeting = Meeting(
            number=1, year=2026, held_on=clock.today(), starts_at=clock.now().time(), status="convened",
            created_by_id=chair.id,
        )  # fmt: skip
        s.add(meeting)
        s.flush()
        s.add(MeetingSeat(meeting_id=meeting.id, user_id=member.id, seat="member", votes=True))
        s.add(Item(meeting_id=meeting.id, position=1, kind="remove", patronage_id=patronage.id))
    client = Client(app, member)
    client.get(f"/diagnoses/{approved.id}")
    client.get(f"/diagnoses/{draft.id}", 404)
    client.get(f"/diagnoses/{approved.id}/edit", 403)
    client.get(url(patronage))
    assert len(client.page.xpath("//section[@aria-label='Диагнозы']//tbody/tr")) == 1


def test_the_number_of_queries_does_not_grow(client, patronage, lead):
    def asked() -> int:
        client.get(url(patronage))
        with counted() as seen:
            client.get(url(patronage))
        return len(seen)

    make_diagnosis(patronage, lead, state="approved")
    make_diagnosis(patronage, lead, state="approved", number=2)
    few = asked()
    for number in range(3, 12):
        make_diagnosis(patronage, lead, state="approved", number=number)
    assert asked() == few


def test_check_names_what_the_rules_forbid(patronage, lead):
    assert [one["rule"] for one in check.broken_rules() if one["rule"] in ("R7", "R18")] == ["R7"]
    made = make_diagnosis(patronage, lead, state="submitted")
    with technical() as s:
        s.query(DiagnosisScore).filter_by(diagnosis_id=made.id).delete()
    db.session.rollback()
    assert [one["rule"] for one in check.broken_rules() if one["rule"] in ("R7", "R18")] == ["R18", "R7"]
