"""Families within reach that are on their way or on patronage, each with the papers that it lacks."""

from typing import Any, NamedTuple

from sqlalchemy import select

from portal.db import db
from portal.families import queries as families
from portal.families.models import Family
from portal.papers import standing
from portal.papers.standing import Line
from portal.patronage.models import Patronage
from portal.rules.lifecycle import OPEN
from portal.rules.papers import State

PAGE = 25


class Lacking(NamedTuple):
    """A family, and its papers that are not in order."""

    id: int
    number: int
    surname: str
    lines: list[Line]

    @property
    def family_id(self) -> int:
        """As lists call it whose rows are of families."""
        return self.id


def page(user: Any, number: int, size: int = PAGE) -> tuple[list[Lacking], bool]:
    """A page of the families by name, and whether there are more; in five queries."""
    query = select(Family.id, Family.number, Family.surname).join(Patronage, Patronage.family_id == Family.id)
    query = query.where(
        families.work(user), Patronage.latest, Patronage.status.in_([str(one) for one in OPEN])
    )
    query = query.order_by(Family.sort_name, Family.id).offset((number - 1) * size).limit(size + 1)
    rows = list(db.session.execute(query))
    found = standing.of_families([row.id for row in rows[:size]])
    lacking = [
        Lacking(*row, [line for line in found.get(row.id, []) if line.state != State.FINE])
        for row in rows[:size]
    ]
    return lacking, len(rows) > size
