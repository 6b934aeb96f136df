"""What the head does with the journal: checking entries, returning them, closing a month."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.db import atomic, refused_by
from portal.journal.actions import closed, held
from portal.journal.models import JournalEntry, JournalPeriod, JournalRemark
from portal.rules import N_, RuleBroken, journal
from portal.rules.journal import SETTLED, State

FROZEN = (
    JournalEntry.id, JournalEntry.number, JournalEntry.contact_id, JournalEntry.patronage_id,
    JournalEntry.worker_id, JournalEntry.kind, JournalEntry.day, JournalEntry.minutes, JournalEntry.summary,
    JournalEntry.recommendations, JournalEntry.recipient, JournalEntry.signer_id, JournalEntry.refusal,
    JournalEntry.file_id, JournalEntry.signed_by_id, JournalEntry.checked_by_id,
)  # fmt: skip
OF_SESSION = (JournalEntry.session_id, JournalEntry.member_id, JournalEntry.family_id, JournalEntry.voided)


def check_entry(entry_id: int, actor_id: int, revision: int) -> None:
    """The head has checked the entry (VISIT 7). Raises wrong_state, changed, own_entry."""
    with atomic() as s:
        entry = _submitted(s, entry_id, actor_id, revision, State.CHECKED)
        own = RuleBroken("own_entry", N_("Nobody checks their own entry."))
        entry.state, entry.checked_by_id, entry.checked_at = State.CHECKED, actor_id, clock.now()
        entry.revision += 1
        with refused_by("ck_journal_entries_not_own", own):
            s.flush()
        audit.record(
            s, Event.JOURNAL_CHECKED, actor_id, entry, old={"state": "submitted"}, new={"state": entry.state}
        )


def check_entries(seen: Mapping[int, int], actor_id: int) -> tuple[int, list[RuleBroken]]:
    """Several at once, each for itself, by id and the revision seen: how many were checked, why the others were not."""
    done, refused = 0, []
    for entry_id, revision in seen.items():
        try:
            check_entry(entry_id, actor_id, revision)
            done += 1
        except RuleBroken as broken:
            refused.append(broken)
    return done, refused


def return_entry(entry_id: int, actor_id: int, revision: int, remark: str) -> None:
    """Give it back to the worker with a remark. Raises wrong_state, changed, own_entry."""
    with atomic() as s:
        entry = _submitted(s, entry_id, actor_id, revision, State.RETURNED)
        entry.state = State.RETURNED
        entry.revision += 1
        s.add(JournalRemark(entry_id=entry.id, author_id=actor_id, at=clock.now(), remark=remark))
        audit.record(
            s, Event.JOURNAL_RETURNED, actor_id, entry, old={"state": "submitted"}, new={"state": entry.state}
        )


def close_period(year: int, month: int, actor_id: int) -> int:
    """Lock a month: its entries change no more. Gives how many. Raises closed_already, not_over, unchecked."""
    here = (JournalEntry.year == year, JournalEntry.month == month)
    with atomic() as s:
        waiting = (
            select(func.count()).select_from(JournalEntry).where(*here, JournalEntry.state.not_in(SETTLED))
        )
        journal.check_closing((year, month), clock.today(), closed(s), s.scalar(waiting) or 0)
        count = s.scalar(select(func.count()).select_from(JournalEntry).where(*here)) or 0
        row = JournalPeriod(
            year=year,
            month=month,
            entries=count,
            digest=digest(s, year, month),
            closed_by_id=actor_id,
            closed_at=clock.now(),
        )
        s.add(row)
        new = {"year": year, "month": month, "entries": count, "digest": row.digest}
        audit.record(s, Event.PERIOD_CLOSED, actor_id, row, new=new)
        return count


def digest(s: Session, year: int, month: int) -> str:
    """A fingerprint of all that the entries of a month say."""
    query = select(*FROZEN, *OF_SESSION).where(JournalEntry.year == year, JournalEntry.month == month)
    return _fingerprint(s.execute(query.order_by(JournalEntry.number)))


def _fingerprint(rows: Iterable[Row[Any]]) -> str:
    """Of contacts' entries as before there were sessions, so that months closed then stay proven."""
    found = hashlib.sha256()
    for row in rows:
        said = tuple(row) if row.session_id is not None else tuple(row)[: len(FROZEN)]
        found.update(repr(said).encode())
    return found.hexdigest()


def _submitted(s: Session, entry_id: int, actor_id: int, revision: int, to: State) -> JournalEntry:
    entry = held(s, entry_id)
    journal.check_move(entry.state, to)
    journal.check_not_own(actor_id, entry.worker_id, entry.signed_by_id)
    journal.check_revision(revision, entry.revision)
    return entry
