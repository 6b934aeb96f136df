"""What is owed to a family after a decision: by the calendars of both countries."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.follow_ups import (
    check_extract,
    check_told,
    check_unchanged,
    extract_by,
    last_decided,
    tell_by,
)
from portal.rules.workdays import BY_2026, RU_2026, Calendar

DAYS = [
    # decided on, extract by in Russia, in Belarus
    (date(2026, 11, 16), date(2026, 11, 19), date(2026, 11, 19)),  # Monday
    (date(2026, 11, 19), date(2026, 11, 24), date(2026, 11, 24)),  # Thursday, over a weekend
    (date(2026, 11, 21), date(2026, 11, 25), date(2026, 11, 25)),  # a meeting on a Saturday
    (date(2026, 11, 2), date(2026, 11, 6), date(2026, 11, 5)),  # 4 November is off in Russia
    (date(2026, 12, 29), date(2027, 1, 4), date(2027, 1, 1)),  # beyond the tables only weekends are off
    (date(2026, 4, 17), date(2026, 4, 22), date(2026, 4, 24)),  # 20 and 21 April are off in Belarus
    (date(2026, 4, 22), date(2026, 4, 27), date(2026, 4, 25)),  # and Saturday 25 April is worked
    (date(2026, 1, 2), date(2026, 1, 14), date(2026, 1, 8)),  # the New Year's days
]


@pytest.mark.parametrize(("decided_on", "russia", "belarus"), DAYS)
def test_the_extract_is_due_within_three_working_days(decided_on: date, russia: date, belarus: date) -> None:
    assert extract_by(decided_on, RU_2026) == russia
    assert extract_by(decided_on, BY_2026) == belarus
    assert tell_by(decided_on) == decided_on


@given(st.dates(date(2025, 6, 1), date(2027, 6, 1)), st.sampled_from([RU_2026, BY_2026, Calendar()]))
def test_a_list_asks_by_the_day_of_the_decision(due_by: date, calendar: Calendar) -> None:
    """What is decided on the last day is due by then, what is decided the day after is not."""
    last = last_decided(due_by, calendar)
    assert extract_by(last, calendar) <= due_by < extract_by(last + timedelta(1), calendar)


DECIDED, TODAY = date(2026, 11, 16), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("told_on", "extract_on", "ok"),
    [
        (DECIDED, None, True),
        (TODAY, None, True),
        (DECIDED - timedelta(1), None, False),
        (TODAY + timedelta(1), None, False),
        (DECIDED, DECIDED, True),
        (TODAY, DECIDED, False),
    ],
)
def test_a_family_is_told_between_the_decision_and_today(
    told_on: date, extract_on: date | None, ok: bool
) -> None:
    if ok:
        check_told(told_on, DECIDED, extract_on, TODAY)
        return
    with pytest.raises(RuleBroken) as broken:
        check_told(told_on, DECIDED, extract_on, TODAY)
    assert broken.value.code == "told_date"


@pytest.mark.parametrize(
    ("extract_on", "told_on", "code"),
    [
        (DECIDED, DECIDED, None),
        (TODAY, DECIDED, None),
        (TODAY, None, "not_told"),
        (DECIDED, TODAY, "extract_date"),
        (TODAY + timedelta(1), DECIDED, "extract_date"),
    ],
)
def test_an_extract_follows_the_telling(extract_on: date, told_on: date | None, code: str | None) -> None:
    if code is None:
        check_extract(extract_on, told_on, TODAY)
        return
    with pytest.raises(RuleBroken) as broken:
        check_extract(extract_on, told_on, TODAY)
    assert broken.value.code == code


def test_the_second_of_two_is_told() -> None:
    check_unchanged(None, None)
    check_unchanged(DECIDED, DECIDED)
    for seen, now in ((None, DECIDED), (DECIDED, TODAY)):
        with pytest.raises(RuleBroken) as broken:
            check_unchanged(seen, now)
        assert broken.value.code == "entered_meanwhile"
