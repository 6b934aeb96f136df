"""My work: what the consilium has still to decide on, so that no term, emergency start or suspension is forgotten."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.accounts.models import Visitor
from portal.consilium import awaited
from portal.consilium.labels import KINDS
from portal.home.work import Row, Section, Work
from portal.web import show_date


def for_head(work: Work) -> None:
    """Of all families."""
    _add(work, awaited.awaited())


def for_lead(user: Visitor, work: Work) -> None:
    """Of the families that the user, or whom the user stands in for, leads; nothing where there are none."""
    rows = awaited.awaited({user.id, *user.stands_in})
    if rows:
        _add(work, rows)


def _add(work: Work, rows: list[Any]) -> None:
    planned = bool(rows) and awaited.has_meeting()
    title, nothing = (
        _("The consilium has to decide"),
        _("No term ends soon, and no family waits for a decision."),
    )
    work.add(Section("awaited", title, [_row(row, planned) for row in rows], "hourglass", nothing))


def _row(row: Any, planned: bool) -> Row:
    parts = [
        row.ends_on and _("short term until %(day)s", day=show_date(row.ends_on)),
        row.started_on and _("emergency start of %(day)s", day=show_date(row.started_on)),
        row.gone and _("consent withdrawn"),
        _where(row, planned),
    ]
    sub = " · ".join(str(part) for part in parts if part)
    url = url_for("families.show", family_id=row.family_id)
    return Row(f"{row.surname} · № {row.number}", sub, url, _badge(row))


def _where(row: Any, planned: bool) -> Any:
    """Where the question is now."""
    if awaited.is_live(row):
        day = show_date(row.held_on)
        return _("on the agenda of %(day)s: %(kind)s", day=day, kind=str(KINDS[row.kind]).lower())
    if row.item == "deferred" and row.until_on is not None and row.until_on > clock.today():
        return _("put off until %(day)s", day=show_date(row.until_on))
    if row.rejected and row.ends_on and not row.gone:
        return _("the extension was rejected: prepare the closing analysis")
    return _("comes onto the next agenda") if planned else _("no meeting is planned")


def _badge(row: Any) -> tuple[str, Any]:
    if row.ends_on is None:
        return ("bad", _("not ratified")) if row.started_on else ("warn", _("suspended"))
    left = (row.ends_on - clock.today()).days
    if left < 0:
        return "bad", _("term is over")
    return "warn", ngettext("%(num)d day left", "%(num)d days left", left) if left else _("today")
