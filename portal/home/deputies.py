"""My work as a deputy, and of who is away themselves."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.accounts.models import Visitor
from portal.deputies import queries
from portal.home.families import family_row
from portal.home.work import Figure, Row, Section, Work
from portal.patronage import loads
from portal.rules.names import FullName
from portal.web import show_date

SHORT = 5


def for_deputy(user: Visitor, work: Work) -> None:
    """For whom I stand in now or soon, with their families; and who stands in for me."""
    rows = queries.running(user.id)
    if not rows:
        return
    carried = loads.loads({row.user_id for row in rows if row.user_id in user.stands_in})
    shown = []
    for row in rows:
        mine = row.deputy_id == user.id
        parts = ("away" if mine else "deputy") + "_"
        name = FullName(
            *(getattr(row, parts + one) for one in ("last_name", "first_name", "middle_name"))
        ).short
        title = _("Instead of %(name)s", name=name) if mine else _("%(name)s stands in for you", name=name)
        days = _("from %(first)s to %(last)s", first=show_date(row.starts_on), last=show_date(row.ends_on))
        load = carried.get(row.user_id) if mine else None
        count = ngettext("%(num)d family", "%(num)d families", load.total) if load else ""
        url = url_for("patronage.load", user_id=row.user_id if mine else row.deputy_id)
        runs = row.starts_on <= clock.today()
        badge = ("ok", _("now")) if runs else ("mute", _("later"))
        shown.append(Row(title, " · ".join(part for part in (days, count) if part), url, badge))
    title, label = _("Standing in"), _("All deputies")
    work.add(Section("deputies", title, shown, "replace", "", url_for("deputies.index"), label))


def add_families(user: Visitor, work: Work) -> None:
    """The families I answer for today although they are assigned to a colleague."""
    carried = {away: load.total for away, load in loads.loads(set(user.stands_in)).items() if load.total}
    if not carried:
        return
    only = next(iter(carried)) if len(carried) == 1 else None
    url = url_for("patronage.load", user_id=only) if only else url_for("deputies.index")
    title, note = _("Families of colleagues"), _("on patronage, while I stand in")
    work.add(Figure(title, sum(carried.values()), url, "replace", "info", note))
    rows: list[Row] = []
    for away in sorted(carried)[:SHORT]:  # each has a family, so no more are asked for than are shown
        rows += [family_row(row) for row in loads.assigned_now(user, away)["rows"][: SHORT - len(rows)]]
    work.add(Section("instead", title, rows, "replace", "", url, _("All of them")))
