"""The words and colors users read for the journal."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from portal.contacts import labels as contacts
from portal.rules.names import FullName

KINDS = contacts.KINDS | {"session": _l("Club session")}
ICONS = contacts.ICONS | {"session": "users-group"}
STATES: dict[str, tuple[str, Any]] = {
    "draft": ("warn", _l("to be signed")),
    "submitted": ("info", _l("waits for the check")),
    "returned": ("bad", _l("returned with a remark")),
    "checked": ("ok", _l("entry checked")),
    "void": ("mute", _l("void: did not come")),
}
CHIPS = {
    "draft": _l("To sign"),
    "returned": _l("Returned"),
    "submitted": _l("Submitted for the check"),
    "checked": _l("Checked"),
}
SIGNATURES: dict[str, tuple[str, Any]] = {
    "": ("warn", _l("not signed by the recipient")),
    "drawn": ("ok", _l("signed on the screen")),
    "paper": ("ok", _l("signed on paper")),
    "refused": ("warn", _l("refused to sign")),
    "remote": ("mute", _l("by telephone: no signature is taken")),
}
WAYS = {
    "drawn": _l("Signs here, on the screen"),
    "paper": _l("Signed on paper"),
    "refused": _l("Refused to sign"),
    "remote": _l("By telephone: no signature is taken"),
}


def short(row: Any, prefix: str = "") -> str:
    """«Иванова М. П.» of a row with the parts of a name."""
    if prefix:
        parts = (
            getattr(row, f"{prefix}_last"),
            getattr(row, f"{prefix}_first"),
            getattr(row, f"{prefix}_middle"),
        )
    else:
        parts = (row.last_name, row.first_name, row.middle_name)
    return FullName(*parts).short if parts[0] else ""


def month_name(year: int, month: int) -> str:
    """«ноябрь 2026»."""
    return format_date(date(year, month, 1), "LLLL y", locale=str(get_locale()))
