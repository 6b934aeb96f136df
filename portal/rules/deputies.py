"""Deputies: who may stand in for whom, and when (DOMAIN §4: a deputy takes over assignments, checks and duties)."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.hand_over import check_colleague

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=366)
Period = tuple[date, date]  # first and last day, both included


class Reason(StrEnum):
    """Why somebody is away."""

    LEAVE = "leave"
    ILLNESS = "illness"
    TRIP = "trip"
    TRAINING = "training"
    OTHER = "other"


def check_period(starts_on: date, ends_on: date, today: date) -> None:
    """From today on, a year at most. Raises past_start, wrong_order, too_long, far_start."""
    if ends_on < starts_on:
        raise RuleBroken("wrong_order", N_("The last day is before the first. Check both."))
    if starts_on < today:
        raise RuleBroken(
            "past_start", N_("A deputy begins today at the earliest: choose %(today)s or later."), today=today
        )
    if starts_on > today + FARTHEST or ends_on - starts_on > LONGEST:
        raise RuleBroken(
            "too_long", N_("Deputies are named for a year at most, within a year. Check the dates.")
        )


def check_maker(away_is_head: bool, themselves: bool, by_head: bool, by_admin: bool) -> None:
    """The head names deputies of specialists; a head's deputy is named by that head or the administrator.

    A deputy of a head names none for the head: rights are not passed on. Raises head_names, admin_names.
    """
    if away_is_head and not (themselves or by_admin):
        raise RuleBroken(
            "admin_names", N_("The deputy of a head is named by that head or by the administrator.")
        )
    if not away_is_head and not by_head:
        raise RuleBroken("head_names", N_("The deputies of specialists are named by the head of department."))


def check_able(
    leads: bool, works: bool, same: bool, profession: str, deputy_works: bool, dismissed: bool
) -> None:
    """Whether the colleague can take it all over.

    `leads`: whether who is away leads a family; `works`: whether they work with families at all.
    Raises nothing_to_take_over, themselves, and what check_colleague does (R6: lead_profession).
    """
    if not works:
        raise RuleBroken(
            "nothing_to_take_over", N_("This colleague works with no families: a deputy is not needed.")
        )
    if same:
        raise RuleBroken("themselves", N_("Nobody stands in for themselves. Choose another colleague."))
    check_colleague("lead" if leads else "involved", profession, deputy_works, dismissed)


def check_free(
    wanted: Period, has_deputy: Iterable[Period], deputy_away: Iterable[Period], stands_in: Iterable[Period]
) -> None:
    """One deputy at a time, and no deputies of deputies.

    `has_deputy`: when who is away has one already; `deputy_away`: when the deputy is away themselves;
    `stands_in`: when who is away stands in for others. Raises overlap, deputy_away, stands_in.
    """
    for first, last in _meeting(wanted, has_deputy):
        raise RuleBroken(
            "overlap",
            N_(
                "There is a deputy from %(first)s to %(last)s already. Choose other days, or end that one first."
            ),
            first=first,
            last=last,
        )
    for first, last in _meeting(wanted, deputy_away):
        raise RuleBroken(
            "deputy_away",
            N_("This colleague is away themselves from %(first)s to %(last)s. Choose another one."),
            first=first,
            last=last,
        )
    for first, last in _meeting(wanted, stands_in):
        raise RuleBroken(
            "stands_in",
            N_(
                "Who is away stands in for a colleague from %(first)s to %(last)s."
                " Name another deputy for that colleague first."
            ),
            first=first,
            last=last,
        )


def _meeting(wanted: Period, others: Iterable[Period]) -> list[Period]:
    return sorted(one for one in others if one[0] <= wanted[1] and one[1] >= wanted[0])


def check_running(ends_on: date, ended: bool, today: date) -> None:
    """Only what lasts or is to come can be ended. Raises is_over."""
    if ended or ends_on < today:
        raise RuleBroken("is_over", N_("This is over already."))
