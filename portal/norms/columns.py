"""How the norms are met, as files."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.contacts.labels import STANDINGS
from portal.norms.queries import norms_of
from portal.norms.summary import Summary, Tally
from portal.patronage.labels import REGIMES
from portal.sheets import Column, Kind

UNITS = {"week": _l("week"), "month": _l("month"), "quarter": _l("quarter")}


def _owed(name: str) -> Column:
    def words(row: Any) -> str:
        norm = norms_of(row.NormsRow).get(name)
        return f"{norm.count} / {UNITS[norm.unit]}" if norm else _("nothing")

    return Column(REGIMES[name], words)


VERSIONS = (
    Column(_l("In force from"), lambda row: row.NormsRow.starts_on, Kind.DATE),
    *(_owed(name) for name in ("emergency", "planned", "control")),
    Column(_l("Basis"), lambda row: row.NormsRow.basis),
    Column(_l("Who"), lambda row: row.User.short_name),
    Column(_l("Entered on"), lambda row: clock.local(row.NormsRow.made_at).date(), Kind.DATE),
)


def of_year(today: date) -> tuple[Column, ...]:
    """What each period of a family owed."""
    return (
        Column(_l("First day"), lambda one: one.period.first, Kind.DATE),
        Column(_l("Last day"), lambda one: one.period.last, Kind.DATE),
        Column(_l("Period"), lambda one: UNITS[one.period.unit]),
        Column(_l("Owed"), lambda one: one.period.owed, Kind.INTEGER),
        Column(_l("Took place"), lambda one: one.visits + one.calls, Kind.INTEGER),
        Column(_l("of them calls"), "calls", Kind.INTEGER),
        Column(_l("By when"), lambda one: one.period.due_on, Kind.DATE),
        Column(_l("How it stands"), lambda one: STANDINGS[one.period.standing(today)][1]),
    )


def _number(title: Any, of: Any) -> Column:
    return Column(title, lambda row: of(row[1]), Kind.INTEGER)


TALLIES = (  # of a name and its tally
    Column(_l("Whose"), lambda row: row[0]),
    _number(_l("Families"), lambda tally: len(tally.families)),
    _number(_l("Owed"), lambda tally: tally.owed),
    _number(_l("Took place"), lambda tally: tally.met),
    _number(_l("Norm met, %%"), lambda tally: tally.percent),
    _number(_l("Families missed"), lambda tally: len(tally.missed)),
    _number(_l("Still ahead"), lambda tally: tally.ahead),
    _number(_l("Visits and meetings"), lambda tally: tally.visits),
    _number(_l("Calls"), lambda tally: tally.calls),
)


def tallies(found: Summary) -> Iterator[tuple[str, Tally]]:
    """The specialists, all together, then the departments."""
    if found.specialists:
        for one in found.specialists:
            yield (one.name if one.user_id else _("no lead")), one.tally
        yield _("All"), found.all
    for name, tally in found.departments:
        yield name or _("no department"), tally
