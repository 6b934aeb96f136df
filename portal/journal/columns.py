"""The lists of the journal as files."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.journal.labels import KINDS, SIGNATURES, STATES, month_name, short
from portal.rules.names import FullName
from portal.sheets import Column, Kind


def _served(row: Any) -> str:
    return FullName(row.served_last, row.served_first, row.served_middle).full if row.served_last else ""


def _moment(name: str) -> Any:
    return lambda row: clock.local(getattr(row, name)) if getattr(row, name) else None


_NUMBER = Column(_l("Entry"), lambda row: f"{row.number}/{row.year}")
_DAY = Column(_l("Date"), "day", Kind.DATE)
_SERVICE = Column(_l("Service"), lambda row: KINDS[row.kind])
_CLUB = Column(_l("Club"), "club")
_FAMILY = (
    Column(_l("Family No."), "family_number", Kind.INTEGER),
    Column(_l("Family"), "surname"),
    Column(_l("Recipient"), lambda row: short(row, "served")),
)
_MINUTES = Column(_l("Length, minutes"), "minutes", Kind.INTEGER)
_SIGNATURE = Column(_l("Signature of the recipient"), lambda row: SIGNATURES[row.recipient][1])
_STATE = Column(_l("State"), lambda row: STATES[row.state][1])
_WORKER = Column(_l("Specialist"), short)
_WHAT = (_NUMBER, _DAY, _SERVICE, _CLUB, *_FAMILY, _MINUTES)
OWN = (
    *_WHAT,
    _SIGNATURE,
    _STATE,
    Column(_l("Remark"), lambda row: row.remark if row.state == "returned" else row.voided),
    Column(_l("Correction"), lambda row: row.corrects_id is not None, Kind.YES_NO),
)
QUEUE = (
    *_WHAT,
    _WORKER,
    _SIGNATURE,
    Column(_l("Signed by"), lambda row: short(row, "signer")),
    Column(_l("Submitted at"), _moment("submitted_at"), Kind.DATETIME),
    Column(_l("Corrects entry No."), "corrects", Kind.INTEGER),
    Column(_l("It was returned with the remark"), "remark"),
    Column(_l("What was seen and said"), "summary"),
    Column(_l("Recommendations"), "recommendations"),
)
MONTHS = (
    Column(_l("Month"), lambda line: month_name(line.year, line.month)),
    Column(_l("Entries"), "entries", Kind.INTEGER),
    Column(_l("Not checked"), "unchecked", Kind.INTEGER),
    Column(_l("Closed on"), _moment("closed_at"), Kind.DATE),
    Column(_l("Closed by"), "closed_by"),
)


def _linked(row: Any, name: str) -> str:
    number = getattr(row, name)
    return f"{number}/{getattr(row, f'{name}_year')}" if number else ""


MONTH = (
    *_WHAT,
    _WORKER,
    _STATE,
    _SIGNATURE,
    Column(_l("Checked by"), lambda row: short(row, "checker")),
    Column(_l("Checked on"), _moment("checked_at"), Kind.DATE),
    Column(_l("Why it is void"), "voided"),
    Column(_l("Corrects entry"), lambda row: _linked(row, "corrects")),
    Column(_l("Corrected by entry"), lambda row: _linked(row, "corrected")),
)
STATE_SYSTEM = (  # the shape in which the state information system is filled
    Column(_l("Recipient"), _served),
    Column(_l("Born"), "birth_date", Kind.DATE),
    Column(_l("Family No."), "family_number", Kind.INTEGER),
    _SERVICE,
    _DAY,
    Column(_l("Services"), lambda row: 1, Kind.INTEGER),  # CLUB 4: one session for one client is one service
    _MINUTES,
    _CLUB,
    Column(_l("Topic"), "topic"),
    _WORKER,
    Column(_l("Journal entry"), lambda row: f"{row.number}/{row.year}"),
    Column(_l("Entered on"), "entered_on", Kind.DATE),
)
