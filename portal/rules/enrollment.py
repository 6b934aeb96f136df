"""What is asked before the consilium enrolls or removes a family: R2, R4, R5, R6.

The consent itself (R1) is `consent.check_consent`.
"""

from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken

LEAD_PROFESSIONS = frozenset({"social_pedagogue", "social_work_specialist"})


class Term(StrEnum):
    """REG 1.4: how long the patronage is meant to last."""

    LONG = "long"
    SHORT = "short"


def check_term(term: str, starts_on: date, ends_on: date | None) -> None:
    """R5 (REG 1.4): a short term has an end date after its start, a long one has none.

    Raises term_needs_end, term_end_before_start, long_term_has_end.
    """
    if Term(term) == Term.LONG:
        if ends_on is not None:
            raise RuleBroken(
                "long_term_has_end",
                N_("A long-term patronage has no end date. Clear the date, or choose a short term."),
            )
    elif ends_on is None:
        raise RuleBroken(
            "term_needs_end",
            N_("A short-term patronage needs an end date. Enter it, or choose a long term."),
        )
    elif ends_on <= starts_on:
        raise RuleBroken(
            "term_end_before_start",
            N_("The end date must be later than the start, %(starts_on)s. Choose a later end date."),
            starts_on=starts_on,
        )


def check_course(course_ended_on: date | None, reason: str | None, day: date) -> None:
    """R4 (REG 1.2): patronage follows the minor's finished rehabilitation course; without one, say why.

    A course that ends after `day` is not finished. Raises course_reason.
    """
    finished = course_ended_on is not None and course_ended_on <= day
    if not finished and not (reason or "").strip():
        raise RuleBroken(
            "course_reason",
            N_(
                "Patronage normally follows a finished rehabilitation course. "
                "Enter on the family card when it ended, or give the reason for enrolling without one."
            ),
        )


def check_lead(profession: str | None) -> None:
    """R6 (REG 1.2): the lead is a social pedagogue or a social work specialist. Raises lead_profession."""
    if profession not in LEAD_PROFESSIONS:
        raise RuleBroken(
            "lead_profession",
            N_(
                "Only a social pedagogue or a social work specialist leads a patronage. "
                "Choose one of them as the lead, and add this colleague as involved."
            ),
        )


def check_removal(has_analysis: bool, reason: str | None) -> None:
    """R2 (REG 1.3, 3.3): a removal rests on the analysis of the work with the family, and has a reason.

    Raises no_analysis, no_reason.
    """
    if not has_analysis:
        raise RuleBroken(
            "no_analysis",
            N_(
                "A removal needs a closing analysis of the work with the family. "
                "Write the analysis first, then propose the removal."
            ),
        )
    if not (reason or "").strip():
        raise RuleBroken("no_reason", N_("Choose the reason of the removal."))
