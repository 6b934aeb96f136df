"""Which steps of a session the portal sees to be done by itself: what they ask for stands in its tables."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.program_models import ClubProgram, InterestSurvey
from portal.clubs.session_models import SessionFeedback, SessionPhoto
from portal.journal.models import JournalEntry, StateSystemMark
from portal.rules.sessions import OVER, Status


def known(s: Session, session: ClubSession) -> set[str]:
    """The codes of the steps of CLUB 5 that are done, as far as the portal knows; in one query."""
    asked = {**_before(session), **_after(session)}
    row = s.execute(select(*(condition.label(code) for code, condition in asked.items()))).one()
    found = {code for code, there in zip(asked, row, strict=True) if there}
    return found | _seen(session)


def _seen(session: ClubSession) -> set[str]:
    """What the session itself tells: it stands in the schedule, was announced, held, analyzed."""
    held = session.status in OVER
    told = {
        "prep_plan": True,
        "org_inform": session.announced_at is not None,
        "main_gather": held,
        "main_topic": held and bool(session.topic and session.goal),
        "main_session": held,
        "final_analysis": session.status == Status.SUMMED_UP,
    }
    return {code for code, there in told.items() if there}


def _before(session: ClubSession) -> dict[str, Any]:
    going = select(ClubParticipant.member_id).where(
        ClubParticipant.club_id == session.club_id, ClubParticipant.left_on.is_(None)
    )
    booked = and_(Booking.session_id == session.id, Booking.slot.is_not(None))
    changed = select(Club.changed_at).where(Club.id == session.club_id).scalar_subquery()
    untold = or_(ClubParticipant.told_at.is_(None), ClubParticipant.told_at < changed)
    return {
        "prep_survey": _there(InterestSurvey.member_id.in_(going), InterestSurvey.on_day <= session.day),
        "prep_program": _there(
            ClubProgram.club_id == session.club_id, ClubProgram.in_force_on <= session.day
        ),
        "org_group": _there(booked),
        "org_schedule": and_(_there(booked), ~exists().where(_of(session), untold)),
    }


def _of(session: ClubSession) -> ColumnElement[bool]:
    return and_(ClubParticipant.club_id == session.club_id, ClubParticipant.left_on.is_(None))


def _after(session: ClubSession) -> dict[str, Any]:
    entries = and_(JournalEntry.session_id == session.id, JournalEntry.state != "void")
    first = and_(entries, JournalEntry.corrects_id.is_(None))
    waiting = and_(first, JournalEntry.state.in_(("draft", "returned")))
    marked = exists().where(StateSystemMark.entry_id == JournalEntry.id)
    return {
        "main_photo": _there(SessionPhoto.session_id == session.id),
        "final_feedback": _there(SessionFeedback.session_id == session.id),
        "final_journal": and_(_there(first), ~exists().where(waiting)),
        "final_system": and_(_there(first), ~exists().where(first, ~marked)),
    }


def _there(*conditions: Any) -> Any:
    return exists().where(*conditions)
