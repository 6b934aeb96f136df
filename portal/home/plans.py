"""My work with plans: what is late, what waits for the head's approval, what came back to be mended."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.accounts.models import Visitor
from portal.home.work import Figure, Row, Section, Work
from portal.plans import lists
from portal.rules.plan_content import shortened
from portal.web import show_date


def for_head(user: Visitor, work: Work) -> None:
    """Plans that wait for my approval; the measures that are late in all families."""
    count, rows = lists.to_approve(user)
    url = url_for("plans.index", show="approval")
    if rows:
        work.add(Figure(_("Plans to approve"), count, url, "list-check", "warn"))
        shown = [_to_approve(row) for row in rows]
        work.add(
            Section("plans", _("Plans to approve"), shown, "list-check", "", url, _("All plans to approve"))
        )
    _overdue(user, work)


def _to_approve(row: Any) -> Row:
    told = _("agreed with the family on %(day)s", day=show_date(row.agreed_on))
    url = url_for("plans.show", plan_id=row.plan_id)
    return Row(
        f"{row.surname} · № {row.number}", told, url, ("warn", _("version %(number)s", number=row.version))
    )


def for_worker(user: Visitor, work: Work) -> None:
    """Measures of my families that are late, and plans of mine that came back."""
    _overdue(user, work)
    rows = [
        Row(
            f"{row.surname} · № {row.number}",
            shortened(row.remark, 120),
            url_for("plans.show", plan_id=row.plan_id),
            ("warn", _("returned")),
        )
        for row in lists.mine_to_mend(user)
    ]
    if rows:
        url = url_for("plans.index", show="returned")
        work.add(Section("mend", _("Plans to mend"), rows, "arrow-back-up", "", url, _("All returned plans")))


def _overdue(user: Visitor, work: Work) -> None:
    counts = lists.counts(user, lists.Wanted())
    if not counts.overdue and not counts.week:
        return
    note = _("by Sunday: %(count)s", count=counts.week)
    kind = "bad" if counts.overdue else "ok"
    work.add(
        Figure(_("Measures overdue"), counts.overdue, url_for("plans.index"), "list-details", kind, note)
    )
