"""What of a workbook does not stand in its cells: which rows and columns are hidden."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import fromstring, iterparse
from zipfile import ZipFile

from portal.exchange.workbook_guard import MAX_ROWS

Span = tuple[int, int]  # from and to, counted from 1
_CHUNK, _TAIL = 256 * 1024, 1024
_HIDDEN = re.compile(rb"""<(?:\w+:)?(row|col)\s[^<>]*?\bhidden\s*=\s*["'](?:1|true)["'][^<>]*>""")
_PLACES = {
    b"row": (re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']"""),) * 2,
    b"col": tuple(re.compile(rb"""\s%s\s*=\s*["']([0-9]{1,5})["']""" % name) for name in (b"min", b"max")),
}
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@dataclass(frozen=True)
class Hidden:
    """The rows and columns of a sheet that nobody sees."""

    rows: tuple[Span, ...] = ()
    columns: tuple[Span, ...] = ()


NOTHING = Hidden()


def hidden_of(content: bytes) -> dict[str, Hidden]:
    """What is hidden in each sheet, by name. Of a workbook that was looked into by the guard."""
    with ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            return {name: _of_xlsx(archive, part) for name, part in _parts(archive) if part in names}
        return _of_ods(archive)


def _parts(archive: ZipFile) -> Iterator[tuple[str, str]]:
    links = "xl/_rels/workbook.xml.rels"
    if links not in archive.namelist():
        return
    targets = {one.get("Id"): one.get("Target", "") for one in fromstring(archive.read(links))}  # noqa: S314 - sizes counted by the guard
    for sheet in fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):  # noqa: S314
        target = targets.get(sheet.get(f"{_LINKS}id")) or ""
        yield sheet.get("name", ""), target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _of_xlsx(archive: ZipFile, part: str) -> Hidden:
    found: dict[bytes, set[Span]] = {b"row": set(), b"col": set()}
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            block = tail + chunk
            for match in _HIDDEN.finditer(block):
                first, last = (one.search(match[0]) for one in _PLACES[match[1]])
                if first and last:
                    found[match[1]].add((int(first[1]), int(last[1])))
            tail = block[-_TAIL:]
    return Hidden(tuple(sorted(found[b"row"])), tuple(sorted(found[b"col"])))


def _of_ods(archive: ZipFile) -> dict[str, Hidden]:
    found: dict[str, Hidden] = {}
    at = {"row": 0, "column": 0}
    spans: dict[str, list[Span]] = {"row": [], "column": []}
    with archive.open("content.xml") as stream:
        for _, element in iterparse(stream):  # noqa: S314 - sizes counted by the guard
            kind = element.tag.removeprefix(f"{_TABLE}table-")
            if kind in at and element.tag != kind:
                count = max(1, int(element.get(f"{_TABLE}number-{kind}s-repeated") or 1))
                if element.get(f"{_TABLE}visibility") in ("collapse", "filter") and at[kind] < MAX_ROWS:
                    spans[kind].append((at[kind] + 1, at[kind] + count))
                at[kind] += count
                element.clear()
            elif element.tag == f"{_TABLE}table":
                found[element.get(f"{_TABLE}name") or ""] = Hidden(
                    tuple(spans["row"]), tuple(spans["column"])
                )
                at, spans = {"row": 0, "column": 0}, {"row": [], "column": []}
                element.clear()
    return found
