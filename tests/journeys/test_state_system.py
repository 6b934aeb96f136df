"""A session's services: the head checks them at once, the leader marks them as entered into the state system."""

import re

from playwright.sync_api import expect

from portal import clock
from portal.journal import sessions
from tests.factories import make_club, make_recipient, make_session, make_user
from tests.journal.rows import entered_session
from tests.journeys.conftest import Center, axe, look


def test_from_the_check_to_the_state_system(center: Center) -> None:
    leader = make_user("pedagogue", username="leader")
    make_user("head", username="head")
    session = make_session(make_club(leader), clock.today())
    entered_session(session, *(make_recipient(surname=name) for name in ("Белова", "Орлова", "Титова")))
    sessions.sign_sheet(session.id, leader.id)
    sessions.submit_session(session.id, leader.id)
    head, page = center.open("head"), center.open("leader", size="phone")
    head.goto("/journal/queue")
    look(head, "Записи журнала на проверку")
    head.get_by_role("button", name="Проверить все: 3").click()
    expect(head.get_by_text("Всё проверено")).to_be_visible()
    page.get_by_role("link", name="Гос. система: внести").click()
    look(page, "Государственная информационная система")
    page.get_by_role("checkbox", name="Орлова").check()
    page.get_by_role("button", name="Отметить выбранные внесёнными").click()
    expect(page.get_by_text("Отмечена 1 услуга")).to_be_visible()
    page.get_by_text("Текстом, чтобы скопировать").click()
    expect(page.get_by_label("Строки с табуляцией")).to_have_value(re.compile("Титова Вера0\t"))
    with page.expect_download() as file:
        page.get_by_role("button", name="XLSX").click()
    assert re.fullmatch(r"services-[\d-]+\.xlsx", file.value.suggested_filename)
    page.get_by_role("button", name="Отметить все: 2 услуги").click()
    expect(page.get_by_text("Всё внесено")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Внесено", exact=True).click()
    look(page, "Государственная информационная система")
    page.locator("tbody a[href^='/journal/']", has_text="№").first.click()
    expect(page.get_by_text("внесено").first).to_be_visible()
    look(page, "Запись журнала")
