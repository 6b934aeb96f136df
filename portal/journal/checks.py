"""`flask check` of the journal (R13): what is entered, who checked it, what is locked."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import exists, func, or_, select

from portal.contacts.models import Contact
from portal.db import db
from portal.families.models import FamilyMember
from portal.journal.checking import digest
from portal.journal.models import JournalEntry, JournalPeriod
from portal.patronage.models import Patronage

Fault = tuple[str, str]


def entered() -> Iterator[Fault]:
    """R13: every contact that took place is in the journal once; numbers have no gaps."""
    own = exists().where(JournalEntry.contact_id == Contact.id, JournalEntry.corrects_id.is_(None))
    for row in _rows(select(Contact.id).where(Contact.state == "done", ~own)):
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


def checked() -> Iterator[Fault]:
    """R13: nobody checks their own entry; who signed is of the family."""
    own = or_(
        JournalEntry.checked_by_id == JournalEntry.worker_id,
        JournalEntry.checked_by_id == JournalEntry.signed_by_id,
    )
    for row in _rows(select(JournalEntry.id).where(own)):
        yield "R13", f"journal entry {row.id} was checked by its own worker"
    query = select(JournalEntry.id).join(FamilyMember, FamilyMember.id == JournalEntry.signer_id)
    query = query.join(Patronage, Patronage.id == JournalEntry.patronage_id)
    for row in _rows(query.where(FamilyMember.family_id != Patronage.family_id)):
        yield "R13", f"journal entry {row.id} was signed by somebody of another family"


def locked() -> Iterator[Fault]:
    """R13: a closed month stays as it was closed."""
    for row in list(db.session.scalars(select(JournalPeriod).order_by(JournalPeriod.id))):
        here = (JournalEntry.year == row.year, JournalEntry.month == row.month)
        unchecked = (
            select(func.count()).select_from(JournalEntry).where(*here, JournalEntry.state != "checked")
        )
        if db.session.scalar(unchecked):
            yield "R13", f"the journal of {row.year}-{row.month:02} was closed before all was checked"
        if digest(db.session(), row.year, row.month) != row.digest:
            yield "R13", f"the journal of {row.year}-{row.month:02} was changed after it was closed"


def _rows(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=2000)))


WALKS = (entered, checked, locked)
