"""`flask check` of the journal (R13): what is entered, who checked it, what is locked."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from portal.clubs.models import Booking, ClubSession
from portal.contacts.models import Contact
from portal.db import db
from portal.exchange.models import ImportRow
from portal.families.models import FamilyMember
from portal.journal.checking import digest
from portal.journal.models import JournalEntry, JournalPeriod, StateSystemMark
from portal.journal.sessions import SERVED
from portal.patronage.models import Patronage
from portal.rules.journal import SETTLED

Fault = tuple[str, str]
HELD = ("held", "summed_up")


def entered() -> Iterator[Fault]:
    """R13: every contact that took place is in the journal once; numbers have no gaps.

    What was brought in from an earlier journal stands in that one.
    """
    own = exists().where(JournalEntry.contact_id == Contact.id, JournalEntry.corrects_id.is_(None))
    for row in _rows(
        select(Contact.id).where(Contact.state == "done", ~own, ~_brought("contacts", Contact.id))
    ):
        yield "R13", f"contact {row.id} took place and is not in the journal"
    strange = select(JournalEntry.id).join(Contact, Contact.id == JournalEntry.contact_id)
    other = or_(Contact.state != "done", Contact.patronage_id != JournalEntry.patronage_id)
    for row in _rows(strange.where(other)):
        yield "R13", f"journal entry {row.id} is of a contact that did not take place so"
    per_year = select(
        JournalEntry.year, func.max(JournalEntry.number).label("last"), func.count().label("count")
    )
    for row in _rows(per_year.group_by(JournalEntry.year)):
        if row.last != row.count:
            yield "R13", f"journal entries of {row.year} are not numbered without gaps"


def _brought(table: str, row_id: Any) -> Any:
    """That the row came in with an import."""
    return exists().where(ImportRow.table_name == table, ImportRow.row_id == row_id)


def served() -> Iterator[Fault]:
    """CLUB 4: who came to a session that was held is in the journal once, and nobody else is."""
    came = exists().where(
        Booking.session_id == JournalEntry.session_id,
        Booking.member_id == JournalEntry.member_id,
        Booking.status == "came",
    )
    held = select(ClubSession.id).where(ClubSession.status.in_(HELD))
    strange = select(JournalEntry.id).where(*SERVED, JournalEntry.session_id.is_not(None))
    for row in _rows(strange.where(or_(~came, JournalEntry.session_id.not_in(held)))):
        yield "R13", f"journal entry {row.id} is of a session where the recipient was not"
    entry = exists().where(
        JournalEntry.session_id == Booking.session_id, JournalEntry.member_id == Booking.member_id, *SERVED
    )
    lost = select(Booking.id, Booking.session_id).where(Booking.status == "came", ~entry)
    lost = lost.where(~_brought("club_sessions", Booking.session_id))
    for row in _rows(lost.where(Booking.session_id.in_(held))):
        yield "R13", f"booking {row.id} of session {row.session_id}: came, and is not in the journal"
    other = select(JournalEntry.id).outerjoin(FamilyMember, FamilyMember.id == JournalEntry.member_id)
    other = other.outerjoin(Patronage, Patronage.id == JournalEntry.patronage_id)
    families = (FamilyMember.family_id, Patronage.family_id)
    for row in _rows(other.where(or_(*(one != JournalEntry.family_id for one in families)))):
        yield "R13", f"journal entry {row.id} names another family than its recipient's"


def told() -> Iterator[Fault]:
    """R16: what is marked as entered into the state information system is a service of a session that was given."""
    query = select(JournalEntry.id).join(StateSystemMark, StateSystemMark.entry_id == JournalEntry.id)
    given = and_(*SERVED, JournalEntry.session_id.is_not(None), JournalEntry.state != "draft")
    for row in _rows(query.where(or_(~given, StateSystemMark.entered_on < JournalEntry.day))):
        yield (
            "R16",
            f"journal entry {row.id} is marked for the state system, and is no service that was given",
        )


def checked() -> Iterator[Fault]:
    """R13: nobody checks their own entry; who signed is of the family."""
    own = or_(
        JournalEntry.checked_by_id == JournalEntry.worker_id,
        JournalEntry.checked_by_id == JournalEntry.signed_by_id,
    )
    for row in _rows(select(JournalEntry.id).where(own)):
        yield "R13", f"journal entry {row.id} was checked by its own worker"
    query = select(JournalEntry.id).join(FamilyMember, FamilyMember.id == JournalEntry.signer_id)
    for row in _rows(query.where(FamilyMember.family_id != JournalEntry.family_id)):
        yield "R13", f"journal entry {row.id} was signed by somebody of another family"


def locked() -> Iterator[Fault]:
    """R13: a closed month stays as it was closed."""
    for row in list(db.session.scalars(select(JournalPeriod).order_by(JournalPeriod.id))):
        here = (JournalEntry.year == row.year, JournalEntry.month == row.month)
        unchecked = (
            select(func.count()).select_from(JournalEntry).where(*here, JournalEntry.state.not_in(SETTLED))
        )
        if db.session.scalar(unchecked):
            yield "R13", f"the journal of {row.year}-{row.month:02} was closed before all was checked"
        if digest(db.session(), row.year, row.month) != row.digest:
            yield "R13", f"the journal of {row.year}-{row.month:02} was changed after it was closed"


def _rows(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=2000)))


WALKS = (entered, served, told, checked, locked)
