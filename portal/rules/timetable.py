"""When sessions may be held, and which of them meet at one time. The sources are silent: our defaults."""

from datetime import date, datetime, time, timedelta

from portal.rules import N_, RuleBroken
from portal.rules.workdays import Calendar

OPENS, CLOSES = time(7), time(21)
SHORTEST, LONGEST = 15, 240  # minutes
FARTHEST = timedelta(days=366)


def ends_at(starts_at: time, minutes: int) -> time:
    """When a session ends; midnight at the latest."""
    end = min(_minute(starts_at) + minutes, 24 * 60 - 1)
    return time(end // 60, end % 60)


def check_hours(starts_at: time, minutes: int) -> None:
    """A session lasts 15 to 240 minutes, between 07:00 and 21:00. Raises bad_length, bad_hours."""
    if not SHORTEST <= minutes <= LONGEST:
        raise RuleBroken(
            "bad_length",
            N_("A session lasts from %(shortest)s to %(longest)s minutes."),
            shortest=SHORTEST,
            longest=LONGEST,
        )
    if starts_at < OPENS or _minute(starts_at) + minutes > _minute(CLOSES):
        raise RuleBroken("bad_hours", N_("Sessions are held between 07:00 and 21:00. Choose another time."))


def check_day(day: date, today: date) -> None:
    """A session is planned for today or later, a year ahead at most. Raises past_day, far_day."""
    if day < today:
        raise RuleBroken("past_day", N_("This day is over. Choose today or a later day."))
    if day > today + FARTHEST:
        raise RuleBroken("far_day", N_("Sessions are planned a year ahead at most. Check the year."))


def is_over(day: date, starts_at: time, minutes: int, now: datetime) -> bool:
    """Whether a session of that time is over; `now` as the center's clock shows it."""
    return datetime.combine(day, starts_at) + timedelta(minutes=minutes) <= now


def check_time(day: date, starts_at: time, minutes: int, now: datetime) -> None:
    """What is planned is not over already; what has just begun may be. Raises past_time."""
    if is_over(day, starts_at, minutes, now):
        raise RuleBroken("past_time", N_("This time is over. Choose a later one."))


def check_holiday(day: date, calendar: Calendar) -> None:
    """No session on an official day off; what the center works in spite of it is in its calendar. Raises day_off."""
    if calendar.is_holiday(day):
        raise RuleBroken("day_off", N_("%(day)s is an official day off. Choose another day."), day=day)


def meet(first: tuple[time, int], second: tuple[time, int]) -> bool:
    """Whether two sessions of one day, each (start, minutes), run at the same time."""
    (start, minutes), (other, other_minutes) = first, second
    return _minute(start) < _minute(other) + other_minutes and _minute(other) < _minute(start) + minutes


def check_weekly_times(times: list[tuple[int, time, int]]) -> None:
    """A club has up to two weekly times (weekday, start, minutes), apart from each other (CLUB 4).

    Raises too_many_times, times_meet, and what check_hours does.
    """
    if len(times) > 2:
        raise RuleBroken("too_many_times", N_("A club meets at most twice a week."))
    for _, starts_at, minutes in times:
        check_hours(starts_at, minutes)
    if len(times) == 2 and times[0][0] == times[1][0] and meet(times[0][1:], times[1][1:]):
        raise RuleBroken("times_meet", N_("The two weekly times overlap. Choose different ones."))


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
