"""A refusal on the telephone, told to the head at once; the visit that is decided on; a child in danger there."""

from datetime import time

from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.alerts.models import Alert
from portal.contacts import actions as contacts
from portal.db import db
from portal.referrals.models import Referral
from tests.factories import make_family, make_patronage, make_user
from tests.journeys.conftest import Center, look

REFUSAL = "Бросила трубку, голос нетрезвый."
DANGER = "Мать спит, младшая одна у плиты."


def test_from_a_refusal_to_the_visit_and_from_danger_to_the_notice(center: Center) -> None:
    lead = make_user("specialist", username="lead", last_name="Зорина")
    make_user("head", username="head", last_name="Лебедева")
    patronage = make_patronage(make_family("Лесникова"), lead=lead, regime="emergency")
    call = {"kind": "call", "day": clock.today(), "starts_at": time(6, 10), "minutes": 60}
    contacts.plan_contact(patronage.id, lead.id, lead.id, reason="отъезд", **call)
    page, head = center.open("lead", size="phone"), center.open("head")
    call_and_be_refused(page)
    decide_on_a_visit(head)
    plan_the_visit(page)
    find_a_child_in_danger(page)
    decide_on_a_notice(head)
    send_the_notice(page)
    close_the_first(page, head)
    db.session.rollback()
    found = db.session.execute(select(Alert.kind, Alert.decision, Alert.state).order_by(Alert.id)).all()
    assert [tuple(map(str, one)) for one in found] == [
        ("refusal", "visit", "done"),
        ("danger", "notice", "done"),
    ]
    assert db.session.scalars(select(Referral.kind)).all() == ["urgent"]


def call_and_be_refused(page: Page) -> None:
    """The branch tells the head in the middle of the call; the attempt is kept, and nobody is told twice."""
    page.locator("main").get_by_role("link", name="Лесникова").first.click()
    expect(page.locator("h1")).to_contain_text("Звонок")
    page.get_by_role("link", name="Открыть шаги").click()
    expect(page.locator("h1")).to_contain_text("Патронажный звонок")
    branch = page.locator("#branch-refusal")
    branch.locator("summary").first.click()
    branch.locator("#step-refusal_condition button.tick").click()
    expect(branch.locator("#step-refusal_condition")).to_have_class("step done")
    look(page, "Патронажный звонок")
    branch.get_by_role("button", name="Сообщить заведующему").click()
    expect(branch.get_by_text("Напишите в нескольких словах").first).to_be_visible()
    branch.locator("textarea[name=refusal-note]").fill(REFUSAL)
    branch.get_by_role("button", name="Сообщить заведующему").click()
    expect(branch.get_by_text("заведующему сообщено")).to_be_visible()
    look(page, "Патронажный звонок")
    page.get_by_role("link", name="К контакту").click()
    page.get_by_role("link", name="Не состоялся").click()
    look(page, "Не состоялся")
    page.get_by_label("отказ").check()
    page.locator("[name=why]").fill(REFUSAL)
    page.get_by_role("button", name="Записать попытку").click()
    expect(page.get_by_text("Попытка сохранена")).to_be_visible()
    look(page, "Звонок")


def decide_on_a_visit(page: Page) -> None:
    """One alert waits in My work; without who and by when nothing is decided."""
    page.goto("/")
    waiting = page.locator("#alerts")
    expect(waiting.locator("li")).to_have_count(1)
    look(page, "Моя работа")
    waiting.get_by_role("link", name="Лесникова").click()
    expect(page.locator("#told")).to_contain_text(REFUSAL)
    look(page, "Отказ")
    page.get_by_label("Визит в семью").check()
    page.locator("[name=answer]").fill("Поезжайте вдвоём.")
    page.locator("[name=assignee_id]").select_option("0")
    page.get_by_role("button", name="Принять решение").click()
    expect(page.get_by_text("Укажите, кто").first).to_be_visible()
    expect(page.locator("[name=answer]")).to_have_value("Поезжайте вдвоём.")
    page.locator("[name=assignee_id]").select_option(label="Зорина А. П.")
    page.locator("[name=due_on]").fill(clock.today().isoformat())
    page.get_by_role("button", name="Принять решение").click()
    expect(page.get_by_text("Решение принято")).to_be_visible()
    look(page, "Отказ")


def plan_the_visit(page: Page) -> None:
    """The task leads to the form of the visit, on its day."""
    page.goto("/")
    look(page, "Моя работа")
    page.locator("#tasks").get_by_role("link", name="Лесникова").click()
    expect(page.locator("#decided")).to_contain_text("Поезжайте вдвоём.")
    look(page, "Отказ")
    page.get_by_role("link", name="Запланировать визит").click()
    expect(page.locator("[name=day]")).to_have_value(clock.today().isoformat())
    page.locator("[name=starts_at]").fill("08:30")
    page.locator("[name=members]").first.check()
    page.get_by_role("button", name="Запланировать").click()
    expect(page.get_by_text("Контакт запланирован")).to_be_visible()


def find_a_child_in_danger(page: Page) -> None:
    page.get_by_role("link", name="Открыть шаги").click()
    branch = page.locator("#branch-danger")
    branch.locator("summary").first.click()
    branch.locator("textarea[name=danger-note]").fill(DANGER)
    branch.get_by_role("button", name="Сообщить заведующему").click()
    expect(branch.get_by_text("заведующему сообщено")).to_be_visible()
    look(page, "Патронажное посещение")


def decide_on_a_notice(page: Page) -> None:
    """Danger stands above everything else, and is told to the commission on the same day."""
    page.goto("/")
    look(page, "Моя работа")
    alarm = page.get_by_role("alert").filter(has_text="Опасность для ребёнка")
    alarm.get_by_role("link", name="Открыть").click()
    expect(page.locator("#told")).to_contain_text(DANGER)
    look(page, "Опасность для ребёнка")
    page.get_by_label("Уведомление в КДНиЗП").check()
    page.locator("[name=answer]").fill("Звоните в комиссию, я еду.")
    page.get_by_role("button", name="Принять решение").click()
    expect(page.get_by_text("Решение принято")).to_be_visible()


def send_the_notice(page: Page) -> None:
    """The notice is an urgent referral by law; then the alert is closed."""
    page.goto("/")
    look(page, "Моя работа")
    page.get_by_role("alert").filter(has_text="выполните решение").get_by_role("link", name="Открыть").click()
    look(page, "Опасность для ребёнка")
    page.get_by_role("link", name="Составить уведомление").click()
    look(page, "Срочное уведомление")
    page.locator("[name=addressee]").fill("КДНиЗП района, дежурному")
    page.locator("[name=request]").fill(DANGER)
    page.get_by_role("button", name="Внести уведомление").click()
    expect(page.get_by_text("Уведомление внесено")).to_be_visible()
    expect(page.locator("main")).to_contain_text("КДНиЗП района")
    look(page, "Лесникова")
    page.goto("/alerts/2")
    close(page, "Комиссия приняла сообщение, ребёнок у бабушки.")
    look(page, "Опасность для ребёнка")


def close(page: Page, outcome: str) -> None:
    page.get_by_role("button", name="Закрыть").click()
    expect(page.get_by_text("Напишите, что из этого вышло").first).to_be_visible()
    page.locator("[name=outcome]").fill(outcome)
    page.get_by_role("button", name="Закрыть").click()
    expect(page.get_by_text("результат сохранён")).to_be_visible()


def close_the_first(page: Page, head: Page) -> None:
    """Nothing is left in My work; the head reads what came of it."""
    page.goto("/alerts/?state=decided")
    look(page, "Тревоги")
    page.locator("main").get_by_role("link", name="отказ").click()
    close(page, "Были дома вдвоём, мать трезвая.")
    page.goto("/")
    expect(page.locator("#tasks")).to_have_count(0)
    head.goto("/alerts/?state=all")
    look(head, "Тревоги")
    head.get_by_role("link", name="отказ").click()
    expect(head.locator("#outcome")).to_contain_text("мать трезвая")
