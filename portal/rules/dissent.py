"""A dissenting opinion: who may attach one to a decision, and until when (DOMAIN §2, "Consilium")."""

from datetime import date

from portal.rules import N_, RuleBroken
from portal.rules.meetings import DECIDED
from portal.rules.workdays import Calendar

WORKING_DAYS = 1  # after the day on which the meeting ended


def last_day(ended_on: date, calendar: Calendar) -> date:
    """The last day for a dissenting opinion: the next working day after the meeting."""
    return calendar.add_working_days(ended_on, WORKING_DAYS)


def check_dissent(item: str, took_part: bool, already: bool, today: date, until: date | None) -> None:
    """Of a member who took part in a decision, once, in time; `until` is None while the meeting goes on.

    Raises not_decided, took_no_part, already_stated, too_late, in this order.
    """
    if item not in DECIDED:
        raise RuleBroken("not_decided", N_("This item is not decided: there is nothing to dissent from."))
    if not took_part:
        raise RuleBroken(
            "took_no_part",
            N_(
                "A dissenting opinion is stated by members who were present and not recused when the vote closed."
            ),
        )
    if already:
        raise RuleBroken(
            "already_stated", N_("Your dissenting opinion is attached already. It can't be changed.")
        )
    if until is not None and today > until:
        raise RuleBroken(
            "too_late",
            N_(
                "A dissenting opinion could be stated until %(day)s. Write to the chair for the next meeting."
            ),
            day=until,
        )
