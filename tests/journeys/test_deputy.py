"""A leave: the head names a deputy, who sees the families and works with them until it ends."""

from datetime import time, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.contacts import actions as contacts
from portal.contacts.models import Contact
from portal.db import db
from tests.factories import make_family, make_patronage, make_user
from tests.journeys.conftest import Center, look


def test_a_deputy_stands_in_until_the_leave_ends(center: Center) -> None:
    away = make_user("specialist", username="away", last_name="Зорина")
    deputy = make_user("specialist", username="deputy", last_name="Громова")
    make_user("head", username="head", last_name="Лебедева")
    patronage = make_patronage(make_family("Лесникова"), lead=away, regime="emergency")
    visit = {"kind": "visit", "day": clock.today() + timedelta(2), "starts_at": time(10), "minutes": 60}
    contacts.plan_contact(patronage.id, away.id, away.id, **visit)
    family = f"/families/{patronage.family_id}"
    head, page = center.open("head"), center.open("deputy", size="phone")
    cannot_see(page, family)
    name_the_deputy(head)
    work_instead(page, family)
    end_it(head)
    cannot_see(page, family)
    page.goto("/")
    expect(page.locator("main")).not_to_contain_text("Лесникова")
    db.session.rollback()
    whose = dict(db.session.execute(select(Contact.state, Contact.user_id)).all())
    assert whose == {"planned": away.id, "done": deputy.id}
    back = center.open("away", size="phone")
    back.goto(family + "/contacts")
    expect(back.locator("main")).to_contain_text("Громова")


def cannot_see(page: Page, family: str) -> None:
    for path in (family, family + "/contacts", family + "/contacts/new"):
        answer = page.goto(path)
        assert answer is not None and answer.status == 404
    page.goto("/families/?q=лесникова")
    expect(page.locator("main")).not_to_contain_text("Лесникова")


def name_the_deputy(page: Page) -> None:
    """What is planned for these days is shown before it changes hands."""
    page.goto("/deputies/")
    look(page, "Замещения")
    page.get_by_role("link", name="Назначить замещение").first.click()
    look(page, "Назначить замещение")
    page.locator("[name=user_id]").select_option(label="Зорина Анна Петровна")
    page.locator("[name=deputy_id]").select_option(label="Громова Анна Петровна")
    page.locator("[name=ends_on]").fill((clock.today() + timedelta(14)).isoformat())
    page.get_by_role("button", name="Назначить").click()
    expect(page.locator("#contacts")).to_contain_text("Лесникова")
    expect(page.locator("[name=contacts]")).to_be_checked()
    look(page, "Назначить замещение")
    page.get_by_role("button", name="Назначить").click()
    expect(page.get_by_text("Замещение назначено")).to_be_visible()
    look(page, "Замещения")


def work_instead(page: Page, family: str) -> None:
    """The family, its planned visit and a contact of today, without signing in anew."""
    page.goto("/")
    expect(page.locator("#deputies")).to_contain_text("Зорина")
    look(page, "Моя работа")
    page.goto(family)
    look(page, "Лесникова")
    page.get_by_role("link", name="Записать состоявшийся").click()
    look(page, "Состоявшийся контакт")
    page.locator("[name=starts_at]").fill("06:30")
    page.locator("[name=minutes]").fill("40")
    page.locator("[name=members]").first.check()
    page.locator("[name=notes]").fill("Дети дома, мать работает.")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Контакт записан")).to_be_visible()
    look(page, "Визит")
    page.goto("/contacts/?specialist=0")
    look(page, "Контакты")


def end_it(page: Page) -> None:
    """Back early: what is still planned goes back as well."""
    page.goto("/deputies/")
    page.get_by_role("button", name="Завершить сейчас").click()
    expect(page.get_by_text("Замещение завершено")).to_be_visible()
    expect(page.locator("#past")).to_contain_text("Громова")
    look(page, "Замещения")
