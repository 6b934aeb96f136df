"""Tables as people send them: xlsx, ods or csv, recognised by content, read without trusting it."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from portal.exchange.workbook_guard import MAX_CHARS, MAX_ROWS, check_archive, too_many_rows, too_much_text
from portal.exchange.workbook_layout import NOTHING, Hidden, hidden_of
from portal.rules import N_, RuleBroken

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

MAX_BYTES = 20 * 1024 * 1024
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MARKUP = ("<", "{", "%PDF")
Merged = tuple[tuple[int, int], tuple[int, int]]  # first and last cell, row and column counted from 0


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows that hold anything, each with the number Excel shows beside it."""

    name: str
    rows: list[tuple[int, tuple[object, ...]]]
    merged: tuple[Merged, ...] = ()
    hidden: Hidden = NOTHING  # its rows and columns
    visible: bool = True


def read_workbook(source: str | Path | bytes, filename: str = "") -> list[Sheet]:
    """The sheets of a workbook; cells are str, float, bool, date or datetime, "" where empty.

    `filename` serves messages only: the kind is judged by content. Raises RuleBroken with the code
    file_missing, file_too_big, workbook_empty, not_a_workbook, old_workbook, zip_bomb, too_many_rows or
    too_many_cells.
    """
    name = filename or (Path(source).name if not isinstance(source, bytes) else "")
    content = source if isinstance(source, bytes) else _load(Path(source))
    _check_size(len(content))
    if not content.strip():
        raise _empty()
    sheets = _read_any(content, name)
    if not any(sheet.rows for sheet in sheets):
        raise _empty()
    return [sheet for sheet in sheets if sheet.rows]


def _load(path: Path) -> bytes:
    try:
        _check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise RuleBroken(
            "file_missing", N_("The file «%(name)s» cannot be opened."), name=path.name
        ) from error


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        message = N_("The file is larger than %(limit)s MB. Leave only the register in it, without pictures.")
        raise RuleBroken("file_too_big", message, limit=MAX_BYTES // 1024 // 1024)


def _read_any(content: bytes, name: str) -> list[Sheet]:
    if content.startswith(_ZIP):
        return list(_read_archive(content, name))
    if content.startswith(_OLD_EXCEL):
        message = N_(
            "This is an old Excel file or one with a password. Open it in Excel and save it as .xlsx."
        )
        raise RuleBroken("old_workbook", message)
    return [Sheet("", list(_read_csv(content, name)))]


def _read_archive(content: bytes, name: str) -> Iterator[Sheet]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive, content)
    except RuleBroken:
        raise
    except Exception as error:  # damaged archives fail in a dozen ways, all meaning the same to the reader
        raise _unreadable(name) from error
    yield from _read_sheets(content, name)


def _read_sheets(content: bytes, name: str) -> Iterator[Sheet]:
    # only who brings a workbook needs it
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    budget = MAX_CHARS
    try:
        book, hidden = CalamineWorkbook.from_filelike(io.BytesIO(content)), hidden_of(content)
        for info in book.sheets_metadata:
            if info.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(info.name)
                rows, budget = _rows(sheet, budget)
                merged = tuple(sheet.merged_cell_ranges or ())
                seen = info.visible == SheetVisibleEnum.Visible
                yield Sheet(info.name, rows, merged, hidden.get(info.name, NOTHING), seen)
    except (RuleBroken, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the reader's own panics are no Exception
        raise _unreadable(name) from error


def _rows(sheet: "CalamineSheet", budget: int) -> tuple[list[tuple[int, tuple[object, ...]]], int]:
    rows: list[tuple[int, tuple[object, ...]]] = []
    before = ("",) * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), 1):
        budget -= sum(len(cell) for cell in cells if isinstance(cell, str))
        if budget < 0:
            raise too_much_text()
        if any(cell != "" for cell in cells):
            rows.append((number, (*before, *cells)))
        if len(rows) > MAX_ROWS:
            raise too_many_rows()
    return rows, budget


def _read_csv(content: bytes, name: str) -> Iterator[tuple[int, tuple[object, ...]]]:
    text = _decode(content, name)
    lines = text.split("\n", 1)
    if lines[0].strip().lower() in {"sep=;", "sep=,", "sep=\t"}:
        text = lines[1] if len(lines) > 1 else ""
    count = 0
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, name)), 1
        ):
            if any(cell.strip() for cell in cells):
                count += 1
                yield number, tuple(cells)
            if count > MAX_ROWS:
                raise too_many_rows()
    except csv.Error as error:
        raise _unreadable(name) from error


def _decode(content: bytes, name: str) -> str:
    encodings = (
        ["utf-16"]
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        else ["utf-8-sig", "cp1251"]
    )
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(char < " " and char not in "\t\r\n\f" for char in set(text)) or text.lstrip().startswith(
            ("<", "{", "%PDF")
        ):
            break
        return text
    raise _unreadable(name)


def _delimiter(text: str, name: str) -> str:
    """The sign that makes the widest rows at the top of the file."""
    widths = dict.fromkeys(";\t,", 0)
    for sign in widths:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
        widths[sign] = max((len(cells) for _, cells in zip(range(40), reader, strict=False)), default=0)
    best = max(widths, key=lambda sign: widths[sign])
    if widths[best] < 2:
        raise _unreadable(name)
    return best


def _unreadable(name: str) -> RuleBroken:
    if not name:
        message = N_("The file is not a table we can read. Save it as .xlsx, .ods or .csv and try again.")
        return RuleBroken("not_a_workbook", message)
    message = N_(
        "The file «%(name)s» is not a table we can read. Save it as .xlsx, .ods or .csv and try again."
    )
    return RuleBroken("not_a_workbook", message, name=name[:100])


def _empty() -> RuleBroken:
    return RuleBroken("workbook_empty", N_("There is nothing in the file: no row holds any text."))
