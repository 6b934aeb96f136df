"""What the tests of the journal begin with: contacts that took place, pictures of signatures."""

import io
from datetime import date, time

from PIL import Image, ImageDraw
from sqlalchemy import select

from portal import audit, clock
from portal.accounts.models import User
from portal.audit import Event
from portal.clubs.models import ClubSession
from portal.contacts import actions as contacts
from portal.db import atomic, db
from portal.families.models import FamilyMember
from portal.journal import actions, sessions
from portal.journal.models import JournalEntry
from portal.patronage.models import Patronage


def record(patronage: Patronage, worker: User, day: date | None = None, **fields: object) -> int:
    """A contact that took place; gives its id."""
    values = {"kind": "visit", "day": day or clock.today(), "starts_at": time(12), "minutes": 60} | fields
    return contacts.record_contact(patronage.id, worker.id, worker.id, **values)


def entry_of(contact_id: int) -> JournalEntry:
    """The first journal entry of the contact, as it is now."""
    db.session.rollback()
    query = select(JournalEntry).where(JournalEntry.contact_id == contact_id)
    return db.session.scalars(query.where(JournalEntry.corrects_id.is_(None))).one()


def found(entry_id: int) -> JournalEntry:
    """The entry as it is now."""
    db.session.rollback()
    return db.session.get_one(JournalEntry, entry_id)


def signer_of(patronage: Patronage) -> int:
    """The family's representative."""
    query = select(FamilyMember.id).where(FamilyMember.family_id == patronage.family_id)
    return db.session.scalars(query.where(FamilyMember.kind == "representative")).one()


def entered(patronage: Patronage, worker: User, day: date | None = None, **fields: object) -> int:
    """A draft in the journal; gives its id."""
    return entry_of(record(patronage, worker, day, **fields)).id


def submitted(patronage: Patronage, worker: User, day: date | None = None, **fields: object) -> int:
    """An entry signed on paper and submitted; gives its id."""
    entry_id = entered(patronage, worker, day, **fields)
    actions.sign_entry(entry_id, worker.id, 1, how="paper", signer_id=signer_of(patronage))
    actions.submit_entry(entry_id, worker.id)
    return entry_id


def entered_session(session: ClubSession, *members: FamilyMember) -> list[int]:
    """These recipients came to the session: drafts in the journal; gives their ids."""
    with atomic() as s:
        row = s.get_one(ClubSession, session.id)
        rows = sessions.enter_session(s, row, [one.id for one in members], 1)
        audit.record(s, Event.SESSION_CHANGED, None, row)
        return [one.id for one in sorted(rows, key=lambda one: one.number)]


def voided(session: ClubSession, member: FamilyMember, why: str = "Не приходил") -> None:
    """The recipient did not come after all."""
    with atomic() as s:
        sessions.void_entry(s, session.id, member.id, why)
        audit.record(s, Event.SESSION_CHANGED, None, s.get_one(ClubSession, session.id))


def drawing(width: int = 600, height: int = 240, mode: str = "RGBA", empty: bool = False) -> bytes:
    """A PNG with a line on nothing, as a signature."""
    picture = Image.new(mode, (width, height), (0, 0, 0, 0) if mode == "RGBA" else "white")
    if not empty:
        ImageDraw.Draw(picture).line([(10, 10), (width - 10, height - 10)], fill=(16, 24, 64, 255), width=5)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
