"""Who is assigned to whom: the list, one family's specialists, its closing analysis."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_, union
from sqlalchemy.orm import Session

from portal import audit
from portal.access import Permission, Role, may
from portal.accounts.models import User
from portal.audit import Event
from portal.consilium.models import Item
from portal.db import db, off_index
from portal.deputies import queries as deputies
from portal.deputies.queries import StandIn
from portal.families import queries as families
from portal.families.models import Family
from portal.patronage.models import Assignment, ClosingAnalysis, Patronage
from portal.rules.names import FullName, normalise

PAGE = 50
ON_PATRONAGE = ("enrolled", "suspended")
SPECIALISTS = (Role.SPECIALIST, Role.PEDAGOGUE, Role.HEAD)


@dataclass(frozen=True)
class Wanted:
    """The filters of the list of assignments."""

    text: str = ""
    specialist: int | None = None
    regime: str = ""
    lead: str = ""  # "missing": without a lead who works here


def knows_names(user: Any) -> bool:
    """Whether the user may read the names of families; others see numbers only (DOMAIN §4)."""
    return may(user, Permission.FAMILY_NAME)


def family_columns(user: Any) -> list[Any]:
    """id, number and name of a family, the name empty for whoever may not read it."""
    surname = Family.surname if knows_names(user) else literal("")
    return [Family.id.label("family_id"), Family.number, surname.label("surname")]


def within_reach(user: Any, family_ids: set[int]) -> set[int]:
    """Those of the families whose cards the user may open."""
    if not family_ids or not may(user, Permission.FAMILY_VIEW):
        return set()
    if may(user, Permission.FAMILY_VIEW_ALL):
        return family_ids
    return set(db.session.scalars(select(Family.id).where(Family.id.in_(family_ids), families.reach(user))))


def on_patronage() -> Any:
    """That an episode runs."""
    return off_index(Patronage.status).in_(ON_PATRONAGE)


class Colleague(NamedTuple):
    """Whom a list names."""

    id: int
    short_name: str


class Assigned(NamedTuple):
    """A family in the list of assignments; `reachable` is whether its card opens to the reader.

    `deputy`: who stands in for the lead today.
    """

    family_id: int
    number: int
    surname: str
    patronage_id: int
    regime: str
    status: str
    enrolled_on: date | None
    lead_id: int | None
    since: date | None
    dismissed_on: date | None
    last_name: str | None
    first_name: str | None
    middle_name: str | None
    involved: tuple[Colleague, ...]
    reachable: bool
    deputy: StandIn | None


def assignment_page(
    user: Any, wanted: Wanted, after: int | None, before: int | None, size: int = PAGE
) -> dict[str, Any]:
    """A page of families on patronage with their specialists: rows (Assigned), and the ids to go on from.

    `after` and `before` are ids of families: pages are cut by key, so the last is as quick as the first.
    """
    key = (Family.sort_name, Family.id) if knows_names(user) else (Family.number, Family.id)
    query = _listed(user, wanted)
    edge = after or before
    if edge:
        here = tuple_(*(select(part).where(Family.id == edge).scalar_subquery() for part in key))
        query = query.where(tuple_(*key) > here if after else tuple_(*key) < here)
    order = [part.desc() for part in key] if before and not after else list(key)
    rows = list(db.session.execute(query.order_by(*order).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    if before and not after:
        rows.reverse()
        earlier, later = more, bool(rows)
    else:
        earlier, later = bool(after), more
    involved = involved_in({row.patronage_id for row in rows})
    reach = within_reach(user, {row.family_id for row in rows})
    standing_in = deputies.now()
    return {
        "rows": [
            Assigned(
                **row._mapping,
                involved=tuple(involved.get(row.patronage_id, ())),
                reachable=row.family_id in reach,
                deputy=standing_in.get(row.lead_id),
            )
            for row in rows
        ],
        "prev": rows[0].family_id if rows and earlier else None,
        "next": rows[-1].family_id if rows and later else None,
    }


def all_assignments(user: Any, wanted: Wanted, chunk: int) -> Iterator[Assigned]:
    """All of the list in its order, some queries for each chunk."""
    after: int | None = None
    while True:
        page = assignment_page(user, wanted, after, None, chunk)
        yield from page["rows"]
        after = page["next"]
        if after is None:
            return


def _listed(user: Any, wanted: Wanted) -> Select[Any]:
    lead = Assignment.__table__.alias("lead")
    columns = [
        *family_columns(user),
        *(Patronage.id.label("patronage_id"), Patronage.regime, Patronage.status, Patronage.enrolled_on),
        *(lead.c.user_id.label("lead_id"), lead.c.starts_on.label("since"), User.dismissed_on),
        *(User.last_name, User.first_name, User.middle_name),
    ]
    is_lead = (lead.c.patronage_id == Patronage.id) & (lead.c.kind == "lead") & lead.c.ends_on.is_(None)
    few = wanted.specialist or wanted.text or wanted.lead  # else the families come in their order
    family_id = Family.id if few else off_index(Family.id)
    query = select(*columns).select_from(Family).join(Patronage, Patronage.family_id == family_id)
    query = query.outerjoin(lead, is_lead).outerjoin(User, User.id == lead.c.user_id)
    query = query.where(Patronage.latest, on_patronage())
    if wanted.specialist:
        query = query.where(Patronage.id.in_(_of_specialist(wanted.specialist)))
    if wanted.regime:
        query = query.where(Patronage.regime == wanted.regime)
    if wanted.lead == "missing":
        query = query.where(or_(lead.c.id.is_(None), User.dismissed_on.is_not(None)))
    if wanted.text:
        query = query.where(Patronage.id.in_(_matching(user, wanted.text)))
    return query


def _of_specialist(user_id: int) -> Select[int]:
    return select(Assignment.patronage_id).where(Assignment.user_id == user_id, Assignment.ends_on.is_(None))


def _matching(user: Any, text: str) -> Any:
    """Episodes whose specialists carry the text in their names, or whose families do where that is known."""
    people = select(User.id).where(User.search.contains(normalise(text), autoescape=True))
    by_person = select(Assignment.patronage_id).where(
        Assignment.user_id.in_(people), Assignment.ends_on.is_(None)
    )
    start = normalise(text)
    if start.isdecimal():
        known: Any = Family.number == int(start[:9])
    elif knows_names(user):
        known = Family.sort_name.startswith(start, autoescape=True)
    else:
        return by_person
    named = select(Family.id).where(known)
    return union(by_person, select(Patronage.id).where(Patronage.latest, Patronage.family_id.in_(named)))


def involved_in(patronage_ids: set[int]) -> dict[int, list[Colleague]]:
    """The involved specialists of each episode, by name."""
    found: dict[int, list[Colleague]] = {}
    if not patronage_ids:
        return found
    columns = (Assignment.patronage_id, User.id, User.last_name, User.first_name, User.middle_name)
    query = select(*columns).join(User, User.id == Assignment.user_id)
    here = Assignment.patronage_id.in_(patronage_ids)
    query = query.where(here, Assignment.kind == "involved", Assignment.ends_on.is_(None))
    for patronage_id, user_id, *name in db.session.execute(query.order_by(User.search, User.id)):
        found.setdefault(patronage_id, []).append(Colleague(user_id, FullName(*name).short))
    return found


@dataclass(frozen=True)
class Episode:
    """The latest episode of a family, with the family."""

    family: Family
    patronage: Patronage


def _episode(family_id: int, who: Any) -> Episode | None:
    query = select(Family, Patronage).join(Patronage, Patronage.family_id == Family.id)
    row = db.session.execute(query.where(Family.id == family_id, Patronage.latest, who)).first()
    return Episode(*row) if row else None


def episode(user: Any, family_id: int) -> Episode | None:
    """The family's latest episode, within the user's reach, else None."""
    return _episode(family_id, families.reach(user))


def running_episode(user: Any, family_id: int) -> Episode | None:
    """The same, of a family that is on patronage now."""
    found = episode(user, family_id)
    return found if found and found.patronage.status in ON_PATRONAGE else None


def worked_episode(user: Any, family_id: int) -> Episode | None:
    """The latest episode of a family the user works with and may change, else None."""
    return _episode(family_id, families.work(user))


def involvement(user: Any, family_id: int, assignment_id: int) -> Assignment | None:
    """An open involvement of a specialist in a family within reach, else None."""
    found = running_episode(user, family_id)
    row = db.session.get(Assignment, assignment_id)
    if found is None or row is None or row.patronage_id != found.patronage.id:
        return None
    return row if row.kind == "involved" and row.ends_on is None else None


def team(patronage_id: int) -> list[tuple[Assignment, User]]:
    """Everybody who is or was assigned to the episode: the lead first, then those of now, then the past."""
    query = select(Assignment, User).join(User, User.id == Assignment.user_id)
    over = Assignment.ends_on.is_not(None)
    order = (over, Assignment.ends_on.desc(), Assignment.kind.desc(), Assignment.id.desc())
    found = db.session.execute(query.where(Assignment.patronage_id == patronage_id).order_by(*order))
    return [(row.Assignment, row.User) for row in found]


def works_with(user_id: int, patronage_id: int) -> bool:
    """Whether the user is assigned to the episode now."""
    query = _of_specialist(user_id).where(Assignment.patronage_id == patronage_id)
    return db.session.scalar(query.limit(1)) is not None


def analysis(patronage_id: int) -> tuple[ClosingAnalysis, User] | None:
    """The closing analysis of the episode with its author (R2)."""
    query = select(ClosingAnalysis, User).join(User, User.id == ClosingAnalysis.author_id)
    row = db.session.execute(query.where(ClosingAnalysis.patronage_id == patronage_id)).first()
    return (row[0], row[1]) if row else None


def wrote_analysis(user_id: int) -> ColumnElement[bool]:
    """That the user has written on the closing analysis of the patronage, at any time."""
    here = (ClosingAnalysis.patronage_id == Patronage.id, ClosingAnalysis.author_id == user_id)
    now = select(ClosingAnalysis.patronage_id).where(*here).correlate(Patronage).exists()
    return or_(now, audit.done_by(user_id, Patronage, Event.ANALYSIS_WRITTEN))


def has_written_analysis(s: Session, patronage_id: int, user_id: int) -> bool:
    """The same of one patronage."""
    query = select(Patronage.id).where(Patronage.id == patronage_id, wrote_analysis(user_id))
    return s.scalar(query) is not None


def approver_of(kept: ClosingAnalysis) -> User | None:
    """The head who approved the analysis."""
    return db.session.get(User, kept.approved_by_id) if kept.approved_by_id else None


def voted_on_now(patronage_id: int) -> bool:
    """Whether the consilium is voting on the episode at this moment."""
    query = select(func.count()).select_from(Item)
    return bool(db.session.scalar(query.where(Item.patronage_id == patronage_id, Item.status == "voting")))
