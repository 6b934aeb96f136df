"""The wizard's pages: headings named by hand and remembered, guards, who may what, undo and going on."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import clock, files
from portal.accounts.models import User
from portal.clubs.models import ClubSession
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.exchange import kinds as kinds_of
from portal.exchange import launching, pending
from portal.exchange.models import Import, ImportHeading
from portal.exchange.workbook import read_workbook
from portal.families.models import Family
from portal.jobs import worker
from tests.client import Client
from tests.exchange import test_import_clubs as clubs
from tests.exchange import test_import_contacts as contacts
from tests.exchange.imports import bring, looked
from tests.exchange.tables import Rows, make_ods, make_xlsx
from tests.exchange.test_workbook import replaced, zipped
from tests.factories import make_club, make_family, make_patronage, make_recipient, make_user

ODD = ["Когда", "К кому", "Кто", "Как", "Чем кончилось", "Погода"]


@pytest.fixture
def head(app: Flask) -> User:
    return make_user("head")


@pytest.fixture
def client(app: Flask, head: User) -> Client:
    make_user("specialist", last_name="Туров", first_name="Филарет", middle_name="Юльевич")
    enrolled = clock.today() - timedelta(380)
    make_patronage(make_family("Ивушкина"), opened_on=enrolled, enrolled_on=enrolled)
    return Client(app, head)


def upload(client: Client, kind: str, rows: Rows, status: int = 303) -> str:
    file = (io.BytesIO(make_xlsx({"Лист": rows})), "list.xlsx")
    return str(client.post(f"/imports/new/{kind}", status, file=file).headers.get("Location", ""))


def odd_row(days: int = 30) -> list[object]:
    day = clock.today() - timedelta(days)
    return [day, "Ивушкина Мария Ивановна", "Туров Ф. Ю.", "визит", "состоялся", "ясно"]


def chosen(client: Client, **fields: str) -> dict[str, Any]:
    names = {
        select.xpath("string(//label[@for=$id])", id=select.get("id")).strip(" *"): select.get("name")
        for select in client.page.xpath("//select[starts-with(@name, 'h')]")
    }
    return {names[label]: code for label, code in zip(names, fields.values(), strict=True)}


def test_unknown_headings_are_named_by_hand_and_remembered(client: Client) -> None:
    headings = upload(client, "contacts", [ODD, odd_row()])
    assert headings.endswith("/headings")
    client.get(headings)
    labels = [label.strip() for label in client.page.xpath("//label[starts-with(@for, 'h')]/text()")]
    assert labels == ODD
    meant = {f"h{n}": code for n, code in enumerate(["day", "family", "", "kind", "result", ""])}
    client.post(headings, 422, **meant)
    assert client.page.xpath("//*[@data-errors]//li")
    assert client.page.xpath("//select[@name='h1']/option[@selected]/@value") == ["family"]
    client.post(headings, 422, **(meant | {"h2": "day"}))
    preview = client.post(headings, **(meant | {"h2": "worker"})).headers["Location"]
    client.get(preview)
    assert len(client.page.xpath("//tbody/tr")) == 1
    again = upload(client, "contacts", [list(reversed(ODD)), list(reversed(odd_row(31)))])
    assert again.endswith("/headings") is False
    client.get(again)
    assert len(client.page.xpath("//tbody/tr")) == 1
    assert _kept()["кто"] == "worker"
    assert "погода" not in _kept(), (
        "what means nothing may be somebody's name, in a workbook without headings"
    )


def test_a_column_that_is_not_taken_is_named_before_anything_is_written(app: Flask) -> None:
    client = Client(app, make_user("admin"))
    rows: Rows = [["ФИО сотрудника", "Кем  работает", "Отдел", "2026"], ["Сидорова Анна", "педагог", "", "1"]]
    client.get(upload(client, "staff", rows))
    assert "Столбцы, которые не будут внесены" in client.text
    note = client.page.xpath("string(//div[contains(@class, 'note')])")
    assert "Кем работает" in note
    assert "ФИО" not in note and "Отдел" not in note and "2026" not in note


def test_a_heading_that_was_known_can_be_said_to_mean_nothing(client: Client) -> None:
    preview = upload(client, "contacts", [contacts.HEAD, contacts.row()])
    client.get(f"{preview}/headings")
    chosen = {
        name: next(iter(client.page.xpath(f"//select[@name='{name}']/option[@selected]/@value")), "")
        for name in client.page.xpath("//select/@name")
    }
    spared = next(name for name, code in chosen.items() if code and code not in REQUIRED)
    client.post(f"{preview}/headings", **(chosen | {spared: ""}))
    assert list(_kept().values()) == [""]


REQUIRED = set(kinds_of.KINDS["contacts"].required)


def _kept() -> dict[str, str]:
    return {row.heading: row.field for row in db.session.scalars(select(ImportHeading))}


def test_a_register_with_unknown_headings_is_named_by_hand(client: Client) -> None:
    head = ["Мама и папа", "Малыши", "Подписали бумагу", "Дата постановки", "Вид"]
    row = ["Яркова Анна Юрьевна", "Ярков Лев, 01.02.2015", "01.03.2025", "10.03.2025", "плановый"]
    headings = upload(client, "families", [head, row])
    assert headings.endswith("/headings")
    client.get(headings)
    fields = {"h0": "representatives", "h1": "children", "h2": "consent", "h3": "enrolled", "h4": "regime"}
    preview = client.post(headings, **fields).headers["Location"]
    client.get(preview)
    assert len(client.page.xpath("//tbody/tr")) == 1 and "Яркова Анна Юрьевна" in client.text


def test_the_number_of_a_row_is_not_asked_for_and_a_numbered_row_is_not_lost(client: Client) -> None:
    head = ["№", "Мама и папа", "Малыши", "Подписали бумагу", "Дата постановки", "Вид"]
    row = ["1", "Яркова Анна Юрьевна", "Ярков Лев, 01.02.2015", "01.03.2025", "10.03.2025", "плановый"]
    headings = upload(client, "families", [head, row, ["2", "", "Без мамы", "", "", ""]])
    client.get(headings)
    labels = [label.strip() for label in client.page.xpath("//label[starts-with(@for, 'h')]/text()")]
    assert labels == head[1:]
    offered = client.page.xpath("//select[@name='h0']/option/text()")
    assert offered[1:4] == ["Законные представители", "Дети (ФИО)", "Согласие"], "the needed ones come first"
    fields = {"h0": "representatives", "h1": "children", "h2": "consent", "h3": "enrolled", "h4": "regime"}
    preview = client.post(headings, **fields).headers["Location"]
    client.get(f"{preview}?show=refused")
    assert len(client.page.xpath("//tbody/tr")) == 1 and "Без мамы" in client.text


def test_the_wizard_from_the_file_to_the_undo(client: Client) -> None:
    client.get("/imports/")
    client.get("/imports/new/contacts")
    rows = [contacts.HEAD, contacts.row(), contacts.row(31, family="Неведомая Анна"), contacts.row(32)]
    preview = upload(client, "contacts", rows)
    client.get(preview)
    assert len(client.page.xpath("//tbody/tr")) == 2
    client.get(f"{preview}?show=refused")
    assert "Неведомая Анна" in client.text
    client.get(f"{preview}?show=nonsense", 404)
    done = client.post(f"{preview}/apply").headers["Location"]
    client.get(done)
    refused = client.http.get(f"{preview}/refused")
    (sheet,) = read_workbook(refused.data)
    assert len(sheet.rows) == 2 and "Неведомая Анна" in str(sheet.rows[1][1])
    client.get("/imports/")
    assert client.page.xpath(f"//a[@href='{done}']")
    client.post(f"{done}/undo")
    assert db.session.scalar(select(func.count()).select_from(Contact)) == 0
    client.get(done)
    client.post(f"{done}/undo")
    client.get(preview)
    assert len(client.page.xpath("//tbody/tr")) == 2


def test_what_stands_in_the_way_is_named(client: Client, head: User) -> None:
    done = bring("contacts", [contacts.HEAD, contacts.row()], head)
    with technical() as s:
        s.scalars(select(Contact)).one().notes = "Дополнено"
    answer = client.post(f"/imports/{done.id}/undo")
    client.get(answer.headers["Location"])
    assert "Ивушкина" in client.text and client.page.xpath("//h2[@id='way']")


def test_a_long_import_goes_on_in_the_background(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launching, "SEVERAL", 10)
    rows = [contacts.HEAD, *(contacts.row(n) for n in range(1, 41))]
    done = client.post(f"{upload(client, 'contacts', rows)}/apply").headers["Location"]
    client.get(done)
    assert client.page.xpath("//progress")
    client.get(done, htmx=True)
    client.post(f"{done}/go-on")
    worker.work(app, until_done=True)
    answer = client.get(done, 204, htmx=True)
    assert answer.headers["HX-Redirect"] == done
    assert looked(int(done.rpartition("/")[2])).made == 40


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "list.xlsx"),
        (b"<html><script>alert(1)</script></html>", "list.xlsx"),
        (b"%PDF-1.7", "list.pdf"),
        (make_xlsx({"A": contacts.HEAD and [contacts.HEAD]}), "list.xlsm"),
        (make_xlsx({"A": [contacts.HEAD]}), "list.csv"),
        (make_xlsx({"A": [contacts.HEAD]}), "list.pdf"),
        (make_xlsx({"A": [contacts.HEAD]}), "../../list.xlsx"),
        (zipped(xl__workbook_dot_xml=b"<x/>", xl__vbaProject_dot_bin=b"x"), "list.xlsx"),
        (
            replaced(make_ods({"A": [["x"]]}), "META-INF/manifest.xml", b"<a><encryption-data/></a>"),
            "list.ods",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "list.xlsx"),
        (replaced(make_xlsx({"A": [["x"]]}), "xl/worksheets/sheet1.xml", b" " * 30_000_000), "list.xlsx"),
    ],
    ids=["empty", "html", "pdf", "macros", "csv", "extension", "path", "vba", "locked", "old", "bomb"],
)
@pytest.mark.parametrize("kind", ["families", "contacts"])
def test_no_evil_file_is_taken(client: Client, kind: str, data: bytes, name: str) -> None:
    before = set(files._folder(pending.FOLDER).iterdir())
    client.post(f"/imports/new/{kind}", 422, file=(io.BytesIO(data), name))
    (sentence,) = client.page.xpath("//*[@data-errors]//li")
    assert len(sentence.text_content()) > 15
    assert set(files._folder(pending.FOLDER).iterdir()) == before


def test_an_example_has_the_headings_that_are_known(client: Client) -> None:
    for kind in ("families", "contacts", "sessions", "attendance"):
        data = client.http.get(f"/imports/new/{kind}/example").data
        answer = client.post(f"/imports/new/{kind}", file=(io.BytesIO(data), "example.xlsx"))
        assert not answer.headers["Location"].endswith("/headings"), kind
        needed = [one.required for one in kinds_of.KINDS[kind].asked]
        assert needed == sorted(needed, reverse=True), kind  # what is needed stands first


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        ("head", {"families", "contacts", "sessions", "attendance"}),
        ("pedagogue", {"sessions", "attendance"}),
        ("admin", {"staff"}),
    ],
)
def test_each_role_is_offered_its_own_kinds(app: Flask, role: str, kinds: set[str]) -> None:
    browser = Client(app, make_user(role))
    browser.get("/imports/")
    links = browser.page.xpath("//a[starts-with(@href, '/imports/new/')]/@href")
    assert {link.rpartition("/")[2] for link in links} == kinds
    for code in ("families", "staff", "contacts", "sessions", "attendance", "nonsense"):
        browser.get(f"/imports/new/{code}", 200 if code in kinds else 404)


@pytest.mark.parametrize("role", ["specialist", "chair", "secretary", "member", "staff", "auditor"])
def test_nobody_else_brings_anything_in(app: Flask, role: str) -> None:
    Client(app, make_user(role)).get("/imports/", 403)


def test_a_pedagogue_reaches_own_imports_alone(app: Flask, head: User) -> None:
    leader, other = make_user("pedagogue"), make_user("pedagogue")
    make_club(leader)
    done = bring("sessions", [clubs.HEAD, ["Мастерская", clubs.monday(-1), "15:00", "Дружба", ""]], leader)
    Client(app, leader).get(f"/imports/{done.id}")
    Client(app, head).get(f"/imports/{done.id}")
    Client(app, other).get(f"/imports/{done.id}", 404)
    Client(app, other).post(f"/imports/{done.id}/undo", 404)
    Client(app, make_user("admin")).get(f"/imports/{done.id}", 404)
    assert db.session.scalars(select(Import.state)).one() == "done"


def test_the_pages_of_what_was_brought_in_open(app: Flask, client: Client, head: User) -> None:
    done = bring("contacts", [contacts.HEAD, contacts.row(), contacts.row(1, kind="звонок")], head)
    for one in db.session.scalars(select(Contact).order_by(Contact.id)).all():
        client.get(f"/contacts/{one.id}")
    family_id = db.session.scalars(select(Family.id)).one()
    for page in ("", "/contacts", "/norms", "/timeline"):
        client.get(f"/families/{family_id}{page}")
    leader = make_user("pedagogue")
    club = make_club(leader)
    make_recipient(club, surname="Клёнова")
    bring("sessions", [clubs.HEAD, ["Мастерская", clubs.day_within(), "15:00", "Дружба", ""]], leader)
    bring("attendance", [clubs.MARKS, ["Мастерская", clubs.day_within(), "Клёнова Вера0", "+"]], leader)
    session_id = db.session.scalars(select(ClubSession.id)).one()
    browser = Client(app, leader)
    for page in ("/", f"/clubs/{club.id}", f"/clubs/sessions/{session_id}", "/clubs/"):
        browser.get(page)
    browser.get(f"/clubs/sessions/{session_id}/attendance")
    assert done.made == 2


@pytest.mark.parametrize("kind", ["contacts", "families"])
def test_nobody_is_asked_about_thousands_of_headings(client: Client, kind: str) -> None:
    heads = [f"столбец {number} и" for number in range(5000)]
    upload(client, kind, [heads, ["ясно"] * len(heads)], status=422)
