"""What may change the norms of R9: versions of them by date, and exemptions of one family."""

from collections.abc import Mapping
from datetime import date, timedelta

from portal.rules import N_, RuleBroken
from portal.rules.norms import Norm

MOST = 14  # contacts in a period
FIRST_DAY = date(2000, 1, 1)
AHEAD = timedelta(days=3 * 366)
LONGEST = 366  # days of one exemption


def check_version(starts_on: date, norms: Mapping[str, Norm], today: date) -> None:
    """R9: norms are versioned by date. A version may begin in the past: a decree may. Raises bad_norm, bad_start."""
    if not FIRST_DAY <= starts_on <= today + AHEAD:
        raise RuleBroken(
            "bad_start", N_("Norms begin between 2000 and three years from now. Check the year.")
        )
    if any(not 0 <= norm.count <= MOST for norm in norms.values()):
        raise RuleBroken("bad_norm", N_("A norm is from 0 to %(most)s contacts in a period."), most=MOST)


def check_removable(starts_on: date, today: date) -> None:
    """History is judged by the norm of its day: only norms that have not begun are taken away. Raises in_force."""
    if starts_on <= today:
        raise RuleBroken(
            "in_force",
            N_("These norms are in force already. Enter norms that begin on the same day to correct them."),
        )


def check_exemption(first: date, last: date, enrolled_on: date | None, removed_on: date | None) -> None:
    """R9: a recorded exemption lifts the norm for its days. Raises wrong_order, too_long, before_enrollment…"""
    if last < first:
        raise RuleBroken("wrong_order", N_("The last day lies before the first. Change one of them."))
    if (last - first).days >= LONGEST:
        raise RuleBroken("too_long", N_("A family is exempt for a year at most. Choose an earlier last day."))
    if enrolled_on is None or last < enrolled_on:
        raise RuleBroken("before_enrollment", N_("The family was not on patronage yet on these days."))
    if removed_on is not None and first > removed_on:
        raise RuleBroken("after_removal", N_("The family was no longer on patronage on these days."))


def check_end(first: date, last: date, new_last: date) -> None:
    """An exemption ends earlier, never later: that is another decision. Raises wrong_order, not_earlier."""
    if new_last < first:
        raise RuleBroken("wrong_order", N_("The last day lies before the first. Change one of them."))
    if new_last > last:
        raise RuleBroken("not_earlier", N_("To exempt the family for longer, record another exemption."))
