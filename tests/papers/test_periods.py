"""A month or a quarter as one number, there and back."""

from datetime import date, timedelta

import pytest

from portal.papers import periods


@pytest.mark.parametrize(
    ("number", "first", "last", "title"),
    [
        (202611, date(2026, 11, 1), date(2026, 11, 30), "ноябрь 2026 г."),
        (20264, date(2026, 10, 1), date(2026, 12, 31), "IV квартал 2026 г."),
        (20261, date(2026, 1, 1), date(2026, 3, 31), "I квартал 2026 г."),
        (202602, date(2026, 2, 1), date(2026, 2, 28), "февраль 2026 г."),
    ],
)
def test_the_period_of_a_number(number, first, last, title):
    period = periods.period_of(number)
    assert (period.first, period.last, period.title, period.id) == (first, last, title, number)


def test_a_registered_journal_says_of_which_period():
    own = periods.own_id(7, periods.quarter(date(2026, 11, 3)))
    assert periods.named("period", 202611) == "ноябрь 2026 г."
    assert periods.named("own_period", own) == "IV квартал 2026 г."
    assert (
        periods.named("period", 202613)
        == periods.named("own_period", 0)
        == periods.named("family", 202611)
        == ""
    )


@pytest.mark.parametrize(
    "number", [0, 1, 20260, 20265, 202600, 202613, 199912, 210001, 21001, 2**31 - 1, -20264]
)
def test_what_is_no_period(number):
    assert periods.period_of(number) is None


@pytest.mark.parametrize("user_id", [1, 7, 1_300_000])
def test_there_and_back(user_id):
    days = [date(2000, 1, 1) + timedelta(11 * step) for step in range(3_300)]
    for day in [*days, date(2099, 12, 31)]:
        for period in (periods.month(day), periods.quarter(day)):
            assert period.first <= day <= period.last
            assert periods.period_of(period.id) == period
            number = periods.own_id(user_id, period)
            assert number < 2**31
            assert periods.own_of(number) == (user_id, period)


@pytest.mark.parametrize("number", [0, 5, 1599, 2**31])
def test_what_is_nobodys_period(number):
    assert periods.own_of(number) is None
