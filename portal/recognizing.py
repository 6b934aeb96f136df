"""What a file is by its content, when it is not what was asked for: so that the refusal can say it."""

import io
from zipfile import BadZipFile, ZipFile

from portal.rules import N_, RuleBroken

HEAD = 4096
MOST_RATIO, MOST_UNPACKED = 200, 300 * 1024 * 1024
_SIGNS = {
    b"%PDF-": "pdf",
    b"\xff\xd8\xff": "picture",
    b"\x89PNG\r\n": "picture",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"\xd0\xcf\x11\xe0": "old_office",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x1f\x8b": "archive",
}
_WORDS = (
    ("<svg", "svg"),
    ("<!doctype html", "html"),
    ("<html", "html"),
    ("<script", "html"),
    ("<body", "html"),
)
SENTENCES = {
    "html": N_("This is a web page, and it may hold programs: print it to a PDF, and upload that."),
    "svg": N_("This is an SVG drawing, and it may hold programs: save it as PNG or JPEG."),
    "gif": N_("This is a GIF: save the picture as PNG or JPEG."),
    "macros": N_("This document holds macros (programs). Save it without them, or print it to a PDF."),
    "office": N_("This is an Office document: print it to a PDF, and upload that."),
    "old_office": N_("This is a document of an old Office, or one with a password: print it to a PDF."),
    "locked": N_("This is an archive with a password: unpack it, and upload what lies inside."),
    "bomb": N_("This is an archive that unpacks into far more than it may: it was not opened."),
    "archive": N_("This is an archive: unpack it, and upload what lies inside."),
}


def recognized(data: bytes) -> str:
    """One of the kinds of SENTENCES, "pdf" or "picture"; "" for anything else."""
    if data.startswith(b"PK"):
        return _zip(data)
    for sign, kind in _SIGNS.items():
        if data.startswith(sign):
            return kind
    text = data[:HEAD].decode("utf-8", "ignore").lstrip("\ufeff \t\r\n").lower()
    if not text.startswith("<"):
        return ""
    return next((kind for word, kind in _WORDS if word in text), "")


def _zip(data: bytes) -> str:
    """What lies in an archive, by the names and sizes it declares: nothing is unpacked."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        return "archive"
    names = [one.filename.lower() for one in entries]
    if any(one.flag_bits & 1 for one in entries):
        return "locked"
    whole, packed = (sum(one.file_size for one in entries), sum(one.compress_size for one in entries))
    if whole > MOST_UNPACKED or whole > max(1, packed) * MOST_RATIO:
        return "bomb"
    if any(name.endswith("vbaproject.bin") or "/activex/" in name for name in names):
        return "macros"
    if "[content_types].xml" in names or "mimetype" in names:
        return "office"
    return "archive"


def refusal_of(data: bytes) -> RuleBroken | None:
    """A refusal that says what the file is; None where nothing is known of it."""
    kind = recognized(data)
    return RuleBroken(f"file_{kind}", SENTENCES[kind]) if kind in SENTENCES else None
