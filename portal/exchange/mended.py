"""The refused rows as a workbook to mend and bring back."""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

from portal.exchange.register_types import Refusal
from portal.sheets import LONGEST_NAME


def refused_workbook(
    headings: Mapping[str, Sequence[str]],
    refusals: Sequence[Refusal],
    why: str,
    say: Callable[[Refusal], str],
) -> bytes:
    """An xlsx: a sheet for each sheet of the workbook, its headings, its refused rows, and why in the last column."""
    import xlsxwriter  # only who has refused rows needs it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold, wrap = (
            book.add_format({"bold": True, "text_wrap": True}),
            book.add_format({"text_wrap": True, "valign": "top"}),
        )
        day = book.add_format({"num_format": "dd.mm.yyyy", "valign": "top"})
        red = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#a3231d"})
        taken: set[str] = set()
        for name, texts in headings.items():
            sheet = book.add_worksheet(_sheet_name(name, taken))
            sheet.set_column(0, len(texts), 24)
            for column, heading in enumerate((*texts, why)):
                sheet.write_string(0, column, heading, bold)
            line, section = 1, ""
            for refusal in (item for item in refusals if item.sheet == name):
                if refusal.section not in ("", section, name):
                    section = refusal.section
                    sheet.write_string(line, 0, section, bold)
                    line += 1
                for column, cell in enumerate(refusal.cells):
                    _write(sheet, line, column, cell, wrap, day)
                sheet.write_string(line, len(texts), say(refusal), red)
                line += 1
    return out.getvalue()


def example_workbook(name: str, headings: Sequence[str]) -> bytes:
    """An xlsx with the headings alone."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(name, set()))
        sheet.set_column(0, len(headings), 24)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, book.add_format({"bold": True}))
    return out.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """The name as Excel takes it; one that differs only behind its 31st letter gets a number."""
    plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in name)
    found, number = plain[:LONGEST_NAME].strip("' ") or "1", 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain[: LONGEST_NAME - 6].strip()} {number}"
    taken.add(found.casefold())
    return found


def _write(sheet, line: int, column: int, cell: object, wrap, day) -> None:  # type: ignore[no-untyped-def]
    """Types kept; text always as text, so that no cell becomes a formula."""
    if isinstance(cell, datetime):
        sheet.write_datetime(line, column, cell.replace(tzinfo=None), day)
    elif isinstance(cell, date):
        sheet.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), day)
    elif isinstance(cell, time):
        sheet.write_string(line, column, f"{cell:%H:%M}", wrap)
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool) and math.isfinite(cell):
        sheet.write_number(line, column, cell, wrap)
    elif cell not in ("", None):
        sheet.write_string(line, column, str(cell)[:32767], wrap)
