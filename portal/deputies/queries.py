"""Who stands in for whom: on a day, now, and all of it."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.access import Permission, Role, may
from portal.accounts.models import RoleGrant, User
from portal.db import db
from portal.deputies.models import Deputy
from portal.memory import unchanged
from portal.rules.names import FullName

PAGE = 25


class StandIn(NamedTuple):
    """Whoever stands in for somebody now."""

    deputy_id: int
    name: str
    until: date
    reason: str


def on(day: date) -> ColumnElement[bool]:
    """That somebody stands in on the day; the day on which it was ended early no longer counts."""
    lasted = or_(Deputy.ended_at.is_(None), Deputy.ended_at >= clock.start_of(day + timedelta(days=1)))
    return and_(Deputy.starts_on <= day, Deputy.ends_on >= day, lasted)


def stands_in_for(user_id: int, day: date) -> set[int]:
    """For whom the user stands in on the day."""
    return set(db.session.scalars(whom(user_id, day)))


def whom(user_id: int, day: date) -> Select[int]:
    """The same, for other queries."""
    return select(Deputy.user_id).where(Deputy.deputy_id == user_id, on(day))


def who_went(user_id: int, owner_id: int, day: date) -> int:
    """Whose the owner's contact on the day is, when the user writes it up: theirs, if they stood in for the owner.

    So it is they who sign it in the journal, and somebody else checks it (R13).
    """
    return user_id if owner_id in stands_in_for(user_id, day) else owner_id


def also(user_id: int, owner: Any, day: Any) -> ColumnElement[bool]:
    """That the column `owner` is the user, or somebody they stand in for on the day of the column `day`."""
    period = (Deputy.starts_on <= day, Deputy.ends_on >= day, Deputy.ended_at.is_(None))
    return or_(
        owner == user_id, exists().where(Deputy.deputy_id == user_id, Deputy.user_id == owner, *period)
    )


def absences(user_ids: set[int], first: date, last: date) -> list[tuple[int, date, date]]:
    """Who of the users is away on one of the days: the user, the first and the last day of it."""
    query = select(Deputy.user_id, Deputy.starts_on, Deputy.ends_on, Deputy.ended_at)
    query = query.where(Deputy.user_id.in_(user_ids), Deputy.starts_on <= last, Deputy.ends_on >= first)
    found = []
    for user_id, starts_on, ends_on, ended_at in db.session.execute(query.order_by(Deputy.starts_on)):
        until = min(ends_on, clock.local(ended_at).date() - timedelta(days=1)) if ended_at else ends_on
        if until >= first:
            found.append((user_id, starts_on, until))
    return found


def standing_in(user_ids: set[int]) -> list[Row[Any]]:
    """Who stands in for one of the users now or will: user_id, deputy_id, and the three parts of the name."""
    columns = (Deputy.user_id, Deputy.deputy_id, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).join(User, User.id == Deputy.deputy_id).where(User.dismissed_on.is_(None))
    ahead = (Deputy.user_id.in_(user_ids), Deputy.ended_at.is_(None), Deputy.ends_on >= clock.today())
    return list(db.session.execute(query.where(*ahead).order_by(Deputy.starts_on)))


def now() -> dict[int, StandIn]:
    """Who stands in today, by whom they stand in for; read once after each change."""
    return unchanged(("deputies", clock.today()), _now)


def _now() -> dict[int, StandIn]:
    columns = (Deputy.user_id, Deputy.deputy_id, Deputy.ends_on, Deputy.reason)
    query = select(*columns, User.last_name, User.first_name, User.middle_name)
    query = query.join(User, User.id == Deputy.deputy_id).where(on(clock.today()))
    return {
        row.user_id: StandIn(row.deputy_id, FullName(*row[4:]).short, row.ends_on, row.reason)
        for row in db.session.execute(query)
    }


def _listed() -> Select[Any]:
    away, deputy = aliased(User, name="away"), aliased(User, name="deputy")
    columns = [
        getattr(Deputy, name)
        for name in ("id", "user_id", "deputy_id", "starts_on", "ends_on", "reason", "ended_at")
    ]
    for person, prefix in ((away, "away"), (deputy, "deputy")):
        columns += [
            getattr(person, part).label(f"{prefix}_{part}")
            for part in ("last_name", "first_name", "middle_name")
        ]
    is_head = exists().where(RoleGrant.user_id == Deputy.user_id, RoleGrant.role == Role.HEAD)
    query = select(*columns, is_head.label("of_head")).join(away, away.id == Deputy.user_id)
    return query.join(deputy, deputy.id == Deputy.deputy_id)


def running(user_id: int | None = None) -> list[Row[Any]]:
    """Who stands in now or will, the next first; of one colleague, whom it is for or by."""
    query = _listed().where(Deputy.ended_at.is_(None), Deputy.ends_on >= clock.today())
    if user_id is not None:
        query = query.where(or_(Deputy.user_id == user_id, Deputy.deputy_id == user_id))
    return list(db.session.execute(query.order_by(Deputy.starts_on, Deputy.id)))


def past(page: int = 1, size: int = PAGE) -> tuple[list[Row[Any]], bool]:
    """A page of those that are over, the latest first, and whether there are more."""
    query = _listed().where(or_(Deputy.ended_at.is_not(None), Deputy.ends_on < clock.today()))
    query = query.order_by(Deputy.ends_on.desc(), Deputy.id.desc()).offset((page - 1) * size)
    rows = list(db.session.execute(query.limit(size + 1)))
    return rows[:size], len(rows) > size


def manages(user: Any, away_id: int, of_head: bool) -> bool:
    """Whether the user names deputies of this colleague: the head of specialists, a head or the admin of that head."""
    if not may(user, Permission.DEPUTY_MANAGE):
        return False
    if of_head:
        return user.id == away_id or Role.ADMIN in user.roles
    return Role.HEAD in user.roles


def get_managed(user: Any, deputy_id: int) -> Deputy | None:
    """One that the user may end, else None."""
    row = db.session.get(Deputy, deputy_id)
    if row is None:
        return None
    grant = select(RoleGrant.role).where(RoleGrant.user_id == row.user_id, RoleGrant.role == Role.HEAD)
    return row if manages(user, row.user_id, db.session.scalar(grant) is not None) else None
