"""R14: at most two services a recipient, and two sessions a club, in a calendar week.

CLUB 4: «Периодичность предоставления социальной услуги: предоставляется до двух раз в неделю. Одно занятие
для одного клиента – 1 услуга.» A week runs from Monday to Sunday. Days of canceled sessions and bookings
are left out by the caller; two bookings of one day are two services.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from portal.rules import N_, RuleBroken

WEEKLY_LIMIT = 2


def week_of(day: date) -> date:
    """The Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def free_slot(taken: Iterable[int]) -> int:
    """The smallest slot of the week, from 1, that is not taken.

    WEEKLY_LIMIT + 1 (3) means that none is left; the database refuses that one.
    """
    busy = set(taken)
    return next((slot for slot in range(1, WEEKLY_LIMIT + 1) if slot not in busy), WEEKLY_LIMIT + 1)


def left_this_week(day: date, earlier_days: Iterable[date]) -> int:
    """How many of the two are left in the week of `day`, after those of `earlier_days` that lie in it."""
    monday = week_of(day)
    return max(0, WEEKLY_LIMIT - sum(week_of(earlier) == monday for earlier in earlier_days))


def next_free_week(day: date, *earlier_days: Iterable[date]) -> date:
    """The first Monday after the week of `day` whose week has room for all of them, each with its own days."""
    taken = [list(days) for days in earlier_days]
    monday = week_of(day) + timedelta(days=7)
    while not all(left_this_week(monday, days) for days in taken):
        monday += timedelta(days=7)
    return monday


def check_weekly_limit(day: date, earlier_days: Iterable[date]) -> None:
    """CLUB 4: a recipient gets at most two services a calendar week, over all clubs.

    Raises weekly_limit with `next_week`, the Monday of the nearest later week with room.
    """
    days = list(earlier_days)
    if not left_this_week(day, days):
        raise RuleBroken(
            "weekly_limit",
            N_(
                "The services are given at most twice a week, and both of this week are taken. "
                "The nearest week with a place begins on %(next_week)s: choose a session in it."
            ),
            next_week=next_free_week(day, days),
        )


def check_club_limit(
    day: date, session_days: Iterable[date], booked_days: Iterable[Iterable[date]] = ()
) -> None:
    """CLUB 4, R14: a club holds at most two sessions a calendar week. Raises club_weekly_limit, as above.

    The nearest week has room for those booked too, each with their own `booked_days`.
    """
    days = list(session_days)
    if not left_this_week(day, days):
        raise RuleBroken(
            "club_weekly_limit",
            N_(
                "A club holds at most two sessions a week, and this week has both. "
                "The nearest week with room begins on %(next_week)s: choose a day in it."
            ),
            next_week=next_free_week(day, days, *booked_days),
        )
