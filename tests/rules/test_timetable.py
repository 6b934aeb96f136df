from datetime import date, datetime, time, timedelta

import pytest

from portal.rules import RuleBroken
from portal.rules.timetable import check_day, check_hours, check_time, check_weekly_times, ends_at, meet
from portal.rules.weekly_limit import next_free_week

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("start", "minutes"), [(time(7), 15), (time(7), 240), (time(20, 45), 15), (time(20), 60)]
)
def test_possible_hours(start, minutes):
    check_hours(start, minutes)


@pytest.mark.parametrize(
    ("start", "minutes", "code"),
    [
        (time(6, 59), 60, "bad_hours"),
        (time(20, 1), 60, "bad_hours"),
        (time(10), 14, "bad_length"),
        (time(10), 241, "bad_length"),
    ],
)
def test_impossible_hours(start, minutes, code):
    with pytest.raises(RuleBroken, match=code):
        check_hours(start, minutes)


@pytest.mark.parametrize(("days", "code"), [(-1, "past_day"), (367, "far_day")])
def test_impossible_days(days, code):
    check_day(TODAY, TODAY)
    check_day(TODAY + timedelta(days=366), TODAY)
    with pytest.raises(RuleBroken, match=code):
        check_day(TODAY + timedelta(days=days), TODAY)


def test_what_is_over_is_not_planned_and_what_has_begun_may_be():
    check_time(TODAY, time(10), 60, datetime(2026, 11, 22, 10, 59))
    with pytest.raises(RuleBroken, match="past_time"):
        check_time(TODAY, time(10), 60, datetime(2026, 11, 22, 11))


@pytest.mark.parametrize(
    ("other", "both"),
    [((time(9), 60), False), ((time(9), 61), True), ((time(11), 30), False), ((time(10, 59), 30), True)],
)
def test_sessions_that_only_touch_do_not_meet(other, both):
    assert meet((time(10), 60), other) is both
    assert meet(other, (time(10), 60)) is both


def test_the_end():
    assert ends_at(time(15, 30), 90) == time(17)
    assert ends_at(time(23, 30), 90) == time(23, 59)


def test_weekly_times():
    check_weekly_times([(0, time(10), 60), (1, time(10), 60)])
    with pytest.raises(RuleBroken, match="times_meet"):
        check_weekly_times([(0, time(10), 60), (0, time(10, 30), 60)])


def test_the_nearest_week_with_room():
    monday = date(2026, 12, 28)
    following = [monday + timedelta(days=7), monday + timedelta(days=8)]
    assert next_free_week(monday, []) == date(2027, 1, 4)
    assert next_free_week(monday, following[:1]) == date(2027, 1, 4)
    assert next_free_week(monday, following) == date(2027, 1, 11)
