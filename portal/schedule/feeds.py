"""A calendar as a feed: one's clubs, contacts and meetings, under a secret address, without names of families."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import or_, select

from portal import audit, clock
from portal.accounts.models import User
from portal.accounts.sessions import digest
from portal.audit import Event
from portal.clubs.models import Club, ClubSession
from portal.consilium.labels import meeting_name
from portal.consilium.models import Meeting, MeetingSeat, RollSeat
from portal.contacts.labels import KINDS
from portal.contacts.models import Contact
from portal.db import atomic, db
from portal.deputies import queries as deputies
from portal.rules.contacts import AHEAD, State
from portal.schedule.models import CalendarFeed

if TYPE_CHECKING:
    import icalendar

BACK, FORWARD = timedelta(days=31), timedelta(days=366)
LONGEST_TOKEN = 100
LASTS = 120  # minutes kept free for a meeting
CALLED = ("convened", "open", "closed", "signed")


def renew(user_id: int) -> str:
    """A new secret for the feed's address, told this once; the one before leads nowhere from now on."""
    token = secrets.token_urlsafe(32)
    with atomic() as s:
        row = s.get(CalendarFeed, user_id) or CalendarFeed(user_id=user_id)
        row.token_hash, row.made_at = digest(token), clock.now()
        s.add(row)
        audit.record(s, Event.FEED_RENEWED, user_id, s.get_one(User, user_id))
    return token


def made_at(user_id: int) -> datetime | None:
    """When the address now in use was made."""
    return db.session.scalar(select(CalendarFeed.made_at).where(CalendarFeed.user_id == user_id))


def owner(token: str) -> User | None:
    """Whose feed the secret opens, as long as they work here."""
    if len(token) > LONGEST_TOKEN:
        return None
    query = select(User).join(CalendarFeed, CalendarFeed.user_id == User.id)
    user = db.session.scalar(query.where(CalendarFeed.token_hash == digest(token)))
    return user if user is not None and user.is_active else None


def calendar_of(user: User) -> bytes:
    """The feed as RFC 5545 has it, from a month back to a year ahead, in three queries."""
    import icalendar  # only who takes a calendar file loads it

    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//patronage portal//calendar//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    with force_locale(user.language):
        calendar.add("x-wr-calname", _("Patronage: my calendar"))
        for row in _sessions(user.id):
            event = _event(f"session-{row.id}", row.day, row.starts_at, row.minutes)
            event.add("summary", row.name)
            event.add("location", row.room)
            event.add("description", row.topic)
            event.add("url", url_for("clubs.sessions.show", session_id=row.id, _external=True))
            calendar.add_component(event)
        for row in _contacts(user.id):
            event = _event(f"contact-{row.id}", row.day, row.starts_at, row.minutes)
            event.add("summary", str(KINDS[row.kind]))
            event.add("url", url_for("contacts.show", contact_id=row.id, _external=True))
            calendar.add_component(event)
        for row in _meetings(user.id):
            event = _event(f"meeting-{row.id}", row.held_on, row.starts_at, LASTS)
            event.add("summary", meeting_name(row.number, row.kind))
            event.add("location", row.place)
            event.add("url", url_for("consilium.meeting", meeting_id=row.id, _external=True))
            calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(uid: str, day: date, starts_at: time, minutes: int) -> "icalendar.Event":
    import icalendar

    event, start = icalendar.Event(), datetime.combine(day, starts_at, clock.zone())
    event.add("uid", f"{uid}@patronage.portal")
    event.add("dtstamp", clock.now())
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=minutes))
    return event


def _near(day: Any) -> Any:
    today = clock.today()
    return day.between(today - BACK, today + FORWARD)


def _sessions(user_id: int) -> Any:
    columns = (ClubSession.id, ClubSession.day, ClubSession.starts_at, ClubSession.minutes)
    query = select(*columns, ClubSession.room, ClubSession.topic, Club.name)
    query = query.join(Club, Club.id == ClubSession.club_id).where(
        deputies.also(user_id, Club.leader_id, ClubSession.day)
    )
    query = query.where(ClubSession.status != "cancelled", _near(ClubSession.day))
    return db.session.execute(query.order_by(ClubSession.day, ClubSession.starts_at, ClubSession.id))


def _meetings(user_id: int) -> Any:
    """Those of the consilium that the members were called to: of who sits in it now, or sat in the meeting."""
    seat = select(RollSeat.id).where(RollSeat.user_id == user_id, RollSeat.until_on.is_(None)).exists()
    sat = (MeetingSeat.meeting_id == Meeting.id, MeetingSeat.user_id == user_id)
    was = select(MeetingSeat.user_id).where(*sat).exists()
    columns = (Meeting.id, Meeting.number, Meeting.kind, Meeting.held_on, Meeting.starts_at, Meeting.place)
    query = select(*columns).where(Meeting.status.in_(CALLED), or_(seat, was), _near(Meeting.held_on))
    return db.session.execute(query.order_by(Meeting.held_on, Meeting.starts_at, Meeting.id))


def _contacts(user_id: int) -> Any:
    query = select(Contact.id, Contact.day, Contact.starts_at, Contact.minutes, Contact.kind)
    states = (*AHEAD, State.DONE)
    query = query.where(Contact.user_id == user_id, Contact.state.in_(states), _near(Contact.day))
    return db.session.execute(query.order_by(Contact.day, Contact.starts_at, Contact.id))
