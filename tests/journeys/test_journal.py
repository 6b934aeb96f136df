"""A visit's entry on a phone: the family signs with a finger, the worker submits, the head checks with a touch."""

from datetime import time

from sqlalchemy import select

from portal.db import db
from portal.journal.models import JournalEntry
from tests.factories import make_family, make_patronage, make_user
from tests.journal.rows import entered
from tests.journeys.conftest import Center, axe


def test_a_signature_drawn_on_a_phone_and_checked(center: Center) -> None:
    lead = make_user("specialist", username="lead")
    make_user("head", username="head")
    patronage = make_patronage(make_family("Лесникова"), lead=lead)
    entry_id = entered(patronage, lead, notes="Дома спокойно, уроки сделаны.")
    entered(patronage, lead, kind="call", reason="отъезд", starts_at=time(18))
    page = center.open("lead", size="phone")
    page.goto("/journal/")
    axe(page)
    page.get_by_role("link", name="Подпись — запись").click()
    axe(page)
    page.get_by_role("button", name="Сохранить и отправить").click()
    page.get_by_text("Поле подписи пустое").first.wait_for()
    page.locator("canvas").scroll_into_view_if_needed()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for n in range(12):
        page.mouse.move(box["x"] + 20 + 20 * n, box["y"] + 60 + (25 if n % 2 else -25))
    page.mouse.up()
    page.evaluate("document.querySelector('[name=signer_id]').options[0].value = '999999'")
    page.get_by_role("button", name="Сохранить и отправить").click()
    page.get_by_text("не из этой семьи").first.wait_for()
    page.get_by_role(
        "button", name="Сохранить и отправить"
    ).click()  # the drawing has come back with the error
    page.get_by_text("Запись подписана и отправлена").wait_for()
    axe(page)
    assert page.locator("img.ink").evaluate("one => one.complete && one.naturalWidth > 0")
    page.goto("/journal/?state=draft")
    page.get_by_role("button", name="Подписать и отправить отмеченные").click()
    page.get_by_text("Отправлена на проверку 1 запись").wait_for()
    head = center.open("head")
    head.goto("/journal/queue")
    axe(head)
    head.get_by_role("button", name="Проверено").first.click()
    head.get_by_text("Запись № 1 проверена").wait_for()
    assert head.evaluate("document.activeElement.textContent").strip().startswith("Проверено")
    head.keyboard.press("Enter")
    head.get_by_text("Всё проверено").wait_for()
    for path in (f"/journal/{entry_id}", "/journal/periods", "/journal/print"):
        head.goto(path)
        axe(head)
    db.session.rollback()
    assert set(db.session.scalars(select(JournalEntry.state))) == {"checked"}
