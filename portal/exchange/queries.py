"""What is read of imports: the past ones, their accounts, and what stands in the way of undoing one, in words."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from portal.access import LARGEST_ID, Role
from portal.accounts.models import User
from portal.clubs.models import Booking, Club, ClubSession
from portal.contacts.models import Contact
from portal.db import db
from portal.exchange.kinds import get_kind, kinds_for
from portal.exchange.models import Import, ImportRow
from portal.exchange.undo import CHANGED, CLOSED, GONE, MONTH, NO_PLACE, Obstacle
from portal.families import queries as families
from portal.families.models import Consent, Family, FamilyMember
from portal.patronage.models import Assignment, Patronage
from portal.rules import N_
from portal.rules.names import FullName

SHOWN = 60  # past imports, and obstacles
COMMAND = N_("the command line")
_BY_FAMILY = {
    "families": Family.id,
    "family_members": FamilyMember.family_id,
    "consents": Consent.family_id,
    "patronages": Patronage.family_id,
}
WHY = {
    CHANGED: N_("was changed since"),
    GONE: N_("is not there any more"),
    CLOSED: N_("attendance of the session was closed since"),
    MONTH: N_("the journal of this month was closed since"),
    NO_PLACE: N_("both places of the week are taken since"),
}
NAMED = {
    "contacts": N_("a contact was entered since"),
    "plans": N_("a plan was written since"),
    "diagnoses": N_("a diagnosis was written since"),
    "items": N_("the consilium has it on an agenda"),
    "journal_entries": N_("it stands in the service journal"),
    "bookings": N_("somebody was booked or marked since"),
    "club_participants": N_("a member of it goes to a club"),
    "clubs": N_("leads a club"),
    "assignments": N_("works with a family"),
    "consents": N_("a consent was recorded since"),
    "family_members": N_("a member was entered since"),
    "patronages": N_("another episode was opened since"),
    "imports": N_("has brought in a file"),
    "papers": N_("a paper of it is registered"),
}


def get_import(user: Any, import_id: int) -> Import | None:
    """An import of a kind that the user may bring in: a head's any, another's own."""
    row = db.session.get(Import, import_id) if import_id <= LARGEST_ID else None
    if row is None or get_kind(user, row.kind) is None:
        return None
    return row if row.by_id == user.id or sees_all(user, row.kind) else None


def sees_all(user: Any, kind: str) -> bool:
    """Whether the user sees what others have brought in: who heads the department, and of accounts who manages them."""
    return Role.HEAD in user.roles or kind == "staff"


def past_imports(user: Any) -> list[Row[Any]]:
    """The last imports that the user may see, the newest first, with who made them."""
    codes = [kind.code for kind in kinds_for(user)]
    query = select(Import, User.last_name, User.first_name, User.middle_name)
    query = query.outerjoin(User, User.id == Import.by_id).where(Import.kind.in_(codes))
    if Role.HEAD not in user.roles:
        query = query.where((Import.by_id == user.id) | (Import.kind == "staff"))
    return list(db.session.execute(query.order_by(Import.id.desc()).limit(SHOWN)))


def maker(row: Import) -> str:
    """«Иванова М. П.» of who made the import."""
    return str(_(COMMAND)) if row.by_id is None else db.session.get_one(User, row.by_id).short_name


def accounts_of(import_id: int) -> list[User]:
    """The accounts that the import has made, by name."""
    made = select(ImportRow.row_id).where(ImportRow.import_id == import_id, ImportRow.table_name == "users")
    return list(db.session.scalars(select(User).where(User.id.in_(made)).order_by(User.search)))


def in_words(user: Any, obstacles: Iterable[Obstacle]) -> list[str]:
    """What stands in the way: by name where the user may see it."""
    some = list(obstacles)[:SHOWN]
    names: dict[tuple[str, int], str] = {}
    for table in {one.table for one in some}:
        ids = {one.row_id for one in some if one.table == table}
        names |= {(table, row_id): name for row_id, name in _names(user, table, ids).items()}
    return [f"{names.get((one.table, one.row_id)) or _('A row')}: {_why(one)}" for one in some]


def _why(one: Obstacle) -> str:
    if one.why in WHY:
        return str(_(WHY[one.why]))
    return str(_(NAMED.get(one.by, N_("another record names it"))))


def _names(user: Any, table: str, ids: set[int]) -> dict[int, str]:
    if table == "users":
        return {row.id: row.full_name for row in db.session.scalars(select(User).where(User.id.in_(ids)))}
    if table == "club_sessions":
        return _of_sessions(select(ClubSession.id, ClubSession.day, Club.name), ClubSession.id, ids)
    if table == "bookings":
        query = select(Booking.id, ClubSession.day, Club.name).join(
            ClubSession, ClubSession.id == Booking.session_id
        )
        return _of_sessions(query, Booking.id, ids)
    return _of_families(user, table, ids)


def _of_sessions(query: Any, key: Any, ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(query.join(Club, Club.id == ClubSession.club_id).where(key.in_(ids)))
    return {row[0]: f"{row.name}, {row.day:%d.%m.%Y}" for row in rows}


def _of_families(user: Any, table: str, ids: set[int]) -> dict[int, str]:
    query: Any = select(Family.number, Family.surname)
    model: Any
    if table in _BY_FAMILY:
        model = {"families": Family, "family_members": FamilyMember, "consents": Consent}.get(
            table, Patronage
        )
        query = query.add_columns(model.id).where(_BY_FAMILY[table] == Family.id, model.id.in_(ids))
    else:
        model = Contact if table == "contacts" else Assignment
        own = aliased(Patronage)
        query = query.add_columns(model.id).join(own, own.family_id == Family.id)
        query = query.where(model.patronage_id == own.id, model.id.in_(ids))
    rows = db.session.execute(query.where(families.reach(user)))
    return {
        row[2]: str(_("Family No. %(number)s, %(name)s", number=row.number, name=row.surname)) for row in rows
    }


def short(row: Any) -> str:
    """«Иванова М. П.» of a row with the parts of a name; of nobody's, the command line."""
    if row.last_name is None:
        return str(_(COMMAND))
    return FullName(row.last_name, row.first_name, row.middle_name).short
