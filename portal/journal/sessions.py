"""Sessions of clubs in the journal: one session for one client is one service (CLUB 4), and so one entry (R13)."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs.models import Club, ClubSession
from portal.db import atomic, constant, db, refused_by
from portal.deputies import queries as deputies
from portal.families.models import FamilyMember
from portal.journal.actions import closed, numbered
from portal.journal.models import JournalEntry, StateSystemMark
from portal.patronage.models import Patronage
from portal.rules import N_, RuleBroken, journal
from portal.rules.journal import SESSION, Signature, State

SERVED = (JournalEntry.corrects_id.is_(None), JournalEntry.state != constant("void"))
DRAFTS = (JournalEntry.corrects_id.is_(None), JournalEntry.state.in_(journal.EDITABLE))


class Entered(NamedTuple):
    """Of a session's services in the journal: how many there are, were given to the head, were checked."""

    entries: int = 0
    submitted: int = 0
    checked: int = 0


def enter_session(
    s: Session, session: ClubSession, member_ids: Collection[int], actor_id: int
) -> list[JournalEntry]:
    """Inside a transaction: these recipients came, so each has an entry that waits for its signature.

    The caller's audit event tells of it. In a month that is closed already it is entered in the present one.
    Raises entered_already.
    """
    s.flush()
    twice = RuleBroken("entered_already", N_("This service is in the journal already."))
    leader_id = s.scalars(select(Club.leader_id).where(Club.id == session.club_id)).one()
    worker_id = deputies.who_went(actor_id, leader_id, session.day)
    month = journal.period(session.day, clock.today(), closed(s))
    families = _families(s, session, member_ids)
    with refused_by("uq_journal_entries_of_session", twice):
        return [
            numbered(s, _entry(session, worker_id, member_id, *families[member_id]), month)
            for member_id in sorted(families)
        ]


def void_entry(s: Session, session_id: int, member_id: int, why: str) -> None:
    """Inside a transaction: the recipient did not come after all, the service is void; its number stays.

    Nothing happens where there is no entry. Raises checked, in_state_system.
    """
    entry = s.scalars(
        select(JournalEntry)
        .where(JournalEntry.session_id == session_id, JournalEntry.member_id == member_id, *SERVED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if entry is not None:
        journal.check_voidable(entry.state, s.get(StateSystemMark, entry.id) is not None)
        entry.state, entry.voided = State.VOID, why
        entry.revision += 1
        s.flush()


def follow_session(s: Session, session: ClubSession, told: str) -> None:
    """Inside a transaction: topic, goal or length were changed, the entries not yet submitted follow.

    `told`: `summary_of(session)` before the change; what somebody wrote into an entry by hand stays.
    """
    for entry in _drafts(s, session.id):
        if entry.summary == told:
            entry.summary, entry.minutes = summary_of(session), session.minutes
            entry.revision += 1
    s.flush()


def summary_of(session: ClubSession) -> str:
    """What the journal says of a session: its topic, and the goal below."""
    return "\n".join(part for part in (session.topic, session.goal) if part)


def sign_sheet(session_id: int, actor_id: int) -> int:
    """Who has not signed yet has signed the sheet of attendance, on paper; gives how many. Raises nothing_to_sign."""
    with atomic() as s:
        waiting = [entry for entry in _drafts(s, session_id) if not entry.recipient]
        if not waiting:
            raise RuleBroken("nothing_to_sign", N_("All signatures of this session are taken already."))
        for entry in waiting:
            entry.recipient, entry.signer_id = Signature.PAPER, entry.member_id
            entry.recipient_at = clock.now()
            entry.revision += 1
            new = {"recipient": entry.recipient, "signer": entry.signer_id, "file": None}
            audit.record(s, Event.JOURNAL_SIGNED, actor_id, entry, new=new)
        return len(waiting)


def submit_session(session_id: int, actor_id: int) -> int:
    """The worker signs all entries of the session and gives them to the head; gives how many.

    Raises unsigned when a recipient has not signed, nothing_to_submit.
    """
    with atomic() as s:
        entries = _drafts(s, session_id)
        if not entries:
            raise RuleBroken("nothing_to_submit", N_("The journal of this session is submitted already."))
        for entry in entries:
            journal.check_complete(entry.recipient)
            old, entry.state = entry.state, State.SUBMITTED
            entry.signed_by_id, entry.submitted_at = actor_id, clock.now()
            entry.revision += 1
            audit.record(
                s, Event.JOURNAL_SUBMITTED, actor_id, entry, old={"state": old}, new={"state": entry.state}
            )
        return len(entries)


def facts_of(session_ids: Iterable[int]) -> dict[int, Entered]:
    """How far each session is in the journal: «journaled» when all are submitted, «checked» when all are checked.

    `submitted` counts the checked ones too. A session without entries has noughts.
    """
    ids = list(session_ids)
    given = case((JournalEntry.state.in_((State.SUBMITTED, State.CHECKED)), 1), else_=0)
    checked = case((JournalEntry.state == State.CHECKED, 1), else_=0)
    query = select(JournalEntry.session_id, func.count(), func.sum(given), func.sum(checked))
    query = query.where(JournalEntry.session_id.in_(ids), *SERVED).group_by(JournalEntry.session_id)
    found = {row[0]: Entered(row[1], int(row[2]), int(row[3])) for row in db.session.execute(query)}
    return dict.fromkeys(ids, Entered()) | found


def of_session(session_id: int) -> list[Row[Any]]:
    """The entries of a session, corrections too: number, state, signature and the recipient's name, by number."""
    query = select(
        *(JournalEntry.id, JournalEntry.number, JournalEntry.year, JournalEntry.state, JournalEntry.revision),
        *(JournalEntry.corrects_id, JournalEntry.recipient, JournalEntry.member_id, JournalEntry.voided),
        *(JournalEntry.worker_id, JournalEntry.signed_by_id),
        *(FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name),
    ).join(FamilyMember, FamilyMember.id == JournalEntry.member_id)
    query = query.where(JournalEntry.session_id == session_id)
    return list(db.session.execute(query.order_by(JournalEntry.year, JournalEntry.number)))


def _drafts(s: Session, session_id: int) -> list[JournalEntry]:
    """The entries of the session that are not submitted, locked."""
    query = select(JournalEntry).where(JournalEntry.session_id == session_id, *DRAFTS)
    query = query.order_by(JournalEntry.id).with_for_update()
    return list(s.scalars(query.execution_options(populate_existing=True)))


def _families(
    s: Session, session: ClubSession, member_ids: Collection[int]
) -> dict[int, tuple[int, int | None]]:
    """Family and patronage of the day of each recipient; none for who was served in inpatient care."""
    episodes = select(Patronage.id).where(
        Patronage.family_id == FamilyMember.family_id,
        Patronage.enrolled_on <= session.day,
        or_(Patronage.removed_on.is_(None), Patronage.removed_on >= session.day),
    )
    latest = episodes.order_by(Patronage.id.desc()).limit(1).scalar_subquery()
    query = select(FamilyMember.id, FamilyMember.family_id, latest)
    return {row[0]: (row[1], row[2]) for row in s.execute(query.where(FamilyMember.id.in_(member_ids)))}


def _entry(
    session: ClubSession, worker_id: int, member_id: int, family_id: int, patronage_id: int | None
) -> JournalEntry:
    return JournalEntry(
        session_id=session.id,
        member_id=member_id,
        family_id=family_id,
        patronage_id=patronage_id,
        worker_id=worker_id,
        kind=SESSION,
        day=session.day,
        minutes=session.minutes,
        summary=summary_of(session),
        recipient=Signature.NONE,
    )
