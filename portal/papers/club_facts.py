"""The papers of clubs: the program, the schedule, the sheet of attendance."""

from typing import Any

from sqlalchemy import select

from portal import clock
from portal.access import Permission, may
from portal.accounts import queries as accounts
from portal.clubs import bookings, program_queries, queries, roster
from portal.clubs.models import Club, ClubSession
from portal.clubs.program_models import ClubProgram
from portal.clubs.program_words import STATUS_WORDS
from portal.clubs.words import BOOKING_WORDS, WEEKDAYS
from portal.db import db
from portal.papers.facts import clock_time, day
from portal.papers.kind import Facts

SPARE = 3  # lines of a sheet for those who come without a place
HELD = ("held", "summed_up")


def get_program(user: Any, program_id: int) -> ClubProgram | None:
    """A version of a club's program: what a club does is open to all who work here."""
    return program_queries.get_program(user, program_id) if may(user, Permission.CLUB_VIEW) else None


def get_club(user: Any, club_id: int) -> Club | None:
    """A club: its schedule is open to all who work here."""
    return queries.get_club(user, club_id) if may(user, Permission.CLUB_VIEW) else None


def get_session(user: Any, session_id: int) -> ClubSession | None:
    """A session whose attendance the user marks: the sheet has the names of recipients."""
    return queries.own_session(user, session_id) if may(user, Permission.ATTENDANCE_MARK) else None


def program(program_id: int) -> Facts:
    """A version of a program with its topics."""
    row = db.session.get_one(ClubProgram, program_id)
    state = "" if row.status == "in_force" else str(STATUS_WORDS[row.status][1])
    topics = program_queries.topics_of(db.session(), program_id)
    return {
        "club": _club(db.session.get_one(Club, row.club_id)),
        "program": {
            "title": row.title,
            "version": str(row.version),
            "state": state,
            "day": day(row.in_force_on or row.made_at),
            "aims": row.aims,
            "audience": row.audience,
            "why": row.why,
        },
        "topics": [
            {"no": str(no), "title": one.title, "goal": one.goal, "methods": one.methods, "props": one.props}
            for no, one in enumerate(topics, 1)
        ],
    }


def schedule(club_id: int) -> Facts:
    """The weekly times of a club, and all its sessions from the first of this month on."""
    club, first = db.session.get_one(Club, club_id), clock.today().replace(day=1)
    times = queries.weekly_times([club_id]).get(club_id, [])
    query = select(ClubSession).where(ClubSession.club_id == club_id, ClubSession.day >= first)
    rows = db.session.scalars(query.order_by(ClubSession.day, ClubSession.starts_at, ClubSession.id))
    names = dict(WEEKDAYS)
    return {
        "club": _club(club),
        "from": {"day": day(first)},
        "times": [
            {"weekday": str(names[one.weekday]), "hours": _hours(one), "minutes": str(one.minutes)}
            for one in times
        ],
        "sessions": [
            {
                "no": str(no),
                "day": day(one.day),
                "weekday": str(names[one.day.weekday()]).lower(),
                "hours": _hours(one),
                "topic": one.topic,
                "room": one.room or club.room,
                "note": f"отменено: {one.cancel_reason}" if one.status == "cancelled" else "",
            }
            for no, one in enumerate(rows, 1)
        ],
    }


def attendance(session_id: int) -> Facts:
    """Who has a place at a session, or has had one: with the mark once it was held, else with lines to sign on."""
    session = db.session.get_one(ClubSession, session_id)
    held = session.status in HELD
    guests = [one for one in roster.roster(session) if _is_listed(one, held)]
    rows = [
        {
            "no": str(no),
            "name": one.name.full,
            "family": f"№ {one.number}",
            "mark": str(BOOKING_WORDS[one.status or "booked"][1]) if held else "",
        }
        for no, one in enumerate(guests, 1)
    ]
    spare = range(len(rows) + 1, len(rows) + 1 + (0 if held else SPARE))
    return {
        "club": _club(db.session.get_one(Club, session.club_id)),
        "session": {
            "day": day(session.day),
            "hours": _hours(session),
            "minutes": str(session.minutes),
            "room": session.room,
            "topic": session.topic,
            "goal": session.goal,
            "cancelled": session.cancel_reason if session.status == "cancelled" else "",
        },
        "rows": rows + [{"no": str(no), "name": "", "family": "", "mark": ""} for no in spare],
        "came": str(sum(one.status == bookings.CAME for one in guests)) if held else "",
        "booked": str(len(guests)),
    }


def _is_listed(guest: roster.Guest, held: bool) -> bool:
    return guest.listed if held else guest.status in ("booked", bookings.CAME)


def _hours(one: Any) -> str:
    """«15:00–16:00»."""
    start = one.starts_at
    total = start.hour * 60 + start.minute + one.minutes
    return f"{clock_time(start)}–{total // 60 % 24:02}:{total % 60:02}"


def quoted(name: str) -> str:
    """«Мастерская „Глина“»: quotes within quotes are others (Rosenthal §133)."""
    return f"«{name.replace('«', '„').replace('»', '“')}»"


def _club(club: Club) -> Facts:
    leader = accounts.names({club.leader_id})[club.leader_id]
    return {
        "name": quoted(club.name),
        "room": club.room,
        "leader": leader.full_name,
        "leader_short": leader.short_name,
    }
