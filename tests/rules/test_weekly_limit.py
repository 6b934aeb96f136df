from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.weekly_limit import (
    WEEKLY_LIMIT,
    check_club_limit,
    check_weekly_limit,
    free_slot,
    left_this_week,
    next_free_week,
    week_of,
)

MONDAY, TUESDAY, SUNDAY = date(2026, 12, 28), date(2026, 12, 29), date(2027, 1, 3)
NEXT_MONDAY = date(2027, 1, 4)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))
NEAR = st.lists(st.integers(min_value=-14, max_value=14), max_size=6)
CHECKS = [(check_weekly_limit, "weekly_limit"), (check_club_limit, "club_weekly_limit")]


@pytest.mark.parametrize("offset", range(7))
def test_a_week_runs_over_the_end_of_the_year(offset):
    assert week_of(MONDAY + timedelta(days=offset)) == MONDAY


def test_the_days_around_belong_to_other_weeks():
    assert week_of(date(2026, 12, 27)) == date(2026, 12, 21)
    assert week_of(NEXT_MONDAY) == NEXT_MONDAY


@given(DAYS)
def test_a_week_begins_on_the_last_monday(day):
    monday = week_of(day)
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7


@pytest.mark.parametrize(
    ("taken", "slot"), [([], 1), ([1], 2), ([2], 1), ([1, 2], 3), ([2, 1], 3), ([1, 1], 2), ([3], 1)]
)
def test_the_free_slot(taken, slot):
    assert free_slot(taken) == slot


@given(st.lists(st.integers(min_value=1, max_value=2)))
def test_a_free_slot_is_the_smallest_not_taken(taken):
    slot = free_slot(taken)
    assert slot not in taken
    assert set(range(1, slot)) <= set(taken)
    assert 1 <= slot <= WEEKLY_LIMIT + 1


@given(st.lists(st.integers(min_value=0, max_value=1), max_size=8))
def test_booking_and_canceling_in_any_order_holds_at_most_two(steps):
    taken: list[int] = []
    for book in steps:
        slot = free_slot(taken)
        if book and slot <= WEEKLY_LIMIT:
            taken.append(slot)
        elif not book and taken:
            taken.pop(0)
        assert sorted(taken) in ([], [1], [2], [1, 2])


@pytest.mark.parametrize(("check", "code"), CHECKS)
def test_a_third_of_the_week_is_refused_with_the_next_monday(check, code):
    with pytest.raises(RuleBroken) as broken:
        check(SUNDAY, [MONDAY, TUESDAY])
    assert broken.value.code == code
    assert broken.value.params == {"next_week": NEXT_MONDAY}
    assert "2027-01-04" in broken.value.message % broken.value.params


@pytest.mark.parametrize(("check", "code"), CHECKS)
@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        (MONDAY, []),
        (SUNDAY, [MONDAY]),
        (NEXT_MONDAY, [MONDAY, SUNDAY]),
        (MONDAY, [date(2026, 12, 26), date(2026, 12, 27)]),
        (date(2026, 12, 31), [date(2025, 12, 31), date(2025, 12, 30), date(2027, 12, 30)]),
    ],
)
def test_up_to_two_a_week_are_allowed(check, code, day, earlier):
    check(day, earlier)


@pytest.mark.parametrize(("check", "code"), CHECKS)
def test_two_of_one_day_and_later_days_of_the_week_count_too(check, code):
    for booked in ([MONDAY, MONDAY], [SUNDAY, TUESDAY]):
        with pytest.raises(RuleBroken) as broken:
            check(MONDAY, booked)
        assert broken.value.code == code


@pytest.mark.parametrize(
    ("booked", "left"),
    [([], 2), ([MONDAY], 1), ([MONDAY, SUNDAY], 0), ([MONDAY] * 3, 0), ([NEXT_MONDAY], 2)],
)
def test_what_is_left_of_the_week(booked, left):
    assert left_this_week(TUESDAY, booked) == left


@given(DAYS, NEAR)
def test_the_check_refuses_exactly_when_nothing_is_left(day, offsets):
    booked = [day + timedelta(days=offset) for offset in offsets]
    in_week = [other for other in booked if other.isocalendar()[:2] == day.isocalendar()[:2]]
    assert left_this_week(day, booked) == max(0, 2 - len(in_week))
    if len(in_week) < 2:
        check_weekly_limit(day, booked)
    else:
        with pytest.raises(RuleBroken):
            check_weekly_limit(day, booked)


def test_the_nearest_week_of_a_club_has_room_for_those_booked_too():
    club, busy, free = [MONDAY, SUNDAY], [NEXT_MONDAY, NEXT_MONDAY], [MONDAY]
    with pytest.raises(RuleBroken) as broken:
        check_club_limit(MONDAY, club, [busy, free])
    assert broken.value.params == {"next_week": NEXT_MONDAY + timedelta(days=7)}
    assert next_free_week(MONDAY, club, free) == NEXT_MONDAY
