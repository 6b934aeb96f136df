"""My work with minutes: what I have to sign, and for who prepares meetings what waits, with the days that are left."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.access import Permission, may
from portal.accounts.models import Visitor
from portal.consilium import minutes_queries
from portal.home.work import Figure, Row, Section, Work
from portal.rules import minutes as rules
from portal.settings.calendar import calendar
from portal.web import show_date


def for_consilium(user: Visitor, work: Work) -> None:
    """The minutes that wait, the oldest first; to the head too, who answers for the deadline."""
    rows = minutes_queries.waiting(user, may(user, Permission.PRESENCE_VIEW))
    if not rows:
        return
    lefts = [_left(row) for row in rows]
    kind = "bad" if min(lefts) < 0 else "warn"
    title = _("Minutes to sign")
    shown = [_row(user, row, left) for row, left in zip(rows, lefts, strict=True)]
    work.add(
        Figure(title, len(rows), "#minutes", "signature", kind),
        Section("minutes", title, shown, "signature", ""),
    )


def _left(row: Any) -> int:
    return rules.days_left(calendar(), clock.today(), minutes_queries.due_on(row))


def _row(user: Visitor, row: Any, left: int) -> Row:
    title = _("Minutes № %(number)s of %(day)s", number=row.number, day=show_date(row.held_on))
    url = url_for("consilium.minutes", meeting_id=row.id)
    return Row(title, _said(user, row), url, _badge(left))


def _said(user: Visitor, row: Any) -> Any:
    if row.offered_at is None or row.late:
        if may(user, Permission.MINUTES_WRITE):
            if row.late:
                return _("a dissenting opinion has come: offer them for signing again")
            return _("write what was said, then offer them for signing")
        if row.late:
            return _("a dissenting opinion has come: the secretary offers them for signing again")
        return _("the secretary is preparing them")
    return _("wait for your signature") if row.mine else _("wait for the signatures of others")


def _badge(left: int) -> tuple[str, str]:
    if left < 0:
        return "bad", ngettext("%(num)s working day late", "%(num)s working days late", -left)
    if left == 0:
        return "warn", _("today is the last day")
    kind = "warn" if left <= rules.SOON else "mute"
    return kind, ngettext("%(num)s working day left", "%(num)s working days left", left)
