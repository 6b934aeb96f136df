"""A specialist's day on a phone: plan, confirm, visit by the steps, sign, submit; the head returns it, then checks."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from portal import clock
from portal.check import broken_rules
from portal.db import db
from portal.journal.models import JournalEntry
from tests.factories import make_family, make_patronage, make_user
from tests.journal.rows import entered
from tests.journeys.conftest import Center, axe, look

REMARK = "Напишите, кто был дома."
NOTE = "Ждут к вечеру"
SEEN = "Дома спокойно, уроки сделаны."


def test_a_day_from_the_plan_to_the_checked_entry(center: Center) -> None:
    lead = make_user("specialist", username="lead", last_name="Зорина")
    make_user("head", username="head")
    yesterday = clock.today() - timedelta(1)
    patronage = make_patronage(
        make_family("Лесникова"), lead=lead, regime="emergency", next_contact_on=yesterday
    )
    entered(patronage, lead, yesterday, kind="call", reason="отъезд", notes="Едут домой.")
    before = broken_rules()  # rows of tests are written past the rules
    page, head = center.open("lead", size="phone"), center.open("head")
    plan_and_confirm(page)
    go_through_the_steps(page)
    write_up(page)
    sign_and_submit(page)
    submit_the_call(page)
    give_back(head)
    mend(page)
    check(head)
    look_around(page, head, patronage.family_id)
    db.session.rollback()
    assert set(db.session.scalars(select(JournalEntry.state))) == {"checked"}
    assert broken_rules() == before


def plan_and_confirm(page: Page) -> None:
    """From a day of the week, where the family is late, to a visit that is agreed by telephone."""
    look(page, "Моя работа")
    page.get_by_role("navigation").get_by_role("link", name="Контакты").locator("visible=true").click()
    look(page, "Контакты")
    page.locator("#week").get_by_role("link", name="Запланировать").first.click()
    look(page, "Запланировать контакт")
    page.get_by_role("row", name="Лесникова").get_by_role("link", name="Запланировать").click()
    look(page, "Запланировать контакт")
    taken = page.locator("#taken")
    yesterday = clock.today() - timedelta(1)
    page.locator("[name=day]").fill(str(yesterday))
    expect(taken).to_contain_text("12:00–13:00")
    page.locator("[name=day]").fill(str(clock.today()))
    expect(taken).not_to_contain_text("12:00")
    page.locator("[name=starts_at]").fill("06:15")
    page.locator("[name=members]").first.check()
    page.get_by_role("button", name="Запланировать").click()
    expect(page.get_by_text("Контакт запланирован")).to_be_visible()
    look(page, "Визит")
    page.get_by_role("button", name="Согласован по телефону").click()
    expect(page.get_by_text("Согласовано по телефону")).to_be_visible()


def go_through_the_steps(page: Page) -> None:
    """Each mark is saved at once; a note stays, a step is left out with its reason, the others are ticked."""
    page.get_by_role("link", name="Открыть шаги").click()
    look(page, "Патронажное посещение")
    count = page.locator("#run-progress b")
    expect(count).to_contain_text("0 из 15")
    agreed = page.locator("#step-agree_call")
    agreed.locator("button.tick").click()
    expect(count).to_contain_text("1 из 15")
    agreed.locator("summary").click()
    agreed.locator("textarea").fill(NOTE)
    agreed.get_by_role("button", name="Сохранить").click()
    left_out = page.locator("#step-help_strategy")
    left_out.locator("summary").click()
    left_out.get_by_role("button", name="Пропустить").click()
    expect(left_out.get_by_role("alert")).to_contain_text("почему")
    look(page, "Патронажное посещение")
    left_out.locator("textarea").fill("Менять нечего")
    left_out.get_by_role("button", name="Пропустить").click(delay=400)
    expect(count).to_contain_text("2 из 15")
    straight = page.locator("#stage-help, #stage-study, #stage-prevention").locator("li.step")
    for step in straight.evaluate_all("all => all.map(one => one.id)"):
        if step != "step-help_strategy":
            page.locator(f"#{step} button.tick").click()
    expect(count).to_contain_text("12 из 15")
    page.reload()
    expect(page.locator("#step-agree_call textarea")).to_have_value(NOTE)
    look(page, "Патронажное посещение")


def write_up(page: Page) -> None:
    """What was planned is filled in already; a visit that was too long is said to be."""
    page.get_by_role("link", name="Записать контакт").click()
    expect(page.get_by_text("Все обязательные шаги пройдены")).to_be_visible()
    expect(page.locator("[name=members]").first).to_be_checked()
    look(page, "Записать контакт")
    page.locator("[name=notes]").fill(SEEN)
    page.locator("[name=minutes]").fill("100")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("порядок отводит 90 мин")).to_be_visible()
    look(page, "Визит")


def sign_and_submit(page: Page) -> None:
    """The family signs with a finger; an empty field is refused, a drawing survives the error of another field."""
    page.get_by_role("link", name="Взять подпись").click()
    look(page, "Подпись")
    page.get_by_role("button", name="Сохранить и отправить").click()
    expect(page.get_by_text("Поле подписи пустое").first).to_be_visible()
    draw(page)
    page.evaluate("document.querySelector('[name=signer_id]').options[0].value = '999999'")
    page.get_by_role("button", name="Сохранить и отправить").click()
    expect(page.get_by_text("не из этой семьи").first).to_be_visible()
    page.get_by_role("button", name="Сохранить и отправить").click()
    expect(page.get_by_text("Запись подписана и отправлена")).to_be_visible()
    expect(page.locator("img.ink")).to_have_js_property("complete", True)
    assert page.locator("img.ink").evaluate("one => one.naturalWidth") > 0
    look(page, "Запись журнала")


def draw(page: Page) -> None:
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for n in range(12):
        page.mouse.move(box["x"] + 20 + 20 * n, box["y"] + 60 + (25 if n % 2 else -25))
    page.mouse.up()


def submit_the_call(page: Page) -> None:
    """Nobody signs a call: it is ticked in the list, and goes along."""
    page.goto("/journal/?state=draft")
    look(page, "Журнал учёта услуг")
    page.get_by_role("button", name="Подписать и отправить отмеченные").click()
    expect(page.get_by_text("Отправлена на проверку 1 запись")).to_be_visible()


def give_back(page: Page) -> None:
    """The head finds the visit in the queue, and something lacking in it."""
    page.goto("/")
    look(page, "Моя работа")
    page.locator("main").get_by_role("link", name="Журнал: на проверку").first.click()
    look(page, "Записи журнала на проверку")
    expect(page.locator("#queue")).to_contain_text(SEEN)
    page.locator("#queue li", has_text=SEEN).get_by_role("link", name="Вернуть…").click()
    look(page, "Вернуть запись")
    page.locator("[name=remark]").fill(REMARK)
    page.get_by_role("button", name="Вернуть запись").click()
    expect(page.get_by_text("Запись возвращена специалисту")).to_be_visible()


def mend(page: Page) -> None:
    """The remark stands in My work and beside the text that is mended."""
    page.goto("/")
    look(page, "Моя работа")
    page.goto("/journal/")
    expect(page.locator("main")).to_contain_text(REMARK)
    look(page, "Журнал учёта услуг")
    page.get_by_role("link", name="Исправить").click()
    expect(page.locator("main")).to_contain_text(REMARK)
    look(page, "Исправить запись")
    page.locator("[name=summary]").fill(SEEN + " Дома мать и дочь.")
    page.get_by_role("button", name="Сохранить").click()
    expect(page.get_by_text("Запись изменена")).to_be_visible()
    look(page, "Запись журнала")
    page.get_by_role("button", name="Подписать и отправить").click()
    expect(page.get_by_text("отправлена на проверку")).to_be_visible()


def check(page: Page) -> None:
    """With the keyboard: the focus goes on to the next line."""
    page.goto("/journal/queue")
    page.get_by_role("button", name="Проверено").first.click()
    expect(page.get_by_text("проверена.")).to_be_visible()
    expect(page.locator(":focus")).to_have_text(re.compile(r"^\s*Проверено"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Всё проверено")).to_be_visible()
    look(page, "Записи журнала на проверку")


def look_around(page: Page, head: Page, family: int) -> None:
    """Where the day has left its marks."""
    for path in ("/contacts/", "/contacts/norms", f"/families/{family}/contacts"):
        page.goto(path)
        expect(page.locator("main")).to_contain_text("Лесникова")
        axe(page)
    for path in ("/journal/1", "/journal/periods", "/journal/month", "/contacts/norms"):
        head.goto(path)
        axe(head)
