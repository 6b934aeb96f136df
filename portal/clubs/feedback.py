"""What recipients, staff and guests thought of a session (R16): given without a name, read together."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import audit, clock, seals
from portal.access import LARGEST_ID
from portal.audit import Event
from portal.clubs.models import ClubSession
from portal.clubs.session_models import SessionFeedback
from portal.db import atomic, db, refused_by
from portal.rules import N_, RuleBroken
from portal.rules import feedback as rules


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="session-feedback")


def token_of(session_id: int) -> str:
    """The secret part of the session's address for guests: nobody makes one for another session."""
    return str(_signer().dumps(session_id))


def session_of(token: str) -> ClubSession | None:
    """The session that the token was made for."""
    try:
        session_id = _signer().loads(token)
    except BadSignature:
        return None
    known = isinstance(session_id, int) and 0 < session_id <= LARGEST_ID
    return db.session.get(ClubSession, session_id) if known else None


def browser_ticket(session_id: int, browser: str) -> str:
    """One for each browser, by the random words that it keeps; nothing else is known of it."""
    return seals.mac("feedback", session_id, "browser", browser)


def staff_ticket(session_id: int, user_id: int) -> str:
    """One for each colleague."""
    return seals.mac("feedback", session_id, "user", user_id)


def check_open(session: ClubSession, *, from_paper: bool = False) -> None:
    """Whether opinions of the session are taken now. Raises session_cancelled, feedback_early, feedback_late."""
    starts = datetime.combine(session.day, session.starts_at, clock.zone())
    rules.check_open(session.status, starts, clock.now(), from_paper=from_paper)


def give(
    session_id: int, ticket: str, *, source: str, liked: int, text: str, actor_id: int | None = None
) -> None:
    """What a browser or a colleague says, once. Raises feedback_given, feedback_full, and what check_open does."""
    with atomic() as s:
        session = _locked(s, session_id)
        check_open(session)
        if source != "staff":
            rules.check_room(_by_address(s, session_id))
        _add(s, session_id, actor_id, source=source, liked=liked, text=text, ticket=ticket)


def enter_from_paper(session_id: int, actor_id: int, *, source: str, liked: int, text: str) -> None:
    """What somebody has written on paper, or said. Raises what check_open does; late is never too late."""
    with atomic() as s:
        session = _locked(s, session_id)
        check_open(session, from_paper=True)
        values = {"source": source, "liked": liked, "text": text, "entered_by_id": actor_id}
        _add(s, session_id, actor_id, ticket=secrets.token_hex(32), **values)


def _locked(s: Session, session_id: int) -> ClubSession:
    return s.get_one(ClubSession, session_id, with_for_update={"key_share": True})


def _by_address(s: Session, session_id: int) -> int:
    here = (SessionFeedback.session_id == session_id, SessionFeedback.entered_by_id.is_(None))
    return s.scalar(select(func.count()).where(*here)) or 0


def _add(s: Session, session_id: int, actor_id: int | None, **values: Any) -> None:
    rules.check_answer(values["source"], values["liked"])
    row = SessionFeedback(session_id=session_id, at=clock.now(), **values)
    twice = RuleBroken("feedback_given", N_("Your opinion of this session is here already. Thank you!"))
    with refused_by("uq_session_feedback_session_id_ticket", twice):
        s.add(row)
    new = {"session_id": session_id, "source": values["source"], "liked": values["liked"]}
    audit.record(s, Event.FEEDBACK_GIVEN, actor_id, row, new=new)


def said(session_id: int, ticket: str) -> bool:
    """Whether this ticket has spoken already."""
    query = select(SessionFeedback.id).where(
        SessionFeedback.session_id == session_id, SessionFeedback.ticket == ticket
    )
    return db.session.scalar(query) is not None


def answers(session_id: int) -> list[Any]:
    """What was said of the session, the newest first."""
    columns = (SessionFeedback.source, SessionFeedback.liked, SessionFeedback.text, SessionFeedback.at)
    query = select(*columns, SessionFeedback.entered_by_id).where(SessionFeedback.session_id == session_id)
    return list(db.session.execute(query.order_by(SessionFeedback.id.desc()).limit(2 * rules.MOST)))


def facts_of(session_ids: Collection[int]) -> dict[int, tuple[int, float]]:
    """Of each session that somebody spoke of: how many did, and how they liked it on average (1 to 5)."""
    query = select(SessionFeedback.session_id, func.count(), func.avg(SessionFeedback.liked))
    query = query.where(SessionFeedback.session_id.in_(session_ids)).group_by(SessionFeedback.session_id)
    return {row[0]: (row[1], float(row[2])) for row in db.session.execute(query)}
