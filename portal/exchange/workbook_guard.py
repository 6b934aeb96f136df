"""What a packed workbook may unfold into, measured before the reader takes memory for it."""

import re
import struct
import zlib
from xml.etree.ElementTree import iterparse
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from portal.rules import N_, RuleBroken

MAX_ROWS = 50_000
MAX_CELLS = 3_000_000
MAX_CHARS = 50_000_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
MAX_ENTRIES = 10_000
PACKED, PLAIN = frozenset({"xlsx", "ods", "xls"}), frozenset({"csv", "txt", "tsv"})
_CHUNK = 256 * 1024
_CELL = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["'][^<>]*(?<!/)>""")
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SPACES = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}s"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def check_archive(archive: ZipFile, content: bytes) -> None:
    """Raise RuleBroken zip_bomb, too_many_rows, too_many_cells, locked_workbook, macros; sizes are counted.

    Two cells far apart make the reader reserve the whole rectangle between them, so that is measured too.
    Anything else it raises means that the archive is damaged or no workbook.
    """
    names = set(archive.namelist())
    if len(archive.infolist()) > MAX_ENTRIES:
        raise _bomb()
    _check_entries(archive)
    left = min(MAX_UNPACKED, max(10 * _CHUNK, len(content) * MAX_RATIO))
    for entry in archive.infolist():
        size = _unpacked_size(entry, content, left)
        left -= size
        if left < 0:
            raise _bomb()
        if size != entry.file_size:
            raise ValueError("a wrong size is declared")
    if "xl/workbook.xml" in names:
        for name in names:  # sheets may go by any name
            _measure_xlsx(archive, name)
    elif "content.xml" in names and _mimetype(archive).endswith(".spreadsheet"):
        _measure_ods(archive)
    else:
        raise KeyError("no workbook inside")


def check_name(filename: str, content: bytes) -> None:
    """The name is a plain one, and says what the file is. Raises odd_name, wrong_extension."""
    plain = filename.replace("\\", "/")
    if "/" in plain or ".." in plain or not plain.isprintable():
        raise RuleBroken(
            "odd_name", N_("The file's name holds a path. Give the file a plain name and try again.")
        )
    kind = plain.rpartition(".")[2].casefold() if "." in plain else ""
    if kind == "xlsm":
        raise _macros()
    packed = content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    if kind not in (PACKED if packed else PLAIN) and content.strip():
        message = N_("The file's name does not fit what is in it: we read .xlsx, .ods and .csv.")
        raise RuleBroken("wrong_extension", message)


def _check_entries(archive: ZipFile) -> None:
    for entry in archive.infolist():
        name = entry.filename.replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise _locked()
        if name.startswith("/") or ".." in name.split("/"):
            message = N_("The file holds parts that point outside of it, so it was not opened.")
            raise RuleBroken("odd_parts", message)
        if name.casefold().endswith(("vbaproject.bin", "script-lc.xml")) or name.startswith("Basic/"):
            raise _macros()
    manifest = "META-INF/manifest.xml"
    there = manifest in archive.namelist() and archive.getinfo(manifest).file_size < _CHUNK
    if there and b"encryption-data" in archive.read(manifest):
        raise _locked()


def _locked() -> RuleBroken:
    message = N_("The file is locked with a password. Save it without one and try again.")
    return RuleBroken("locked_workbook", message)


def _macros() -> RuleBroken:
    return RuleBroken("macros", N_("The file holds macros. Save it as .xlsx, without them, and try again."))


def _mimetype(archive: ZipFile) -> str:
    return archive.read("mimetype")[:100].decode("ascii", "replace").strip().removesuffix("-template")


def _unpacked_size(entry: ZipInfo, content: bytes, left: int) -> int:
    """The size an entry really unpacks to; whoever packed it wrote the sizes in its headers too."""
    names, extra = struct.unpack("<HH", content[entry.header_offset + 26 : entry.header_offset + 30])
    start = entry.header_offset + 30 + names + extra
    packed = content[start : start + entry.compress_size]
    if entry.compress_type == ZIP_STORED:
        return len(packed)
    if entry.compress_type != ZIP_DEFLATED:
        raise ValueError("unknown compression")
    size, stream = 0, zlib.decompressobj(-zlib.MAX_WBITS)
    while packed and not stream.eof:
        size += len(stream.decompress(packed, _CHUNK))
        packed = stream.unconsumed_tail
        if size > left:
            raise _bomb()
    return size


def _measure_xlsx(archive: ZipFile, name: str) -> None:
    last_row = last_column = 0
    tail = b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            block = tail + chunk
            for match in _CELL.finditer(block):
                last_row = max(last_row, int(match[2]))
                last_column = max(last_column, _column(match[1]))
            tail = block[-1024:]
    _check_area(last_row, last_column)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _measure_ods(archive: ZipFile) -> None:
    rows = width = pending = 0
    with archive.open("content.xml") as stream:
        for _, element in iterparse(stream):  # noqa: S314 - sizes counted, entities bounded
            if element.tag == _SPACES and int(element.get(f"{_SPACES[:-1]}c") or 1) > MAX_ROWS:
                raise _bomb()
            if element.tag == f"{_TABLE}table-row":
                pending += _repeated(element, "rows")
                if filled := _filled_width(element):
                    rows, pending = rows + pending, 0
                    width = max(width, filled)
                    _check_area(rows, width)
                element.clear()
            elif element.tag == f"{_TABLE}table":
                rows = width = pending = 0
                element.clear()


def _filled_width(row: object) -> int:
    place = filled = 0
    for cell in row:  # type: ignore[attr-defined]
        place += _repeated(cell, "columns")
        if cell.get(f"{_OFFICE}value-type") or len(cell):
            filled = place
    return filled


def _repeated(element: object, what: str) -> int:
    return max(1, int(element.get(f"{_TABLE}number-{what}-repeated") or 1))  # type: ignore[attr-defined]


def _check_area(rows: int, columns: int) -> None:
    if rows > MAX_ROWS:
        raise too_many_rows()
    if rows * columns > MAX_CELLS:
        raise too_wide()


def too_wide() -> RuleBroken:
    """The refusal of a table with far too many columns."""
    message = N_(
        "The table is too wide: something is written far to the right of it. Delete it and try again."
    )
    return RuleBroken("too_many_cells", message)


def too_many_rows() -> RuleBroken:
    """The refusal of a table that is too long."""
    message = N_("There are more than %(limit)s rows in a sheet. Split the file into several.")
    return RuleBroken("too_many_rows", message, limit=MAX_ROWS)


def too_much_text() -> RuleBroken:
    """The refusal of a table that holds too much text."""
    return RuleBroken("too_many_cells", N_("There is too much text in the file. Split it into several."))


def _bomb() -> RuleBroken:
    message = N_("The file unpacks into far more than a register can hold, so it was not opened.")
    return RuleBroken("zip_bomb", message)
