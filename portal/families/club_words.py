"""What the timeline says of clubs and services beyond the event: of whom, at which session, in which club.

An entry keeps numbers alone; the words are read of the rows that it is about, one query a table.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from portal.audit import Event
from portal.clubs.group_models import InpatientStay, PhotoConsent
from portal.clubs.models import Booking, Club, ClubParticipant, ClubSession
from portal.clubs.program_models import InterestSurvey, SkillAssessment
from portal.clubs.words import BOOKING_WORDS
from portal.db import db
from portal.families.history import Line
from portal.families.models import FamilyMember
from portal.journal.models import JournalEntry
from portal.rules.names import FullName
from portal.web import show_date

_NAME = (FamilyMember.last_name, FamilyMember.first_name, FamilyMember.middle_name)
_OF_MEMBER: dict[str, Any] = {
    "interest_surveys": InterestSurvey,
    "skill_assessments": SkillAssessment,
    "inpatient_stays": InpatientStay,
    "photo_consents": PhotoConsent,
}


def facts(lines: Iterable[Line]) -> dict[tuple[str, int], list[str]]:
    """The words of each row that a line is about, by its table and id."""
    asked: dict[str, set[int]] = {}
    for line in lines:
        asked.setdefault(line.kind, set()).add(line.object_id or 0)
    found: dict[tuple[str, int], list[str]] = {}
    for kind, ids in asked.items():
        query = _query(kind, ids)
        if query is not None:
            found |= {(kind, row.id): _words(row) for row in db.session.execute(query)}
    return found


def _query(kind: str, ids: Collection[int]) -> Any:
    if kind in _OF_MEMBER:
        model = _OF_MEMBER[kind]
        return (
            select(model.id, *_NAME)
            .join(FamilyMember, FamilyMember.id == model.member_id)
            .where(model.id.in_(ids))
        )
    make = _OF_CLUB.get(kind)
    return make(ids) if make else None


def _participants(ids: Collection[int]) -> Any:
    query = select(ClubParticipant.id, Club.name, *_NAME).join(Club, Club.id == ClubParticipant.club_id)
    query = query.join(FamilyMember, FamilyMember.id == ClubParticipant.member_id)
    return query.where(ClubParticipant.id.in_(ids))


def _bookings(ids: Collection[int]) -> Any:
    query = select(Booking.id, Club.name, ClubSession.day, *_NAME)
    query = query.join(ClubSession, ClubSession.id == Booking.session_id)
    query = query.join(Club, Club.id == ClubSession.club_id)
    return query.join(FamilyMember, FamilyMember.id == Booking.member_id).where(Booking.id.in_(ids))


def _entries(ids: Collection[int]) -> Any:
    columns = (JournalEntry.id, JournalEntry.number, JournalEntry.year, JournalEntry.day, Club.name)
    query = select(*columns, *_NAME)
    query = query.outerjoin(ClubSession, ClubSession.id == JournalEntry.session_id)
    query = query.outerjoin(Club, Club.id == ClubSession.club_id)
    query = query.outerjoin(FamilyMember, FamilyMember.id == JournalEntry.member_id)
    return query.where(JournalEntry.id.in_(ids))


_OF_CLUB: dict[str, Callable[[Collection[int]], Any]] = {
    "club_participants": _participants,
    "bookings": _bookings,
    "journal_entries": _entries,
}


def _words(row: Any) -> list[str]:
    told = row._mapping
    number = _("No. %(number)s", number=f"{told['number']}/{told['year']}") if "number" in told else ""
    day = show_date(told["day"]) if "day" in told else ""
    person = FullName(row.last_name, row.first_name, row.middle_name).short if row.last_name else ""
    return [part for part in (number, told.get("name") or "", day, person) if part]


def said(line: Line, found: dict[tuple[str, int], list[str]]) -> str:
    """The words of a line; empty where there are none."""
    words = found.get((line.kind, line.object_id or 0), [])
    if line.event == Event.ATTENDANCE_MARKED and (mark := BOOKING_WORDS.get(line.new.get("status", ""))):
        words = [*words, str(mark[1])]
    return ", ".join(words)
