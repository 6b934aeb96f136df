"""Files that nobody should get into the portal as they are: what is tried at every place that takes a file.

`EVIL` is what must be refused or remade; `MARK` stands in the active part of each, and in no stored byte.
"""

import io
import zlib
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARK = b"evil_payload()"
SCRIPT = b"<script>" + MARK + b"</script>"
CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **saving: object) -> bytes:
    """A small picture with a line on it, so that it is a signature as well."""
    out = io.BytesIO()
    image = Image.new("RGB", size, "white")
    for x in range(min(30, size[0])):
        image.putpixel((x, min(10, size[1] - 1)), (0, 0, 0))
    image.save(out, kind, **saving)
    return out.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    """A ZIP of these."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _gif_with_script() -> bytes:
    """GIF89a/* … */=1;evil_payload(): a picture for one reader, a program for another."""
    return b"GIF89a/*\x00\x00\x00\x00" + b"*/=1;" + MARK + b";"


def _png_with_zip() -> bytes:
    return picture() + packed({"x.html": b"x"}) + MARK


def _png_with_text() -> bytes:
    told = PngInfo()
    told.add_text("Comment", SCRIPT.decode())
    return picture(pnginfo=told)


def _locked_zip() -> bytes:
    data = bytearray(packed({"x.txt": MARK}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    return bytes(data)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def _hundred_megapixels() -> bytes:
    """10,000 by 10,000 points, each line a filter byte and 1,250 bytes of nothing: about 12 KB on the wire."""
    header = (10_000).to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))
    lines = zlib.compress(bytes(1_251) * 10_000, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", lines) + _chunk(b"IEND", b"")


def _pdf(change: object = None, **saving: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if callable(change):
            change(made)
        made.save(out, **saving)
    return out.getvalue()


def _runs(made: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(MARK.decode()))
    made.Root.OpenAction = made.make_indirect(action)


def _launches(made: pikepdf.Pdf) -> None:
    """A link on the page that starts a program; no key of it says so, only the kind of its action."""
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String(MARK.decode()))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(link)])


def _attached(made: pikepdf.Pdf) -> None:
    made.attachments["x.exe"] = MARK


def _with_macros(main: str) -> bytes:
    macros = f"{main.partition('/')[0]}/vbaProject.bin"
    return packed({"[Content_Types].xml": CONTENT_TYPES, main: b"<x/>", macros: MARK})


EVIL: dict[str, tuple[str, bytes]] = {  # what it is: the name it comes under, its bytes
    "web page": ("скан.html", b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"),
    "web page called a picture": ("скан.jpg", b"<html>" + SCRIPT + b"</html>"),
    "SVG with script": ("скан.svg", b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>"),
    "GIF with script": ("скан.gif", _gif_with_script()),
    "PNG with a ZIP behind it": ("скан.png", _png_with_zip()),
    "PNG with script in its text": ("скан.png", _png_with_text()),
    "JPEG with script in its comment": ("скан.jpg", picture("JPEG", comment=SCRIPT)),
    "JPEG with a ZIP behind it": ("скан.jpg", picture("JPEG") + packed({"x.html": b"x"}) + MARK),
    "PDF with a ZIP behind it": ("скан.pdf", _pdf() + packed({"x.html": b"x"}) + MARK),
    "docm": ("скан.docm", _with_macros("word/document.xml")),
    "docm called a PDF": ("скан.pdf", _with_macros("word/document.xml")),
    "xlsm": ("реестр.xlsm", _with_macros("xl/workbook.xml")),
    "ZIP with a password": ("скан.zip", _locked_zip()),
    "ZIP bomb": ("скан.zip", packed({"x.txt": bytes(50_000_000)})),
    "ZIP of a ZIP": ("скан.zip", packed({"y.zip": packed({"x.txt": MARK})})),
    "picture of 100 megapixels": ("скан.png", _hundred_megapixels()),
    "PDF with JavaScript": ("скан.pdf", _pdf(_runs)),
    "PDF that starts a program": ("скан.pdf", _pdf(_launches)),
    "PDF with an attachment": ("скан.pdf", _pdf(_attached)),
    "PDF with a password": (
        "скан.pdf",
        _pdf(encryption=pikepdf.Encryption(owner="evil", user="evil"), static_id=False),
    ),
    "program called a PDF": ("скан.pdf", b"MZ\x90\x00" + MARK + bytes(100)),
    "empty file": ("скан.pdf", b""),
}
ROGUE_NAMES = ("../../etc/cron.d/x", "..\\..\\windows\\x", "/etc/passwd", "скан.pdf\x00.exe", "x" * 5_000)
