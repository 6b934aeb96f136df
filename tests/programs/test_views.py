"""Pages of programs: what a specialist reads before a visit, entering, two editors, who may what."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.db import db, technical
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.programs.models import HomeTask, Program
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова", children=2), lead=lead)


@pytest.fixture
def client(app, lead):
    return Client(app, lead)


def day(offset=0):
    return (clock.today() + timedelta(offset)).isoformat()


def child_of(patronage):
    query = select(FamilyMember.id).where(
        FamilyMember.family_id == patronage.family_id, FamilyMember.kind == "minor"
    )
    return db.session.scalars(query.order_by(FamilyMember.id)).first()


def typed(**fields):
    given = {
        "kind": "ipr", "number": "12", "setting": "inpatient", "starts_on": day(-90), "ends_on": day(-5),
        "current": "y", "in_speech__planned": "Звук «р»", "in_speech__reached": "Ставит в слогах",
        "in_speech__state": "partly", "body": "Курс прошёл хорошо",
    }  # fmt: skip
    return given | fields


def entered(client, patronage, **fields):
    url = f"/families/{patronage.family_id}/programs/new"
    client.post(url, member_id=child_of(patronage), **typed(**fields))
    return db.session.scalars(select(Program.id).order_by(Program.id.desc())).first()


def test_from_an_empty_page_to_a_task_read_before_a_visit(client, patronage, lead):
    place = f"/families/{patronage.family_id}/programs"
    client.get(place)
    assert "Программы ещё нет" in client.text
    client.get(f"{place}/new?child={child_of(patronage)}")
    program_id = entered(client, patronage)
    client.get(place)
    for text in ("Звук «р»", "Ставит в слогах", "достигнуто частично", "ИПР", "Логопедия"):
        assert text in client.text
    client.get(f"/programs/{program_id}/tasks/new")
    assert client.page.xpath("//select[@name='author_id']/option[@selected]/@value") == [str(lead.id)]
    client.post(
        f"/programs/{program_id}/tasks/new", 422, body=" ", author_id=lead.id, direction="", starts_on=day()
    )
    client.post(
        f"/programs/{program_id}/tasks/new",
        body="Читать вслух", how_often="каждый день", author_id=lead.id, direction="speech", starts_on=day(),
    )  # fmt: skip
    client.get(place)
    assert "Читать вслух" in client.text and "каждый день" in client.text
    task_id = db.session.scalar(select(HomeTask.id))
    client.post(f"/programs/tasks/{task_id}/close")
    client.get(place)
    assert "Прежние задания: 1" in client.text
    client.post(f"/programs/tasks/{task_id}/reopen")
    client.get(f"/families/{patronage.family_id}")
    assert "домашнее задание" in client.text.casefold()  # the history


def test_what_was_typed_survives_a_refusal(client, patronage):
    url = f"/families/{patronage.family_id}/programs/new"
    client.post(url, 422, member_id=child_of(patronage), **typed(ends_on=day(-200)))
    assert "заканчивается раньше" in client.text
    assert client.page.xpath("//textarea[@name='in_speech-planned']")[0].text_content().strip() == "Звук «р»"
    client.post(url, 422, member_id="999", **typed())
    client.post(url, 422, member_id=child_of(patronage), **typed(starts_on="2026-02-30"))
    client.post(
        url, 422, member_id=child_of(patronage), **typed(in_speech__planned="", in_speech__reached="")
    )
    assert "что планировалось" in client.text
    assert db.session.scalar(select(Program.id)) is None


def test_the_second_editor_sees_the_difference_and_keeps_what_they_typed(app, client, patronage):
    program_id = entered(client, patronage)
    url = f"/programs/{program_id}/edit"
    client.get(url)
    version = client.page.xpath("//input[@name='version']/@value")[0]
    assert (
        client.page.xpath("//textarea[@name='in_speech-reached']")[0].text_content().strip()
        == "Ставит в слогах"
    )
    Client(app, make_user("head")).post(
        url, **typed(number="13", in_speech__state="reached"), version=version
    )
    client.post(url, 422, **typed(number="12а", in_speech__state="lost"), version=version)
    table = client.page.xpath("//table")[0].text_content()
    for text in ("13", "12а", "достигнуто", "утрачено"):
        assert text in table
    assert "Курс прошёл хорошо" not in table
    assert client.page.xpath("//input[@name='number']/@value") == ["12а"]
    again = client.page.xpath("//input[@name='version']/@value")[0]
    client.post(url, **typed(number="12а", in_speech__state="lost"), version=again)
    db.session.rollback()
    assert db.session.get_one(Program, program_id).number == "12а"
    client.post(url, 422, **typed(), version="nonsense")


def test_another_specialist_neither_sees_nor_changes(app, client, patronage):
    program_id = entered(client, patronage)
    stranger = Client(app, make_user("specialist"))
    stranger.get(f"/families/{patronage.family_id}/programs", 404)
    stranger.get(f"/programs/{program_id}/edit", 404)
    stranger.post(f"/programs/{program_id}/tasks/new", 404)
    stranger.post("/programs/tasks/1/close", 404)


def test_a_patronage_that_is_over_is_read(client, patronage):
    program_id = entered(client, patronage)
    with technical() as s:
        values = {"status": "removed", "removed_on": clock.today()}
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(values))
    client.get(f"/families/{patronage.family_id}/programs")
    assert "Звук «р»" in client.text and "можно читать" in client.text
    assert not client.page.xpath(f"//a[@href='/programs/{program_id}/edit']")
    client.post(f"/programs/{program_id}/edit", 422, **typed(number="99"), version="1")
    assert "Патронаж завершён" in client.text


def test_queries_do_not_grow_with_the_rows(client, patronage, lead):
    place, counts = f"/families/{patronage.family_id}/programs", []
    for number in range(3):
        program_id = entered(client, patronage, number=str(number))
        client.post(
            f"/programs/{program_id}/tasks/new",
            body="Читать", author_id=lead.id, direction="", starts_on=day(),
        )  # fmt: skip
        client.get(place)
        with counted() as sent:
            client.get(place)
        counts.append(len(sent))
    assert counts[0] == counts[-1]
