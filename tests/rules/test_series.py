"""The days of a series: the weekday of the month, days off, months without a fifth one."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.series import LAST, MOST, WHICH, is_unusual_hour, plan, weekday_of_month
from portal.rules.workdays import RU_2026, Calendar

MON, TUE, THU, SAT, SUN = 0, 1, 3, 5, 6


@pytest.mark.parametrize(
    ("month", "weekday", "which", "day"),
    [
        (date(2026, 11, 1), TUE, 3, date(2026, 11, 17)),
        (date(2026, 11, 30), TUE, 1, date(2026, 11, 3)),  # any day of the month names it
        (date(2026, 12, 1), TUE, 1, date(2026, 12, 1)),  # the month begins with it
        (date(2026, 12, 1), THU, 5, date(2026, 12, 31)),
        (date(2026, 12, 1), THU, LAST, date(2026, 12, 31)),
        (date(2026, 11, 1), TUE, 5, None),  # November has four Tuesdays
        (date(2026, 11, 1), TUE, LAST, date(2026, 11, 24)),
        (date(2026, 11, 1), SUN, 5, date(2026, 11, 29)),
        (date(2026, 2, 1), SAT, 4, date(2026, 2, 28)),
        (date(2026, 2, 1), SUN, 5, None),  # four whole weeks
        (date(2028, 2, 1), TUE, 5, date(2028, 2, 29)),  # a leap year has a fifth Tuesday
        (date(2027, 2, 1), TUE, 5, None),
        (date(2024, 2, 1), THU, LAST, date(2024, 2, 29)),
        (date(2000, 2, 1), TUE, 5, date(2000, 2, 29)),
        (date(2100, 2, 1), MON, 5, None),  # 2100 is no leap year
    ],
)
def test_weekdays_of_months(month: date, weekday: int, which: int, day: date | None) -> None:
    assert weekday_of_month(month, weekday, which) == day


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 6), st.sampled_from(WHICH))
def test_it_is_that_weekday_of_that_month(month: date, weekday: int, which: int) -> None:
    day = weekday_of_month(month, weekday, which)
    if day is None:
        assert which == 5
        return
    assert (day.year, day.month, day.weekday()) == (month.year, month.month, weekday)
    if which == LAST:
        assert (
            day.day + 7
            > [31, 29 if day.year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][day.month - 1]
        )
    else:
        assert (day.day - 1) // 7 + 1 == which


def test_a_day_off_moves_to_the_next_working_day() -> None:
    found = plan(date(2026, 2, 1), 2, MON, 4, RU_2026, date(2026, 1, 15))
    assert [(one.wanted, one.day, one.moved) for one in found] == [
        (date(2026, 2, 23), date(2026, 2, 24), True),
        (date(2026, 3, 23), date(2026, 3, 23), False),
    ]


def test_the_end_of_the_year_moves_into_the_next_one() -> None:
    next_year = Calendar(off=RU_2026.off | {date(2027, 1, day) for day in range(1, 9)})
    (found,) = plan(date(2026, 12, 1), 1, THU, LAST, next_year, date(2026, 12, 1))
    assert (found.wanted, found.day) == (date(2026, 12, 31), date(2027, 1, 11))


def test_a_year_from_november_crosses_into_the_next_one() -> None:
    found = plan(date(2026, 11, 22), 12, TUE, 3, Calendar(), date(2026, 11, 22))
    assert len(found) == 12
    assert found[0].day is None and found[0].wanted == date(2026, 11, 17), "it has passed"
    assert found[1].day == date(2026, 12, 15)
    assert found[-1].day == date(2027, 10, 19)
    assert [one.month.month for one in found] == [11, 12, *range(1, 11)]


def test_months_without_a_fifth_weekday_have_no_meeting() -> None:
    found = plan(date(2026, 12, 1), 3, THU, 5, Calendar(), date(2026, 12, 1))
    assert [one.day for one in found] == [date(2026, 12, 31), None, None]
    assert [one.wanted for one in found] == [date(2026, 12, 31), None, None]


@pytest.mark.parametrize(
    ("month", "months", "code"),
    [
        (date(2026, 11, 1), 0, "series_length"),
        (date(2026, 11, 1), MOST + 1, "series_length"),
        (date(2026, 10, 31), 3, "far_year"),
        (date(2100, 1, 1), 3, "far_year"),
    ],
)
def test_what_cannot_be_planned(month: date, months: int, code: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        plan(month, months, TUE, 3, Calendar(), date(2026, 11, 22))
    assert broken.value.code == code


@pytest.mark.parametrize(
    ("at", "unusual"),
    [
        (time(6, 59), True),
        (time(7), False),
        (time(14), False),
        (time(20), False),
        (time(20, 1), True),
        (time(0), True),
    ],
)
def test_hours_that_are_told(at: time, unusual: bool) -> None:
    assert is_unusual_hour(at) is unusual
