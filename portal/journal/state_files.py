"""The services of sessions as a table to be carried over into the state information system: text, CSV, xlsx."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from portal.journal import labels
from portal.rules.names import FullName
from portal.web import show_date

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Table = list[list[str]]


def table(rows: Iterable[Any]) -> Table:
    """The headings, and a line for each service; everything as text, as it is to be typed."""
    headings = [
        *(
            _("Recipient"),
            _("Born"),
            _("Family No."),
            _("Service"),
            _("Date"),
            _("Services"),
            _("Length, minutes"),
        ),
        *(_("Club"), _("Topic"), _("Specialist"), _("Journal entry"), _("Entered on")),
    ]
    return [headings, *map(_line, rows)]


def _line(row: Any) -> list[str]:
    return [
        FullName(row.served_last, row.served_first, row.served_middle).full,
        show_date(row.birth_date) if row.birth_date else "",
        str(row.family_number),
        str(labels.KINDS[row.kind]),
        show_date(row.day),
        "1",  # CLUB 4: one session for one client is one service
        str(row.minutes),
        row.club,
        row.topic,
        labels.short(row),
        f"{row.number}/{row.year}",
        show_date(row.entered_on) if row.entered_on else "",
    ]


def as_text(lines: Table) -> str:
    """Lines with tabs, that a spreadsheet takes from the clipboard as cells."""
    return "\n".join("\t".join(_plain(" ".join(cell.split())) for cell in line) for line in lines)


def as_csv(lines: Table) -> bytes:
    """As Excel opens it in Russian: semicolons, with the mark of UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([[_plain(cell) for cell in line] for line in lines])
    return out.getvalue().encode("utf-8-sig")


def as_workbook(lines: Table) -> bytes:
    """An xlsx; every cell is text, so that none becomes a formula."""
    import xlsxwriter  # only who exports needs it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True})
        sheet.set_column(0, len(lines[0]) - 1, 18)
        sheet.freeze_panes(1, 0)
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                sheet.write_string(number, column, cell, None if number else bold)
    return out.getvalue()


def _plain(cell: str) -> str:
    """What begins like a formula is text all the same."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
