"""Who reads which decisions, the list of them with its filters, and those after which a family waits for something."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from portal import clock
from portal.access import Permission, may
from portal.accounts import queries as accounts
from portal.consilium.follow_ups import CLOSED
from portal.consilium.minutes_models import FollowUp
from portal.consilium.models import Decision, Item, Meeting
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import Assignment, Patronage
from portal.rules.follow_ups import EXTRACT_DAYS, LONGEST_TERM, last_decided
from portal.rules.names import normalise
from portal.rules.workdays import Calendar
from portal.settings.calendar import calendar

PAGE = 25
RESULTS = {"carried": True, "rejected": False}
OWED = ("tell", "extract")
_NUMBER = re.compile(r"(\d{1,9})\s*/\s*(\d{4})")


@dataclass(frozen=True)
class Wanted:
    """The filters of the list, as they stand in the address."""

    year: int = 0
    kind: str = ""
    result: str = ""  # carried | rejected
    todo: str = ""  # tell | extract: what the family still waits for
    mine: bool = False  # of the families that the user leads
    text: str = ""  # the beginning of a name, the number of a family, or of a decision with its year


class Counts(NamedTuple):
    """What waits after decisions: families to be told and extracts to be given, and what of it is late or due now."""

    tell: int
    tell_late: int
    extract: int
    extract_today: int
    extract_late: int


def leads(user: Any) -> ColumnElement[bool]:
    """That the user, or whom the user stands in for, leads the family: now, or until the removal; or took it in."""
    people = {user.id, *user.stands_in}
    until = or_(Assignment.ends_on.is_(None), Assignment.ends_on == Patronage.removed_on)
    lead = select(Assignment.id).where(
        Assignment.patronage_id == Patronage.id,
        Assignment.kind == "lead",
        Assignment.user_id.in_(people),
        until,
    )
    took_in = and_(Patronage.enrolled_on.is_(None), Family.created_by_id.in_(people))
    return or_(lead.correlate(Patronage).exists(), took_in)


def _near(user: Any) -> ColumnElement[bool]:
    return or_(families.reach(user), leads(user))


def _visible(user: Any) -> ColumnElement[bool]:
    """The consilium and the head see all decisions, whoever works with families those on them."""
    return true() if may(user, Permission.MEETING_VIEW) else _near(user)


def _whole(user: Any) -> ColumnElement[bool]:
    """Those whose papers the user reads: of families within reach, all for whoever issues the papers (DOMAIN §4)."""
    if may(user, Permission.MEETING_PREPARE):
        return true()
    return or_(Decision.patronage_id.is_(None), _near(user))


def _follows(user: Any) -> ColumnElement[bool]:
    """Those after which the user notes that the family was told: secretary and head all, a lead their own."""
    if may(user, Permission.MEETING_PREPARE) or may(user, Permission.FAMILY_VIEW_ALL):
        return true()
    return leads(user)


def _from(columns: Collection[Any]) -> Select[Any]:
    query = select(*columns).select_from(Decision).join(Item, Item.id == Decision.item_id)
    query = query.join(Meeting, Meeting.id == Item.meeting_id)
    query = query.outerjoin(Patronage, Patronage.id == Decision.patronage_id)
    query = query.outerjoin(Family, Family.id == Patronage.family_id)
    return query.outerjoin(FollowUp, FollowUp.decision_id == Decision.id)


def _one(decision_id: int, *conditions: ColumnElement[bool]) -> Decision | None:
    found: Decision | None = db.session.scalar(
        _from([Decision]).where(Decision.id == decision_id, *conditions)
    )
    return found


def get_decision(user: Any, decision_id: int) -> Decision | None:
    """A decision the user may see, else None."""
    return _one(decision_id, _visible(user))


def get_whole(user: Any, decision_id: int) -> Decision | None:
    """A decision on a family whose content the user reads, else None."""
    return _one(decision_id, _visible(user), _whole(user), Decision.patronage_id.is_not(None))


def whole_ids(user: Any) -> Select[Any]:
    """The ids of the decisions on families that get_whole gives the user, for other queries."""
    query = _from([Decision.id]).where(_visible(user), _whole(user), Decision.patronage_id.is_not(None))
    return query.correlate(None)


def get_followed(user: Any, decision_id: int) -> Decision | None:
    """A decision on a family after which the user notes what was done, else None."""
    return _one(decision_id, _follows(user), Decision.patronage_id.is_not(None))


def whole_of_meeting(user: Any, meeting_id: int) -> list[Any]:
    """Decisions of the meeting on families whose content the user reads, in their order: id, kind, carried, family."""
    columns = (Decision.id, Decision.kind, Decision.carried, Patronage.family_id)
    query = _from(columns).where(Meeting.id == meeting_id, Decision.patronage_id.is_not(None))
    return list(db.session.execute(query.where(_visible(user), _whole(user)).order_by(Decision.id)))


def is_whole(user: Any, decision: Decision) -> bool:
    """Whether the user reads its papers and what became of the family."""
    return _one(decision.id, _whole(user)) is not None


def may_follow(user: Any, decision: Decision) -> bool:
    """Whether the user notes what is done after it."""
    return may(user, Permission.DECISION_FOLLOW) and get_followed(user, decision.id) is not None


def decision_page(user: Any, wanted: Wanted, number: int, size: int = PAGE) -> dict[str, Any]:
    """A page of decisions, the latest first: rows, names by id of a user, and whether there are more."""
    columns = [
        *(Decision.id, Decision.number, Decision.year, Decision.kind, Decision.carried, Decision.decided_on),
        *(Item.regime, Item.term, Item.ends_on, Item.lead_id, Item.reason, Item.place, Item.question),
        *(Meeting.id.label("meeting_id"), Meeting.number.label("meeting_number")),
        *(Family.number.label("family_number"), Family.surname, Family.id.label("family_id")),
        *(FollowUp.decision_id.label("owed"), FollowUp.told_on, FollowUp.extract_on, Meeting.extract_days),
        case((Meeting.status.in_(CLOSED), 1), else_=0).label("over"),
        case((_whole(user), 1), else_=0).label("whole"),
        case((_follows(user), 1), else_=0).label("follows"),
    ]
    query = _from(columns).where(_visible(user), *_asked(user, wanted))
    query = query.order_by(Decision.year.desc(), Decision.number.desc())
    rows = list(db.session.execute(query.offset((number - 1) * size).limit(size + 1)).mappings())
    people = accounts.names({row["lead_id"] for row in rows if row["lead_id"]})
    names = {user_id: one.short_name for user_id, one in people.items()}
    return {"rows": rows[:size], "names": names, "more": len(rows) > size}


def _asked(user: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.year:
        conditions.append(Decision.year == wanted.year)
    if wanted.kind:
        conditions.append(Decision.kind == wanted.kind)
    if wanted.result:
        conditions.append(Decision.carried.is_(RESULTS[wanted.result]))
    if wanted.todo:
        conditions.append(_waits(FollowUp.told_on if wanted.todo == "tell" else FollowUp.extract_on))
    if wanted.mine:
        conditions.append(leads(user))
    if wanted.text:
        conditions.append(_matches(wanted.text))
    return conditions


def _waits(day: Any) -> ColumnElement[bool]:
    """Something is owed: decisions taken before this was kept owe nothing."""
    return and_(FollowUp.decision_id.is_not(None), day.is_(None))


def _matches(text: str) -> ColumnElement[bool]:
    found = _NUMBER.fullmatch(text)
    if found:
        return and_(Decision.number == int(found[1]), Decision.year == int(found[2]))
    start = normalise(text)
    if start.isdecimal():
        return Family.number == int(start[:9])
    return Family.sort_name.startswith(start, autoescape=True)


def years() -> list[int]:
    """The years from the last decision back to the first."""
    first, last = db.session.execute(select(func.min(Decision.year), func.max(Decision.year))).one()
    return list(range(last, first - 1, -1)) if last else []


def counts(user: Any) -> Counts:
    """What waits after the decisions that the user follows, in one query."""
    today, table = clock.today(), calendar()
    late, due = _last_decided(today - timedelta(1), table), _last_decided(today, table)
    tell, extract = _waits(FollowUp.told_on), _waits(FollowUp.extract_on)
    conditions = (
        *(tell, and_(tell, Decision.decided_on < today)),
        *(extract, and_(extract, Decision.decided_on > late, Decision.decided_on <= due)),
        and_(extract, Decision.decided_on <= late),
    )
    sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in conditions]
    query = _waiting(sums, user)
    return Counts(*(int(one) for one in db.session.execute(query).one()))


def _last_decided(due_by: date, table: Calendar) -> Any:
    """The latest day of a decision whose extract is due by then, by the term of its meeting."""
    days = {term: last_decided(due_by, table, term) for term in range(1, LONGEST_TERM + 1)}
    return case(days, value=func.coalesce(Meeting.extract_days, EXTRACT_DAYS))


def _waiting(columns: Collection[Any], user: Any) -> Select[Any]:
    """From the few decisions that something is owed after, so that the others are not looked at."""
    query = select(*columns).select_from(FollowUp).join(Decision, Decision.id == FollowUp.decision_id)
    query = query.join(Item, Item.id == Decision.item_id).join(Meeting, Meeting.id == Item.meeting_id)
    query = query.join(Patronage, Patronage.id == Decision.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id).where(_follows(user))
    return query.where(or_(FollowUp.told_on.is_(None), FollowUp.extract_on.is_(None)))


def waiting(user: Any, size: int) -> list[Any]:
    """The first decisions after which something is owed, the oldest first."""
    columns = [
        *(Decision.id, Decision.number, Decision.year, Decision.kind, Decision.decided_on),
        *(Family.number.label("family_number"), Family.surname, FollowUp.told_on, FollowUp.extract_on),
        *(FollowUp.decision_id.label("owed"), Meeting.extract_days),
    ]
    query = _waiting(columns, user).order_by(Decision.decided_on, Decision.year, Decision.number)
    return list(db.session.execute(query.limit(size)))
