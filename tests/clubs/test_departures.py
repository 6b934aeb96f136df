"""A family whose patronage stops gives its places in clubs back; whoever waited gets them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit, clock
from portal.audit import Event
from portal.check import broken_rules
from portal.clubs import actions, stays
from portal.clubs.models import Booking, Club, ClubParticipant
from portal.db import atomic, db, technical
from portal.families import consents
from portal.families.actions import change_family, version
from portal.families.models import Consent, Family, FamilyMember
from portal.families.values import FamilyValues, MemberValues
from portal.patronage.execution import enroll_family, remove_family
from portal.patronage.models import Patronage
from tests.factories import make_booking, make_family, make_recipient, make_session


@pytest.fixture
def child(club):
    return make_recipient(club)


def book(club, child, slot=1, days=1):
    return make_booking(make_session(club, clock.today() + timedelta(days), slot), child, slot)


def status(booking):
    db.session.rollback()
    row = db.session.get_one(Booking, booking.id)
    return row.status, row.slot


def withdraw(child, leader):
    db.session.rollback()
    given = select(Consent.id).where(Consent.family_id == child.family_id, Consent.withdrawn_on.is_(None))
    for consent_id in db.session.scalars(given).all():
        consents.withdraw_consent(consent_id, clock.today(), "сами справимся", leader.id)


def remove(child, leader):
    with atomic() as s:
        row = s.scalars(select(Patronage).where(Patronage.family_id == child.family_id)).one()
        remove_family(s, row, clock.today(), reason="aims_reached", actor_id=leader.id)
        audit.record(s, Event.SETTINGS_CHANGED, leader.id, row)


def going(club):
    db.session.rollback()
    query = select(ClubParticipant.member_id).where(ClubParticipant.left_on.is_(None))
    return set(db.session.scalars(query.where(ClubParticipant.club_id == club.id)))


def test_a_withdrawn_consent_gives_the_places_back_and_leaves_the_club_open(club, child, leader):
    booking = book(club, child)
    withdraw(child, leader)
    assert status(booking) == ("cancelled", None)
    assert going(club) == {child.id}
    assert not {"R13", "R14"} & {fault["rule"] for fault in broken_rules()}


def test_what_was_is_not_touched(club, child, leader):
    booking = book(club, child, days=-1)
    withdraw(child, leader)
    assert status(booking) == ("booked", 1)


def test_a_removed_family_goes_to_no_club_and_the_first_in_line_moves_up(club, child, leader):
    booking = book(club, child)
    with technical() as s:
        s.get_one(Club, club.id).capacity = 1
    next_one, other = make_recipient(surname="Зимина"), make_recipient(surname="Орлова")
    for one in (next_one, other):
        assert not actions.join_club(club.id, one.id, leader.id)
    remove(child, leader)
    assert status(booking) == ("cancelled", None)
    assert going(club) == {next_one.id}


def test_whoever_waited_and_is_removed_waits_no_more(club, child, leader):
    with technical() as s:
        s.get_one(Club, club.id).capacity = 1
    waiting = make_recipient(surname="Зимина")
    actions.join_club(club.id, waiting.id, leader.id)
    remove(waiting, leader)
    actions.leave_club(club.id, child.id, leader.id)
    assert going(club) == set()


def test_a_family_with_a_child_in_care_stays(club, child, leader):
    booking = book(club, child)
    stays.record_stay(child.family_id, child.id, clock.today(), None, leader.id)
    remove(child, leader)
    assert status(booking) == ("booked", 1)
    assert going(club) == {child.id}


def in_inpatient_care_only(club, leader):
    """A child without patronage, in inpatient care from today on, who goes to the club."""
    family = make_family("Ясная")
    child = family.members[1]
    stay_id = stays.record_stay(family.id, child.id, clock.today(), None, leader.id)
    actions.join_club(club.id, child.id, leader.id)
    return child, stay_id


def test_when_inpatient_care_ends_the_places_after_it_are_given_back(club, leader):
    child, stay_id = in_inpatient_care_only(club, leader)
    on_the_day, after = book(club, child), book(club, child, slot=2, days=2)
    stays.end_stay(stay_id, clock.today() + timedelta(1), leader.id)
    assert status(on_the_day)[0] == "booked"
    assert status(after) == ("cancelled", None)
    assert audit.verify()[1] is None


def test_the_end_of_inpatient_care_takes_nothing_from_a_family_on_patronage(club, child, leader):
    stay_id = stays.record_stay(child.family_id, child.id, clock.today(), None, leader.id)
    booking = book(club, child)
    stays.end_stay(stay_id, clock.today(), leader.id)
    assert status(booking) == ("booked", 1)


def test_a_person_who_has_left_the_family_goes_to_no_club(club, child, leader):
    brother = make_recipient(club)
    with technical() as s:
        s.get_one(Club, club.id).capacity = 2
        s.get_one(FamilyMember, brother.id).family_id = child.family_id
    waits = make_recipient(surname="Зимина")
    actions.join_club(club.id, waits.id, leader.id)
    gone, kept = book(club, child), book(club, brother, slot=2)
    db.session.rollback()
    family = db.session.get_one(Family, child.family_id)
    people = [
        MemberValues(
            *(one.kind, one.name, one.relation, one.birth_date, one.birth_year, one.phone),
            left_on=clock.today() if one.id == child.id else None,
            id=one.id,
        )
        for one in family.members
    ]
    change_family(family.id, FamilyValues(tuple(people)), leader.id, version(family))
    assert status(gone) == ("cancelled", None)
    assert status(kept)[0] == "booked"
    assert going(club) == {brother.id, waits.id}
    assert audit.verify()[1] is None


@pytest.fixture
def waiting(club, child, leader):
    """Somebody who waits for the full club, and then can't be served when the place gets free."""
    with technical() as s:
        s.get_one(Club, club.id).capacity = 1
    one = make_recipient(surname="Зимина")
    actions.join_club(club.id, one.id, leader.id)
    return one


def leave_the_place(club, child, leader):
    actions.leave_club(club.id, child.id, leader.id)
    assert going(club) == set()


def test_who_waits_moves_up_when_the_consent_is_given_again(club, child, leader, waiting):
    session = make_session(club, clock.today() + timedelta(1))
    withdraw(waiting, leader)
    leave_the_place(club, child, leader)
    parent = select(FamilyMember.id).where(FamilyMember.family_id == waiting.family_id)
    parent_id = db.session.scalar(parent.where(FamilyMember.kind == "representative"))
    consents.record_consent(waiting.family_id, leader.id, parent_id, clock.today(), [waiting.id])
    assert going(club) == {waiting.id}
    booked = select(Booking.status, Booking.slot).where(Booking.session_id == session.id)
    assert tuple(db.session.execute(booked).one()) == ("booked", 1)
    assert not {"R13", "R14"} & {fault["rule"] for fault in broken_rules()}


def test_who_waits_moves_up_when_a_stay_is_recorded_and_when_it_lasts_longer(club, child, leader, waiting):
    stay_id = stays.record_stay(
        waiting.family_id, waiting.id, clock.today() - timedelta(9), clock.today() - timedelta(2), leader.id
    )
    withdraw(waiting, leader)
    leave_the_place(club, child, leader)
    stays.end_stay(stay_id, clock.today() + timedelta(2), leader.id)
    assert going(club) == {waiting.id}


def test_who_waits_moves_up_when_a_stay_begins(club, child, leader, waiting):
    withdraw(waiting, leader)
    leave_the_place(club, child, leader)
    stays.record_stay(waiting.family_id, waiting.id, clock.today(), None, leader.id)
    assert going(club) == {waiting.id}


def test_who_waits_moves_up_when_the_family_is_enrolled(club, child, leader, waiting):
    with technical() as s:
        row = s.scalars(select(Patronage).where(Patronage.family_id == waiting.family_id)).one()
        row.status = "submitted"
    leave_the_place(club, child, leader)
    with atomic() as s:
        row = s.scalars(select(Patronage).where(Patronage.family_id == waiting.family_id)).one()
        plan = {"regime": "planned", "term": "long", "ends_on": None, "lead_id": leader.id, "involved": ()}
        enroll_family(s, row, clock.today(), **plan, actor_id=leader.id)
        audit.record(s, Event.SETTINGS_CHANGED, leader.id, row)
    assert going(club) == {waiting.id}
