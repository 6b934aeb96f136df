"""What is read of contacts: who may see which, a week, a family's, one with all there is to it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import aliased

from portal.access import Permission, may
from portal.accounts.models import User
from portal.contacts import timetable
from portal.contacts.models import Contact, ContactMember
from portal.db import db
from portal.deputies import queries as deputies
from portal.exchange.models import ImportRow
from portal.families import queries as families
from portal.families.models import Family, FamilyMember
from portal.journal.models import JournalEntry
from portal.patronage.models import Assignment, Patronage
from portal.patronage.queries import within_reach
from portal.rules.contacts import AHEAD, State
from portal.rules.names import FullName

MOST = 300
PAGE = 25


@dataclass(frozen=True)
class Ground:
    """The family to be met, and the patronage it is met on."""

    family: Family
    patronage: Patronage


def ground(user: Any, family_id: int) -> Ground | None:
    """A family the user works with that is or was on patronage, else None."""
    query = select(Family, Patronage).join(Patronage, Patronage.family_id == Family.id)
    query = query.where(Family.id == family_id, families.work(user))
    row = db.session.execute(query.where(Patronage.latest, Patronage.enrolled_on.is_not(None))).first()
    return Ground(row[0], row[1]) if row else None


def _reachable(contact_id: int, condition: Any) -> Contact | None:
    query = select(Contact).join(Patronage, Patronage.id == Contact.patronage_id)
    query = query.join(Family, Family.id == Patronage.family_id)
    return db.session.scalar(query.where(Contact.id == contact_id, condition))


def get_contact(user: Any, contact_id: int) -> Contact | None:
    """A contact of a family within the user's reach, else None."""
    return _reachable(contact_id, families.reach(user))


def get_own(user: Any, contact_id: int) -> Contact | None:
    """A contact of a family the user works with and may change, else None."""
    return _reachable(contact_id, families.work(user))


@dataclass(frozen=True)
class Facts:
    """A contact with its family, its people, and where it was moved from and to."""

    contact: Contact
    patronage: Patronage
    family: Family
    worker: User
    members: list[FamilyMember]
    moved_to: Contact | None


def facts(contact: Contact) -> Facts:
    """All there is to a contact."""
    following = aliased(Contact)
    query = select(Patronage, Family, User, following)
    query = query.join(Family, Family.id == Patronage.family_id).join(User, User.id == contact.user_id)
    query = query.outerjoin(following, following.moved_from_id == contact.id)
    patronage, family, worker, moved_to = db.session.execute(
        query.where(Patronage.id == contact.patronage_id)
    ).one()
    ticked = select(ContactMember.member_id).where(ContactMember.contact_id == contact.id)
    members = select(FamilyMember).where(FamilyMember.id.in_(ticked)).order_by(FamilyMember.id)
    return Facts(contact, patronage, family, worker, list(db.session.scalars(members)), moved_to)


def members_of(family_id: int) -> list[tuple[int, str]]:
    """(id, full name) of those who belong to the family now: whom a contact is with."""
    query = select(FamilyMember).where(FamilyMember.family_id == family_id, FamilyMember.left_on.is_(None))
    order = (FamilyMember.kind.desc(), FamilyMember.id)
    return [(one.id, one.full_name) for one in db.session.scalars(query.order_by(*order))]


def ticked(contact_id: int) -> list[int]:
    """The members a contact is with."""
    return list(
        db.session.scalars(select(ContactMember.member_id).where(ContactMember.contact_id == contact_id))
    )


def planned_by(user: Any, user_id: int) -> bool:
    """Whether the user may plan the colleague's days: their own, or, seeing all families, anybody's."""
    return user_id == user.id or may(user, Permission.FAMILY_VIEW_ALL)


class Worker(NamedTuple):
    """Who may go to a family; `instead_of` names the colleague they stand in for."""

    id: int
    short_name: str
    instead_of: str = ""


def workers(patronage_id: int) -> list[Worker]:
    """Who works with the family now, the lead first; of a patronage that is over, who has.

    Behind them those who stand in for them now, or will.
    """
    columns = (User.id, User.last_name, User.first_name, User.middle_name)
    query = select(*columns, Assignment.ends_on).join(Assignment, Assignment.user_id == User.id)
    query = query.where(Assignment.patronage_id == patronage_id).order_by(Assignment.kind.desc(), User.search)
    rows = db.session.execute(query).all()
    now = [row for row in rows if row.ends_on is None] or rows
    found = {row.id: Worker(row.id, FullName(*row[1:4]).short) for row in now}
    for row in deputies.standing_in(set(found)):
        name = FullName(row.last_name, row.first_name, row.middle_name).short
        found.setdefault(row.deputy_id, Worker(row.deputy_id, name, found[row.user_id].short_name))
    return list(found.values())


def _listed(*more: Any) -> Select[Any]:
    columns: list[Any] = [
        *(Contact.id, Contact.day, Contact.starts_at, Contact.minutes, Contact.kind, Contact.state),
        *(Contact.user_id, Contact.why, User.last_name, User.first_name, User.middle_name),
        *(Family.id.label("family_id"), Family.number, Family.surname),
    ]
    query = (
        select(*columns, *more)
        .select_from(Contact)
        .join(User, User.id == Contact.user_id)
        .join(Patronage, Patronage.id == Contact.patronage_id)
    )
    return query.join(Family, Family.id == Patronage.family_id)


def week(user: Any, monday: date, worker_id: int | None, most: int = MOST) -> dict[str, Any]:
    """The contacts of a week: `days` [(day, rows)], `reach` the families to open, `clashes`.

    Of all, or of one worker and of whom they stand in for on the day.

    Moved ones stand on their new day only. `cut` says that there were more than fit.
    """
    query = _listed().where(Contact.day.between(monday, monday + timedelta(6)), Contact.state != State.MOVED)
    if worker_id:
        query = query.where(deputies.also(worker_id, Contact.user_id, Contact.day))
    order = (Contact.day, Contact.starts_at, User.search, Contact.id)
    rows = db.session.execute(query.order_by(*order).limit(most + 1)).all()
    days = [monday + timedelta(n) for n in range(7)]
    return {
        "days": [(day, [row for row in rows[:most] if row.day == day]) for day in days],
        "reach": within_reach(user, {row.family_id for row in rows}),
        "cut": len(rows) > most,
        "clashes": timetable.clashes(rows[:most], worker_id),
    }


def of_family(family_id: int, page: int = 1, size: int = PAGE) -> tuple[list[Row[Any]], bool]:
    """A page of a family's contacts, the latest first, with their journal entries, and whether there are more.

    Those that were brought in have none: they stand in the journal that was kept before.
    """
    entered = and_(JournalEntry.contact_id == Contact.id, JournalEntry.corrects_id.is_(None))
    brought = and_(ImportRow.table_name == "contacts", ImportRow.row_id == Contact.id)
    query = _listed(JournalEntry.state.label("entry_state"), ImportRow.id.is_not(None).label("brought"))
    query = query.outerjoin(JournalEntry, entered).outerjoin(ImportRow, brought)
    query = query.where(Family.id == family_id)
    query = query.order_by(Contact.day.desc(), Contact.starts_at.desc(), Contact.id.desc())
    rows = list(db.session.execute(query.offset((page - 1) * size).limit(size + 1)))
    return rows[:size], len(rows) > size


def was_brought_in(contact_id: int) -> bool:
    """Whether the contact came in with an import: its entry stands in the journal that was kept before."""
    query = select(ImportRow.id).where(ImportRow.table_name == "contacts", ImportRow.row_id == contact_id)
    return db.session.scalar(query) is not None


def last_and_next(family_id: int) -> tuple[Row[Any] | None, Row[Any] | None]:
    """The last contact that took place, and the next that is planned."""
    done = _listed().where(Family.id == family_id, Contact.state == State.DONE)
    ahead = _listed().where(and_(Family.id == family_id, Contact.state.in_(AHEAD)))
    last = done.order_by(Contact.day.desc(), Contact.starts_at.desc()).limit(1)
    following = ahead.order_by(Contact.day, Contact.starts_at).limit(1)
    return db.session.execute(last).first(), db.session.execute(following).first()
