"""Bookings and attendance: two services a week a recipient over all clubs."""

from contextlib import contextmanager
from datetime import time, timedelta

import pytest
from sqlalchemy import event, select

from portal import clock
from portal.clubs import actions, bookings, planning
from portal.clubs.models import Booking, ClubSession
from portal.db import db
from portal.rules.weekly_limit import week_of
from tests.factories import make_club, make_recipient, make_session
from tests.refusals import refuses


def next_monday():
    return week_of(clock.today()) + timedelta(days=7)


def state(session, member):
    query = select(Booking.status, Booking.slot)
    row = db.session.execute(query.where(Booking.session_id == session.id, Booking.member_id == member.id))
    return tuple(row.one())


@pytest.fixture
def clubs(leader):
    return make_club(leader), make_club(leader, name="Компас")


@pytest.fixture
def week(clubs):
    """Three sessions of the coming week, of two clubs."""
    monday = next_monday()
    return [
        make_session(clubs[0], monday, 1),
        make_session(clubs[1], monday + timedelta(days=1), 1),
        make_session(clubs[0], monday + timedelta(days=4), 2),
    ]


def test_a_third_service_a_week_is_refused_over_two_clubs_with_the_nearest_week(clubs, week, leader):
    member = make_recipient(*clubs)
    for session in week[:2]:
        bookings.book_one(session.id, member.id, leader.id)
    with refuses("weekly_limit") as broken:
        bookings.book_one(week[2].id, member.id, leader.id)
    assert broken.value.params["next_week"] == next_monday() + timedelta(days=7)
    bookings.book_one(make_session(clubs[0], next_monday() + timedelta(days=7)).id, member.id, leader.id)


def test_the_nearest_week_has_a_place_indeed(clubs, week, leader):
    member = make_recipient(*clubs)
    for session in week[:2]:
        bookings.book_one(session.id, member.id, leader.id)
    for day in (7, 8):
        later = make_session(clubs[day % 2], next_monday() + timedelta(days=day))
        bookings.book_one(later.id, member.id, leader.id)
    with refuses("weekly_limit") as broken:
        bookings.book_one(week[2].id, member.id, leader.id)
    assert broken.value.params["next_week"] == next_monday() + timedelta(days=14)


def test_booking_many_books_the_others_and_names_the_refused(clubs, week, leader):
    full, free = make_recipient(*clubs), make_recipient(*clubs)
    for session in week[:2]:
        bookings.book_one(session.id, full.id, leader.id)
    outcome = bookings.book(week[2].id, [full.id, free.id, free.id], leader.id)
    assert outcome.done == [free.id]
    assert {member: broken.code for member, broken in outcome.refused.items()} == {full.id: "weekly_limit"}


def test_a_cancelled_booking_frees_its_place_and_lives_again(clubs, week, leader):
    member = make_recipient(*clubs)
    for session in week[:2]:
        bookings.book_one(session.id, member.id, leader.id)
    first = db.session.scalars(select(Booking.id).where(Booking.session_id == week[0].id)).one()
    bookings.cancel_booking(first, leader.id)
    bookings.book_one(week[2].id, member.id, leader.id)
    assert state(week[2], member) == ("booked", 1)
    with refuses("weekly_limit"):
        bookings.book_one(week[0].id, member.id, leader.id)
    bookings.cancel_booking(
        db.session.scalars(select(Booking.id).where(Booking.session_id == week[1].id)).one(), leader.id
    )
    bookings.book_one(week[0].id, member.id, leader.id)
    assert state(week[0], member) == ("booked", 2)
    assert len(db.session.scalars(select(Booking)).all()) == 3


def test_nobody_is_booked_twice(clubs, week, leader):
    member = make_recipient(*clubs)
    bookings.book_one(week[0].id, member.id, leader.id)
    with refuses("already_booked"):
        bookings.book_one(week[0].id, member.id, leader.id)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("suspended", "recipient_suspended"),
        ("removed", "recipient_not_enrolled"),
        ("submitted", "recipient_not_enrolled"),
    ],
)
def test_only_families_on_patronage_get_places(clubs, week, leader, status, code):
    with refuses(code):
        bookings.book_one(week[0].id, make_recipient(*clubs, status=status).id, leader.id)


def test_only_participants_are_booked(clubs, week, leader):
    with refuses("not_participant"):
        bookings.book_one(week[0].id, make_recipient().id, leader.id)
    with refuses("no_recipient"):
        bookings.book_one(week[0].id, 2**40, leader.id)


def test_a_closed_club_takes_nobody_and_books_nobody(clubs, leader):
    member, today = make_recipient(clubs[0]), make_session(clubs[0], clock.today())
    actions.close_club(clubs[0].id, clock.today(), leader.id)
    with refuses("not_participant"):
        bookings.book_one(today.id, member.id, leader.id)
    with refuses("club_closed"):
        actions.join_club(clubs[0].id, make_recipient().id, leader.id)
    with refuses("club_closed"):
        planning.plan_session(
            clubs[0].id, leader.id, day=clock.today() + timedelta(1), starts_at=time(12), minutes=60
        )
    with refuses("club_closed"):
        planning.change_session(today.id, leader.id, day=next_monday(), starts_at=time(12))


def test_attendance_waits_for_the_day(clubs, week, leader):
    member = make_recipient(*clubs)
    with refuses("too_early"):
        bookings.mark_attendance(week[0].id, {member.id: "came"}, leader.id)


def test_excused_and_absent_give_the_place_back_and_came_takes_it_again(clubs, leader):
    today = clock.today()
    session, second, third = (make_session(clubs[n % 2], today, n // 2 + 1) for n in range(3))
    member = make_recipient(*clubs)
    bookings.book_one(session.id, member.id, leader.id)
    for mark, slot in (("absent", None), ("came", 1), ("excused", None)):
        assert not bookings.mark_attendance(session.id, {member.id: mark}, leader.id).refused
        assert state(session, member) == (mark, slot)
    bookings.book_one(second.id, member.id, leader.id)
    bookings.book_one(third.id, member.id, leader.id)
    outcome = bookings.mark_attendance(session.id, {member.id: "came"}, leader.id)
    assert outcome.refused[member.id].code == "weekly_limit"
    assert state(session, member) == ("excused", None)


def test_who_came_unbooked_is_booked_by_it(clubs, leader):
    session, member = make_session(clubs[0], clock.today()), make_recipient(clubs[0])
    outcome = bookings.mark_attendance(session.id, {member.id: "absent"}, leader.id)
    assert outcome.refused[member.id].code == "not_booked"
    bookings.mark_attendance(session.id, {member.id: "came"}, leader.id)
    assert state(session, member) == ("came", 1)


def test_all_are_marked_in_one_transaction_and_each_refusal_is_told(clubs, leader):
    today = clock.today()
    session, second, third = (make_session(clubs[n % 2], today, n // 2 + 1) for n in range(3))
    busy, left, one, other = (make_recipient(*clubs) for _ in range(4))
    for member in (busy, left, one, other):
        bookings.book_one(session.id, member.id, leader.id)
    bookings.mark_attendance(session.id, {busy.id: "absent"}, leader.id)
    bookings.book_one(second.id, busy.id, leader.id)
    bookings.book_one(third.id, busy.id, leader.id)
    bookings.cancel_booking(
        db.session.scalar(select(Booking.id).where(Booking.member_id == left.id)), leader.id
    )
    with transactions() as done:
        outcome = bookings.mark_attendance(
            session.id, {busy.id: "came", left.id: "absent", one.id: "came", other.id: "excused"}, leader.id
        )
    assert done == [1]
    assert outcome.done == [one.id, other.id]
    assert {one: broken.code for one, broken in outcome.refused.items()} == {
        busy.id: "weekly_limit",
        left.id: "not_booked",
    }
    assert state(session, one) == ("came", 1)
    assert state(session, other) == ("excused", None)


def test_when_all_are_refused_nothing_is_written(clubs, leader):
    session, member = make_session(clubs[0], clock.today()), make_recipient(status="suspended")
    with transactions() as done:
        outcome = bookings.mark_attendance(session.id, {member.id: "came"}, leader.id)
    assert outcome.refused[member.id].code == "recipient_suspended"
    assert done == [0]


@contextmanager
def transactions():
    """How many transactions were committed meanwhile, as the only number of a list."""
    done = [0]

    def count(_session):
        done[0] += 1

    event.listen(db.session(), "after_commit", count)
    try:
        yield done
    finally:
        event.remove(db.session(), "after_commit", count)


def test_a_session_is_held_when_all_are_marked_and_somebody_came(clubs, leader):
    session = make_session(clubs[0], clock.today())
    first, second = make_recipient(clubs[0], surname="Орлова"), make_recipient(clubs[0])
    bookings.book(session.id, [first.id, second.id], leader.id)
    bookings.mark_attendance(session.id, {second.id: "absent"}, leader.id)
    with refuses("unmarked") as broken:
        bookings.close_attendance(session.id, leader.id)
    assert broken.value.params["names"] == "Орлова В."
    bookings.mark_attendance(session.id, {first.id: "absent"}, leader.id)
    with refuses("nobody_came"):
        bookings.close_attendance(session.id, leader.id)
    bookings.mark_attendance(session.id, {first.id: "came"}, leader.id)
    bookings.close_attendance(session.id, leader.id)
    assert db.session.get(ClubSession, session.id).status == "held"
    bookings.mark_attendance(session.id, {second.id: "came"}, leader.id)  # a slip is mended
    with refuses("session_over"):
        bookings.book_one(session.id, make_recipient(clubs[0]).id, leader.id)
