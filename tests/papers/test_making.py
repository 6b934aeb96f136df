"""A paper of an object: the center's own words, the register's number, Russian whoever asks, and where the QR leads."""

from datetime import date

from flask import Flask, g
from flask_babel import force_locale
from flask_babel import gettext as _

from portal.access import Permission
from portal.i18n import say, speaking
from portal.papers import layouts, making
from portal.papers.catalog import KINDS
from portal.papers.kind import Facts, Kind
from portal.papers.law import LAW, WORDS
from portal.settings import actions as settings
from portal.web import show_day
from tests.client import Client
from tests.factories import make_user
from tests.papers.reading import of_docx, of_pdf

LAYOUT = """
title = "Справка"
law = ["services"]
[[blocks]]
paragraph = "{{ center.director_position_dative }} {{ center.director_dative }}: {{ told.day }}, {{ told.button }}"
[[blocks]]
table = "rows"
columns = [{head = "Что", value = "{{ row.text }}"}]
"""


def _kind(monkeypatch, rows: list[Facts]) -> Kind:  # type: ignore[no-untyped-def]
    layout = layouts.parse(LAYOUT, "reference")
    monkeypatch.setattr(layouts, "read", lambda code: layout)
    sample = {"told": {"day": "", "button": ""}, "rows": [{"text": "Пример"}]}

    def _facts(object_id: int) -> Facts:
        told = {"day": show_day(date(2026, 11, 24)), "button": f"{_('Save')} {say('Save')}"}
        return {"told": told, "rows": rows}

    return Kind(
        "reference", "Reference", "family", "family", lambda user, one: one, _facts, sample,
        lambda one: one, Permission.PAPER_PRINT, has_blank=True,
    )  # fmt: skip


def test_a_paper_says_what_the_center_is(app: Flask, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    details = {"centre_name": "Центр «Родник»", "centre_details": "ул. Лесная, 1\nтел. 12-34"}
    director = {"director": "Соколова Наталья Викторовна", "director_position": "Директор"}
    settings.change_settings(make_user("admin").id, **details, **director)
    kind = _kind(monkeypatch, [{"text": "строка"}])
    with app.test_request_context(base_url="https://portal.example.org"):
        for said in (
            of_pdf(making.make(kind, 7, "pdf", number="12", day=date(2026, 11, 22))),
            of_docx(making.make(kind, 7, "docx", number="12", day=date(2026, 11, 22))),
        ):
            for part in ("Центр «Родник»", "тел. 12-34", "№ 12 от 22.11.2026", "Директору Соколовой Н. В."):
                assert part in said, said
            assert LAW["ru"]["services"][:30] in said


def test_a_paper_is_in_russian_whoever_reads_the_page(app: Flask, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    kind = _kind(monkeypatch, [])
    with app.test_request_context(), force_locale("en"):
        assert (_("Save"), str(say("Save"))) == ("Save", "Save")
        said = of_docx(making.make(kind, 7, "docx"))
        assert "вторник, 24 ноября, Сохранить Сохранить" in said
        assert (_("Save"), str(say("Save"))) == ("Save", "Save")
        with speaking("ru"):
            assert "catalogue" not in g and _("Save") == "Сохранить"


def test_a_blank_has_rows_even_where_the_record_has_none(app: Flask, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    kind = _kind(monkeypatch, [])
    with app.test_request_context():
        said = of_docx(making.make(kind, 7, "docx", blank=True))
    assert "Пример" not in said and "Что" in said


def test_the_qr_leads_to_the_page_of_the_paper(app: Flask) -> None:
    sheet = KINDS["visit-sheet"]
    app.config["PORTAL_URL"] = ""
    with app.test_request_context(base_url="https://portal.example.org"):
        assert making.paper_address(sheet, 12) == "https://portal.example.org/papers/visit-sheet/12"
    app.config["PORTAL_URL"] = "https://portal.center.ru"
    assert making.paper_address(sheet, 12) == "https://portal.center.ru/papers/visit-sheet/12"
    app.config["PORTAL_URL"] = ""


def test_both_countries_have_the_same_law_and_words() -> None:
    assert LAW["ru"].keys() == LAW["by"].keys()
    assert WORDS["ru"].keys() == WORDS["by"].keys()
    assert all(text.strip() for table in (*LAW.values(), *WORDS.values()) for text in table.values())


def test_the_center_s_details_are_set_on_the_page(app: Flask) -> None:
    client = Client(app, make_user("admin"))
    client.get("/settings/")
    client.post("/settings/", 422, centre_name="Центр", centre_details="а" * 501)
    page = client.get("/settings/").text
    assert "centre_details" in page and "director_position" in page
