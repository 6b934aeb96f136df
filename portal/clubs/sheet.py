"""What a session goes through besides its attendance (CLUB 5): told of, named, summed up, given to the journal."""

from typing import Any

from sqlalchemy import select

from portal import audit, clock
from portal.audit import Event
from portal.clubs.models import ClubSession
from portal.db import atomic, db
from portal.journal.sessions import (
    facts_of,
    follow_session,
    of_session,
    sign_sheet,
    submit_session,
    summary_of,
)
from portal.procedures import session_runs
from portal.rules import sessions
from portal.rules.sessions import Status


def announce(session_id: int, actor_id: int) -> None:
    """CLUB 5, stage 2, step 1: the recipients were told. Raises announced_already, session_over, session_cancelled."""
    with atomic() as s:
        row = _row(s, session_id)
        sessions.check_announce(row.status, row.day, clock.today())
        row.status, row.announced_at = Status.ANNOUNCED, clock.now()
        _record(s, Event.SESSION_ANNOUNCED, actor_id, row, "planned")


def take_back(session_id: int, actor_id: int) -> None:
    """They were not told after all. Raises not_announced."""
    with atomic() as s:
        row = _row(s, session_id)
        sessions.check_take_back(row.status)
        row.status, row.announced_at = Status.PLANNED, None
        _record(s, Event.SESSION_ANNOUNCED, actor_id, row, "announced")


def set_topic(session_id: int, topic: str, goal: str, actor_id: int) -> None:
    """R15: the topic and the goal of a session; its entries in the journal that nobody submitted yet follow.

    What is the same is left alone. Raises no_topic, topic_submitted, session_cancelled.
    """
    row = db.session.get_one(ClubSession, session_id)
    if (row.topic, row.goal) == (topic, goal):
        return
    with atomic() as s:
        row = _row(s, session_id)
        sessions.check_not_cancelled(row.status)
        sessions.check_topic(topic, goal)
        sessions.check_retold(facts_of([session_id])[session_id].submitted)
        old, told = {"topic": row.topic, "goal": row.goal}, summary_of(row)
        row.topic, row.goal = topic, goal
        follow_session(s, row, told)
        new = {"topic": topic, "goal": goal}
        audit.record(s, Event.SESSION_CHANGED, actor_id, row, old=old, new=new)


def sum_up(
    session_id: int,
    actor_id: int,
    *,
    analysis: str,
    equipment: str = "",
    consumables: str = "",
    gone_through: bool = False,
    why: str = "",
) -> None:
    """CLUB 5, stage 4, step 1: the session is analyzed and its steps end; afterwards the texts may be mended.

    `gone_through`: the steps that are still open were done as well, else `why` says why not.
    Raises not_held, no_analysis, steps_open, session_cancelled.
    """
    texts = {"analysis": analysis, "equipment": equipment, "consumables": consumables}
    with atomic() as s:
        row = _row(s, session_id)
        sessions.check_sum_up(row.status, analysis)
        old: dict[str, Any] = {name: len(getattr(row, name)) for name in texts} | {"status": row.status}
        for name, value in texts.items():
            setattr(row, name, value)
        row.status = Status.SUMMED_UP
        session_runs.finish(s, row, actor_id, gone_through, why)
        new = {name: len(value) for name, value in texts.items()} | {"status": row.status}
        audit.record(s, Event.SESSION_SUMMED_UP, actor_id, row, old=old, new=new)


def give_to_journal(session_id: int, signed: bool, actor_id: int) -> int:
    """The entries of the session go to the head, how many; `signed`: all have signed the sheet of attendance.

    Raises unsigned, nothing_to_submit.
    """
    if signed and unsigned(session_id):
        sign_sheet(session_id, actor_id)
    return submit_session(session_id, actor_id)


def used_before(session: ClubSession) -> dict[str, str]:
    """Equipment and consumables of the club's session before this one that was summed up."""
    query = select(ClubSession.equipment, ClubSession.consumables).where(
        ClubSession.club_id == session.club_id,
        ClubSession.status == Status.SUMMED_UP,
        ClubSession.day <= session.day,
        ClubSession.id != session.id,
    )
    order = (ClubSession.day.desc(), ClubSession.starts_at.desc())
    row = db.session.execute(query.order_by(*order).limit(1)).first()
    return dict(row._mapping) if row else {}


def unsigned(session_id: int) -> int:
    """How many services of the session wait for the recipient's signature."""
    return sum(row.state in ("draft", "returned") and not row.recipient for row in of_session(session_id))


def _row(s: Any, session_id: int) -> ClubSession:
    row: ClubSession = s.get_one(ClubSession, session_id, with_for_update={"key_share": True})
    return row


def _record(s: Any, event: Event, actor_id: int, row: ClubSession, before: str) -> None:
    audit.record(s, event, actor_id, row, old={"status": before}, new={"status": row.status})
