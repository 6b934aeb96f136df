"""What changes the journal: entering, signing, submitting, changing, correcting. Checking stands in checking.py."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.contacts.models import Contact
from portal.db import atomic, refused_by
from portal.families.models import FamilyMember
from portal.journal import drawings
from portal.journal.models import JournalEntry, JournalPeriod
from portal.patronage.models import Patronage
from portal.procedures import writing_up
from portal.rules import N_, RuleBroken, journal
from portal.rules.journal import Month, Signature, State


def enter_contact(s: Session, contact: Contact, actor_id: int) -> JournalEntry:
    """Inside a transaction: the contact took place, so it stands in the journal and waits for its signatures.

    The caller's audit event tells of it. In a month that is closed already it is entered in the present one.
    """
    s.flush()
    entry = JournalEntry(
        contact_id=contact.id,
        family_id=s.get_one(Patronage, contact.patronage_id).family_id,
        patronage_id=contact.patronage_id,
        worker_id=contact.user_id,
        kind=contact.kind,
        day=contact.day,
        minutes=contact.minutes,
        summary=contact.notes,
        recommendations=contact.recommendations,
        recipient=journal.first_signature(contact.kind),
    )
    return numbered(s, entry, journal.period(contact.day, clock.today(), closed(s)))


def sign_entry(
    entry_id: int,
    actor_id: int,
    revision: int,
    *,
    how: str,
    signer_id: int | None = None,
    refusal: str = "",
    picture: drawings.Picture | None = None,
) -> None:
    """The recipient has confirmed the service, or refused to. `picture`: the cleaned drawing, or the paper's scan.

    Raises wrong_state, changed, locked, bad_signature, no_signer, other_family, no_refusal, no_drawing.
    """
    with drawings.kept(picture) as store, atomic() as s:
        entry = _editable(s, entry_id, revision)
        same = entry.recipient == how and picture is None
        drawn = how == Signature.DRAWN and (picture is not None or (same and entry.file_id is not None))
        signer_id = signer_id if how in (Signature.DRAWN, Signature.PAPER, Signature.REFUSED) else None
        journal.check_signature(entry.kind, how, signer_id, _family_ids(s, entry), refusal, drawn)
        file_id = entry.file_id if same else store(s, actor_id)  # a row more: before the entry is touched
        entry.recipient, entry.signer_id, entry.file_id = how, signer_id, file_id
        entry.refusal = refusal.strip() if how == Signature.REFUSED else ""
        entry.recipient_at = clock.now()
        entry.revision += 1
        _step_done(s, entry, actor_id, "record_signatures")
        new = {"recipient": how, "signer": signer_id, "file": entry.file_id}
        audit.record(s, Event.JOURNAL_SIGNED, actor_id, entry, new=new)


def add_scan(entry_id: int, actor_id: int, picture: drawings.Picture) -> None:
    """The scan of the paper that was signed, brought later. Raises scan_there, not_paper, locked."""
    with drawings.kept(picture) as store, atomic() as s:
        entry = held(s, entry_id)
        check_scan(s, entry)
        entry.file_id = store(s, actor_id)
        entry.revision += 1
        audit.record(s, Event.JOURNAL_SCAN_ADDED, actor_id, entry, new={"file": entry.file_id})


def check_scan(s: Session, entry: JournalEntry) -> None:
    """Whether the scan of a paper is still to be brought. Raises scan_there, not_paper, locked."""
    journal.check_unlocked((entry.year, entry.month), closed(s))
    if entry.recipient != Signature.PAPER:
        raise RuleBroken("not_paper", N_("This entry was not signed on paper."))
    if entry.file_id is not None:
        raise RuleBroken("scan_there", N_("This entry has its scan already."))


def submit_entry(entry_id: int, actor_id: int, revision: int | None = None) -> None:
    """The worker signs the entry and gives it to the head (VISIT 7). Raises wrong_state, changed, locked, unsigned."""
    with atomic() as s:
        entry = held(s, entry_id)
        journal.check_move(entry.state, State.SUBMITTED)
        _check_fresh(s, entry, entry.revision if revision is None else revision)
        journal.check_complete(entry.recipient)
        old = entry.state
        entry.state, entry.signed_by_id, entry.submitted_at = State.SUBMITTED, actor_id, clock.now()
        entry.revision += 1
        _step_done(s, entry, actor_id, "record_to_head")
        audit.record(
            s, Event.JOURNAL_SUBMITTED, actor_id, entry, old={"state": old}, new={"state": entry.state}
        )


def submit_entries(entry_ids: Iterable[int], actor_id: int) -> tuple[int, list[RuleBroken]]:
    """Several at once, each for itself: how many were submitted, and why the others were not."""
    done, refused = 0, []
    for entry_id in entry_ids:
        try:
            submit_entry(entry_id, actor_id)
            done += 1
        except RuleBroken as broken:
            refused.append(broken)
    return done, refused


def change_entry(
    entry_id: int, actor_id: int, revision: int, *, minutes: int, summary: str, recommendations: str
) -> None:
    """Mend a draft or a returned entry, and the contact with it. Raises wrong_state, changed, locked."""
    with atomic() as s:
        entry = _editable(s, entry_id, revision)
        old = _facts(entry)
        entry.minutes, entry.summary, entry.recommendations = minutes, summary, recommendations
        entry.revision += 1
        _mend_contact(s, entry)
        audit.record(s, Event.JOURNAL_CHANGED, actor_id, entry, old=old, new=_facts(entry))


def correct_entry(
    entry_id: int, actor_id: int, *, why: str, minutes: int, summary: str, recommendations: str
) -> int:
    """A checked entry stays as it is; what was wrong in it stands in a new one. Gives the new entry's id.

    Raises wrong_state, corrected.
    """
    with atomic() as s:
        old = held(s, entry_id)
        later = s.scalar(select(JournalEntry.number).where(JournalEntry.corrects_id == old.id))
        journal.check_correctable(old.state, later)
        entry = JournalEntry(
            contact_id=old.contact_id,
            session_id=old.session_id,
            member_id=old.member_id,
            family_id=old.family_id,
            patronage_id=old.patronage_id,
            worker_id=old.worker_id,
            kind=old.kind,
            day=old.day,
            minutes=minutes,
            summary=summary,
            recommendations=recommendations,
            corrects_id=old.id,
            correction=why,
            recipient=journal.first_signature(old.kind),
        )
        taken = RuleBroken("corrected", N_("The entry is corrected already. Look at it again."))
        with refused_by("uq_journal_entries_corrects_id", taken):
            numbered(s, entry, journal.month_of(clock.today()))
        _mend_contact(s, entry)
        audit.record(s, Event.JOURNAL_CORRECTED, actor_id, entry, old=_facts(old), new=_facts(entry))
        return entry.id


def held(s: Session, entry_id: int) -> JournalEntry:
    """The entry, locked for this transaction."""
    return s.get_one(JournalEntry, entry_id, with_for_update=True, populate_existing=True)


def closed(s: Session) -> set[Month]:
    """The months that are closed."""
    return {(row[0], row[1]) for row in s.execute(select(JournalPeriod.year, JournalPeriod.month))}


def _step_done(s: Session, entry: JournalEntry, actor_id: int, code: str) -> None:
    """The step of recording that this screen does is ticked in the contact's procedure."""
    if entry.contact_id is not None:
        writing_up.record(s, entry.contact_id, actor_id, code)


def _editable(s: Session, entry_id: int, revision: int) -> JournalEntry:
    entry = held(s, entry_id)
    journal.check_editable(entry.state)
    _check_fresh(s, entry, revision)
    return entry


def _check_fresh(s: Session, entry: JournalEntry, revision: int) -> None:
    journal.check_revision(revision, entry.revision)
    journal.check_unlocked((entry.year, entry.month), closed(s))


def numbered(s: Session, entry: JournalEntry, month: Month) -> JournalEntry:
    """Inside a transaction: put the entry at the end of the year's journal: numbers have no gaps."""
    last = s.scalar(select(func.max(JournalEntry.number)).where(JournalEntry.year == month[0]))
    entry.year, entry.month = month
    entry.number, entry.created_at = (last or 0) + 1, clock.now()
    s.add(entry)
    s.flush()
    return entry


def _mend_contact(s: Session, entry: JournalEntry) -> None:
    if entry.contact_id is not None:
        contact = s.get_one(Contact, entry.contact_id, with_for_update=True, populate_existing=True)
        contact.minutes, contact.notes = entry.minutes, entry.summary
        contact.recommendations = entry.recommendations


def _family_ids(s: Session, entry: JournalEntry) -> set[int]:
    return set(s.scalars(select(FamilyMember.id).where(FamilyMember.family_id == entry.family_id)))


def _facts(entry: JournalEntry) -> dict[str, Any]:
    """What the audit log keeps of an entry: no content, how long its texts are."""
    return {
        "number": entry.number,
        "minutes": entry.minutes,
        "summary": len(entry.summary),
        "recommendations": len(entry.recommendations),
    }
