"""Whatever is booked, cancelled and marked in whatever order: two services a week at most."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal import clock
from portal.clubs import bookings
from portal.clubs.models import Booking
from portal.db import db, technical
from portal.rules import RuleBroken
from tests.factories import make_club, make_recipient, make_session, make_user

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["book", "cancel", "came", "excused", "absent"]), st.integers(0, 3), st.integers(0, 1)
    ),
    max_size=14,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_steps_gives_a_third_service(app, steps):
    if not hasattr(app, "scene"):
        leader = make_user("pedagogue")
        clubs = [make_club(leader, name=str(n)) for n in range(2)]
        sessions = [make_session(clubs[n // 2], clock.today(), n % 2 + 1).id for n in range(4)]
        app.scene = leader.id, sessions, [make_recipient(*clubs).id for _ in range(2)]
    leader_id, sessions, members = app.scene
    db.session.rollback()
    with technical() as s:
        s.execute(delete(Booking))
    holds: dict[tuple[int, int], str] = {}
    for verb, at, who in steps:
        key = sessions[at], members[who]
        before = holds.get(key, "")
        expected = _expected(holds, verb, key)
        try:
            _do(verb, key, leader_id)
            assert expected is not None, f"{verb} after {before!r} should be refused"
            holds[key] = expected
        except RuleBroken as broken:
            assert expected is None, f"{verb} after {before!r} was refused: {broken.code}"
        _check(holds)


def _expected(holds, verb, key):
    """The state after the step, or None when it must be refused."""
    before = holds.get(key, "")
    full = sum(state in ("booked", "came") and other[1] == key[1] for other, state in holds.items()) >= 2
    if verb == "cancel":
        return "cancelled" if before not in ("", "cancelled") else None
    if verb == "book":
        return "booked" if before in ("", "cancelled") and not full else None
    if verb == "came":
        return "came" if before in ("booked", "came") or not full else None
    return verb if before not in ("", "cancelled") else None


def _do(verb, key, leader_id):
    if verb == "book":
        bookings.book_one(*key, leader_id)
    elif verb == "cancel":
        query = select(Booking.id).where(Booking.session_id == key[0], Booking.member_id == key[1])
        booking_id = db.session.scalar(query)
        if booking_id is None:
            raise RuleBroken("no_booking", "")
        bookings.cancel_booking(booking_id, leader_id)
    else:
        bookings.mark_one(*key, verb, leader_id)


def _check(holds):
    rows = db.session.execute(
        select(Booking.session_id, Booking.member_id, Booking.status, Booking.slot)
    ).all()
    assert {(row[0], row[1]): row[2] for row in rows} == holds
    held = [(row.member_id, row.slot) for row in rows if row.slot is not None]
    assert len(held) == len(set(held))
    assert all(number <= 2 for number in Counter(member for member, _ in held).values())
    assert all((row.status in ("booked", "came")) == (row.slot is not None) for row in rows)
