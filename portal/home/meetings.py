"""My work at the consilium: what is new about the meetings to come, and what whoever prepares them has to see to."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.access import Permission, may
from portal.accounts.models import Visitor
from portal.consilium import invitations, preparing
from portal.consilium.labels import meeting_name
from portal.home.work import Work
from portal.web import show_date, show_time


def for_consilium(user: Visitor, work: Work) -> None:
    """Meetings moved or called off, and those that are not ready shortly before."""
    today = clock.today()
    for row in invitations.news(user.id, today):
        url = url_for("consilium.meeting", meeting_id=row.id)
        work.notices.append(("warn", _news(row), url))
    if may(user, Permission.MEETING_PREPARE):
        for meeting, count in preparing.unready(today):
            url = url_for("consilium.meeting", meeting_id=meeting.id, _anchor="unready" if count else None)
            work.notices.append(("warn", _unready(meeting, count), url))


def _unready(meeting: Any, count: int) -> str:
    name = f"{meeting_name(meeting.number, meeting.kind)} ({_when(meeting.held_on, meeting.starts_at)})"
    said = [_("not convened yet")] if meeting.status == "draft" else []
    if count:
        said.append(ngettext("%(num)s item is not ready", "%(num)s items are not ready", count))
    return f"{name}: {', '.join(said)}"


def _news(row: Any) -> str:
    name = meeting_name(row.number, row.meeting_kind)
    before, now = _when(row.was_on, row.was_at), _when(row.held_on, row.starts_at)
    if row.kind == "cancelled":
        return str(_("%(name)s, %(when)s, is called off.", name=name, when=now))
    if before != now:
        return str(
            _("%(name)s is moved to %(when)s (it was %(before)s).", name=name, when=now, before=before)
        )
    return str(_("%(name)s, %(when)s: the place is now %(place)s.", name=name, when=now, place=row.place))


def _when(day: Any, at: Any) -> str:
    return f"{show_date(day)}, {show_time(at)}"
