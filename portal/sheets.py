"""A list as a file: a workbook (XLSX) or CSV as Excel opens it in Russian. Types are kept, and nothing is a formula."""

import csv
import enum
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from typing import Any

from portal.rules import N_, RuleBroken

MOST_ROWS = 1_048_575  # of Excel, below the head
MOST_CELLS = (
    2_000_000  # of a workbook, which is made in the memory: no family's name lies in a temporary file
)
LONGEST_CELL = 32_767  # of Excel, in units of UTF-16
CUT = " […]"
LONGEST_NAME = 31  # of a sheet
NARROWEST, WIDEST = 8, 60
MEASURED = 500  # rows that say how wide a column is
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]\d[\d ().,-]*")  # «+7 900 123-45-67» or «-5»: nothing in it can be called


class Kind(enum.StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    INTEGER = "integer"
    DECIMAL = "decimal"
    YES_NO = "yes_no"


FORMATS = {Kind.DATE: "dd.mm.yyyy", Kind.TIME: "hh:mm", Kind.DATETIME: "dd.mm.yyyy hh:mm"}
PLAIN = {Kind.DATE: "%d.%m.%Y", Kind.TIME: "%H:%M", Kind.DATETIME: "%d.%m.%Y %H:%M"}
WIDTHS = {Kind.DATE: 11, Kind.TIME: 8, Kind.DATETIME: 17}


@dataclass(frozen=True)
class Column:
    """A column: its heading, what of a row stands in it (a name, or a function of the row), and of which kind."""

    title: Any
    of: str | Callable[[Any], Any]
    kind: Kind = Kind.TEXT

    def reader(self) -> Callable[[Any], Any]:
        """What gives the cell of a row."""
        return attrgetter(self.of) if isinstance(self.of, str) else self.of


@dataclass
class Sheet:
    """What is written: the name of the sheet, its columns, its rows; `said` are the words for yes and no.

    The rows are gone through once; `written` counts them.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Any]
    said: tuple[str, str]
    written: int = 0

    def lines(self, most: int) -> Iterator[list[Any]]:
        """The cells of each row. Raises RuleBroken too_many_rows."""
        readers = [column.reader() for column in self.columns]
        for row in self.rows:
            if self.written == most:
                message = N_("The list has more than %(most)s rows: narrow it with the filters first.")
                raise RuleBroken("too_many_rows", message, most=most)
            self.written += 1
            yield [read(row) for read in readers]


def workbook(sheet: Sheet) -> bytes:
    """An XLSX with one sheet. Raises RuleBroken too_many_rows."""
    import xlsxwriter  # only who takes a list needs it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    most = min(MOST_ROWS, MOST_CELLS // len(sheet.columns))
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(sheet_name(sheet.name))
        writers = [_writer(book, page, column.kind, sheet.said) for column in sheet.columns]
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, _text(column.title), bold)
        lines = sheet.lines(most)
        first = list(islice(lines, MEASURED))
        for place, width in enumerate(_widths(sheet.columns, first)):
            page.set_column(place, place, width)
        number = 0
        for part in (first, lines):
            for line in part:
                number += 1
                for place, (cell, write) in enumerate(zip(line, writers, strict=True)):
                    if cell is not None and cell != "":
                        write(number, place, cell)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, number, len(sheet.columns) - 1)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
    return out.getvalue()


def _writer(book: Any, page: Any, kind: Kind, said: tuple[str, str]) -> Callable[[int, int, Any], Any]:
    """What writes a cell of this kind; text is always written as text."""
    if kind is Kind.DATE:
        shown = book.add_format({"num_format": FORMATS[kind], "valign": "top", "align": "left"})
        return lambda row, place, cell: page.write_datetime(row, place, _day(cell), shown)
    if kind in FORMATS:
        shown = book.add_format({"num_format": FORMATS[kind], "valign": "top", "align": "left"})
        return lambda row, place, cell: page.write_datetime(row, place, _naive(cell), shown)
    if kind in (Kind.INTEGER, Kind.DECIMAL):
        shown = book.add_format({"valign": "top", "num_format": "0" if kind is Kind.INTEGER else "0.##"})
        return lambda row, place, cell: page.write_number(row, place, cell, shown)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    if kind is Kind.YES_NO:
        return lambda row, place, cell: page.write_string(row, place, said[0 if cell else 1], wrapped)
    return lambda row, place, cell: page.write_string(row, place, _text(cell), wrapped)


def _day(cell: Any) -> Any:
    """A moment in a column of dates is its day."""
    return cell.date() if isinstance(cell, datetime) else cell


def _naive(cell: Any) -> Any:
    """Excel knows no zones: the caller gives moments by the center's clock."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None, microsecond=0)
    return cell.replace(tzinfo=None) if isinstance(cell, time) else cell


def _text(cell: Any) -> str:
    """A cell's text: without what XML cannot hold, and no longer than Excel takes."""
    text = ILLEGAL.sub("", str(cell))
    if len(text) * 2 <= LONGEST_CELL or len(units := text.encode("utf-16-le")) <= LONGEST_CELL * 2:
        return text
    return units[: (LONGEST_CELL - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _widths(columns: Sequence[Column], lines: list[list[Any]]) -> list[int]:
    """So wide that most cells show whole, in characters."""
    found = []
    for place, column in enumerate(columns):
        longest = max((len(str(line[place])) for line in lines if line[place] is not None), default=0)
        inside = WIDTHS.get(column.kind, longest)
        head = max(map(len, str(column.title).split()), default=0) + 3  # the button of the filter
        found.append(min(max(inside, head, NARROWEST) + 1, WIDEST))
    return found


def sheet_name(name: str) -> str:
    """The name as Excel takes it: not longer than it may be, cut between words, and some signs not."""
    plain = " ".join("".join(" " if sign in "[]:*?/\\" else sign for sign in name).split())
    if len(plain) > LONGEST_NAME:
        plain = plain[: LONGEST_NAME + 1].rpartition(" ")[0] or plain[:LONGEST_NAME]
    return plain.strip("' ") or "1"


def as_csv(sheet: Sheet) -> bytes:
    """Semicolons, the mark of UTF-8, dates and decimals as Russian Excel reads them. Raises too_many_rows."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, delimiter=";")
    lines.writerow([harmless(_text(column.title)) for column in sheet.columns])
    kinds = [column.kind for column in sheet.columns]
    lines.writerows(
        [_plain(cell, kind, sheet.said) for cell, kind in zip(line, kinds, strict=True)]
        for line in sheet.lines(MOST_ROWS)
    )
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Any, kind: Kind, said: tuple[str, str]) -> str:
    if cell is None or cell == "":
        return ""
    if kind in PLAIN:
        return str(cell.strftime(PLAIN[kind])) if isinstance(cell, (date, time)) else str(cell)
    if kind is Kind.YES_NO:
        return said[0 if cell else 1]
    if kind in (Kind.INTEGER, Kind.DECIMAL):
        return str(cell if isinstance(cell, (int, Decimal)) else float(cell)).replace(".", ",")
    return harmless(_text(cell))


def harmless(text: str) -> str:
    """What begins like a formula gets an apostrophe; a phone or a number stays as it is: it has nothing to call."""
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text
