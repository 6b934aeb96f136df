"""What is asked before the consilium enrolls or removes a family: R2, R4, R5, R6 and the order of dates.

The consent itself (R1) is `consent.check_consent`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken

LEAD_PROFESSIONS = frozenset({"social_pedagogue", "social_work_specialist"})


class Term(StrEnum):
    """REG 1.4: how long the patronage is meant to last."""

    LONG = "long"
    SHORT = "short"


@dataclass(frozen=True)
class Proposal:
    """What an item to enroll proposes; `course_reason` says why there was no finished course."""

    term: str
    starts_on: date
    ends_on: date | None
    course_ended_on: date | None
    course_reason: str | None
    lead_profession: str


def check_enrollment(proposal: Proposal, day: date) -> None:
    """R4, R5, R6 of a proposal to enroll, on the day of the decision. Raises the codes of the three below."""
    check_term(proposal.term, proposal.starts_on, proposal.ends_on)
    check_course(proposal.course_ended_on, proposal.course_reason, day)
    check_lead(proposal.lead_profession)


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


def check_order(consent: date | None, enrolled: date | None, removed: date | None) -> None:
    """R1, R2: first the consent, then the enrollment, then the removal; all may fall on one day.

    Unknown dates are passed over. Raises enrolled_before_consent, removed_before_enrolled,
    removed_before_consent.
    """
    if consent is not None and enrolled is not None and enrolled < consent:
        raise RuleBroken(
            "enrolled_before_consent",
            N_("Enrolled on %(enrolled)s, before the consent of %(consent)s. Check both dates."),
            enrolled=enrolled,
            consent=consent,
        )
    if enrolled is not None and removed is not None and removed < enrolled:
        raise RuleBroken(
            "removed_before_enrolled",
            N_("Removed on %(removed)s, before the enrollment of %(enrolled)s. Check both dates."),
            removed=removed,
            enrolled=enrolled,
        )
    if consent is not None and removed is not None and removed < consent:
        raise RuleBroken(
            "removed_before_consent",
            N_("Removed on %(removed)s, before the consent of %(consent)s. Check both dates."),
            removed=removed,
            consent=consent,
        )
