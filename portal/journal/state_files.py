"""The services of sessions as text, to be carried over into the state information system by copying."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from portal.journal import labels
from portal.rules.names import FullName
from portal.sheets import harmless
from portal.web import show_date

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
    return "\n".join("\t".join(harmless(" ".join(cell.split())) for cell in line) for line in lines)
