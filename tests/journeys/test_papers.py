"""Papers: a sheet is printed, signed and scanned on a phone; the head gets a week of them, and hands a file out."""

import hashlib
import io
import json
import re
import zipfile
from datetime import time
from pathlib import Path

from playwright.sync_api import Page, expect

from portal.check import broken_rules
from tests.factories import make_family, make_patronage, make_user
from tests.journal.rows import record
from tests.journeys.conftest import Center, look
from tests.papers.reading import of_pdf, squeezed
from tests.test_files import picture

SEEN = "Дома спокойно, уроки сделаны."
SCAN = {"name": "signed.png", "mimeType": "image/png", "buffer": picture("PNG")}


def test_a_sheet_is_printed_and_signed_and_the_head_takes_many(center: Center) -> None:
    lead = make_user("specialist", username="lead", last_name="Зорина")
    make_user("head", username="head")
    patronage = make_patronage(make_family("Лесникова"), lead=lead)
    contact_id = record(patronage, lead, notes=SEEN)
    record(make_patronage(make_family("Орлова"), lead=lead), lead, starts_at=time(14))
    before = broken_rules()  # rows of tests are written past the rules
    head = center.open("head")
    have_the_week_made(head)
    sign_the_sheet(center.open("lead", size="phone"), contact_id)
    fetch_the_week(head)
    hand_the_file_out(head, patronage.family_id)
    assert broken_rules() == before


def sign_the_sheet(page: Page, contact_id: int) -> None:
    """From the contact to its sheet, its number, its scan; on the papers of the family it is signed."""
    page.goto(f"/contacts/{contact_id}")
    page.get_by_role("link", name="Лист визита или звонка").click()
    look(page, "Лист визита или звонка")
    link = page.locator("#print").get_by_role("link", name="PDF")
    pdf = page.request.get(str(link.get_attribute("href"))).body()
    assert pdf.startswith(b"%PDF-")
    assert squeezed(SEEN) in squeezed(of_pdf(pdf))
    page.get_by_role("button", name="Зарегистрировать").click()
    expect(page.get_by_text("Документ зарегистрирован.")).to_be_visible()
    look(page, "Лист визита или звонка № 1")
    signed = page.locator("#signed")
    signed.get_by_role("button", name="Прикрепить подписанный документ").click()
    expect(page.get_by_text("Выберите скан").first).to_be_visible()
    look(page, "Лист визита или звонка № 1")
    signed.locator("[name=scan]").set_input_files(SCAN)  # type: ignore[arg-type]
    signed.get_by_role("button", name="Прикрепить подписанный документ").click()
    expect(page.get_by_text("Подписанный документ прикреплён.")).to_be_visible()
    with page.expect_download() as scan:
        signed.get_by_role("link", name="Скачать скан").click()
    assert re.fullmatch(r"visit-sheet-\d+-1-signed\.(jpg|png)", scan.value.suggested_filename)
    page.get_by_role("link", name="Лесникова").first.click()
    page.locator("main").get_by_role("link", name="Документы").first.click()
    look(page, "Документы: Лесникова")
    page.get_by_role("link", name="Зарегистрированные документы").click()
    look(page, "Реестр документов")
    expect(page.get_by_role("row", name="Лист визита или звонка")).to_contain_text("подписан")


def have_the_week_made(page: Page) -> None:
    """The sheets of the department for this week are asked for, and the page is left."""
    page.goto("/contacts/")
    page.get_by_role("link", name="Листы визитов").click()
    look(page, "Листы визитов за неделю")
    page.get_by_label("Всего отделения").check()
    page.get_by_role("button", name="Подготовить документы").click()
    look(page, "Фоновые задания")
    page.goto("/")


def fetch_the_week(page: Page) -> None:
    """Whoever comes back is told that it is done, and takes it."""
    page.goto("/jobs/")
    task = page.locator("#jobs li", has_text="Листы визитов за неделю")
    expect(task).to_contain_text("готово")
    look(page, "Фоновые задания")
    with page.expect_download() as file:
        task.get_by_role("link", name="Скачать").click()
    assert re.fullmatch(r"visit-sheets-[\d-]+\.pdf", file.value.suggested_filename)
    text = of_pdf(Path(file.value.path()).read_bytes())
    assert "Лесников" in text and "Орлов" in text


def hand_the_file_out(page: Page, family_id: int) -> None:
    """The whole of a family's data, for another center: what its manifest names is inside."""
    page.goto(f"/families/{family_id}")
    page.get_by_role("link", name="Выдать полное дело").click()
    look(page, "Полное дело семьи")
    page.get_by_label("Передача в другой центр").check()
    page.get_by_label("Кому").fill("Центр «Надежда»")
    page.get_by_role("button", name="Сделать файл").click()
    expect(page.get_by_label("Кому")).to_have_value("Центр «Надежда»")
    look(page, "Полное дело семьи")
    page.get_by_label("На основании какого документа").fill("письмо № 12")
    page.get_by_label("Мне известно").check()
    page.get_by_role("button", name="Сделать файл").click()
    look(page, "Файл готов")
    with page.expect_download() as file:
        page.get_by_role("link", name="Сохранить ZIP").click()
    assert re.fullmatch(r"family-\d+\.zip", file.value.suggested_filename)
    with zipfile.ZipFile(io.BytesIO(Path(file.value.path()).read_bytes())) as pack:
        named = json.loads(pack.read("manifest.json"))["files"]
        assert named
        for one in named:
            assert hashlib.sha256(pack.read(one["path"])).hexdigest() == one["sha256"]
