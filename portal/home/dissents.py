"""My work: dissenting opinions that came after the meeting, told to who prepares meetings and issues the minutes."""

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal import clock
from portal.access import Permission, may
from portal.accounts.models import Visitor
from portal.consilium import dissents
from portal.consilium.labels import KINDS
from portal.home.work import Row, Section, Work
from portal.rules.names import FullName
from portal.web import show_moment

TOLD_DAYS = 14  # an ordinary leave


def for_consilium(user: Visitor, work: Work) -> None:
    """What others have stated in the last two weeks, the latest first, and what becomes of the minutes by it."""
    if not may(user, Permission.MEETING_PREPARE):
        return
    since = clock.start_of(clock.today() - timedelta(days=TOLD_DAYS))
    rows = [_row(row) for row in dissents.late(user.id, since)]
    if rows:
        work.add(Section("dissents", _("Dissenting opinions after the meeting"), rows, "message", ""))


def _row(row: Any) -> Row:
    subject = str(KINDS[row.kind])
    if row.surname:
        subject = f"{subject}: {row.surname} · № {row.family_number}"
    number = _("decision № %(number)s", number=f"{row.number}/{row.year}")
    name = FullName(row.last_name, row.first_name, row.middle_name).short
    sub = f"{name}, {show_moment(row.stated_at)} · {number}"
    return Row(subject, sub, url_for("consilium.decision", decision_id=row.id), _badge(row))


def _badge(row: Any) -> tuple[str, str]:
    if not row.after_offer:
        return "info", _("stands in the minutes")
    if row.signed:
        return "info", _("stands beside the signed minutes")
    return "warn", _("the minutes are to be offered again")
