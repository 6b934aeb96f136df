"""A colleague's month as one number: papers are of one id, and the log of outings is of two things."""

from datetime import date

from portal.access import LARGEST_ID
from portal.months import FIRST

YEARS = 101
MONTHS = YEARS * 12


def month_id(user_id: int, day: date) -> int:
    """The id of the month of the day, of a colleague."""
    return user_id * MONTHS + (day.year - FIRST.year) * 12 + day.month - 1


def month_of(number: int) -> tuple[int, date] | None:
    """(the colleague, the first day of the month) of an id; None for one that cannot be."""
    user_id, months = divmod(number, MONTHS)
    if not 0 < number <= LARGEST_ID or user_id < 1:
        return None
    return user_id, date(FIRST.year + months // 12, months % 12 + 1, 1)
