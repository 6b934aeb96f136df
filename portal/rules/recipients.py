"""Who may be served by clubs, and how many go to one.

REG 1.3: services go to members of families on patronage. CLUB 4: «стандарт разработан для оказания данной услуги
в стационарной форме обслуживания»: so they go to families of children in inpatient care as well.
"""

from collections.abc import Iterable
from datetime import date

from portal.rules import N_, RuleBroken

MOST_PLACES = 100
EARLIEST = date(2000, 1, 1)


def check_served(status: str | None, in_care: bool) -> None:
    """REG 1.3, CLUB 4: by the family's latest patronage, or by a child's inpatient care on the day.

    Raises recipient_suspended, recipient_not_enrolled.
    """
    if in_care or status == "enrolled":
        return
    if status == "suspended":
        raise RuleBroken(
            "recipient_suspended",
            N_("The patronage of the family is suspended: services go on after a new consent."),
        )
    raise RuleBroken(
        "recipient_not_enrolled",
        N_("The family is neither on patronage nor in inpatient care on that day: it gets no services."),
    )


def has_place(capacity: int, going: int) -> bool:
    """Whether a club with so many places has one left when so many go to it; none when it was made smaller."""
    return going < capacity


def check_stay(starts_on: date, ends_on: date | None, others: Iterable[tuple[date, date | None]]) -> None:
    """A stay ends no earlier than it starts and meets no other of the same child (its first and last day).

    Raises stay_date, stay_order, stay_meets.
    """
    if starts_on < EARLIEST:
        raise RuleBroken("stay_date", N_("The first day of the stay is too long ago. Check the year."))
    if ends_on is not None and ends_on < starts_on:
        raise RuleBroken("stay_order", N_("The stay ends no earlier than it starts. Check the days."))
    for first, last in others:
        if first <= (ends_on or date.max) and starts_on <= (last or date.max):
            raise RuleBroken(
                "stay_meets",
                N_("The child is in inpatient care from %(first)s already: end that stay first."),
                first=first,
            )
