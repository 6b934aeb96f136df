"""The lists of clubs that stand several on a page, given as the files that were asked for."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _
from flask_login import current_user

from portal import lists
from portal.access import Permission, may
from portal.clubs import columns, queries
from portal.clubs import results as reached
from portal.clubs.group import waiting_line
from portal.clubs.models import Club, ClubSession
from portal.clubs.roster import roster
from portal.journal.sessions import facts_of
from portal.rules.sessions import life
from portal.sheets import MOST_ROWS


def schedule(
    days: Iterable[tuple[Any, Iterable[Any]]], clubs: Iterable[Any], times: Mapping[int, Iterable[Any]]
) -> Response:
    """The sessions of the days shown, or all clubs."""
    if lists.which() == "clubs":
        return lists.give("clubs", _("All clubs"), columns.of_clubs(times), clubs)
    sessions = chain.from_iterable(rows for _day, rows in days)
    return lists.give("clubs.sessions", _("Sessions of clubs"), columns.of_sessions({}), sessions)


def of_club(club: Club) -> Response:
    """Its participants, for those who may know them; or its sessions, all of them, the first one on top."""
    if lists.which() == "participants":
        if not may(current_user, Permission.CLUB_ROSTER):
            abort(403)
        going = queries.participants(club.id)
        return lists.give("club.participants", _("Participants"), columns.PARTICIPANTS, going)
    rows = [*reversed(queries.past(club.id, MOST_ROWS)), *queries.upcoming(club.id, MOST_ROWS)]
    facts = facts_of(row.id for row in rows)
    lives = {row.id: life(row.status, *facts[row.id]) for row in rows}
    return lists.give("club.sessions", _("Sessions of clubs"), columns.of_sessions(lives, club=False), rows)


def of_group(club: Club) -> Response:
    """Who goes to the club, or who waits for a place."""
    if lists.which() == "waiting":
        return lists.give("club.waiting", _("Waiting list"), columns.WAITING, waiting_line(club.id))
    going = queries.participants(club.id)
    return lists.give("club.participants", _("Participants"), columns.PARTICIPANTS, going)


def of_session(session: ClubSession) -> Response:
    """Who has a place at the session, and who came."""
    if not may(current_user, Permission.CLUB_ROSTER):
        abort(403)
    guests = [guest for guest in roster(session) if guest.listed]
    return lists.give("session.guests", _("Attendance"), columns.GUESTS, guests)


def of_results(
    months: Mapping[Any, reached.Attendance], recipients: list[Any], skills: reached.Skills
) -> Response:
    """What a club has reached: by month, by recipient, skills of each recipient, means of each skill."""
    found: dict[str, tuple[str, Any, Iterable[Any]]] = {
        "recipients": (_("Attendance by recipient"), columns.RECIPIENTS, recipients),
        "skills": (_("Communication skills"), columns.SKILLS, skills.people),
        "means": (
            _("Communication skills"),
            columns.MEANS,
            skills.means.items() if skills.compared else (),
        ),
    }
    months_of = (_("Attendance by month"), columns.MONTHS, months.items())
    which = lists.which() if lists.which() in found else "months"
    return lists.give(f"club.{which}", *found.get(which, months_of))
