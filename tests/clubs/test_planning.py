"""Sessions: two a week a club, hours, rooms, leaders; moving and cancelling."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import audit, clock
from portal.clubs import actions, bookings, planning, stays
from portal.clubs.models import Booking, ClubParticipant, ClubSession
from portal.db import db, technical
from portal.rules.weekly_limit import week_of
from tests.factories import make_club, make_family, make_recipient, make_session, make_user
from tests.refusals import refuses


def next_monday() -> date:
    return week_of(clock.today()) + timedelta(days=7)


def plan(club, day, hour=10, leader=None, **fields):
    values = {"starts_at": time(hour), "minutes": 60, "topic": "Дружба", "goal": "Знакомство"} | fields
    return planning.plan_session(club.id, leader or club.leader_id, day=day, **values)


def test_a_third_session_a_week_is_refused_with_the_nearest_week(club):
    monday = next_monday()
    plan(club, monday)
    plan(club, monday + timedelta(days=6))
    plan(club, monday + timedelta(days=7))
    plan(club, monday + timedelta(days=8))
    with refuses("club_weekly_limit") as broken:
        plan(club, monday + timedelta(days=3))
    assert broken.value.params["next_week"] == monday + timedelta(days=14)
    weeks = db.session.scalars(select(ClubSession.week).order_by(ClubSession.day)).all()
    assert weeks == [monday, monday, monday + timedelta(days=7), monday + timedelta(days=7)]


def test_a_week_runs_over_the_end_of_the_year(club, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 28, 9, tzinfo=UTC))
    plan(club, date(2026, 12, 31))
    plan(club, date(2027, 1, 3))
    with refuses("club_weekly_limit") as broken:
        plan(club, date(2027, 1, 1))
    assert broken.value.params["next_week"] == date(2027, 1, 4)
    plan(club, date(2027, 1, 4))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"day": -1}, "past_day"),
        ({"day": 500}, "far_day"),
        ({"hour": 6}, "bad_hours"),
        ({"hour": 20, "minutes": 90}, "bad_hours"),
        ({"minutes": 14}, "bad_length"),
        ({"minutes": 241}, "bad_length"),
    ],
)
def test_impossible_times_are_refused(club, changes, code):
    day = clock.today() + timedelta(days=changes.get("day", 1))
    changes = {name: value for name, value in changes.items() if name != "day"}
    with refuses(code):
        plan(club, day, **changes)
    assert not db.session.scalars(select(ClubSession)).all()


def test_a_room_taken_at_that_time_is_told_by_the_club_that_has_it(club):
    other = make_club(make_user("pedagogue"), name="Компас")
    day = next_monday()
    plan(other, day, hour=10, room="Каб. 4")
    with refuses("room_taken") as broken:
        plan(club, day, hour=10, room="каб. 4")
    assert broken.value.params["club"] == "Компас"
    assert (broken.value.params["start"], broken.value.params["end"]) == ("10:00", "11:00")
    plan(club, day, hour=11, room="каб. 4")
    plan(club, day, hour=13, room="")


def test_a_leader_is_at_one_place_at_a_time(club, leader):
    second = make_club(leader, name="Второй")
    day = next_monday()
    plan(club, day, hour=10)
    with refuses("leader_busy"):
        plan(second, day, hour=10, minutes=15)
    cancelled = plan(second, day, hour=14)
    planning.cancel_session(cancelled, "болезнь", leader.id)
    plan(club, day, hour=14)


def test_an_official_day_off_is_no_day_of_a_session(club, leader, holidays, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 21, 9, tzinfo=UTC))
    with refuses("day_off"):
        plan(club, date(2026, 12, 31))
    session_id = plan(club, date(2026, 12, 26))  # a Saturday
    with refuses("day_off"):
        move(session_id, date(2027, 1, 7), leader)


def move(session_id, day, leader, hour=10):
    return planning.change_session(session_id, leader.id, day=day, starts_at=time(hour))


def test_moving_to_another_week_takes_the_slots_there(club, leader):
    monday = next_monday()
    member = make_recipient(club)
    session_id = plan(club, monday)
    bookings.book_one(session_id, member.id, leader.id)
    planning.change_session(
        session_id,
        leader.id,
        day=monday + timedelta(days=9),
        starts_at=time(10),
        minutes=60,
        topic="Т",
        goal="Ц",
    )
    booking = db.session.scalars(select(Booking)).one()
    assert (booking.week, booking.slot) == (monday + timedelta(days=7), 1)
    plan(club, monday)
    plan(club, monday + timedelta(days=1))  # the first week is free again


def test_moving_is_refused_with_the_names_of_those_without_a_place(club, leader):
    monday = next_monday()
    other = make_club(make_user("pedagogue"), name="Компас")
    member, free = make_recipient(club, other, surname="Орлова"), make_recipient(club, surname="Белова")
    for day in (7, 8):
        bookings.book_one(plan(other, monday + timedelta(days=day)), member.id, leader.id)
    session_id = plan(club, monday, hour=12)
    bookings.book(session_id, [member.id, free.id], leader.id)
    with refuses("no_place") as broken:
        planning.change_session(
            session_id,
            leader.id,
            day=monday + timedelta(days=7),
            starts_at=time(12),
            minutes=60,
            topic="Т",
            goal="Ц",
        )
    assert broken.value.params["names"] == "Орлова В."
    assert broken.value.params["next_week"] == monday + timedelta(days=14)
    assert db.session.get(ClubSession, session_id).day == monday


def test_a_full_week_takes_no_session_moved_into_it(club, leader):
    monday = next_monday()
    plan(club, monday)
    plan(club, monday + timedelta(days=1))
    late = plan(club, monday + timedelta(days=7))
    with refuses("club_weekly_limit"):
        planning.change_session(
            late, leader.id, day=monday + timedelta(days=2), starts_at=time(10), minutes=60, topic="", goal=""
        )


def test_the_nearest_week_for_a_move_has_room_for_club_and_recipients_indeed(club, leader):
    monday, other = next_monday(), make_club(make_user("pedagogue"), name="Компас")
    member = make_recipient(club, other)
    for day in (7, 8, 14, 15):
        bookings.book_one(plan(other, monday + timedelta(days=day)), member.id, leader.id)
    plan(club, monday + timedelta(days=21))
    plan(club, monday + timedelta(days=22))
    session_id = plan(club, monday)
    bookings.book_one(session_id, member.id, leader.id)
    with refuses("no_place") as broken:
        move(session_id, monday + timedelta(days=9), leader)
    nearest = broken.value.params["next_week"]
    assert nearest == monday + timedelta(days=28)
    plan(club, monday + timedelta(days=9))
    plan(club, monday + timedelta(days=10))
    with refuses("club_weekly_limit") as broken:
        move(session_id, monday + timedelta(days=9), leader)
    assert broken.value.params["next_week"] == nearest
    move(session_id, nearest, leader)


def test_a_session_does_not_move_past_the_inpatient_care_of_who_is_booked(club, leader):
    monday, child = next_monday(), make_family("Ясная").members[1]
    stays.record_stay(child.family_id, child.id, clock.today(), monday, leader.id)
    actions.join_club(club.id, child.id, leader.id)
    other, session_id = make_recipient(club), plan(club, monday)
    bookings.book(session_id, [child.id, other.id], leader.id)
    with refuses("not_served") as broken:
        move(session_id, monday + timedelta(days=1), leader)
    assert broken.value.params["names"].startswith("Ясн") and "," not in broken.value.params["names"]
    move(session_id, monday, leader, hour=12)
    booking = select(Booking.id).where(Booking.member_id == child.id)
    bookings.cancel_booking(db.session.scalars(booking).one(), leader.id)
    move(session_id, monday + timedelta(days=1), leader)


def at_three(day):
    """A fixed moment of the day: three in the afternoon."""
    return clock.pretend(datetime(day.year, day.month, day.day, 15, tzinfo=clock.zone()))


def test_a_time_that_is_over_is_no_time_to_plan_and_one_that_has_begun_is(club, leader):
    today = date(2026, 9, 9)
    with at_three(today):
        with refuses("past_time"):
            plan(club, today, hour=14)
        running, later = plan(club, today, hour=14, minutes=61), plan(club, today, hour=18)
        with refuses("past_time"):
            move(later, today, leader, hour=10)
    with at_three(today + timedelta(days=1)):
        move(running, today, leader, hour=13)  # it was held an hour earlier than planned: that is mended
        with refuses("past_time"):
            move(later, today + timedelta(days=1), leader, hour=10)


def test_cancelling_frees_the_slot_and_the_bookings(club, leader):
    monday = next_monday()
    member = make_recipient(club)
    session_id = plan(club, monday)
    plan(club, monday + timedelta(days=1))
    bookings.book_one(session_id, member.id, leader.id)
    assert planning.cancel_session(session_id, "карантин", leader.id) == 1
    plan(club, monday + timedelta(days=2))
    row, booking = db.session.get(ClubSession, session_id), db.session.scalars(select(Booking)).one()
    assert (row.status, row.slot, row.cancel_reason) == ("cancelled", None, "карантин")
    assert (booking.status, booking.slot) == ("cancelled", None)
    with refuses("session_cancelled"):
        bookings.book_one(session_id, member.id, leader.id)


def test_a_held_session_neither_moves_nor_cancels(club, leader):
    row = make_session(club, clock.today(), status="held")
    with refuses("cancel_held"):
        planning.cancel_session(row.id, "нет", leader.id)
    with refuses("moved_held"):
        planning.change_session(
            row.id, leader.id, day=clock.today() + timedelta(days=1), starts_at=time(10), minutes=60
        )


def test_closing_a_club_cancels_what_was_planned(club, leader):
    member = make_recipient(club)
    session_id = plan(club, next_monday())
    bookings.book_one(session_id, member.id, leader.id)
    assert actions.close_club(club.id, clock.today(), leader.id) == 1
    assert db.session.get(ClubSession, session_id).status == "cancelled"
    assert db.session.scalars(select(Booking.slot)).all() == [None]
    assert db.session.scalars(select(ClubParticipant.left_on)).all() == [clock.today()]
    for action in (
        lambda: plan(club, next_monday()),
        lambda: actions.join_club(club.id, member.id, leader.id),
    ):
        with refuses("club_closed"):
            action()


def test_a_club_has_up_to_two_weekly_times_apart(leader):
    at_ten = (0, time(10), 60)
    for times, code in [
        ([at_ten, (1, time(10), 60), (2, time(10), 60)], "too_many_times"),
        ([at_ten, (0, time(10, 30), 60)], "times_meet"),
        ([(0, time(5), 60)], "bad_hours"),
    ]:
        with refuses(code):
            actions.create_club(leader.id, name="Клуб", leader_id=leader.id, times=times)
    actions.create_club(leader.id, name="Клуб", leader_id=leader.id, times=[at_ten, (0, time(11), 60)])


def test_a_club_is_led_by_who_may(leader):
    with refuses("bad_leader"):
        actions.create_club(leader.id, name="Клуб", leader_id=make_user("staff").id)


@pytest.mark.parametrize("slot", [0, 3, None])
def test_the_database_refuses_a_third_slot(club, slot):
    with pytest.raises(IntegrityError):
        make_session(club, next_monday(), slot=slot)


def test_every_change_is_in_the_audit_log(club, leader):
    session_id = plan(club, next_monday())
    planning.cancel_session(session_id, "болезнь", leader.id)
    events = db.session.scalars(select(audit.AuditEntry.event).order_by(audit.AuditEntry.id)).all()
    assert events[-2:] == ["session.planned", "session.cancelled"]
    assert audit.verify()[1] is None


def test_who_left_gives_the_coming_places_back(club, leader):
    member = make_recipient(club)
    bookings.book_one(plan(club, next_monday()), member.id, leader.id)
    assert actions.leave_club(club.id, member.id, leader.id) == 1
    assert db.session.scalars(select(Booking.status)).all() == ["cancelled"]
    actions.join_club(club.id, member.id, leader.id)
    with refuses("already_participant"):
        actions.join_club(club.id, member.id, leader.id)


def test_participants_stay_unique_without_the_action(club):
    member = make_recipient(club)
    with pytest.raises(IntegrityError), technical() as s:
        s.add(ClubParticipant(club_id=club.id, member_id=member.id, joined_on=clock.today()))
