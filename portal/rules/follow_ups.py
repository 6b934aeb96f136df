"""What is owed to a family after a decision on it: it is told the same day, its extract is given within 3 working days.

DOMAIN §2, "Consilium". The regulation is silent; the terms are those of commissions' practice, that of the extract a
setting, frozen in the meeting when it opens.
"""

from datetime import date, timedelta

from portal.rules import N_, RuleBroken
from portal.rules.workdays import Calendar

EXTRACT_DAYS = 3  # working days, where the meeting has no term of its own
LONGEST_TERM = 10


def tell_by(decided_on: date) -> date:
    """The day by which the family is told: that of the decision, whether people work on it or not."""
    return decided_on


def extract_by(decided_on: date, calendar: Calendar, days: int | None = None) -> date:
    """The last day for the extract: so many working days counted from the day after the decision (DOMAIN §7)."""
    return calendar.add_working_days(decided_on, days or EXTRACT_DAYS)


def last_decided(due_by: date, calendar: Calendar, days: int | None = None) -> date:
    """The latest day of a decision whose extract is due on `due_by` or before: lists ask by the day alone."""
    day = due_by
    while extract_by(day, calendar, days) > due_by:
        day -= timedelta(1)
    return day


def check_told(told_on: date, decided_on: date, extract_on: date | None, today: date) -> None:
    """A family is told after the decision, not in the future, and not after it has its extract. Raises told_date."""
    if told_on < decided_on:
        raise RuleBroken(
            "told_date",
            N_("The family is told after the decision of %(decided_on)s. Check the date."),
            decided_on=decided_on,
        )
    if told_on > today:
        raise RuleBroken(
            "told_date", N_("Note it when it is done: no later than today, %(today)s."), today=today
        )
    if extract_on is not None and told_on > extract_on:
        raise RuleBroken(
            "told_date",
            N_("The family has had its extract since %(extract_on)s: it was told by then. Check the date."),
            extract_on=extract_on,
        )


def check_extract(extract_on: date, told_on: date | None, today: date, ended_on: date | None = None) -> None:
    """The extract is given to a family that was told, when the meeting has ended, and not in the future.

    Raises not_told, extract_date.
    """
    if told_on is None:
        raise RuleBroken("not_told", N_("Note first on which day the family was told of the decision."))
    if extract_on < told_on:
        raise RuleBroken(
            "extract_date",
            N_("The extract is given when the family is told, on %(told_on)s, or later. Check the date."),
            told_on=told_on,
        )
    if ended_on is not None and extract_on < ended_on:
        raise RuleBroken(
            "extract_date",
            N_("The meeting ended on %(ended_on)s: the extract is given then or later. Check the date."),
            ended_on=ended_on,
        )
    if extract_on > today:
        raise RuleBroken(
            "extract_date", N_("Note it when it is done: no later than today, %(today)s."), today=today
        )


def check_unchanged(seen: date | None, now: date | None) -> None:
    """Whoever enters has seen what stands there: the second of two at once is told. Raises entered_meanwhile."""
    if seen != now:
        raise RuleBroken(
            "entered_meanwhile",
            N_("Somebody has entered this in the meantime. Look at what stands there now, then correct it."),
        )
