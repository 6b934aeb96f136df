"""The lists of clubs as files."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.clubs.results import Attendance
from portal.clubs.roster import age_of
from portal.clubs.survey_words import GROUP_WORDS, INTEREST_WORDS, SKILL_WORDS
from portal.clubs.words import BOOKING_WORDS, SESSION_WORDS, WEEKDAYS
from portal.lists import person
from portal.rules.names import FullName
from portal.rules.timetable import ends_at
from portal.sheets import Column, Kind


def _full(row: Any) -> str:
    return FullName(row.last_name, row.first_name, row.middle_name).full


def _as_whom(kind: str) -> Any:
    return _("representative") if kind == "representative" else _("minor")


def _standing(row: Any) -> Any:
    """Why somebody cannot be booked; nothing when they can."""
    if row.in_care:
        return _("in inpatient care")
    if row.patronage == "suspended":
        return _("patronage suspended")
    return None if row.patronage == "enrolled" else _("not on patronage")


def of_clubs(times: Mapping[int, Iterable[Any]]) -> tuple[Column, ...]:
    """The clubs with leader, times and room."""
    weekdays = dict(WEEKDAYS)

    def weekly(club: Any) -> str:
        return "; ".join(
            f"{weekdays[one.weekday]}, {one.starts_at:%H:%M}–{ends_at(one.starts_at, one.minutes):%H:%M}"
            for one in times.get(club.id, ())
        )

    return (
        Column(_l("Club"), "name"),
        Column(_l("Leader"), person),
        Column(_l("Weekly times"), weekly),
        Column(_l("Room"), "room"),
        Column(_l("Participants"), "participants", Kind.INTEGER),
        Column(_l("Closed on"), "closed_on", Kind.DATE),
    )


def of_sessions(lives: Mapping[int, str], club: bool = True) -> tuple[Column, ...]:
    """Sessions; `lives` says of those that are over how far the journal is."""
    return (
        Column(_l("Day"), "day", Kind.DATE),
        Column(_l("Time"), "starts_at", Kind.TIME),
        Column(_l("Length, minutes"), "minutes", Kind.INTEGER),
        *((Column(_l("Club"), "club"),) if club else ()),
        Column(_l("Room"), "room"),
        Column(_l("Topic"), "topic"),
        Column(_l("Places taken"), "booked", Kind.INTEGER),
        Column(_l("State"), lambda row: _(SESSION_WORDS[lives.get(row.id, row.status)][1])),
    )


_MEMBER = (
    Column(_l("Recipient"), _full),
    Column(_l("As whom"), lambda row: _as_whom(row.kind)),
    Column(_l("Age"), lambda row: age_of(row, clock.today()), Kind.INTEGER),
    Column(_l("Family No."), "number", Kind.INTEGER),
)
PARTICIPANTS = (
    *_MEMBER,
    Column(_l("Joined on"), "joined_on", Kind.DATE),
    Column(_l("Told on"), lambda row: clock.local(row.told_at).date() if row.told_at else None, Kind.DATE),
    Column(_l("Cannot be booked"), _standing),
)
WAITING = (
    *_MEMBER,
    Column(_l("Waits since"), lambda row: clock.local(row.since).date(), Kind.DATE),
    Column(_l("Cannot be booked"), _standing),
)
GUESTS = (
    Column(_l("Recipient"), lambda guest: guest.name.full),
    Column(_l("As whom"), lambda guest: _as_whom(guest.kind)),
    Column(_l("Age"), "age", Kind.INTEGER),
    Column(_l("Family No."), "number", Kind.INTEGER),
    Column(_l("Participant of the club"), "participant", Kind.YES_NO),
    Column(_l("Attendance"), lambda guest: BOOKING_WORDS[guest.status][1]),
)


def _attendance(of: Any) -> tuple[Column, ...]:
    def number(title: Any, name: str) -> Column:
        return Column(title, lambda row: getattr(of(row), name), Kind.INTEGER)

    return (
        number(_l("present"), "came"),
        number(_l("good reason"), "excused"),
        number(_l("absent"), "absent"),
        number(_l("Attendance, per cent"), "share"),
    )


OVERALL = (  # of a club, its attendance, how many it served, and how it was liked
    Column(_l("Club"), lambda row: row[0].name),
    Column(_l("Sessions held"), lambda row: row[1].sessions, Kind.INTEGER),
    Column(_l("Recipients served"), lambda row: row[2], Kind.INTEGER),
    Column(_l("Services given"), lambda row: row[1].came, Kind.INTEGER),
    Column(_l("Attendance, per cent"), lambda row: row[1].share, Kind.INTEGER),
    Column(_l("Mean rating"), lambda row: round(row[3][0], 2) if row[3] else None, Kind.DECIMAL),
    Column(_l("Opinions"), lambda row: row[3][1] if row[3] else None, Kind.INTEGER),
)


def _of_month(row: tuple[date, Attendance]) -> Attendance:
    return row[1]


MONTHS = (
    Column(_l("Month"), lambda row: f"{row[0]:%m.%Y}"),
    Column(_l("Sessions held"), lambda row: row[1].sessions, Kind.INTEGER),
    *_attendance(_of_month),
)
RECIPIENTS = (
    Column(_l("Recipient"), lambda row: person(row[0])),
    Column(_l("Family No."), lambda row: row[0].number, Kind.INTEGER),
    *_attendance(_of_month),
)
SKILLS = (  # of a recipient: the sums before and after, and the change
    Column(_l("Recipient"), lambda row: person(row[0])),
    Column(_l("Family No."), lambda row: row[0].number, Kind.INTEGER),
    Column(_l("Before the club"), lambda row: row[1], Kind.INTEGER),
    Column(_l("After the club"), lambda row: row[2], Kind.INTEGER),
    Column(_l("Change"), lambda row: row[3], Kind.INTEGER),
)
MEANS = (  # of a skill and its means before and after
    Column(_l("Skill"), lambda row: SKILL_WORDS[row[0]]),
    Column(_l("Before the club"), lambda row: round(row[1][0], 2), Kind.DECIMAL),
    Column(_l("After the club"), lambda row: round(row[1][1], 2), Kind.DECIMAL),
    Column(_l("Change"), lambda row: round(row[1][1] - row[1][0], 2), Kind.DECIMAL),
)
SUGGESTED = (
    Column(_l("Recipient"), lambda one: _full(one.person)),
    Column(_l("As whom"), lambda one: _as_whom(one.person.kind)),
    Column(_l("Age"), "age", Kind.INTEGER),
    Column(_l("Family No."), lambda one: one.person.number, Kind.INTEGER),
    Column(
        _l("Likes"),
        lambda one: ", ".join(str(INTEREST_WORDS[code]) for code in INTEREST_WORDS if code in one.shared),
    ),
    Column(_l("Wishes"), "wishes"),
    Column(_l("Services left this week"), "left", Kind.INTEGER),
)


def of_interests(groups: Iterable[str]) -> tuple[Column, ...]:
    """How many wish for what, by age and audience."""

    def group(code: str) -> Column:
        return Column(GROUP_WORDS[code], lambda row: row[1].get(code, 0), Kind.INTEGER)

    return (
        Column(_l("Interest"), lambda row: INTEREST_WORDS[row[0]]),
        *(group(code) for code in groups),
        Column(_l("Total"), lambda row: sum(row[1].values()), Kind.INTEGER),
    )
