from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.workdays import (
    BY_2026,
    CALENDARS,
    RU_2026,
    Calendar,
    YearByYear,
    check_own_day,
    check_year,
)

DAYS_OF_2026 = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]


@pytest.mark.parametrize(
    ("calendar", "start", "n", "end"),
    [
        (RU_2026, date(2025, 12, 31), 1, date(2026, 1, 12)),
        (RU_2026, date(2025, 12, 31), 3, date(2026, 1, 14)),
        (RU_2026, date(2026, 1, 5), 5, date(2026, 1, 16)),
        (RU_2026, date(2026, 1, 12), 1, date(2026, 1, 13)),
        (RU_2026, date(2026, 4, 30), 1, date(2026, 5, 4)),
        (RU_2026, date(2026, 11, 3), 3, date(2026, 11, 9)),
        (RU_2026, date(2026, 11, 20), 0, date(2026, 11, 20)),
        (RU_2026, date(2026, 12, 30), 1, date(2027, 1, 1)),
        (BY_2026, date(2025, 12, 31), 3, date(2026, 1, 8)),
        (BY_2026, date(2026, 4, 17), 3, date(2026, 4, 24)),
        (BY_2026, date(2026, 4, 17), 4, date(2026, 4, 25)),
        (BY_2026, date(2026, 4, 24), 1, date(2026, 4, 25)),
        (BY_2026, date(2026, 4, 25), 1, date(2026, 4, 27)),
        (BY_2026, date(2026, 12, 24), 1, date(2026, 12, 28)),
    ],
)
def test_deadlines_count_from_the_next_day(calendar, start, n, end):
    assert calendar.add_working_days(start, n) == end


def test_a_saturday_is_worked_in_belarus_only():
    assert BY_2026.is_working(date(2026, 4, 25))
    assert not RU_2026.is_working(date(2026, 4, 25))


def test_a_worked_day_wins_over_a_day_off():
    day = date(2026, 6, 10)
    assert not Calendar(off=frozenset({day})).is_working(day)
    assert Calendar(off=frozenset({day}), worked=frozenset({day})).is_working(day)


@pytest.mark.parametrize(("profile", "days"), [("ru", 247), ("by", 254)])
def test_the_working_days_of_the_year(profile, days):
    """261 weekdays, less 14 days off on them in Russia; less 8, plus a Saturday, in Belarus."""
    assert sum(map(CALENDARS[profile].is_working, DAYS_OF_2026)) == days


def test_a_negative_deadline_is_an_error():
    with pytest.raises(ValueError, match="before its start"):
        RU_2026.add_working_days(date(2026, 1, 1), -1)


@given(st.sampled_from([RU_2026, BY_2026]), st.sampled_from(DAYS_OF_2026), st.integers(1, 60))
def test_a_deadline_is_a_working_day_with_exactly_n_of_them_passed(calendar, start, n):
    end = calendar.add_working_days(start, n)
    passed = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert calendar.is_working(end)
    assert sum(map(calendar.is_working, passed)) == n


@pytest.mark.parametrize(
    ("after", "until", "days"),
    [
        (date(2025, 12, 31), date(2026, 1, 11), 0),
        (date(2025, 12, 31), date(2026, 1, 12), 1),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 23), date(2026, 11, 20), 0),
    ],
)
def test_working_days_between(after, until, days):
    assert RU_2026.working_days(after, until) == days


@given(st.sampled_from([RU_2026, BY_2026]), st.sampled_from(DAYS_OF_2026), st.integers(0, 60))
def test_working_days_count_back_what_a_deadline_counts_forward(calendar, start, n):
    assert calendar.working_days(start, calendar.add_working_days(start, n)) == n


def test_the_centers_own_days_win_over_the_countrys_table():
    saturday, holiday, monday = date(2026, 4, 25), date(2026, 7, 3), date(2026, 7, 6)
    own = BY_2026.with_days({saturday: "off", holiday: "worked", monday: "off"})
    assert [own.is_working(day) for day in (saturday, holiday, monday)] == [False, True, False]
    assert [BY_2026.is_working(day) for day in (saturday, holiday, monday)] == [True, False, True]
    assert own.add_working_days(date(2026, 7, 2), 2) == date(2026, 7, 7)


def test_each_year_has_its_table():
    asked = []

    def of(year):
        asked.append(year)
        return RU_2026 if year == 2026 else Calendar(off=frozenset({date(2027, 1, 1)}))

    calendar = YearByYear(of=of)
    assert calendar.add_working_days(date(2026, 12, 30), 1) == date(2027, 1, 4)
    assert set(asked) == {2026, 2027}


def test_a_day_of_ones_own_differs_from_the_countrys():
    check_own_day(RU_2026, date(2026, 11, 23), "off")
    check_own_day(RU_2026, date(2026, 11, 22), "worked")
    for day, kind in ((date(2026, 11, 22), "off"), (date(2026, 11, 23), "worked"), (date(2026, 1, 5), "off")):
        with pytest.raises(RuleBroken, match=r"^\('same_day'"):
            check_own_day(RU_2026, day, kind)
    for year in (1999, 2101):
        with pytest.raises(RuleBroken, match=r"^\('far_year'"):
            check_year(date(year, 1, 1))
