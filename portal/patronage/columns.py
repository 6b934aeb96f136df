"""Who is assigned to whom, as files."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.lists import CHUNK, FAMILY, person
from portal.patronage import loads
from portal.patronage.labels import KINDS, REGIMES
from portal.sheets import Column, Kind

NUMBER, SURNAME = FAMILY


def assigned(names: bool) -> tuple[Column, ...]:
    """The families and their specialists; their names only for who may know them."""
    return (
        *(FAMILY if names else (NUMBER,)),
        Column(_l("Lead specialist"), person),
        Column(_l("Involved specialists"), lambda row: ", ".join(one.short_name for one in row.involved)),
        Column(_l("Regime"), lambda row: REGIMES[row.regime]),
        Column(_l("Suspended"), lambda row: row.status == "suspended", Kind.YES_NO),
        Column(_l("Since"), lambda row: row.since or row.enrolled_on, Kind.DATE),
    )


LOADS = (  # of a colleague and their load
    Column(_l("Specialist"), lambda one: one[0].full_name),
    Column(_l("Position"), lambda one: one[0].position),
    Column(_l("Leads"), lambda one: one[1].lead, Kind.INTEGER),
    Column(_l("Involved"), lambda one: one[1].involved, Kind.INTEGER),
    Column(REGIMES["emergency"], lambda one: one[1].regimes["emergency"], Kind.INTEGER),
    Column(REGIMES["planned"], lambda one: one[1].regimes["planned"], Kind.INTEGER),
    Column(REGIMES["control"], lambda one: one[1].regimes["control"], Kind.INTEGER),
    Column(_l("Families in all"), lambda one: one[1].total, Kind.INTEGER),
    Column(_l("Left on"), lambda one: one[0].dismissed_on, Kind.DATE),
)


def all_loads(text: str) -> Iterator[tuple[Any, loads.Load]]:
    """All specialists whose names fit, with their loads."""
    number, more = 1, True
    while more:
        page = loads.specialist_page(text, number, CHUNK)
        yield from ((one, page["loads"][one.id]) for one in page["people"])
        number, more = number + 1, page["more"]


def _of_colleague(names: bool, *more: Column) -> tuple[Column, ...]:
    family = (Column(_l("Family No."), lambda row: row["number"], Kind.INTEGER),)
    known = (*family, Column(_l("Family"), lambda row: row["surname"]))
    return (
        *(known if names else family),
        Column(_l("Works as"), lambda row: KINDS[row["kind"]]),
        Column(_l("First day"), lambda row: row["starts_on"], Kind.DATE),
        *more,
    )


def now(names: bool) -> tuple[Column, ...]:
    """The families of a colleague now."""
    return _of_colleague(names, Column(_l("Regime"), lambda row: REGIMES[row["regime"]]))


def past(names: bool) -> tuple[Column, ...]:
    """A colleague's past assignments."""
    ended = Column(_l("Last day"), lambda row: row["ends_on"], Kind.DATE)
    reason = Column(_l("Reason"), lambda row: row["reason"])
    return _of_colleague(names, ended, *((reason,) if names else ()))
