"""A plan that two people write at once, that the family agrees to and the head approves."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.plans.models import Plan
from tests.factories import make_assignment, make_family, make_patronage, make_user
from tests.journeys.conftest import Center, look


def test_two_people_write_one_plan_and_nothing_typed_is_lost(center: Center) -> None:
    lead = make_user("specialist", username="lead", last_name="Зорина")
    colleague = make_user("pedagogue", username="colleague", last_name="Громова")
    make_user("head", username="head", last_name="Лебедева")
    patronage = make_patronage(make_family("Лесникова"), lead=lead)
    make_assignment(patronage, colleague, "involved")
    plan = f"/families/{patronage.family_id}/plan"
    first, second, head = center.open("lead"), center.open("colleague", size="phone"), center.open("head")
    begin(first, plan)
    second.goto(plan)
    second.get_by_role("link", name="Заполнить план").click()
    look(second, "версия 1")
    write(first)
    write_at_the_same_time(second)
    agree(first, plan)
    approve(head)
    first.goto(plan)
    expect(first.locator("main")).to_contain_text("действует")
    look(first, "План сопровождения")
    db.session.rollback()
    assert db.session.scalars(select(Plan.state)).all() == ["in_force"]


def begin(page: Page, plan: str) -> None:
    page.goto(plan)
    look(page, "План сопровождения")
    page.get_by_role("button", name="Составить план").click()
    look(page, "версия 1")


def write(page: Page) -> None:
    """A goal with two measures: the second row comes without the page being loaded anew."""
    page.locator("[name=aim]").fill("Дети учатся")
    page.locator("[name=goals-0-sphere]").select_option("education")
    page.locator("[name=goals-0-text]").fill("Ходят в школу каждый день")
    measure(page, 0, "Встреча с классным руководителем", "user:")
    page.get_by_role("button", name="Ещё одно мероприятие").click()
    measure(page, 1, "Режим дня", "member:")
    page.locator("[name=goals-0-measures-1-leisure]").check()
    look(page, "версия 1")
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.get_by_text("План сохранён")).to_be_visible()
    look(page, "План сопровождения")


def measure(page: Page, number: int, text: str, who: str) -> None:
    row = f"[name=goals-0-measures-{number}-"
    page.locator(row + "text]").fill(text)
    page.locator(row + "due_on]").fill((clock.today() + timedelta(14)).isoformat())
    value = page.locator(row + f"who] option[value^='{who}']").first.get_attribute("value")
    page.locator(row + "who]").select_option(value)


def write_at_the_same_time(page: Page) -> None:
    """The slower one sees what the other has saved, keeps what they typed, and saves both."""
    page.locator("[name=aim]").fill("Дети здоровы")
    page.locator("[name=wishes]").fill("Хотим в секцию")
    page.locator("[name=goals-0-sphere]").select_option("health")
    page.locator("[name=goals-0-text]").fill("Привиты по возрасту")
    measure(page, 0, "Записать к врачу", "user:")
    page.get_by_role("button", name="Сохранить").last.click()
    meanwhile = page.locator("#meanwhile")
    expect(meanwhile).to_contain_text("Зорина")
    expect(meanwhile).to_contain_text("Дети учатся")
    expect(page.locator("[name=aim]")).to_have_value("Дети здоровы")
    expect(page.locator("[name=wishes]")).to_have_value("Хотим в секцию")
    typed = page.locator("#plan-form textarea").evaluate_all("all => all.map(one => one.value)")
    assert {"Привиты по возрасту", "Ходят в школу каждый день", "Режим дня", "Записать к врачу"} <= set(typed)
    look(page, "версия 1")
    page.get_by_role("button", name="Сохранить").last.click()
    expect(page.get_by_text("План сохранён")).to_be_visible()
    for text in ("Дети здоровы", "Хотим в секцию", "Привиты по возрасту", "Ходят в школу каждый день"):
        expect(page.locator("main")).to_contain_text(text)
    look(page, "План сопровождения")


def agree(page: Page, plan: str) -> None:
    page.goto(plan)
    page.get_by_role("link", name="Согласовано с семьёй").click()
    look(page, "Согласовано с семьёй")
    page.get_by_role("button", name="Семья согласна").click()
    expect(page.get_by_text("на утверждение").or_(page.get_by_text("утверждает")).first).to_be_visible()
    look(page, "План сопровождения")


def approve(page: Page) -> None:
    """From My work of the head."""
    page.goto("/")
    look(page, "Моя работа")
    page.locator("main").get_by_role("link", name="Лесникова").first.click()
    look(page, "План сопровождения")
    page.get_by_role("button", name="Утвердить план").click()
    expect(page.get_by_text("План утверждён и действует")).to_be_visible()
