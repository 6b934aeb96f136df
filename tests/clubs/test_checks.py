"""`flask check` finds what was written past the actions of clubs."""

from datetime import timedelta

from portal import clock
from portal.clubs import checks
from portal.clubs.group_models import ClubWaiting, InpatientStay, PhotoConsent
from portal.clubs.models import Club, ClubSession
from portal.db import db, technical
from tests.factories import make_booking, make_recipient, make_session


def faults(walk):
    db.session.rollback()
    return [what.split(" ")[0] for _, what in walk()]


def write(*rows):
    with technical() as s:
        s.add_all(rows)


def test_nothing_is_found_where_all_is_well(club, leader):
    make_booking(make_session(club, clock.today()), make_recipient(club))
    assert [fault for walk in checks.WALKS for fault in walk()] == []


def test_who_goes_and_waits_and_whoever_is_left_in_a_closed_club(club, leader):
    member = make_recipient(club)
    waits = ClubWaiting(club_id=club.id, member_id=member.id, since=clock.now(), added_by_id=leader.id)
    write(waits)
    assert faults(checks.groups) == ["recipient"]
    with technical() as s:
        s.get_one(Club, club.id).closed_on = clock.today()
    assert faults(checks.groups) == ["recipient", "somebody", "somebody"]


def test_places_at_cancelled_sessions_and_in_other_weeks(club):
    cancelled, moved = make_session(club, clock.today()), make_session(club, clock.today(), slot=2)
    for session in (cancelled, moved):
        make_booking(session, make_recipient(club))
    with technical() as s:  # the session alone, and not its places
        row = s.get_one(ClubSession, cancelled.id)
        row.status, row.slot = "cancelled", None
        row = s.get_one(ClubSession, moved.id)
        row.day, row.week = row.day + timedelta(7), row.week + timedelta(7)
    assert faults(checks.places) == ["booking", "booking"]


def test_consents_of_strangers_and_stays_that_meet(club, leader):
    today, child, stranger = clock.today(), make_recipient(club), make_recipient()
    by = {"recorded_by_id": leader.id, "recorded_at": clock.now()}
    write(PhotoConsent(member_id=child.id, given_by_id=stranger.id, given_on=today, **by))
    assert faults(checks.photos) == ["photo"]
    write(
        InpatientStay(member_id=child.id, starts_on=today - timedelta(9), ends_on=today, **by),
        InpatientStay(member_id=child.id, starts_on=today, ends_on=None, **by),
    )
    assert faults(checks.stays) == ["stays"]
