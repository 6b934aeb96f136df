"""Pages of procedures: the steps on a phone, telling the head, writing up; the versions the administrator writes."""

from datetime import time, timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.alerts.models import Alert
from portal.contacts import actions as contacts
from portal.db import db
from portal.procedures import runs
from portal.procedures.models import Procedure, Run
from portal.procedures.texts import FIRST
from tests.client import Client
from tests.counting import counted
from tests.factories import make_assignment, make_family, make_patronage, make_user
from tests.procedures.rows import contact, finish, last, plan, publish, run_of, step_of


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова"), lead=lead, regime="emergency")


@pytest.fixture
def client(app, lead):
    return Client(app, lead)


@pytest.fixture
def admin(app):
    return make_user("admin")


def mark(client, contact_id, code, status=303, htmx=False, **fields):
    return client.post(f"/contacts/{contact_id}/run/steps/{code}", status, htmx, **({"note": ""} | fields))


def test_looking_begins_nothing(client, patronage, lead):
    contact_id = plan(patronage, lead, "call")
    client.get(f"/contacts/{contact_id}/run")
    assert "0 из" in client.text
    assert run_of(contact_id) is None


def test_steps_that_were_never_begun_are_not_finished(client, patronage, lead):
    contact_id = plan(patronage, lead)
    finish(contact_id, lead)
    client.get(f"/contacts/{contact_id}/run")
    assert not client.page.xpath("//form[contains(@action, '/run/finish')]")
    mark(client, contact_id, "agree_call", mark="done")
    client.get(f"/contacts/{contact_id}/run")
    assert client.page.xpath("//form[contains(@action, '/run/finish')]")


@pytest.mark.parametrize("kind", ["visit", "call"])
def test_every_step_of_the_source_and_what_to_ask_is_on_the_page(client, patronage, lead, kind):
    client.get(f"/contacts/{plan(patronage, lead, kind)}/run")
    for step in FIRST[kind].steps:
        row = " ".join(client.page.xpath(f"//li[@id='step-{step.code}']")[0].text_content().split())
        assert step.text_ru in row and step.help_ru in row, step.code


def test_time_is_shown_against_what_the_procedure_allows(client, patronage, lead):
    client.get(f"/contacts/{plan(patronage, lead, 'call')}/run")
    assert "подготовка: 0 из 60 мин" in client.text and "контакт: 0 из 60 мин" in client.text
    client.get(f"/contacts/{plan(patronage, lead, starts_at=time(15))}/run")
    assert "контакт: 0 из 90 мин" in client.text and "подготовка:" not in client.text


def test_finding_the_phone_and_the_home_tasks(client, patronage, lead):
    client.get(f"/contacts/{plan(patronage, lead, 'call')}/run")
    assert client.page.xpath("//a[starts-with(@href, 'tel:')]")
    assert client.page.xpath(
        f"//main//a[@href='/families/{patronage.family_id}/programs'][contains(., 'задания')]"
    )


def test_a_touch_marks_a_step_without_scripts(client, patronage, lead):
    contact_id = plan(patronage, lead)
    answer = mark(client, contact_id, "agree_call", mark="done", note="Будут дома в три")
    assert answer.location.endswith(f"/contacts/{contact_id}/run#step-agree_call")
    client.get(f"/contacts/{contact_id}/run")
    assert client.page.xpath("//li[@id='step-agree_call']//button[@aria-pressed='true']")
    assert step_of(contact_id, "agree_call").note == "Будут дома в три"
    client.get(f"/contacts/{contact_id}")
    assert f"1 из {client.text.split(' шагов')[0].split()[-1]} шагов" in client.text
    assert client.page.xpath(f"//a[@href='/contacts/{contact_id}/run']")


def test_with_scripts_the_step_and_the_progress_come_back(client, patronage, lead):
    contact_id = plan(patronage, lead)
    mark(client, contact_id, "agree_call", 200, htmx=True, mark="done")
    assert client.page.xpath("//li[@id='step-agree_call']")
    assert client.page.xpath("//*[@id='run-progress'][@hx-swap-oob]")
    mark(client, contact_id, "study_state", 200, htmx=True, note="Тревожна")
    assert (step_of(contact_id, "study_state").state, step_of(contact_id, "study_state").note) == (
        "open",
        "Тревожна",
    )


@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_typed_stays_when_a_mark_is_refused(client, patronage, lead, htmx):
    contact_id = plan(patronage, lead)
    mark(client, contact_id, "study_state", 422, htmx=htmx, mark="skipped")
    assert "обязательный шаг" in client.text
    mark(client, contact_id, "study_state", mark="done", note="Первая", changes="0")
    mark(client, contact_id, "study_state", 422, htmx=htmx, note="Вторая", changes="0")
    assert "Первая" in client.text
    assert client.page.xpath("//textarea[@id='note-study_state']/text()")[0].strip() == "Вторая"
    mark(client, contact_id, "study_state", 422, htmx=htmx, note="д" * 2001, changes="1")
    mark(client, contact_id, "no_such_step", 404 if htmx else 422, htmx=htmx, mark="done")


@pytest.mark.parametrize(
    ("branch", "event"),
    [("ignored", "Рекомендации не выполняются"), ("refusal", "Отказ от общения"), ("danger", "опасность")],
    ids=["ignored", "refusal", "danger"],
)
def test_telling_the_head(app, client, patronage, lead, branch, event):
    contact_id = plan(patronage, lead, "call")
    psychologist = make_user("specialist", last_name="Ларина")
    make_assignment(patronage, psychologist, "involved")
    url = f"/contacts/{contact_id}/run/branches/{branch}"
    client.get(f"/contacts/{contact_id}/run")
    assert event in client.text
    fields = {f"{branch}__note": "Не взяли трубку"}
    if branch == "ignored":
        fields["ignored__colleague"] = str(psychologist.id)
    client.post(url, 422, **(fields | {f"{branch}__note": ""}))
    assert client.page.xpath(f"//details[@id='branch-{branch}'][@open]//div[@data-errors]")
    client.post(url, **fields)
    alert = db.session.scalars(select(Alert)).one()
    assert (alert.kind, alert.text) == (branch, "Не взяли трубку")
    assert alert.colleague_id == (psychologist.id if branch == "ignored" else None)
    client.get(f"/contacts/{contact_id}/run")
    assert "заведующему сообщено" in client.text
    client.post(url, 422, **fields)
    assert "уже сообщено" in client.text
    client.get(f"/contacts/{contact_id}")
    assert event in client.text


def test_a_stranger_is_no_author_of_the_task(client, patronage, lead):
    contact_id = plan(patronage, lead, "call")
    stranger = make_user("specialist")
    fields = {"ignored__note": "Не занимались", "ignored__colleague": str(stranger.id)}
    client.post(f"/contacts/{contact_id}/run/branches/ignored", 422, **fields)
    assert db.session.scalar(select(func.count()).select_from(Alert)) == 0
    client.post(f"/contacts/{contact_id}/run/branches/made_up", 404)


def test_writing_up_shows_what_is_open_and_asks_why(client, patronage, lead):
    contact_id = plan(patronage, lead)
    client.get(f"/contacts/{contact_id}/finish")
    assert "не отмечены" in client.text and not client.page.xpath("//input[@name='why_open']")
    mark(client, contact_id, "agree_call", mark="done")
    client.get(f"/contacts/{contact_id}/finish")
    assert "Изучить ситуацию" in client.text
    values = {
        "day": clock.today().isoformat(),
        "starts_at": "12:00",
        "minutes": "50",
        "notes": "Долгий текст",
    }
    client.post(f"/contacts/{contact_id}/finish", 422, **values)
    assert client.page.xpath("//textarea[@name='notes']/text()")[0].strip() == "Долгий текст"
    assert contact(contact_id).state == "planned"
    client.post(f"/contacts/{contact_id}/finish", **values, why_open="Ребёнок уснул")
    assert contact(contact_id).state == "done"
    client.get(f"/contacts/{contact_id}")
    assert "Ребёнок уснул" in client.text
    client.get(f"/contacts/{contact_id}/run")
    assert not client.page.xpath("//li[@id='step-study_state']//button")
    assert client.page.xpath("//li[@id='step-record_signatures']//button")
    mark(client, contact_id, "study_state", 422, mark="done")
    mark(client, contact_id, "record_signatures", mark="done")


def test_steps_are_gone_through_after_the_write_up(client, patronage, lead):
    contact_id = plan(patronage, lead)
    finish(contact_id, lead)
    client.get(f"/contacts/{contact_id}/run")
    mark(client, contact_id, "study_state", mark="done")
    client.post(f"/contacts/{contact_id}/run/finish", 422, why="")
    client.post(f"/contacts/{contact_id}/run/finish", why="По памяти")
    assert run_of(contact_id).why == "По памяти"
    client.post(f"/contacts/{contact_id}/run/finish", why="Ещё раз")
    client.get(f"/contacts/{contact_id}")
    assert "Незавершённых шагов нет" in client.text


def test_longer_than_the_procedure_allows_warns_and_never_blocks(client, patronage, lead, admin):
    template = last("visit")[1]
    publish(admin, steps=template.steps, minutes={**template.minutes, "contact": 45})
    for hour, minutes, marked, warned in ((7, 91, False, True), (10, 90, False, False), (13, 50, True, True)):
        contact_id = plan(patronage, lead, starts_at=time(hour))
        if marked:
            mark(client, contact_id, "agree_call", mark="done")
        finish(contact_id, lead, minutes=minutes, why_open="Спешили")
        client.get(f"/contacts/{contact_id}")
        assert ("note c-warn" in client.last.text) == warned


def test_who_may(app, client, patronage, lead):
    contact_id = plan(patronage, lead)
    stranger, head, staff = (Client(app, make_user(role)) for role in ("specialist", "head", "staff"))
    for who, status in ((stranger, 404), (staff, 403)):
        who.get(f"/contacts/{contact_id}/run", status)
        mark(who, contact_id, "agree_call", status, mark="done")
        who.post(f"/contacts/{contact_id}/run/branches/danger", status, danger__note="x")
    mark(head, contact_id, "agree_call", mark="done")
    assert db.session.scalar(select(func.count()).select_from(Run)) == 1


def test_of_a_refusal_at_the_door_the_head_is_told_once(client, patronage, lead):
    contact_id = plan(patronage, lead)
    contacts.fail_contact(contact_id, lead.id, "refused", "")
    client.get(f"/contacts/{contact_id}/run")
    assert not client.page.xpath("//button[@name='mark']")
    client.post(f"/contacts/{contact_id}/run/branches/refusal", refusal__note="Не открыли")
    assert [one.kind for one in db.session.scalars(select(Alert))] == ["refusal"]


def test_the_history_of_the_family_is_not_flooded_with_ticks(client, patronage, lead):
    contact_id = plan(patronage, lead)
    for code in ("agree_call", "study_state"):
        runs.mark_step(contact_id, code, lead.id, "done", "")
    runs.raise_branch(contact_id, "danger", lead.id, "Опасно")
    client.get(f"/families/{patronage.family_id}")
    assert "сообщено заведующему" in client.text and "отмечен шаг контакта" not in client.text


def test_queries_do_not_grow_with_the_marks(client, patronage, lead):
    contact_id, sizes = plan(patronage, lead, "call"), []
    codes = [one.code for one in FIRST["call"].steps if one.stage != "recording"]
    for number in (1, 20):
        for code in codes[:number]:
            runs.mark_step(contact_id, code, lead.id, "done", "Заметка")
        client.get(f"/contacts/{contact_id}/run")
        with counted() as sent:
            client.get(f"/contacts/{contact_id}/run")
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]


def typed_of(page):
    """What the form of a version would send as it stands."""
    form = page.xpath("//form[.//button[@value='publish']]")[0]
    fields = {
        one.get("name"): one.get("value") or "" for one in form.xpath(".//input[not(@type='checkbox')]")
    }
    fields |= {one.get("name"): "y" for one in form.xpath(".//input[@type='checkbox'][@checked]")}
    fields |= {one.get("name"): (one.text or "").lstrip("\n") for one in form.xpath(".//textarea")}
    del fields["csrf_token"]
    return fields


def codes_of(page):
    return page.xpath("//input[contains(@name, '-code')]/@value")


def test_the_administrator_publishes_a_version(app, admin):
    client, (row, template) = Client(app, admin), last("call")
    client.get("/settings/")
    assert client.page.xpath("//a[@href='/settings/procedures']")
    client.get("/settings/procedures")
    assert client.text.count("версия 1") == 3
    url = f"/settings/procedures/{row.id}/edit"
    client.get(url)
    assert codes_of(client.page) == [one.code for one in template.steps]
    fields = typed_of(client.page)
    client.post(url, 422, **fields)
    assert "Отличий от последней версии нет" in client.text
    client.post(url, 200, **fields, do="add-greeting")
    fields = typed_of(client.page)
    new = next(name for name in fields if fields[name] == "own_1").removesuffix("code")
    fields[f"{new}text_ru"] = "Спросить о питомце"
    client.post(url, 200, **fields, do=f"up-{new.split('-')[1]}")
    fields = typed_of(client.page)
    codes = codes_of(client.page)
    assert codes[codes.index("own_1") + 1] == "greet_contact", "moved up by one"
    client.post(url, 200, **fields, do=f"remove-{codes.index('prep_place')}")
    fields = typed_of(client.page) | {"contact": "45", "note": "Короче"}
    client.post(url, **fields)
    made, published = last("call")
    assert (made.version, made.minutes_contact, made.made_by_id) == (2, 45, admin.id)
    assert "prep_place" not in [one.code for one in published.steps]
    assert next(one for one in published.steps if one.code == "own_1").text_ru == "Спросить о питомце"
    client.get(f"/settings/procedures/{made.id}")
    assert "Спросить о питомце" in client.text


def test_a_step_that_rules_need_has_no_way_out(app, admin):
    client, (row, template) = Client(app, admin), last("call")
    url = f"/settings/procedures/{row.id}/edit"
    client.get(url)
    place = [one.code for one in template.steps].index("refusal_condition")
    assert not client.page.xpath(f"//button[@value='remove-{place}']")
    fields = typed_of(client.page)
    del fields[f"steps-{place}-required"]
    client.post(url, 422, **fields)
    assert "должен остаться обязательным" in client.text
    client.post(url, 200, **fields, do=f"remove-{place}")
    client.post(url, 422, **typed_of(client.page))
    assert "должен остаться обязательным" in client.text


def test_the_second_of_two_editors_sees_what_the_first_changed(app, admin):
    client, (row, _template) = Client(app, admin), last("visit")
    url = f"/settings/procedures/{row.id}/edit"
    client.get(url)
    fields = typed_of(client.page)
    fields |= {"steps-0-text_ru": "Позвонить накануне", "contact": "80"}
    publish(make_user("admin"))
    client.post(url, 422, **fields)
    assert "Тем временем опубликована версия 2" in client.text and "Новый шаг версии 2" in client.text
    again = typed_of(client.page)
    assert again["steps-0-text_ru"] == "Позвонить накануне"
    client.post(url, **again)
    assert last("visit")[0].version == 3
    assert db.session.scalar(select(func.count()).select_from(Procedure)) == 5


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_on": ""},
        {"starts_on": "2001-01-01"},
        {"contact": "много"},
        {"contact": "0"},
        {"steps-0-text_ru": " "},
    ],
)
def test_what_is_no_version(app, admin, fields):
    client, (row, _template) = Client(app, admin), last("visit")
    url = f"/settings/procedures/{row.id}/edit"
    client.get(url)
    typed = typed_of(client.page) | {"note": "Почему"} | fields
    client.post(url, 422, **typed)
    assert client.page.xpath("//input[@name='note']/@value") == ["Почему"]
    assert last("visit")[0].version == 1


def test_a_version_to_come_is_said_to_come(app, admin):
    publish(admin, starts_on=clock.today() + timedelta(3))
    client = Client(app, admin)
    client.get("/settings/procedures")
    assert "ещё не вступила" in client.text
    client.get("/settings/procedures/999999", 404)


def test_english_is_whole(app, patronage, lead):
    english = make_user("head", language="en")
    client = Client(app, english)
    for kind in ("visit", "call"):
        client.get(f"/contacts/{plan(patronage, lead, kind, day=clock.today() + timedelta(len(kind)))}/run")
        main = client.page.xpath("//main//ul[contains(@class, 'checklist')]")
        text = " ".join(one.text_content() for one in main)
        assert not any("а" <= letter <= "я" for letter in text.lower())
