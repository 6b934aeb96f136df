"""A period planned at once: days passed over and why, and the places of the whole group under the weekly rule."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from portal import audit, clock
from portal.clubs import actions, bookings, periods, planning, queries
from portal.clubs.group_models import InpatientStay
from portal.clubs.models import Booking, ClubSession
from portal.contacts.models import Contact
from portal.db import db, technical
from portal.deputies.models import Deputy
from portal.patronage.models import Patronage
from tests.counting import counted
from tests.factories import make_club, make_patronage, make_recipient, make_session, make_user
from tests.refusals import refuses

MONDAY = date(2026, 12, 7)
UNTIL = date(2027, 1, 10)


@pytest.fixture
def leader(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 7, 3, tzinfo=UTC))
    return make_user("pedagogue")


@pytest.fixture
def club(leader):
    """Meets on Mondays and Thursdays at three."""
    times = [(0, time(15), 60), (3, time(15), 60)]
    return db.session.get_one(
        periods.Club,
        actions.create_club(leader.id, name="Театр", leader_id=leader.id, room="зал", times=times),
    )


def plan(club, last=UNTIL, **fields):
    return periods.plan_period(club.id, club.leader_id, first_day=MONDAY, last_day=last, **fields)


def see(club, first, last):
    db.session.rollback()
    return periods.outlook(club, first, last)


def codes(found):
    return {f"{one.day:%d.%m}": one.stops.code for one in found.occasions if one.stops}


def places(member):
    query = select(Booking.week, Booking.slot).where(Booking.member_id == member.id)
    return sorted((f"{week:%d.%m}", slot) for week, slot in db.session.execute(query))


@pytest.mark.usefixtures("holidays")
def test_holidays_and_what_exists_are_passed_over(club):
    make_session(club, MONDAY + timedelta(7), starts_at=time(15), status="cancelled", slot=None)
    done = plan(club)
    days = [f"{one.day:%d.%m}" for one in done.wanted]
    assert days == ["07.12", "10.12", "17.12", "21.12", "24.12", "28.12"]
    assert codes(done) == {
        "14.12": "planned_already",
        "31.12": "day_off",
        "04.01": "day_off",
        "07.01": "day_off",
    }
    with refuses("nothing_planned"):
        plan(club)
    rows = db.session.execute(select(ClubSession.week, ClubSession.slot).where(ClubSession.slot.is_not(None)))
    assert sorted(slot for week, slot in rows if week == MONDAY) == [1, 2]


def test_room_leader_and_full_weeks_stop_a_session(club, leader):
    other = make_club(make_user("pedagogue"), name="Хор")
    own = make_club(leader, name="Второй")
    make_session(other, MONDAY, starts_at=time(14, 30), room="Зал")
    make_session(own, MONDAY + timedelta(3), starts_at=time(15, 30), room="")
    make_session(other, MONDAY + timedelta(7), starts_at=time(16), room="зал")  # begins when ours ends
    for n, slot in ((8, 1), (9, 2)):
        make_session(club, MONDAY + timedelta(n), slot)
    found = see(club, MONDAY, MONDAY + timedelta(13))
    assert codes(found) == {
        "07.12": "room_taken",
        "10.12": "leader_busy",
        "14.12": "week_full",
        "17.12": "week_full",
    }
    assert found.occasions[0].stops.params == {"club": "Хор", "start": "14:30", "end": "15:30"}


def test_the_leaders_contacts_and_absence_warn_and_can_be_overruled(club, leader):
    day, patronage, colleague = MONDAY + timedelta(3), make_patronage(), make_user("pedagogue")
    with technical() as s:
        s.add(
            Contact(patronage_id=patronage.id, user_id=leader.id, kind="visit", state="planned", day=MONDAY,
                    starts_at=time(14, 30), minutes=60, created_by_id=leader.id, created_at=clock.now())
        )  # fmt: skip
        s.add(
            Deputy(user_id=leader.id, deputy_id=colleague.id, starts_on=day, ends_on=day,
                   reason="leave", made_by_id=leader.id, made_at=clock.now())
        )  # fmt: skip
    found = see(club, MONDAY, MONDAY + timedelta(7))
    assert [[warn.code for warn in one.warns] for one in found.occasions] == [
        ["leader_contact"],
        ["leader_away"],
        [],
    ]
    assert [one.day for one in found.wanted] == [MONDAY + timedelta(7)]
    done = plan(club, MONDAY + timedelta(7), chosen={found.occasions[0].key})
    assert [one.day for one in done.wanted] == [MONDAY]


def test_the_whole_group_is_booked_and_the_rest_told_with_the_nearest_week(club, leader):
    other = make_club(make_user("pedagogue"), name="Хор")
    free, busy, off = (make_recipient(club, surname=name) for name in ("Абаева", "Белова", "Ветрова"))
    with technical() as s:
        s.query(Patronage).filter_by(family_id=off.family_id).update(
            {"status": "removed", "removed_on": MONDAY}
        )
    actions.join_club(other.id, busy.id, leader.id)
    bookings.book_one(make_session(other, MONDAY + timedelta(1)).id, busy.id, leader.id)
    seen = see(club, MONDAY, MONDAY + timedelta(7))
    done = plan(club, MONDAY + timedelta(7), topic="Дружба")
    for one in (seen, done):
        assert (one.places, one.missing) == (5, 1)
        assert [(guest.name.short, guest.served) for guest in one.guests] == [
            ("Абаева В.", True),
            ("Белова В.", True),
            ("Ветрова В.", False),
        ]
    share = done.guests[1].share
    assert (share.refused, share.next_week) == ([MONDAY + timedelta(3)], MONDAY + timedelta(7))
    assert places(free) == [("07.12", 1), ("07.12", 2), ("14.12", 1)]
    assert places(busy) == [("07.12", 1), ("07.12", 2), ("14.12", 1)]
    assert places(off) == []
    assert set(db.session.scalars(select(ClubSession.topic).where(ClubSession.club_id == club.id))) == {
        "Дружба"
    }
    event = db.session.scalars(select(audit.AuditEntry.event).order_by(audit.AuditEntry.id.desc())).first()
    assert event == "session.period_planned"


def test_inpatient_care_lets_in_on_its_days(club):
    member = make_recipient(club, status="removed")
    with technical() as s:
        s.add(
            InpatientStay(member_id=member.id, starts_on=MONDAY, ends_on=MONDAY + timedelta(9),
                          recorded_by_id=club.leader_id, recorded_at=clock.now())
        )  # fmt: skip
    plan(club, MONDAY + timedelta(14))
    assert places(member) == [("07.12", 1), ("07.12", 2), ("14.12", 1)]


def test_a_quarter_takes_no_more_queries_than_a_week(club):
    for _ in range(3):
        make_recipient(club)
    with counted() as week:
        plan(club, MONDAY + timedelta(6))
    for _ in range(9):
        make_recipient(club)
    with counted() as quarter:
        plan(club, date(2027, 2, 28))
    assert len(quarter) <= len(week)
    assert db.session.scalar(select(func.count()).select_from(Booking)) > 200


def test_a_time_of_today_that_is_over_is_passed_over(club, monkeypatch):
    assert "07.12" not in codes(see(club, MONDAY, UNTIL))
    assert queries.next_occasion(club.id)[0] == MONDAY
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 7, 16, tzinfo=clock.zone()))
    assert codes(see(club, MONDAY, UNTIL)) == {"07.12": "past_time"}
    assert queries.next_occasion(club.id)[0] == MONDAY + timedelta(3)


def test_impossible_periods_are_refused(club, leader):
    with refuses("bad_period"):
        plan(club, MONDAY - timedelta(1))
    with refuses("no_times"):
        plan(make_club(leader))
    planning.plan_session(club.id, leader.id, day=MONDAY, starts_at=time(19), minutes=60)
    actions.close_club(club.id, MONDAY, leader.id)
    with refuses("club_closed"):
        plan(club)
