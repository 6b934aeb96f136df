"""The months of the journal: how far each is checked, what keeps it from being closed, its entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.db import db
from portal.journal.models import JournalEntry, JournalPeriod
from portal.journal.queries import PAGE, listed
from portal.rules.journal import SETTLED, Month
from portal.rules.names import FullName

SHOWN = 100


@dataclass(frozen=True)
class MonthLine:
    """A month of the journal: its entries, those not checked yet, and who closed it when."""

    year: int
    month: int
    entries: int
    unchecked: int
    closed_at: datetime | None
    closed_by: str | None


def months() -> list[MonthLine]:
    """The months that hold entries, the latest first."""
    unchecked = func.sum(case((JournalEntry.state.not_in(SETTLED), 1), else_=0))
    counted = select(JournalEntry.year, JournalEntry.month, func.count().label("entries"))
    held = counted.add_columns(unchecked.label("unchecked"))
    per_month = held.group_by(JournalEntry.year, JournalEntry.month).subquery()
    query = select(per_month, JournalPeriod.closed_at, User.last_name, User.first_name, User.middle_name)
    same = and_(JournalPeriod.year == per_month.c.year, JournalPeriod.month == per_month.c.month)
    query = query.outerjoin(JournalPeriod, same).outerjoin(User, User.id == JournalPeriod.closed_by_id)
    rows = db.session.execute(query.order_by(per_month.c.year.desc(), per_month.c.month.desc()))
    return [
        MonthLine(
            row.year,
            row.month,
            row.entries,
            int(row.unchecked),
            row.closed_at,
            FullName(row.last_name, row.first_name, row.middle_name).short if row.last_name else None,
        )
        for row in rows
    ]


def unchecked(month: Month) -> list[Row[Any]]:
    """What keeps the month from being closed: the first hundred, by worker."""
    query = listed().where(JournalEntry.year == month[0], JournalEntry.month == month[1])
    query = query.where(JournalEntry.state.not_in(SETTLED))
    return list(db.session.execute(query.order_by(User.search, JournalEntry.number).limit(SHOWN)))


def table(
    month: Month, worker_id: int | None, department: str, after: int | None = None, size: int = PAGE
) -> tuple[list[Row[Any]], int | None]:
    """A page of the month by number, of one worker or department, or of all; after which number the next begins."""
    query = printed().where(JournalEntry.year == month[0], JournalEntry.month == month[1])
    if worker_id is not None:
        query = query.where(JournalEntry.worker_id == worker_id)
    if department:
        query = query.where(User.department == department)
    query = query.where(JournalEntry.number > (after or 0)).order_by(JournalEntry.number)
    rows = list(db.session.execute(query.limit(size + 1)))
    return rows[:size], rows[size - 1].number if len(rows) > size else None


def printed(*more: Any) -> Select[Any]:
    """Entries with all that the printed journal says of them, and whatever columns more."""
    checker, other, later = aliased(User), aliased(JournalEntry), aliased(JournalEntry)
    query = listed(
        *(JournalEntry.checked_at, JournalEntry.signed_by_id, JournalEntry.correction),
        *(other.number.label("corrects"), other.year.label("corrects_year")),
        *(later.number.label("corrected"), later.year.label("corrected_year")),
        *(checker.last_name.label("checker_last"), checker.first_name.label("checker_first")),
        checker.middle_name.label("checker_middle"),
        *more,
    )
    query = query.outerjoin(checker, checker.id == JournalEntry.checked_by_id)
    query = query.outerjoin(other, other.id == JournalEntry.corrects_id)
    return query.outerjoin(later, later.corrects_id == JournalEntry.id)


def departments(found_workers: Iterable[Row[Any]]) -> dict[str, list[int]]:
    """Departments by name, each with the ids of those of the workers who work there."""
    found: dict[str, list[int]] = {}
    for one in sorted(found_workers, key=lambda row: row.department):
        if one.department:
            found.setdefault(one.department, []).append(one.id)
    return found


def workers() -> list[Row[Any]]:
    """Who has entries: id, name and department, for the choice of what is read."""
    has = select(JournalEntry.worker_id).distinct()
    query = select(User.id, User.last_name, User.first_name, User.middle_name, User.department)
    return list(db.session.execute(query.where(User.id.in_(has)).order_by(User.search)))
