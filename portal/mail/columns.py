"""The letters that did not go, as a file: without their text."""

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.lists import person
from portal.sheets import Column, Kind

PROBLEMS = {
    "server": _l("the mail server does not answer"),
    "encryption": _l("no encrypted line to the mail server"),
    "login": _l("the mail server does not accept the name or the password"),
    "sender": _l("the mail server does not accept the sender"),
    "address": _l("the mail server does not accept the address"),
    "refused": _l("the mail server has refused the letter"),
    "lost": _l("the line broke while it was sent: it may have arrived"),
}
LETTERS = (
    Column(_l("To whom"), person),
    Column(_l("Address"), "email"),
    Column(_l("Subject"), "subject"),
    Column(_l("Written at"), lambda row: clock.local(row.written_at), Kind.DATETIME),
    Column(_l("Tries"), "tries", Kind.INTEGER),
    Column(_l("Why"), lambda row: PROBLEMS.get(row.problem, row.problem)),
    Column(
        _l("Next try"),
        lambda row: None if row.is_late or row.state == "unclear" else clock.local(row.next_at),
        Kind.DATETIME,
    ),
    Column(_l("Only by hand"), lambda row: row.state == "unclear" and not row.is_late, Kind.YES_NO),
    Column(_l("Needed no more"), "is_late", Kind.YES_NO),
)
