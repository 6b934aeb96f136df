"""Uploaded scans: judged by content, remade, sealed; never taken as they are."""

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask, request
from PIL import Image

from portal import files, scans
from portal.rules import RuleBroken


def picture(kind: str, size: tuple[int, int] = (60, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def pdf(change: Callable[[pikepdf.Pdf], object] = lambda _: None) -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    change(document)
    document.save(out)
    return out.getvalue()


def test_pictures_and_papers_are_taken_remade() -> None:
    data, media_type = scans.clean(io.BytesIO(picture("PNG") + b"<script>alert(1)</script>"))
    assert media_type == "image/jpeg" and b"script" not in data
    data, media_type = scans.clean(io.BytesIO(pdf()))
    assert media_type == "application/pdf" and data.startswith(b"%PDF-")


def test_what_is_uploaded_lies_in_no_temporary_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("unsealed on the disk")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    scan = (io.BytesIO(b"x" * 1_000_000), "scan.jpg")
    with app.test_request_context("/", method="POST", data={"scan": scan}):
        assert len(request.files["scan"].read()) == 1_000_000


def _script(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.Root.OpenAction = action


def _script_in_a_note(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    document.pages[0].Annots = pikepdf.Array([note])


def _attachment(document: pikepdf.Pdf) -> None:
    document.attachments["a.exe"] = b"MZ"


def _archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.html", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"<html><script>alert(1)</script></html>", "file_html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "file_svg"),
        (picture("GIF") + b"/*alert(1)*/", "file_gif"),
        (picture("PNG")[:60], "file_kind"),
        (_archive(), "file_archive"),
        (picture("PNG", (8000, 5200)), "file_too_many_pixels"),
        (b"%PDF-1.7 broken", "file_broken"),
        (pdf(_script), "file_active"),
        (pdf(_script_in_a_note), "file_active"),
        (pdf(_attachment), "file_active"),
        (b"\xff" * (scans.LARGEST + 1), "file_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_scan_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        scans.clean(io.BytesIO(data))
    assert refused.value.code == code


def test_a_scan_lies_sealed_and_is_missed_when_changed(app: Flask) -> None:
    name, _digest = files.keep(b"a secret scan")
    path = files._folder("uploads") / name
    assert b"secret" not in path.read_bytes() and path.stat().st_mode & 0o077 == 0
    assert files.read(name) == b"a secret scan"
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(InvalidTag):
        files.read(name)
    files.drop(name)
    with pytest.raises(FileNotFoundError):
        files.read(name)
