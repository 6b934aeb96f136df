"""No evil file is taken as it is, anywhere: refused with its own sentence, or remade without its active part."""

import ast
import inspect
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from lxml import html
from wtforms.fields.core import UnboundField

from portal import files
from portal.web import Form
from tests.access import world
from tests.client import Client
from tests.evil_files import EVIL, MARK, ROGUE_NAMES
from tests.evil_places import PLACES, Place, Target
from tests.house.source import modules

REMADE = "remade"  # taken, but what is kept was drawn anew and holds no active part
WEB_PAGE = "This is a web page, and it may hold programs: print it to a PDF, and upload that."
SVG = "This is an SVG drawing, and it may hold programs: save it as PNG or JPEG."
GIF = "This is a GIF: save the picture as PNG or JPEG."
MACROS = "This document holds macros (programs). Save it without them, or print it to a PDF."
LOCKED = "This is an archive with a password: unpack it, and upload what lies inside."
BOMB = "This is an archive that unpacks into far more than it may: it was not opened."
ARCHIVE = "This is an archive: unpack it, and upload what lies inside."
ACTIVE = "The PDF holds a program or attachments. Print it to a plain PDF."
NO_SCAN = "This is no scan: only pictures (JPEG, PNG) and PDF are taken."
NO_PHOTO = "This is no picture: only JPEG and PNG are taken."
NO_DRAWING = "This is no drawn signature: only a PNG picture is taken."
NO_TABLE = "The file «%(name)s» is not a table we can read. Save it as .xlsx, .ods or .csv and try again."
NO_FILE = "This is no file of a family: the portal takes the ZIP that another portal has made."
NO_MANIFEST = "The archive has no manifest.json: it was not made by a portal, or was repacked."
_SCAN = {
    "web page": WEB_PAGE,
    "web page called a picture": WEB_PAGE,
    "SVG with script": SVG,
    "GIF with script": GIF,
    "PNG with a ZIP behind it": REMADE,
    "PNG with script in its text": REMADE,
    "JPEG with script in its comment": REMADE,
    "JPEG with a ZIP behind it": REMADE,
    "PDF with a ZIP behind it": REMADE,
    "docm": MACROS,
    "docm called a PDF": MACROS,
    "xlsm": MACROS,
    "ZIP with a password": LOCKED,
    "ZIP bomb": BOMB,
    "ZIP of a ZIP": ARCHIVE,
    "picture of 100 megapixels": "The picture is too large: 40 megapixels at most.",
    "PDF with JavaScript": ACTIVE,
    "PDF that starts a program": ACTIVE,
    "PDF with an attachment": ACTIVE,
    "PDF with a password": "The PDF cannot be read or has a password. Scan it once more.",
    "program called a PDF": NO_SCAN,
    "empty file": "The file is empty. Choose the scan once more.",
}
_PDFS = [name for name in EVIL if name.startswith("PDF")]
_PHOTO = _SCAN | dict.fromkeys([*_PDFS, "program called a PDF"], NO_PHOTO)
_DRAWING = _SCAN | dict.fromkeys(
    [*_PDFS, "program called a PDF", "JPEG with script in its comment", "JPEG with a ZIP behind it"],
    NO_DRAWING,
)
_DRAWING["picture of 100 megapixels"] = (
    "The picture of the signature is too large: 2000 by 1000 points at most."
)
TABLE_MACROS = "The file holds macros. Save it as .xlsx, without them, and try again."
_REGISTER = dict.fromkeys(EVIL, NO_TABLE) | {
    "docm": TABLE_MACROS,
    "docm called a PDF": TABLE_MACROS,
    "xlsm": TABLE_MACROS,
    "ZIP with a password": "The file is locked with a password. Save it without one and try again.",
    "ZIP bomb": "The file unpacks into far more than a register can hold, so it was not opened.",
    "empty file": "There is nothing in the file: no row holds any text.",
}
_ARCHIVE = dict.fromkeys(EVIL, NO_FILE) | {
    "docm": "«[Content_Types].xml»",
    "docm called a PDF": "«[Content_Types].xml»",
    "xlsm": "«[Content_Types].xml»",
    "ZIP with a password": "The archive has a password. Unpack it, and bring the ZIP that lies inside.",
    "ZIP bomb": "The archive unpacks into far more than a family's file can hold: it was not opened.",
    "ZIP of a ZIP": NO_MANIFEST,
    "PNG with a ZIP behind it": NO_MANIFEST,
    "JPEG with a ZIP behind it": NO_MANIFEST,
    "PDF with a ZIP behind it": NO_MANIFEST,
    "empty file": "The file is empty. Choose the family's file once more.",
}
NO_DOCX = "This is no DOCX document: save the template as “Word document (.docx)”."
_TEMPLATE = dict.fromkeys(EVIL, NO_DOCX) | {
    **dict.fromkeys([name for name in EVIL if "ZIP behind" in name], "«x.html»"),
    "docm": "«word/vbaProject.bin»",
    "docm called a PDF": "«word/vbaProject.bin»",
    "xlsm": "«xl/workbook.xml»",
    "ZIP of a ZIP": "«y.zip»",
    "ZIP bomb": "The file unpacks into far more than a template can hold, so it was not opened.",
    "empty file": "The file is empty. Choose the template once more.",
}
SENTENCES = {
    "scan": _SCAN,
    "photo": _PHOTO,
    "drawing": _DRAWING,
    "register": _REGISTER,
    "archive": _ARCHIVE,
    "template": _TEMPLATE,
}
FOLDERS = ("uploads", "papers", "pending", "brought_in", "handed_out", "results")
IDS = [f"{place.endpoint}-{place.field}" for place in PLACES]


def _kept(app: Flask) -> dict[tuple[str, str], bytes]:
    """All that lies sealed on the disk, opened."""
    found = {}
    for folder in FOLDERS:
        for path in (Path(app.config["INSTANCE"]) / folder).glob("*"):
            found[folder, path.name] = files.read(path.name, folder)
    return found


def _around(app: Flask) -> set[Path]:
    """What lies in the instance's folder and around it, besides the database, sealed files and templates."""
    top = Path(app.config["INSTANCE"]).parent
    left = (*FOLDERS, "templates")
    return {
        path
        for path in top.rglob("*")
        if path.is_file() and not any(part in left for part in path.parts) and "portal.db" not in path.name
    }


def _send(target: Target, field: str, name: str, data: bytes) -> tuple[int, str]:
    """Status and words of the answer to the file sent there."""
    fields: dict[str, Any] = target.data | {
        field: (io.BytesIO(data), name),
        "csrf_token": target.client.token(),
    }
    answer = target.client.http.post(target.url, data=fields, content_type="multipart/form-data")
    return answer.status_code, " ".join(unescape(answer.text).split())


def _fitting(data: bytes) -> str:
    """A name for a table that says what its bytes begin with: so that more is looked at than the name."""
    return "реестр.xlsx" if data.startswith(b"PK") else "реестр.csv"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_no_evil_file_is_taken_as_it_is(app: Flask, place: Place) -> None:
    target = place.target(app)
    for evil, (called, data) in EVIL.items():
        name = _fitting(data) if place.takes == "register" else called
        before = _kept(app)
        status, said = _send(target, place.field, name, data)
        new = {key: body for key, body in _kept(app).items() if key not in before}
        if SENTENCES[place.takes][evil] == REMADE:
            assert status == 303, f"{evil}: {status} {said[-3000:]}"
            assert len(new) == 1, f"{evil}: {list(new)}"
            assert not any(MARK in body or b"PK\x03\x04" in body for body in new.values()), evil
            target = place.target(app)
        else:
            assert status == 422, f"{evil}: {status}"
            assert not new, f"{evil} was left on the disk"
            with app.test_request_context(), force_locale("ru"):
                words = gettext(SENTENCES[place.takes][evil]).replace("%(name)s", name)
            assert words in said, f"{evil}: «{words}» is not said"


@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_a_good_file_is_taken_whatever_it_is_called(app: Flask, place: Place) -> None:
    """So that the refusals above are of the file; and a name with ../ leads nowhere."""
    for rogue in ("", *ROGUE_NAMES):
        name, data = place.good(app)
        target, around = place.target(app), _around(app)
        status, _said = _send(target, place.field, rogue or name, data)
        assert status == 303 or (rogue and status == 422), f"{rogue[:40]}: {status}"
        assert _around(app) == around, rogue[:40]
        assert all(len(name) == 32 and name.isalnum() for _folder, name in _kept(app))


def test_each_evil_file_has_a_sentence_everywhere() -> None:
    for takes, sentences in SENTENCES.items():
        assert set(sentences) == set(EVIL), takes
    assert {place.takes for place in PLACES} == set(SENTENCES)


def _forms(base: type = Form) -> Iterator[type]:
    for one in base.__subclasses__():
        yield one
        yield from _forms(one)


def _file_fields(form: type) -> set[str]:
    found = inspect.getmembers(form, lambda value: isinstance(value, UnboundField))
    return {name for name, value in found if "FileField" in value.field_class.__name__}


def test_every_form_with_a_file_is_in_the_table(app: Flask) -> None:
    """A new place is entered in tests/evil_places.py, and is tried with all the files."""
    known = {(place.form, place.field) for place in PLACES}
    bases = {"families.forms.WithScan"}  # what others are made of
    for form in _forms():
        name = f"{form.__module__}.{form.__name__}".removeprefix("portal.")
        if form.__module__.startswith("portal.") and name not in bases:
            for field in _file_fields(form):
                assert (name, field) in known, f"{name}.{field} takes a file, and is not tried"


def test_files_come_through_forms_alone() -> None:
    """Nobody reads the files of a request past the forms that the table knows."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "files" and isinstance(node.value, ast.Name):
                assert node.value.id != "request", name


def test_every_page_that_shows_a_field_for_a_file_is_in_the_table(app: Flask) -> None:
    """Walks all pages of the small center of the access tests, and looks where their forms go."""
    there = world.build(app)
    known = {place.endpoint for place in PLACES}
    adapter = app.url_map.bind("localhost")
    for url, page in _pages(app, there):
        for form in page.xpath("//form[.//input[@type='file']]"):
            address = (form.get("action") or url).partition("?")[0]
            endpoint = adapter.match(address, "POST")[0]
            assert endpoint in known, f"{endpoint} takes a file, and is not tried"


def _pages(app: Flask, there: world.World) -> Iterator[tuple[str, Any]]:
    for role in ("head", "pedagogue", "secretary", "admin"):
        client = Client(app, there.people[role])
        for rule in app.url_map.iter_rules():
            names = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
            if "GET" in (rule.methods or ()) and there.own[role].keys() >= set(names):
                url = re.sub(
                    r"<(?:\w+:)?(\w+)>", lambda found, ids=there.own[role]: str(ids[found[1]]), rule.rule
                )
                answer = client.http.get(url)
                if answer.status_code == 200 and answer.mimetype == "text/html":
                    yield url.partition("?")[0], html.fromstring(answer.text)
