"""Groups: who may be served, capacity, the waiting list that moves up, inpatient stays."""

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from portal import audit, clock
from portal.clubs import actions, bookings, group, stays, waiting
from portal.clubs.group_models import ClubWaiting, InpatientStay
from portal.clubs.models import Booking, Club, ClubParticipant
from portal.db import db, technical
from portal.patronage.models import Patronage
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.factories import make_club, make_family, make_patronage, make_recipient, make_session
from tests.refusals import refuses


@pytest.fixture
def club(leader):
    row = make_club(leader)
    resize(row, 2)
    return row


def resize(club, capacity):
    with technical() as s:
        s.get_one(Club, club.id).capacity = capacity


def going(club):
    db.session.rollback()
    query = select(ClubParticipant.member_id).where(
        ClubParticipant.club_id == club.id, ClubParticipant.left_on.is_(None)
    )
    return set(db.session.scalars(query))


def line(club):
    db.session.rollback()
    query = select(ClubWaiting.member_id).where(ClubWaiting.club_id == club.id)
    return list(db.session.scalars(query.order_by(ClubWaiting.id)))


def booked(member):
    db.session.rollback()
    query = select(Booking.session_id).where(Booking.member_id == member.id, Booking.status == "booked")
    return set(db.session.scalars(query))


def change(club, leader, **fields):
    actions.change_club(club.id, leader.id, times=[], name="Мастерская", **fields)


def test_a_full_club_puts_who_asks_on_the_waiting_list(club, leader):
    first, second, third = (make_recipient() for _ in range(3))
    answers = [actions.join_club(club.id, one.id, leader.id) for one in (first, second, third)]
    assert answers == [True, True, False]
    assert (going(club), line(club)) == ({first.id, second.id}, [third.id])
    with refuses("already_waiting"):
        actions.join_club(club.id, third.id, leader.id)
    with refuses("already_participant"):
        actions.join_club(club.id, first.id, leader.id)


def test_the_first_in_line_moves_up_and_is_booked_where_the_weeks_have_room(club, leader):
    monday = week_of(clock.today()) + timedelta(7)
    other = make_club(leader, name="Компас")
    sessions = [make_session(club, monday + timedelta(7 * n)) for n in range(2)]
    gone, waits = make_recipient(club), make_recipient(other)
    make_recipient(club)
    for slot in (1, 2):
        bookings.book_one(make_session(other, monday + timedelta(slot), slot).id, waits.id, leader.id)
    elsewhere = booked(waits)
    actions.join_club(club.id, waits.id, leader.id)
    actions.leave_club(club.id, gone.id, leader.id)
    assert waits.id in going(club) and line(club) == []
    assert booked(waits) - elsewhere == {sessions[1].id}
    assert audit.verify()[1] is None


def test_who_may_not_be_served_any_more_is_passed_over_and_stays_in_line(club, leader):
    gone, _stays = make_recipient(club), make_recipient(club)
    off, on = make_recipient(), make_recipient()
    for one in (off, on):
        actions.join_club(club.id, one.id, leader.id)
    with technical() as s:
        s.query(Patronage).filter_by(family_id=off.family_id).update({"status": "suspended"})
    actions.leave_club(club.id, gone.id, leader.id)
    assert on.id in going(club) and line(club) == [off.id]


def test_a_larger_group_takes_those_who_wait_in_their_order(club, leader):
    make_recipient(club), make_recipient(club)
    waits = [make_recipient() for _ in range(3)]
    for one in waits:
        actions.join_club(club.id, one.id, leader.id)
    change(club, leader, capacity=4)
    assert {one.id for one in waits[:2]} <= going(club)
    assert line(club) == [waits[2].id]


def test_a_smaller_group_throws_nobody_out_and_takes_nobody_in(club, leader):
    first, second = make_recipient(club), make_recipient(club)
    change(club, leader, capacity=1)
    assert going(club) == {first.id, second.id}
    waits = make_recipient()
    actions.join_club(club.id, waits.id, leader.id)
    actions.leave_club(club.id, first.id, leader.id)
    assert line(club) == [waits.id]
    actions.leave_club(club.id, second.id, leader.id)
    assert going(club) == {waits.id}


def test_who_gives_up_waits_no_more(club, leader):
    make_recipient(club), make_recipient(club)
    waits = make_recipient()
    actions.join_club(club.id, waits.id, leader.id)
    waiting.give_up(club.id, waits.id, leader.id)
    assert line(club) == []
    with refuses("not_waiting"):
        waiting.give_up(club.id, waits.id, leader.id)


def test_a_closed_club_has_no_line(club, leader):
    make_recipient(club), make_recipient(club)
    actions.join_club(club.id, make_recipient().id, leader.id)
    actions.close_club(club.id, clock.today(), leader.id)
    assert line(club) == []


def test_other_weekly_times_are_to_be_told_anew(club, leader):
    change(club, leader, room="каб. 1")
    db.session.rollback()
    assert db.session.get_one(Club, club.id).changed_at is None
    actions.change_club(club.id, leader.id, times=[(1, time(10), 60)])
    assert db.session.get_one(Club, club.id).changed_at is not None


def test_inpatient_care_of_a_child_lets_the_whole_family_come_on_its_days(club, leader):
    today = clock.today()
    family = make_family(children=2)
    child, parent = family.members[1], family.members[0]
    with refuses("recipient_not_enrolled"):
        actions.join_club(club.id, parent.id, leader.id)
    stay_id = stays.record_stay(family.id, child.id, today, today + timedelta(3), leader.id)
    for one in (child, parent):
        assert actions.join_club(club.id, one.id, leader.id)
    within, after = (make_session(club, today + timedelta(days)) for days in (3, 14))
    bookings.book_one(within.id, parent.id, leader.id)
    with refuses("recipient_not_enrolled"):
        bookings.book_one(after.id, parent.id, leader.id)
    stays.end_stay(stay_id, today + timedelta(20), leader.id)
    bookings.book_one(after.id, parent.id, leader.id)


def test_stays_of_one_child_do_not_meet(leader):
    today, family = clock.today(), make_family()
    child, parent = family.members[1], family.members[0]
    with refuses("not_a_minor"):
        stays.record_stay(family.id, parent.id, today, None, leader.id)
    with refuses("not_a_minor"):
        stays.record_stay(make_family().id, child.id, today, None, leader.id)
    stay_id = stays.record_stay(family.id, child.id, today, None, leader.id)
    with refuses("stay_meets"):
        stays.record_stay(family.id, child.id, today + timedelta(30), None, leader.id)
    with refuses("stay_order"):
        stays.end_stay(stay_id, today - timedelta(1), leader.id)
    stays.end_stay(stay_id, today, leader.id)
    stays.record_stay(family.id, child.id, today + timedelta(1), None, leader.id)
    assert len(db.session.scalars(select(InpatientStay)).all()) == 2


def test_the_page_of_the_group_notes_who_was_told_and_shows_the_week(app, club, leader):
    visitor, first, second = Client(app, leader), make_recipient(club), make_recipient(club)
    bookings.book_one(make_session(club, clock.today() + timedelta(0)).id, first.id, leader.id)
    url = f"/clubs/{club.id}/participants"
    visitor.get(url)
    assert "ещё не ознакомлен" in visitor.text and "на этой неделе осталось 1 место" in visitor.text
    visitor.post(url, told=str(first.id))
    visitor.post(url, told="all")
    with refuses("nobody_to_tell"):
        group.tell(club.id, None, leader.id)
    change(club, leader, about="-")
    with refuses("nobody_to_tell"):
        group.tell(club.id, second.id, leader.id)
    actions.change_club(club.id, leader.id, times=[(1, time(10), 60)])
    visitor.get(url)
    assert "ознакомить заново" in visitor.text
    assert group.tell(club.id, None, leader.id) == 2


def test_the_page_of_the_group_puts_on_the_waiting_list_and_takes_off(app, club, leader):
    visitor, url = Client(app, leader), f"/clubs/{club.id}/participants"
    make_recipient(club), make_recipient(club)
    waits = make_recipient(surname="Лебедева")
    visitor.post(url, add=str(waits.id))
    visitor.get(f"{url}?q=лебедева")
    assert "Лист ожидания: 1" in visitor.text and "ждёт места" in visitor.text
    visitor.post(url, unwait=str(waits.id))
    assert line(club) == []


def test_stays_are_recorded_on_the_family_s_page(app, leader):
    family = make_family()
    make_patronage(family, lead=leader)
    visitor, url = Client(app, leader), f"/families/{family.id}/stays/"
    visitor.get(f"/families/{family.id}")
    assert visitor.page.xpath(f"//a[@href='{url}']")
    today, child = clock.today().isoformat(), str(family.members[1].id)
    visitor.post(url, status=422, member_id=child, starts_on=today, ends_on="2020-01-01")
    assert visitor.page.xpath("//input[@name='ends_on']/@value") == ["2020-01-01"]
    visitor.post(url, member_id=child, starts_on=today)
    visitor.get(f"/families/{family.id}")
    assert "в стационаре" in visitor.text
    stay_id = db.session.scalars(select(InpatientStay.id)).one()
    visitor.get(f"{url}{stay_id}/end")
    visitor.post(f"{url}{stay_id}/end", ends_on=today)
    visitor.get(url)
    assert "Изменить последний день" in visitor.text
