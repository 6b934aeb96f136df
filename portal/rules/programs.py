"""Rehabilitation programs of minors and their home tasks.

CALL 5: whoever visits or calls knows what the program planned and reached, and «задания, которые были
рекомендованы родителям для самостоятельной работы с ребенком».
"""

from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken

EARLIEST = date(2000, 1, 1)
FARTHEST_YEARS = 5


class Kind(StrEnum):
    """Individual program of rehabilitation, or of social rehabilitation."""

    IPR = "ipr"
    IPSR = "ipsr"


class Setting(StrEnum):
    """Where the course of rehabilitation takes place."""

    INPATIENT = "inpatient"
    SEMI = "semi"
    HOME = "home"


class Outcome(StrEnum):
    """What became of a planned result (CALL 2, 5: «проверить наличие, утрату данного навыка»)."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT = "not"
    LOST = "lost"


def check_course(starts_on: date, ends_on: date | None, today: date) -> None:
    """Raises bad_course for dates out of order or out of reason."""
    last = ends_on or starts_on
    if starts_on < EARLIEST or last.year > today.year + FARTHEST_YEARS:
        raise RuleBroken("bad_course", N_("Check the years of the course."))
    if last < starts_on:
        raise RuleBroken("bad_course", N_("The course ends before it begins. Check its dates."))


def check_task(starts_on: date, ends_on: date | None, today: date) -> None:
    """Raises bad_task for a home task that is over before it begins, or when it is set."""
    if starts_on < EARLIEST or (ends_on or starts_on).year > today.year + FARTHEST_YEARS:
        raise RuleBroken("bad_task", N_("Check the years of the home task."))
    if ends_on is not None and ends_on < max(starts_on, today):
        raise RuleBroken("bad_task", N_("The home task would be over already. Choose a later last day."))


def check_may_task(suspended: bool) -> None:
    """R3: help is voluntary; nothing is set to a family that has withdrawn its consent. Raises suspended."""
    if suspended:
        raise RuleBroken(
            "suspended",
            N_("The consent is withdrawn, so no new tasks are set. They go on with a new consent."),
        )


def is_active(closed_on: date | None, ends_on: date | None, day: date) -> bool:
    """Whether the family is to do the task on the day (or from a later first day on)."""
    return closed_on is None and (ends_on is None or ends_on >= day)
