"""The list of norms: families on patronage, those with a late contact first, each with its last weeks (R9)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, literal, or_, select, true, tuple_

from portal import clock
from portal.access import Role
from portal.accounts.models import User
from portal.contacts import standing
from portal.contacts.grid_rows import LATE, SOON, WEEKS, YEAR, Line, judged_since, line
from portal.contacts.models import Contact
from portal.db import db, first, off_index
from portal.deputies import queries as deputies
from portal.families.models import Family
from portal.families.queries import reach, work
from portal.families.register_list import ALL, reader_of
from portal.memory import unchanged
from portal.norms import queries as norms
from portal.patronage.models import Assignment, Patronage
from portal.rules.contacts import State
from portal.rules.norms import Unit, period_of

SIZE, YEAR_SIZE = 25, 300  # families on a page, of eight weeks and of a year
STATES = (LATE, SOON)
NEVER = date.max
CONSILIUM = {Role.CHAIR, Role.SECRETARY, Role.MEMBER}


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; empty ones do not narrow. `specialist` is lead or involved now, or stands in."""

    state: str = ""
    specialist: int = 0
    regime: str = ""
    weeks: int = WEEKS

    @property
    def size(self) -> int:
        """Families on a page."""
        return YEAR_SIZE if self.weeks == YEAR else SIZE


@dataclass(frozen=True)
class Cursor:
    """A page starts behind (or, backwards, before) a family due by the day; `first` is its first row's place.

    The day is kept, for a contact entered meanwhile moves the family on.
    """

    family_id: int = 0
    due_on: date | None = None
    backwards: bool = False
    first: int = 1


@dataclass(frozen=True)
class Page:
    """Lines of one page, the place of the first of them, and the cursors of its neighbors."""

    lines: tuple[Line, ...] = ()
    first: int = 0
    before: Cursor | None = None
    after: Cursor | None = None

    @property
    def last(self) -> int:
        """The place of the last line."""
        return self.first + len(self.lines) - 1 if self.lines else 0


class Counts(NamedTuple):
    """Families on patronage: all, those with a late contact, those with one due by the end of this week."""

    all: int
    late: int
    soon: int


def grid_page(user: Any, wanted: Wanted, cursor: Cursor | None = None) -> Page:
    """A page of the families on patronage within the user's reach, in four queries; read once after each change."""
    cursor = cursor or Cursor()
    key = ("norms page", reader_of(user), wanted, cursor, wanted.size, clock.today())
    return unchanged(key, lambda: _page(user, wanted, cursor))


def counts(user: Any, specialist: int = 0, regime: str = "") -> Counts:
    """How many families within reach there are in each state; read once after each change."""
    key = ("norms", reader_of(user), specialist, regime, clock.today())
    return unchanged(key, lambda: _counts(user, specialist, regime))


def _page(user: Any, wanted: Wanted, cursor: Cursor) -> Page:
    rows = list(db.session.execute(_query(user, wanted, cursor)))
    if not rows and cursor.family_id:
        return _page(user, wanted, Cursor())
    size = wanted.size
    more, rows = len(rows) > size, rows[:size]
    if cursor.backwards:
        rows.reverse()
    if not rows:
        return Page()
    place = cursor.first if cursor.family_id and (more or not cursor.backwards) else 1
    before = after = None
    if more if cursor.backwards else cursor.family_id:
        before = Cursor(rows[0].family_id, rows[0].due_on, True, max(1, place - size))
    if cursor.backwards or more:
        after = Cursor(rows[-1].family_id, rows[-1].due_on, False, place + len(rows))
    return Page(tuple(_judged(rows, wanted.weeks)), place, before, after)


def all_lines(user: Any, wanted: Wanted, chunk: int) -> Iterator[Line]:
    """All lines of the list in its order, four queries for each chunk of them."""
    cursor = Cursor()
    while True:
        rows = list(db.session.execute(_query(user, wanted, cursor, chunk)))
        yield from _judged(rows[:chunk], wanted.weeks)
        if len(rows) <= chunk:
            return
        cursor = Cursor(rows[chunk - 1].family_id, rows[chunk - 1].due_on)


def _judged(rows: list[Any], weeks: int) -> list[Line]:
    s, today, gaps = db.session(), clock.today(), norms.gaps()
    ids = [row.patronage_id for row in rows]
    histories = standing.histories(s, ids)
    days = standing.days_of_contacts(s, ids, judged_since(today, weeks))
    return [
        line(row, histories[row.patronage_id], days.get(row.patronage_id, ()), today, weeks, gaps)
        for row in rows
    ]


def _counts(user: Any, specialist: int, regime: str) -> Counts:
    numbers = []
    for state in ("", *STATES):
        query = select(func.count()).select_from(Patronage)
        if reader_of(user) != ALL:
            query = query.join(Family, Family.id == Patronage.family_id)
        query = query.where(*_conditions(user, Wanted(state, specialist, regime)))
        numbers.append(query.scalar_subquery())
    return Counts(*db.session.execute(select(*numbers)).one())


def _query(user: Any, wanted: Wanted, cursor: Cursor, size: int = 0) -> Select[Any]:
    """Limit first: the families of the page, then what it shows of them. Those without a day come last."""
    key = (func.coalesce(Patronage.next_contact_on, NEVER), Family.sort_name, Family.id)
    ids: Any = select(
        Patronage.id.label("patronage_id"), *(part.label(f"key{n}") for n, part in enumerate(key))
    )
    ids = ids.join(Family, Family.id == Patronage.family_id).where(*_conditions(user, wanted))
    if cursor.family_id:
        name = select(Family.sort_name).where(Family.id == cursor.family_id).correlate(None).scalar_subquery()
        here, there = tuple_(*key), tuple_(literal(cursor.due_on or NEVER), name, literal(cursor.family_id))
        ids = ids.where(here < there if cursor.backwards else here > there)
    chosen = first(_ordered(ids, key, cursor.backwards), (size or wanted.size) + 1).subquery("chosen")
    return _ordered(_shown(user, chosen), (chosen.c.key0, chosen.c.key1, chosen.c.key2), cursor.backwards)


def _ordered(query: Select[Any], key: Iterable[Any], down: bool) -> Select[Any]:
    return query.order_by(*(part.desc() if down else part for part in key))


def _conditions(user: Any, wanted: Wanted) -> list[Any]:
    """Who sees all finds families by status or day; others come from the few they work with."""
    all_of_them = reader_of(user) == ALL and not wanted.specialist
    by_status = all_of_them and not wanted.state
    status: Any = Patronage.status if by_status else off_index(Patronage.status)
    found: list[Any] = [Patronage.latest, status == "enrolled"]
    if reader_of(user) != ALL:
        found.append(reach(user))
    due: Any = Patronage.next_contact_on if all_of_them else func.coalesce(Patronage.next_contact_on, NEVER)
    if wanted.state == LATE:
        found.append(due < clock.today())
    elif wanted.state == SOON:
        found.append(due.between(clock.today(), period_of(Unit.WEEK, clock.today())[1]))
    if wanted.regime:
        found.append(Patronage.regime == wanted.regime)
    if wanted.specialist:
        whom = deputies.whom(wanted.specialist, clock.today())
        works = or_(Assignment.user_id == wanted.specialist, Assignment.user_id.in_(whom))
        now = (works, Assignment.ends_on.is_(None))
        found.append(Patronage.id.in_(select(Assignment.patronage_id).where(*now)))
    return found


def _shown(user: Any, chosen: Any) -> Select[Any]:
    lead = Assignment.__table__.alias("lead")
    leading = and_(lead.c.patronage_id == Patronage.id, lead.c.kind == "lead", lead.c.ends_on.is_(None))
    took_place = (Contact.patronage_id == Patronage.id, Contact.state == State.DONE)
    last_on = select(Contact.day).where(*took_place).order_by(Contact.day.desc()).limit(1)
    works = work(user) if user.roles & CONSILIUM else true()  # whoever else sees a family works with it
    return (
        select(
            Patronage.id.label("patronage_id"),
            Patronage.next_contact_on.label("due_on"),
            Patronage.regime,
            Family.id.label("family_id"),
            Family.number,
            Family.surname,
            works.label("works"),
            lead.c.user_id.label("lead_id"),
            User.last_name,
            User.first_name,
            User.middle_name,
            last_on.correlate(Patronage).scalar_subquery().label("last_on"),
        )
        .select_from(chosen)
        .join(Patronage, Patronage.id == chosen.c.patronage_id)
        .join(Family, Family.id == chosen.c.key2)
        .outerjoin(lead, leading)
        .outerjoin(User, User.id == lead.c.user_id)
    )
