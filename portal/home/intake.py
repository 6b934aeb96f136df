"""My work with families that were taken in: whose survey of living conditions is due, and whose is late (R8)."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.accounts.models import Visitor
from portal.home.work import Figure, Row, Section, Work
from portal.intake import queries
from portal.intake.labels import countdown
from portal.web import show_date

SHORT = 5


def for_worker(user: Visitor, work: Work) -> None:
    """The families I have taken in (the head: all) that wait for their survey; nothing when none does."""
    count, late = queries.counts(user)
    if not count:
        return
    note = (
        ngettext("%(num)d of them is late", "%(num)d of them are late", late) if late else _("none is late")
    )
    url = url_for("intake.surveys")
    work.add(Figure(_("Surveys to carry out"), count, url, "home-heart", "bad" if late else "info", note))
    rows = [
        Row(
            f"{row.surname} · № {row.number}",
            _("by %(day)s", day=show_date(standing.due_on))
            if row.kind
            else _("the application is not entered yet"),
            url_for("intake.survey" if row.kind else "intake.edit", family_id=row.id),
            countdown(standing),
        )
        for row, standing in queries.waiting(user, size=SHORT)[0]
    ]
    work.add(
        Section("surveys", _("Surveys of living conditions"), rows, "home-heart", "", url, _("All of them"))
    )
