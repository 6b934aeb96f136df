"""Periods of sessions: presets, days, and how the places of a week are shared out."""

from collections import Counter
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.periods import check_period, occasions, presets, share_out
from portal.rules.timetable import check_holiday
from portal.rules.weekly_limit import week_of
from portal.rules.workdays import BY_2026, RU_2026, Calendar, YearByYear
from tests.refusals import refuses

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (
            TODAY,
            {
                "this_quarter": (TODAY, date(2026, 12, 31)),
                "next_quarter": (date(2027, 1, 1), date(2027, 3, 31)),
            },
        ),
        (
            date(2026, 9, 30),
            {
                "this_quarter": (date(2026, 9, 30), date(2026, 9, 30)),
                "next_quarter": (date(2026, 10, 1), date(2026, 12, 31)),
                "year": (date(2026, 9, 30), date(2026, 12, 31)),
            },
        ),
    ],
)
def test_presets(today, expected):
    assert presets(today) == expected


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(1, 0, "bad_period"), (-400, 1, "bad_period"), (-9, -1, "past_day"), (300, 367, "far_day")],
)
def test_impossible_periods(first, last, code):
    with refuses(code):
        check_period(TODAY + timedelta(first), TODAY + timedelta(last), TODAY)
    check_period(TODAY, TODAY + timedelta(366), TODAY)


def test_weekly_times_give_their_days_in_order():
    times = [(3, time(9), 60), (0, time(15), 45), (0, time(10), 30)]
    assert list(occasions(times, TODAY, TODAY + timedelta(7))) == [
        (TODAY, time(10), 30),
        (TODAY, time(15), 45),
        (TODAY + timedelta(3), time(9), 60),
        (TODAY + timedelta(7), time(10), 30),
        (TODAY + timedelta(7), time(15), 45),
    ]


def test_who_goes_elsewhere_is_refused_with_the_nearest_week():
    week = week_of(TODAY)
    share = share_out([week, week + timedelta(3), week + timedelta(7)], {week: {2}})
    assert (share.given, share.refused) == ([(0, 1), (2, 1)], [week + timedelta(3)])
    assert share.next_week == week + timedelta(7)  # one place of it is left
    full = share_out([week], {week: {1, 2}, week + timedelta(7): {1, 2}})
    assert (full.given, full.next_week) == ([], week + timedelta(14))


@given(
    days=st.lists(st.integers(0, 40), max_size=30).map(sorted),
    held=st.dictionaries(st.integers(0, 6), st.sets(st.sampled_from([1, 2]))),
)
def test_nobody_gets_more_than_two_a_week_and_nobody_less_than_they_could(days, held):
    monday = week_of(TODAY)
    before = {monday + timedelta(7 * n): slots for n, slots in held.items()}
    wanted = [monday + timedelta(n) for n in days]
    share = share_out(wanted, before)
    got = Counter((week_of(wanted[number]), slot) for number, slot in share.given)
    assert all(count == 1 and slot not in before.get(week, ()) for (week, slot), count in got.items())
    asked = Counter(map(week_of, wanted))
    for week, count in asked.items():
        room = 2 - len(before.get(week, ()))
        assert sum(at == week for at, _slot in got) == min(room, count)
    assert len(share.given) + len(share.refused) == len(wanted)
    assert (share.next_week is None) == (not share.refused)


def test_a_holiday_is_no_day_of_a_session_and_a_weekend_may_be():
    years = YearByYear(of=lambda year: RU_2026 if year == 2026 else Calendar())
    for calendar in (RU_2026, years):
        for day in (date(2026, 12, 31), date(2026, 5, 9)):  # a holiday that is a Saturday too
            with refuses("day_off"):
                check_holiday(day, calendar)
        check_holiday(date(2026, 11, 28), calendar)  # an ordinary Saturday
    check_holiday(date(2026, 4, 25), BY_2026)
    worked = RU_2026.with_days({date(2026, 12, 31): "worked"})
    check_holiday(date(2026, 12, 31), worked)
