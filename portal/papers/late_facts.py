"""What of a period is late, counted for its report: only what is late indeed, each as a row with its number."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.clubs.models import ClubSession
from portal.consilium.minutes_queries import signature, signing
from portal.consilium.models import Meeting, MeetingSeat
from portal.contacts.models import Contact
from portal.db import db
from portal.journal.models import JournalEntry
from portal.papers.kind import Facts
from portal.papers.periods import Period
from portal.patronage.models import Patronage
from portal.plans.models import Plan, PlanMeasure
from portal.rules.journal import SETTLED
from portal.rules.minutes import OVER
from portal.rules.sessions import AHEAD


def late(period: Period, last: date) -> list[Facts]:
    """What should have been done by now: of the days of the period that are over."""
    today = clock.today()
    counts = {
        "семьи, с которыми контакт просрочен на сегодня": _families(today),
        "контакты, итог которых не внесён": _contacts(period.first, last, today),
        "занятия клубов, по которым не закрыта посещаемость": _sessions(period.first, last, today),
        "записи журнала, не прошедшие проверку": _entries(period),
        "мероприятия планов, срок которых истёк": _measures(period.first, last, today),
        "заседания, протоколы которых не подписаны": _minutes(period.first, last),
    }
    return [{"name": name, "count": str(count)} for name, count in counts.items() if count]


def _number(query: Any) -> int:
    return db.session.scalar(query) or 0


def _families(today: date) -> int:
    query = select(func.count()).select_from(Patronage)
    return _number(query.where(Patronage.status == "enrolled", Patronage.next_contact_on < today))


def _contacts(first: date, last: date, today: date) -> int:
    query = select(func.count()).select_from(Contact).where(Contact.day.between(first, last))
    return _number(query.where(Contact.state.in_(("planned", "confirmed")), Contact.day < today))


def _sessions(first: date, last: date, today: date) -> int:
    query = select(func.count()).select_from(ClubSession).where(ClubSession.day.between(first, last))
    return _number(query.where(ClubSession.status.in_(AHEAD), ClubSession.day < today))


def _entries(period: Period) -> int:
    months = JournalEntry.month.between(period.first.month, period.last.month)
    query = select(func.count()).select_from(JournalEntry)
    query = query.where(JournalEntry.year == period.first.year, months)
    return _number(query.where(JournalEntry.state.not_in(SETTLED)))


def _measures(first: date, last: date, today: date) -> int:
    query = select(func.count()).select_from(PlanMeasure).join(Plan, Plan.id == PlanMeasure.plan_id)
    query = query.where(Plan.state == "in_force", PlanMeasure.state == "open")
    return _number(query.where(PlanMeasure.due_on.between(first, last), PlanMeasure.due_on < today))


def _minutes(first: date, last: date) -> int:
    unsigned = select(MeetingSeat.user_id).where(
        MeetingSeat.meeting_id == Meeting.id, signing(), ~signature()
    )
    query = select(func.count()).select_from(Meeting).where(Meeting.held_on.between(first, last))
    return _number(query.where(Meeting.status.in_(OVER), unsigned.correlate(Meeting).exists()))
