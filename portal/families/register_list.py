"""The list of families: filters, order, and pages by keyset, so that the last page costs as the first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    tuple_,
)

from portal.access import Permission, Role, may
from portal.accounts.models import User
from portal.db import constant, db, first, is_sqlite, off_index
from portal.families.models import Family, FamilyCategory, FamilyMember
from portal.families.queries import reach
from portal.families.search import matching, representative_name
from portal.memory import unchanged
from portal.patronage.models import Assignment, Patronage
from portal.rules.lifecycle import Status
from portal.rules.names import FullName

SIZE = 25
MOST_COUNTED = 5_000
BY_PATRONAGE = {"enrolled", "status"}
MANY = {"", "enrolled", "removed"}  # statuses of most families
_NEVER = date(1, 1, 1)
_IN_ORDER = {status.value: place for place, status in enumerate(Status)}
SORTS: dict[str, Any] = {
    "name": Family.sort_name,
    "number": Family.number,
    "enrolled": func.coalesce(Patronage.enrolled_on, _NEVER),
    "status": case(_IN_ORDER, value=Patronage.status, else_=len(_IN_ORDER)),
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty ones do not narrow. `specialist` is lead or involved now."""

    text: str = ""
    status: str = ""
    category: str = ""
    regime: str = ""
    specialist: int = 0

    @property
    def any(self) -> bool:
        """Whether anything narrows."""
        return any((self.text, self.status, self.category, self.regime, self.specialist))


@dataclass(frozen=True)
class Cursor:
    """A page starts behind (or, backwards, before) the family `id`; `first` is its first row's place."""

    id: int = 0
    backwards: bool = False
    first: int = 1


@dataclass
class Page:
    """Rows of one page, their place in the whole, and the cursors of its neighbors.

    `total` is None where there are more than MOST_COUNTED.
    """

    rows: list[Row[Any]] = field(default_factory=list)
    first: int = 0
    total: int | None = 0
    before: Cursor | None = None
    after: Cursor | None = None

    @property
    def last(self) -> int:
        """The place of the last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0


class Reader(NamedTuple):
    """Whose reach a list has: all readers who see everything are one."""

    id: int
    roles: frozenset[Role]
    stands_in: frozenset[int] = frozenset()


ALL = Reader(0, frozenset())


def reader_of(user: Any) -> Reader:
    """Whose reach the user has."""
    if may(user, Permission.FAMILY_VIEW_ALL):
        return ALL
    return Reader(user.id, frozenset(user.roles), user.stands_in)


def list_families(user: Any, filters: Filters, sort: str = "name", cursor: Cursor | None = None) -> Page:
    """A page of the families within the user's reach, in one query; their number is counted after a change.

    Rows: id, number, name, surname, children, status, regime, enrolled_on, categories (codes by comma),
    lead_last, lead_first, lead_middle. `sort` is a key of SORTS, with "-" in front for descending.
    """
    cursor = cursor or Cursor()
    reader = reader_of(user)
    query = _query(is_sqlite(), reader, filters, sort, bool(cursor.id), cursor.backwards)
    rows = list(db.session.connection().execute(query, {"cursor": cursor.id} if cursor.id else {}).all())
    if not rows and cursor.id:
        return list_families(user, filters, sort)
    page = _page(rows, cursor)
    if page.rows:
        page.total = unchanged(("families", reader, filters), lambda: _total(reader, filters))
    return page


def all_families(user: Any, filters: Filters, sort: str, chunk: int) -> Iterator[Row[Any]]:
    """All rows of the list in its order, so many of them in one query."""
    reader, last = reader_of(user), 0
    while True:
        query = _query(is_sqlite(), reader, filters, sort, bool(last), False, chunk)
        rows = list(db.session.connection().execute(query, {"cursor": last} if last else {}).all())
        yield from rows[:chunk]
        if len(rows) <= chunk:
            return
        last = rows[chunk - 1].id


def _page(rows: list[Row[Any]], cursor: Cursor) -> Page:
    more, rows = len(rows) > SIZE, rows[:SIZE]
    if cursor.backwards:
        rows.reverse()
    if not rows:
        return Page()
    first = cursor.first if cursor.id and (more or not cursor.backwards) else 1
    page = Page(rows, first)
    if more if cursor.backwards else cursor.id:
        page.before = Cursor(rows[0].id, True, max(1, first - SIZE))
    if cursor.backwards or more:
        page.after = Cursor(rows[-1].id, False, page.last + 1)
    return page


@lru_cache(maxsize=256)
def _query(
    _dialect: bool,
    reader: Reader,
    filters: Filters,
    sort: str,
    onward: bool,
    backwards: bool,
    size: int = SIZE,
) -> Select[Any]:
    """Limit first: the ids of the page, then what the page shows of them. Building it costs more than asking it.

    `onward`: from the family in the parameter "cursor".
    """
    name, down = sort.lstrip("-"), sort.startswith("-") != backwards
    key = SORTS[name]
    by_patronage = name in BY_PATRONAGE or _few(filters)
    joined = _of_patronage(filters)
    conditions = [*_within(reader), *_of_family(filters), *(joined if by_patronage else _walking(joined))]
    ids = _source(by_patronage, Family.id.label("id"), key.label("key")).where(*conditions)
    if onward:
        ids = ids.where(_beyond(name, key, down))
    chosen = first(_ordered(ids, key, Family.id, down), size + 1).subquery("chosen")
    return _ordered(_shown(chosen), chosen.c.key, chosen.c.id, down)


def _within(reader: Reader) -> list[Any]:
    return [] if reader == ALL else [reach(reader)]


def _source(joined: Any, *columns: Any) -> Select[Any]:
    """The columns of families, with their latest patronage where it is needed."""
    query = select(*columns).select_from(Family)
    if not joined:
        return query
    return query.join(Patronage, and_(Patronage.family_id == Family.id, Patronage.latest))


def _few(filters: Filters) -> bool:
    """Whether looking up what fits beats walking all families in the list's order until a page is full."""
    return bool(filters.specialist) or filters.status not in MANY


def _walking(joined: list[Any]) -> list[Any]:
    if not joined:
        return []
    latest = (Patronage.family_id == Family.id, Patronage.latest)
    return [select(Patronage.id).where(*latest, *joined).correlate(Family).exists()]


def _ordered(query: Select[Any], key: Any, tie: Any, down: bool) -> Select[Any]:
    return query.order_by(key.desc(), tie.desc()) if down else query.order_by(key, tie)


def _beyond(name: str, key: Any, down: bool) -> ColumnElement[bool]:
    cursor = bindparam("cursor", type_=Integer)
    start = _source(name in BY_PATRONAGE, key).where(Family.id == cursor).correlate(None).scalar_subquery()
    here, there = tuple_(key, Family.id), tuple_(start, cursor)
    return here < there if down else here > there


def _total(reader: Reader, filters: Filters) -> int | None:
    """How many there are; with conditions the counting stops where nobody would read the number."""
    conditions, joined = [*_within(reader), *_of_family(filters)], _of_patronage(filters)
    if not conditions and not joined:
        return db.session.scalar(select(func.count()).select_from(Family))
    if not conditions:
        some = select(literal(1)).where(Patronage.latest, *joined)
    else:
        some = _source(joined, literal(1)).where(*conditions, *joined)
    counted = select(func.count()).select_from(some.limit(MOST_COUNTED + 1).subquery())
    total = db.session.scalar(counted)
    return None if total == MOST_COUNTED + 1 else total


def _of_family(filters: Filters) -> list[Any]:
    found: list[Any] = [] if (condition := matching(filters.text)) is None else [condition]
    if filters.category:
        of_it = (FamilyCategory.family_id == Family.id, FamilyCategory.code == filters.category)
        found.append(select(FamilyCategory.code).where(*of_it).correlate(Family).exists())
    return found


def _of_patronage(filters: Filters) -> list[Any]:
    found: list[Any] = []
    if filters.status:
        status: Any = off_index(Patronage.status) if filters.status in MANY else Patronage.status
        found.append(status == filters.status)
    if filters.regime:
        found.append(Patronage.regime == filters.regime)
    if filters.specialist:
        now = (Assignment.user_id == filters.specialist, Assignment.ends_on.is_(None))
        found.append(Patronage.id.in_(select(Assignment.patronage_id).where(*now)))
    return found


def _shown(chosen: Any) -> Select[Any]:
    """What a row shows of the chosen families; with constants for values, SQLite need not plan it each time."""
    family, patronage, member = Family.__table__.c, Patronage.__table__.c, FamilyMember.__table__.c
    lead, person, category = Assignment.__table__.c, User.__table__.c, FamilyCategory.__table__.c
    children = select(func.count()).where(
        member.family_id == family.id, member.kind == constant("minor"), member.left_on.is_(None)
    )
    codes = select(func.aggregate_strings(category.code, constant(","))).where(
        category.family_id == family.id
    )
    latest = and_(patronage.family_id == family.id, patronage.latest)
    leading = and_(lead.patronage_id == patronage.id, lead.kind == constant("lead"), lead.ends_on.is_(None))
    return (
        select(
            family.id,
            family.number,
            family.surname,
            representative_name().label("name"),
            children.scalar_subquery().label("children"),
            codes.scalar_subquery().label("categories"),
            patronage.status,
            patronage.regime,
            patronage.enrolled_on,
            person.last_name.label("lead_last"),
            person.first_name.label("lead_first"),
            person.middle_name.label("lead_middle"),
        )
        .select_from(Family.__table__)
        .join(chosen, chosen.c.id == family.id)
        .outerjoin(Patronage.__table__, latest)
        .outerjoin(Assignment.__table__, leading)
        .outerjoin(User.__table__, person.id == lead.user_id)
    )


def specialists() -> tuple[tuple[int, str], ...]:
    """(id, short name) of everybody who works with a family now, for the filter."""
    return unchanged(("specialists",), _specialists)


def _specialists() -> tuple[tuple[int, str], ...]:
    works = select(Assignment.id).where(Assignment.user_id == User.id, Assignment.ends_on.is_(None)).exists()
    people = db.session.execute(
        select(User.id, User.last_name, User.first_name, User.middle_name).where(works).order_by(User.search)
    )
    return tuple((row.id, FullName(row.last_name, row.first_name, row.middle_name).short) for row in people)
