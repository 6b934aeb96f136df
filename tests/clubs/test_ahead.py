"""A participant who joined after the sessions were planned is booked into all of them at once."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import audit, clock
from portal.audit import AuditEntry
from portal.clubs import actions, ahead
from portal.db import db
from portal.rules.weekly_limit import week_of
from tests.client import Client
from tests.clubs.test_groups import booked
from tests.counting import counted
from tests.factories import make_booking, make_club, make_recipient, make_session
from tests.refusals import refuses


@pytest.fixture
def monday(app):
    return week_of(clock.today()) + timedelta(7)


@pytest.fixture
def child(club):
    return make_recipient(club, surname="Лебедева")


def test_all_coming_sessions_that_the_week_has_room_for(club, leader, child, monday):
    first, full, third = (make_session(club, monday + timedelta(7 * n)) for n in range(3))
    other = make_club(leader, name="Шахматы")
    for slot in (1, 2):
        make_booking(make_session(other, monday + timedelta(7 + slot), slot), child, slot)
    away = booked(child)
    assert ahead.missing(club.id, [child.id]) == {child.id: 2}
    assert ahead.book(club.id, child.id, leader.id) == 2
    assert booked(child) == away | {first.id, third.id} and full.id not in booked(child)
    data = db.session.scalars(
        select(AuditEntry.data).where(AuditEntry.event == "club.participant_booked")
    ).one()
    assert json.loads(data)["new"]["booked_in"] == [first.id, third.id] and audit.verify()[1] is None
    assert ahead.missing(club.id, [child.id]) == {child.id: 0}
    with refuses("nothing_to_book"):
        ahead.book(club.id, child.id, leader.id)


def test_two_sessions_of_a_week_and_one_place_left_count_as_one(club, leader, child, monday):
    make_booking(make_session(make_club(leader, name="Шахматы"), monday), child)
    for slot in (1, 2):
        make_session(club, monday + timedelta(slot), slot)
    assert ahead.missing(club.id, [child.id]) == {child.id: 1}
    assert ahead.book(club.id, child.id, leader.id) == 1


def test_only_a_participant_of_an_open_club_who_may_be_served(club, leader, child, monday):
    make_session(club, monday)
    with refuses("not_participant"):
        ahead.book(club.id, make_recipient().id, leader.id)
    with refuses("no_recipient"):
        ahead.book(club.id, 0, leader.id)
    actions.close_club(club.id, clock.today(), leader.id)
    with refuses("club_closed"):
        ahead.book(club.id, child.id, leader.id)
    assert not booked(child)


def test_taken_off_by_a_slip_is_two_touches_from_being_back(app, club, leader, child, monday):
    days = {make_session(club, monday + timedelta(7 * n)).id for n in range(4)}
    visitor, here = Client(app, leader), f"/clubs/{club.id}/participants"
    ahead.book(club.id, child.id, leader.id)
    assert "Записать на" not in visitor.get(here).text
    visitor.post(here, remove=str(child.id))
    visitor.post(here, add=str(child.id))
    assert not booked(child)
    assert "Записать на 4 ближайших занятия" in visitor.get(here).text
    visitor.post(here, ahead=str(child.id))
    assert "Сделаны 4 записи на занятия." in visitor.get(here).text
    assert booked(child) == days


def test_a_full_week_of_who_goes_is_no_alarm(app, club, leader, child, monday):
    for slot in (1, 2):
        make_booking(make_session(club, week_of(clock.today()) + timedelta(slot), slot), child, slot)
    page = Client(app, leader).get(f"/clubs/{club.id}/participants").text
    assert "обе услуги недели записаны" in page and "нет мест на этой неделе" not in page


def test_the_page_asks_no_more_for_twelve_than_for_one(app, club, leader, child, monday):
    for day in (0, 7):
        make_session(club, monday + timedelta(day))
    visitor, here = Client(app, leader), f"/clubs/{club.id}/participants"
    asked = []
    for more in (1, 11):
        for _ in range(more):
            make_recipient(club)
        with counted() as statements:
            visitor.get(here)
        asked.append(len(statements))
    assert asked[1] <= asked[0]
