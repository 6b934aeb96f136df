"""A period planned from a club's weekly times: what stands in the way, and all sessions with their places at once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.clubs import group_week, slots
from portal.clubs.group_week import Guest
from portal.clubs.models import Booking, Club, ClubSession, ClubTime
from portal.clubs.planning import locked_clubs
from portal.contacts.models import Contact
from portal.db import atomic, db
from portal.deputies import queries as deputies
from portal.rules import N_, RuleBroken
from portal.rules.contacts import AHEAD
from portal.rules.names import normalise
from portal.rules.periods import check_period, occasions
from portal.rules.timetable import check_holiday, ends_at, is_over, meet
from portal.rules.weekly_limit import WEEKLY_LIMIT, free_slot, week_of
from portal.rules.workdays import Calendar
from portal.settings.calendar import calendar


@dataclass
class Occasion:
    """A day that a weekly time gives: what forbids a session then, and what speaks against it."""

    day: date
    starts_at: time
    minutes: int
    stops: RuleBroken | None = None
    warns: list[RuleBroken] = field(default_factory=list)

    @property
    def key(self) -> str:
        """By which the form names it: 2026-12-01T15:00."""
        return f"{datetime.combine(self.day, self.starts_at):%Y-%m-%dT%H:%M}"

    @property
    def span(self) -> tuple[time, int]:
        """Start and length."""
        return self.starts_at, self.minutes


@dataclass(frozen=True)
class Outlook:
    """A period to be planned: its occasions, which of them are wanted, and what each recipient would get."""

    occasions: list[Occasion]
    wanted: list[Occasion]
    guests: list[Guest]

    @property
    def places(self) -> int:
        """How many bookings the weekly rule lets through."""
        return sum(len(guest.share.given) for guest in self.guests)

    @property
    def missing(self) -> int:
        """How many bookings are refused."""
        return sum(len(guest.share.refused) for guest in self.guests)


def outlook(club: Club, first_day: date, last_day: date, chosen: Collection[str] | None = None) -> Outlook:
    """What planning the period would do, in a few queries; `chosen`: the keys of the days wanted, else all that nothing
    speaks against. Raises bad_period, past_day, far_day, no_times.
    """
    check_period(first_day, last_day, clock.today())
    return _outlook(db.session(), club, max(first_day, clock.today()), last_day, chosen)


def plan_period(
    club_id: int,
    actor_id: int,
    *,
    first_day: date,
    last_day: date,
    chosen: Collection[str] | None = None,
    topic: str = "",
    goal: str = "",
) -> Outlook:
    """Plan the club's weekly times between two days and book everybody of the group, in one transaction.

    Gives what was done: `wanted` is planned. Raises nothing_planned, club_closed, and what `outlook` does.
    """
    check_period(first_day, last_day, clock.today())

    def once() -> Outlook:
        with atomic() as s:
            club = locked_clubs(s)[club_id]
            if club.closed_on is not None:
                raise RuleBroken("club_closed", N_("This club is closed."))
            done = _outlook(s, club, max(first_day, clock.today()), last_day, chosen)
            if not done.wanted:
                message = N_(
                    "No session can be planned in this period: what stands in the way is said below."
                )
                raise RuleBroken("nothing_planned", message)
            sessions = _add_sessions(s, club, done.wanted, topic, goal)
            _add_bookings(s, sessions, done.guests, actor_id)
            new = {
                "from": first_day,
                "until": last_day,
                "sessions": [session_id for session_id, _week in sessions],
            }
            new |= {"booked": {str(one.id): len(one.share.given) for one in done.guests if one.share.given}}
            audit.record(s, Event.PERIOD_PLANNED, actor_id, club, new=new)
            return done

    return slots.retried(once)


def _outlook(s: Session, club: Club, first: date, last: date, chosen: Collection[str] | None) -> Outlook:
    query = select(ClubTime.weekday, ClubTime.starts_at, ClubTime.minutes)
    times = [(at, start, length) for at, start, length in s.execute(query.where(ClubTime.club_id == club.id))]
    if not times:
        raise RuleBroken("no_times", N_("The club has no weekly times. Set them first."))
    found = [Occasion(*one) for one in occasions(times, first, last)]
    sessions = _sessions_between(s, first, last)
    by_day: dict[date, list[Any]] = {}
    for row in sessions:
        by_day.setdefault(row.day, []).append(row)
    working_days = calendar()
    for one in found:
        one.stops = _what_stops(one, club, by_day.get(one.day, []), working_days)
    _warn_of_leader(s, found, club.leader_id, first, last)
    wanted = _with_room(found, club.id, sessions, chosen)
    return Outlook(found, wanted, group_week.guests(s, club.id, [one.day for one in wanted]))


def _sessions_between(s: Session, first: date, last: date) -> list[Any]:
    """Sessions of all clubs in the weeks of the period, cancelled ones too."""
    columns = (
        ClubSession.club_id,
        ClubSession.day,
        ClubSession.week,
        ClubSession.slot,
        ClubSession.starts_at,
    )
    query = select(*columns, ClubSession.minutes, ClubSession.room, Club.name, Club.leader_id)
    query = query.join(Club, Club.id == ClubSession.club_id)
    return list(s.execute(query.where(ClubSession.week.between(week_of(first), last))))


def _what_stops(one: Occasion, club: Club, there: Sequence[Any], days: Calendar) -> RuleBroken | None:
    if is_over(one.day, one.starts_at, one.minutes, clock.wall()):
        return RuleBroken("past_time", N_("over already"))
    try:
        check_holiday(one.day, days)
    except RuleBroken:
        return RuleBroken("day_off", N_("official day off"))
    if any(row.club_id == club.id and row.starts_at == one.starts_at for row in there):
        return RuleBroken("planned_already", N_("there already"))
    for row in there:
        if row.slot is None or not meet(one.span, (row.starts_at, row.minutes)):
            continue
        what = {"club": row.name, "start": f"{row.starts_at:%H:%M}"}
        what["end"] = f"{ends_at(row.starts_at, row.minutes):%H:%M}"
        if row.leader_id == club.leader_id:
            return RuleBroken("leader_busy", N_("the leader is busy: “%(club)s”, %(start)s–%(end)s"), **what)
        if club.room and normalise(row.room) == normalise(club.room):
            return RuleBroken("room_taken", N_("the room is taken: “%(club)s”, %(start)s–%(end)s"), **what)
    return None


def _warn_of_leader(s: Session, found: list[Occasion], leader_id: int, first: date, last: date) -> None:
    """The leader's contacts and absence forbid nothing: a contact can be moved, a colleague can stand in."""
    query = select(Contact.day, Contact.starts_at, Contact.minutes).where(
        Contact.user_id == leader_id, Contact.state.in_(AHEAD), Contact.day.between(first, last)
    )
    contacts = s.execute(query).all()
    absences = deputies.absences({leader_id}, first, last)
    for one in found:
        for _user, since, until in absences:
            if since <= one.day <= until:
                one.warns.append(RuleBroken("leader_away", N_("the leader is away until %(day)s"), day=until))
        for row in contacts:
            if row.day == one.day and meet(one.span, (row.starts_at, row.minutes)):
                at = f"{row.starts_at:%H:%M}"
                one.warns.append(
                    RuleBroken("leader_contact", N_("the leader has a contact at %(at)s"), at=at)
                )


def _with_room(
    found: list[Occasion], club_id: int, sessions: Sequence[Any], chosen: Collection[str] | None
) -> list[Occasion]:
    """Those wanted, as long as the club has a session of the week left (R14); to the others it is said."""
    is_wanted: Callable[[Occasion], bool]
    is_wanted = (lambda one: not one.warns) if chosen is None else (lambda one: one.key in chosen)
    number: dict[date, int] = {}
    for row in sessions:
        if row.club_id == club_id and row.slot is not None:
            number[row.week] = number.get(row.week, 0) + 1
    wanted = []
    for one in sorted(found, key=lambda one: (not is_wanted(one), one.day, one.starts_at)):
        if one.stops is not None:
            continue
        week = week_of(one.day)
        if number.get(week, 0) >= WEEKLY_LIMIT:
            one.stops = RuleBroken("week_full", N_("the club has its two sessions of this week already"))
        elif is_wanted(one):
            number[week] = number.get(week, 0) + 1
            wanted.append(one)
    return wanted


def _add_sessions(
    s: Session, club: Club, wanted: list[Occasion], topic: str, goal: str
) -> list[tuple[int, date]]:
    """Ids and weeks of the new sessions, in the order of the occasions."""
    held = _slots_of(s, club.id, {week_of(one.day) for one in wanted})
    rows: list[dict[str, Any]] = []
    for one in wanted:
        week, slot = week_of(one.day), free_slot(held[week_of(one.day)])
        held[week].add(slot)
        when = {
            "day": one.day,
            "week": week,
            "slot": slot,
            "starts_at": one.starts_at,
            "minutes": one.minutes,
        }
        rows.append({"club_id": club.id, "room": club.room, "topic": topic, "goal": goal, **when})
    with slots.judged_club():
        s.execute(insert(ClubSession), rows)
    query = select(ClubSession.week, ClubSession.slot, ClubSession.id).where(ClubSession.club_id == club.id)
    query = query.where(ClubSession.slot.is_not(None), ClubSession.week.in_(held))
    ids = {(week, slot): session_id for week, slot, session_id in s.execute(query)}
    return [(ids[row["week"], row["slot"]], row["week"]) for row in rows]


def _slots_of(s: Session, club_id: int, weeks: set[date]) -> dict[date, set[int]]:
    query = select(ClubSession.week, ClubSession.slot).where(
        ClubSession.club_id == club_id, ClubSession.week.in_(weeks), ClubSession.slot.is_not(None)
    )
    held: dict[date, set[int]] = {week: set() for week in weeks}
    for week, slot in s.execute(query):
        held[week].add(slot or 0)
    return held


def _add_bookings(s: Session, sessions: list[tuple[int, date]], guests: list[Guest], actor_id: int) -> None:
    common = {"status": "booked", "booked_by_id": actor_id, "booked_at": clock.now()}
    rows = [
        {
            "session_id": sessions[n][0],
            "member_id": guest.id,
            "week": sessions[n][1],
            "slot": slot,
            **common,
        }
        for guest in guests
        for n, slot in guest.share.given
    ]
    if rows:
        with slots.judged_recipient():
            s.execute(insert(Booking), rows)
