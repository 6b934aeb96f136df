"""Sessions of clubs and their attendance, brought in: R14 holds, and only of one's own clubs."""

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.check import broken_rules
from portal.clubs.models import Booking, Club, ClubSession, ClubTime
from portal.db import db, technical
from portal.families.models import FamilyMember
from portal.rules.weekly_limit import week_of
from tests.exchange.imports import bring, close_month, codes, seen
from tests.factories import make_booking, make_club, make_recipient, make_session, make_user, work_on

HEAD = ["Клуб", "Дата", "Время", "Тема", "Цель"]
MARKS = ["Клуб", "Дата занятия", "Участник", "Отметка"]


@pytest.fixture
def leader(app: Flask) -> User:
    return make_user("pedagogue")


@pytest.fixture
def club(leader: User) -> Club:
    return make_club(leader)


def monday(weeks: int) -> date:
    return week_of(clock.today()) + timedelta(weeks=weeks)


def test_past_sessions_were_held_and_those_to_come_are_planned(leader: User, club: Club) -> None:
    work_on(monday(2))
    rows = [HEAD, ["Мастерская", monday(-2), "15:00", "Дружба", "Знакомство"]]
    rows += [["клуб «Мастерская»", f"{monday(2):%d.%m.%Y}", 0.625, "Семья", ""]]
    done = bring("sessions", rows, leader)
    assert (done.made, done.refused) == (2, 0)
    past, ahead = db.session.scalars(select(ClubSession).order_by(ClubSession.day))
    assert (past.status, past.starts_at, past.topic, past.slot, past.room) == (
        "summed_up", time(15), "Дружба", 1, "каб. 4",
    )  # fmt: skip
    assert (ahead.status, ahead.starts_at, ahead.minutes) == ("planned", time(15), 60)
    assert broken_rules() == []


def test_a_club_holds_two_a_week_and_nothing_twice(leader: User, club: Club) -> None:
    days = [monday(-3) + timedelta(n) for n in (0, 1, 2)]
    rows = [HEAD, *(["Мастерская", day, "15:00", "Дружба", ""] for day in days)]
    rows.append(["Мастерская", days[0], "15:00", "Дружба", ""])
    assert codes(seen("sessions", rows, leader)) == ["accepted", "accepted", "club_weekly_limit", "double"]
    bring("sessions", rows, leader)
    assert codes(seen("sessions", rows, leader)) == ["known", "known", "club_weekly_limit", "known"]
    assert bring("sessions", rows, leader).made == 0


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["Чужой", 0, "15:00", "Тема", ""], "unknown_club"),
        (["", 0, "15:00", "Тема", ""], "no_club"),
        (["Мастерская", 0, "15:00", "", ""], "no_topic"),
        (["Мастерская", 0, "", "Тема", ""], "no_time"),
        (["Мастерская", 0, "23:00", "Тема", ""], "bad_hours"),
        (["Мастерская", 60, "15:00", "Тема", ""], "far_day"),
        (["Мастерская", 0, "15:00", "т" * 301, ""], "text_too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_is_refused(leader: User, club: Club, row: list[object], code: str) -> None:
    make_club(make_user("pedagogue"), "Чужой")
    row = [row[0], monday(-1) + timedelta(weeks=int(str(row[1]))), *row[2:]]
    assert codes(seen("sessions", [HEAD, row], leader)) == [code]


def test_the_weekly_time_serves_where_none_is_written(leader: User, club: Club) -> None:
    with technical() as s:
        s.add(ClubTime(club_id=club.id, slot=1, weekday=0, starts_at=time(16, 30), minutes=90))
    found = seen("sessions", [HEAD, ["Мастерская", monday(-1), "", "Тема", ""]], leader)
    assert (found.rows[0].facts["starts_at"], found.rows[0].facts["minutes"]) == (time(16, 30), 90)


def test_a_closed_month_stays_closed(leader: User, club: Club) -> None:
    day = monday(-8)
    close_month(day, leader)
    assert codes(seen("sessions", [HEAD, ["Мастерская", day, "15:00", "Тема", ""]], leader)) == ["closed"]


@pytest.fixture
def member(club: Club) -> FamilyMember:
    return make_recipient(club, surname="Клёнова")


def day_within() -> date:
    """A day of the last week, when the recipient's family was on patronage."""
    return monday(-1)


def test_marks_of_a_session_that_was_brought_in(leader: User, club: Club, member: FamilyMember) -> None:
    other = make_recipient(club, surname="Осинина")
    bring("sessions", [HEAD, ["Мастерская", day_within(), "15:00", "Дружба", ""]], leader)
    rows = [
        MARKS,
        ["Мастерская", day_within(), "Кленова Вера0", "+"],
        ["Мастерская", day_within(), "Осинина Вера0", "н"],
    ]
    done = bring("attendance", rows, leader)
    assert (done.made, done.refused) == (2, 0)
    marks = {one.member_id: (one.status, one.slot) for one in db.session.scalars(select(Booking))}
    assert marks == {member.id: ("came", 1), other.id: ("absent", None)}
    assert not {"R13", "R14", "audit"} & {one["rule"] for one in broken_rules()}
    assert bring("attendance", rows, leader).known == 2


def test_a_place_that_was_booked_gets_the_mark(leader: User, club: Club, member: FamilyMember) -> None:
    session = make_session(club, day_within())
    booking = make_booking(session, member)
    done = bring("attendance", [MARKS, ["Мастерская", day_within(), "Клёнова Вера0", "болел"]], leader)
    assert done.made == 1
    row = db.session.get_one(Booking, booking.id, populate_existing=True)
    assert (row.status, row.slot, row.marked_by_id) == ("excused", None, leader.id)


def test_a_recipient_gets_two_services_a_week(leader: User, club: Club, member: FamilyMember) -> None:
    second = make_club(leader, "Театр")
    days = [day_within() + timedelta(n) for n in (0, 1)]
    rows = [HEAD, *(["Мастерская", day, "15:00", "Дружба", ""] for day in days)]
    bring("sessions", [*rows, ["Театр", days[0], "18:00", "Этюды", ""]], leader)
    marks = [MARKS, *(["Мастерская", day, "Клёнова Вера0", "да"] for day in days)]
    marks.append(["Театр", days[0], "Клёнова Вера0", "да"])
    assert second.id and codes(seen("attendance", marks, leader)) == ["accepted", "accepted", "weekly_limit"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["Мастерская", 0, "Клёнова Вера0", "может быть"], "unknown_mark"),
        (["Мастерская", 0, "Никто Неведомый", "+"], "unknown_recipient"),
        (["Мастерская", 0, "", "+"], "no_recipient"),
        (["Мастерская", 1, "Клёнова Вера0", "+"], "unknown_session"),
        (["Чужой", 0, "Клёнова Вера0", "+"], "unknown_club"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_marks_that_cannot_be_are_refused(
    leader: User, club: Club, member: FamilyMember, row: list[object], code: str
) -> None:
    make_session(club, day_within())
    row = [row[0], day_within() + timedelta(int(str(row[1]))), *row[2:]]
    assert codes(seen("attendance", [MARKS, row], leader)) == [code]


def test_a_mark_that_stands_is_not_overwritten(leader: User, club: Club, member: FamilyMember) -> None:
    session = make_session(club, day_within())
    make_booking(session, member, status="came")
    rows = [
        MARKS,
        ["Мастерская", day_within(), "Клёнова Вера0", "н"],
        ["Мастерская", day_within(), "Клёнова Вера0", "+"],
    ]
    assert codes(seen("attendance", rows, leader)) == ["other_mark", "known"]


def test_attendance_that_is_closed_is_mended_elsewhere(
    leader: User, club: Club, member: FamilyMember
) -> None:
    make_session(club, day_within(), status="held")
    assert codes(seen("attendance", [MARKS, ["Мастерская", day_within(), "Клёнова Вера0", "+"]], leader)) == [
        "already_held"
    ]
