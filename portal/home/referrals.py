"""My work with referrals: how many wait too long, and which to remind of."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal import clock
from portal.accounts.models import Visitor
from portal.home.work import Figure, Row, Section, Work
from portal.referrals import queries
from portal.referrals.labels import standing
from portal.settings import queries as settings
from portal.web import show_date

MOST = 6


def add_referrals(user: Visitor, work: Work) -> None:
    """Once something waits for an answer: how many are overdue; and once a reminder has come, the list."""
    counts = queries.counts(user)
    if not counts.open:
        return
    work.add(
        Figure(
            _("Referrals overdue"),
            counts.overdue,
            url_for("referrals.index", show="overdue" if counts.overdue else None),
            "exchange",
            "bad" if counts.overdue else "ok",
            _("not answered in time")
            if counts.overdue
            else _("%(count)s wait for an answer", count=counts.open),
        )
    )
    rows = [_row(row) for row in queries.reminders(user, MOST)]
    if rows:
        work.add(
            Section(
                "referrals",
                _("Referrals to remind of"),
                rows,
                "exchange",
                "",
                url_for("referrals.index"),
                _("All"),
            )
        )


def _row(row: Any) -> Row:
    title = f"{settings.word('bodies', row.body)} — {row.surname} · № {row.number}"
    sub = _("%(addressee)s, sent on %(day)s", addressee=row.addressee, day=show_date(row.sent_on))
    url = url_for("referrals.show", referral_id=row.id)
    return Row(title, sub, url, standing(row.state, row.due_on, clock.today()))
