"""How much each specialist carries: the overview, one colleague's families, the choices of a hand-over."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, func, or_, select

from portal.accounts.models import RoleGrant, User
from portal.db import db
from portal.families.models import Family
from portal.memory import unchanged
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import (
    ON_PATRONAGE,
    PAGE,
    SPECIALISTS,
    Colleague,
    family_columns,
    on_patronage,
    within_reach,
)
from portal.rules.names import FullName, normalise


@dataclass
class Load:
    """Families of one specialist by kind and by regime."""

    lead: int = 0
    involved: int = 0
    regimes: dict[str, int] = field(default_factory=lambda: {"emergency": 0, "planned": 0, "control": 0})

    @property
    def total(self) -> int:
        """Families in all."""
        return self.lead + self.involved


def loads(user_ids: set[int]) -> dict[int, Load]:
    """The load of each of the users, in one query."""
    found = {user_id: Load() for user_id in user_ids}
    if not user_ids:
        return found
    columns = (Assignment.user_id, Assignment.kind, Patronage.regime)
    query = select(*columns, func.count().label("families"))
    query = query.join(Patronage, Patronage.id == Assignment.patronage_id)
    query = query.where(Assignment.user_id.in_(user_ids), Assignment.ends_on.is_(None))
    for row in db.session.execute(query.where(on_patronage()).group_by(*columns)):
        load = found[row.user_id]
        setattr(load, row.kind, getattr(load, row.kind) + row.families)
        load.regimes[row.regime] += row.families
    return found


def _specialist() -> Any:
    return exists().where(RoleGrant.user_id == User.id, RoleGrant.role.in_(SPECIALISTS))


def _assigned() -> Any:
    return exists().where(Assignment.user_id == User.id, Assignment.ends_on.is_(None))


def specialist_page(text: str, number: int, size: int = PAGE) -> dict[str, Any]:
    """A page of specialists with their loads; those who have left stay while families are theirs."""
    query = select(User).where(or_(_specialist() & User.dismissed_on.is_(None), _assigned()))
    if text:
        query = query.where(User.search.contains(normalise(text), autoescape=True))
    skip = (number - 1) * size
    people = list(
        db.session.scalars(query.order_by(User.search, User.id).offset(skip).limit(size + 1)).unique()
    )
    return {
        "people": people[:size],
        "loads": loads({person.id for person in people[:size]}),
        "more": len(people) > size,
    }


def busiest(limit: int = 5) -> list[tuple[User, int]]:
    """The specialists with the most families, and how many."""
    counted = (
        select(Assignment.user_id, func.count().label("families"))
        .where(Assignment.ends_on.is_(None))
        .group_by(Assignment.user_id)
        .order_by(func.count().desc(), Assignment.user_id)
        .limit(limit)
        .subquery()
    )
    query = select(User, counted.c.families).join(counted, counted.c.user_id == User.id)
    order = (counted.c.families.desc(), User.search)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(*order))]


def specialist_names() -> tuple[Colleague, ...]:
    """The specialists a list can be narrowed to: those who may be given a family, and those who still have one."""
    return unchanged(("specialist names",), _specialist_names)


def _specialist_names() -> tuple[Colleague, ...]:
    columns = (User.id, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).where(or_(_specialist() & User.dismissed_on.is_(None), _assigned()))
    rows = db.session.execute(query.order_by(User.search, User.id))
    return tuple(Colleague(user_id, FullName(*name).short) for user_id, *name in rows)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be given a family, with what they carry now."""

    id: int
    full_name: str
    profession: str
    load: Load


def candidates() -> list[Candidate]:
    """Those who may be given a family, by name."""
    columns = (User.id, User.profession, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).where(_specialist(), User.dismissed_on.is_(None))
    rows = db.session.execute(query.order_by(User.search, User.id)).all()
    carried = loads({row.id for row in rows})
    return [
        Candidate(user_id, FullName(*name).full, profession, carried[user_id])
        for user_id, profession, *name in rows
    ]


def colleague(_asking: Any, user_id: int) -> User | None:
    """A colleague by id: who is assigned to whom is open to all staff."""
    return db.session.get(User, user_id)


def assigned_now(user: Any, colleague_id: int, number: int | None = 1) -> dict[str, Any]:
    """A page of the colleague's families (all of them when `number` is None), with what the user may know."""
    lead_first = (Assignment.kind.desc(), Assignment.starts_on.desc(), Assignment.id)
    query = _of(user, colleague_id).where(Assignment.ends_on.is_(None), Patronage.status.in_(ON_PATRONAGE))
    return _page(user, query.order_by(*lead_first), number)


def assigned_before(user: Any, colleague_id: int, number: int | None = 1) -> dict[str, Any]:
    """A page of the colleague's past assignments (all when `number` is None), the latest first."""
    query = _of(user, colleague_id).where(Assignment.ends_on.is_not(None))
    return _page(user, query.order_by(Assignment.ends_on.desc(), Assignment.id.desc()), number)


def _of(user: Any, colleague_id: int) -> Any:
    columns = [
        *(Assignment.id, Assignment.kind, Assignment.starts_on, Assignment.ends_on, Assignment.reason),
        *(Patronage.regime, Patronage.status),
        *family_columns(user),
    ]
    query = select(*columns).join(Patronage, Patronage.id == Assignment.patronage_id)
    return query.join(Family, Family.id == Patronage.family_id).where(Assignment.user_id == colleague_id)


def _page(user: Any, query: Any, number: int | None) -> dict[str, Any]:
    if number:
        query = query.offset((number - 1) * PAGE).limit(PAGE + 1)
    rows = list(db.session.execute(query).mappings())
    more = bool(number) and len(rows) > PAGE
    rows = rows[:PAGE] if number else rows
    reach = within_reach(user, {row["family_id"] for row in rows})
    return {"rows": rows, "reach": reach, "more": more}
