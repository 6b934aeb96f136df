"""Who takes a family over from whom, and from which day (R6; DOMAIN §4: the head assigns and hands over)."""

from collections.abc import Iterable
from datetime import date

from portal.rules import N_, RuleBroken
from portal.rules.enrollment import check_lead


def check_colleague(kind: str, profession: str, works_with_families: bool, dismissed: bool) -> None:
    """Whether a colleague may become `kind` (lead or involved) of a family.

    Raises colleague_dismissed, not_a_specialist, and lead_profession of R6.
    """
    if dismissed:
        raise RuleBroken(
            "colleague_dismissed", N_("This colleague no longer works here. Choose another one.")
        )
    if not works_with_families:
        raise RuleBroken(
            "not_a_specialist",
            N_("This colleague has no role of a specialist. Choose another one, or ask the administrator."),
        )
    if kind == "lead":
        check_lead(profession)


def check_day(day: date, began: Iterable[date], today: date) -> None:
    """A change of specialists takes effect today or earlier, never before what it ends began.

    Raises change_in_future, change_before_start.
    """
    if day > today:
        raise RuleBroken(
            "change_in_future",
            N_("The date is in the future. Choose %(today)s or an earlier day."),
            today=today,
        )
    latest = max(began, default=None)
    if latest is not None and day < latest:
        raise RuleBroken(
            "change_before_start",
            N_("The present assignment began on %(began)s. Choose that day or a later one."),
            began=latest,
        )
