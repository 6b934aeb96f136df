"""How the norms are met, as files."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.contacts.labels import STANDINGS
from portal.norms.queries import listed, norms_of
from portal.norms.summary import Summary, Tally
from portal.patronage.labels import REGIMES
from portal.rules.norms import BY_LAW, Norm
from portal.sheets import Column, Kind

UNITS = {"week": _l("week"), "month": _l("month"), "quarter": _l("quarter")}


class Version(NamedTuple):
    """Norms in force from a day on, or by law from the beginning."""

    starts_on: date | None
    norms: Mapping[str, Norm]
    basis: str
    who: str = ""
    made_on: date | None = None


def _made_on(row: Any) -> date:
    return clock.local(row.made_at).date()


def all_versions() -> list[Version]:
    """Those set, the latest first, and those of the law."""
    found = [
        Version(
            one.NormsRow.starts_on,
            norms_of(one.NormsRow),
            one.NormsRow.basis,
            one.User.short_name,
            _made_on(one.NormsRow),
        )
        for one in listed()
    ]
    return [*found, Version(None, BY_LAW.norms, _("list of social services and their norms"))]


def _owed(name: str) -> Column:
    def words(row: Version) -> str:
        norm = row.norms.get(name)
        return f"{norm.count} / {UNITS[norm.unit]}" if norm else _("nothing")

    return Column(REGIMES[name], words)


VERSIONS = (
    Column(_l("In force from"), "starts_on", Kind.DATE),
    *(_owed(name) for name in ("emergency", "planned", "control")),
    Column(_l("Basis"), "basis"),
    Column(_l("Who"), "who"),
    Column(_l("Entered on"), "made_on", Kind.DATE),
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
    _number(_l("Norm met, per cent"), lambda tally: tally.percent),
    _number(_l("Families missed"), lambda tally: len(tally.missed)),
    _number(_l("Still ahead"), lambda tally: tally.ahead),
    _number(_l("Visits and meetings"), lambda tally: tally.visits),
    _number(_l("Calls"), lambda tally: tally.calls),
)


def tallies(found: Summary, departments: bool) -> Iterator[tuple[str, Tally]]:
    """The specialists and all together, or the departments."""
    if departments:
        yield from ((name or _("no department"), tally) for name, tally in found.departments)
    elif found.specialists:
        yield from ((one.name if one.user_id else _("no lead"), one.tally) for one in found.specialists)
        yield _("All"), found.all
