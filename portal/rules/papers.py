"""Papers: their register, and which of them a family should have.

DOMAIN §6: each paper has a number and a date; numbers of a kind follow each other within a year. The papers of a
family are those that REG and BY name; SOURCES.md says by which sentence each.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.lifecycle import OPEN, Stage, Status

_FROM_ENROLLMENT = frozenset({Status.ENROLLED, Status.SUSPENDED})
_TO_THE_END = _FROM_ENROLLMENT | {Status.REMOVED}
# what a family should have, in the order of its way, and at which statuses of its patronage
SHOULD: dict[str, frozenset[str]] = {
    "application": frozenset(OPEN),  # BY, R19
    "consent": frozenset(OPEN),  # REG 1.3, R1
    "personal-data-consent": frozenset(OPEN),  # 152-FZ; R20
    "survey-report": frozenset(OPEN),  # BY, R8
    "service-agreement": frozenset(OPEN),  # BY, R19
    "enrollment-order": _TO_THE_END,  # REG 1.3, R2
    "social-diagnosis": _TO_THE_END,  # REG 3.1, R7
    "support-plan": _TO_THE_END,  # REG 3.1, BY, R17
    "closing-analysis": _TO_THE_END,  # REG 3.3, R2: before the removal
    "removal-order": frozenset({Status.REMOVED}),  # REG 1.3, R2
}
BEFORE_THE_PORTAL = frozenset(
    {"application", "survey-report", "enrollment-order"}
)  # of families from a register


class State(StrEnum):
    """How it stands with a paper that a family should have; the worst first."""

    MISSING = "missing"
    EXPIRED = "expired"
    UNSIGNED = "unsigned"
    FINE = "fine"


@dataclass(frozen=True)
class Have:
    """What there is of a paper: `ended_on` where it was withdrawn, or its term is over."""

    is_there: bool = False
    ended_on: date | None = None
    is_signed: bool = False  # or needs no signature


def wanted(status: str, stage: str | None, imported: bool) -> tuple[str, ...]:
    """The papers that a family should have at this stage of its way, in their order.

    The closing analysis is asked for when the work comes to its end: in the final stage (REG 3.3), or when the
    consent was withdrawn and the removal is next (R3). A family that came with a register is not asked for what was
    made before.
    """
    left = BEFORE_THE_PORTAL if imported else frozenset()
    ends = stage == Stage.FINAL or status in (Status.SUSPENDED, Status.REMOVED)
    found = (code for code, statuses in SHOULD.items() if status in statuses and code not in left)
    return tuple(code for code in found if ends or code != "closing-analysis")


def state(have: Have, today: date) -> State:
    """A paper past its end is expired, signed or not; on its last day it is in force, as a consent is not (R3)."""
    if have.ended_on is not None and have.ended_on < today:
        return State.EXPIRED
    if not have.is_there:
        return State.MISSING
    return State.FINE if have.is_signed else State.UNSIGNED


def worst_first(states: Iterable[tuple[str, State]]) -> list[tuple[str, State]]:
    """Papers with their states: missing, expired, unsigned, fine, each in the order given."""
    order = list(State)
    return sorted(states, key=lambda one: order.index(one[1]))


def term_over(term: str | None, ends_on: date | None, today: date) -> date | None:
    """R5, REG 1.4: the last day of a short term that is over, and with it of its agreement."""
    return ends_on if term == "short" and ends_on is not None and ends_on < today else None


# what a paper must say before it is numbered for good: the fact («!» where it must say nothing), and what to do.
# A kind that is not here is complete with what it is made of: an order with its decision, the consent to personal
# data with the representative, a journal with its period, empty or not. What has no record may still be printed.
MUST_SAY: dict[str, tuple[str, str]] = {
    "application": (
        "representative.full",
        N_(
            "The application is made by a legal representative, and the family has none yet: add one to the"
            " family's card."
        ),
    ),
    "consent": (
        "given.day",
        N_("This representative has no consent in force: record it on the family's card when it is signed."),
    ),
    "withdrawal": (
        "withdrawn.day",
        N_("This consent is still in force: record its withdrawal on the family's card when it is signed."),
    ),
    "photo-consent": (
        "given.day",
        N_("There is no photo consent in force: record it on the page of the club when it is signed."),
    ),
    "survey-report": (
        "survey.day",
        N_(
            "The survey of living conditions is not recorded yet: enter it under “Application” of the family."
        ),
    ),
    "service-agreement": (
        "agreement.day",
        N_("There is no service agreement yet: enter it under “Application” of the family."),
    ),
    "social-diagnosis": (
        "approved.day",
        N_("The diagnosis is not approved yet: finish it on its page, and the head approves it there."),
    ),
    "support-plan": (
        "approved.day",
        N_("The plan is not approved yet: finish it on its page, and the head approves it there."),
    ),
    "closing-analysis": (
        "approved.day",
        N_(
            "The closing analysis is not approved yet: finish it on its page, and the head approves it there."
        ),
    ),
    "visit-schedule": (
        "rows",
        N_("No contact is planned for this month or later: plan one under “Contacts” of the family."),
    ),
    "visit-sheet": (
        "!contact.planned",
        N_("The contact is still ahead: write on its page what came of it."),
    ),
    "attendance-sheet": (
        "came",
        N_("The session was not held yet: mark on its page who came."),
    ),
    "club-program": (
        "!program.state",
        N_("This version of the program is not in force: put it in force on the page of the club."),
    ),
}


def lacking(code: str, says: Callable[[str], bool]) -> str | None:
    """What the paper lacks to be numbered, and where that is entered; None when it is complete.

    `says(fact)`: whether the paper says anything there.
    """
    fact, what = MUST_SAY.get(code, ("", ""))
    return what if fact and not says(fact) else None


def check_complete(code: str, says: Callable[[str], bool]) -> None:
    """A number is given for good, so not to an empty paper. Raises paper_incomplete."""
    if what := lacking(code, says):
        raise RuleBroken("paper_incomplete", what)


# the register


def check_day(day: date, last: date | None, today: date) -> None:
    """The day of a paper: not in the future, and not before the paper with the number before it. Raises paper_day."""
    if day > today:
        raise RuleBroken(
            "paper_day",
            N_("A paper is registered no later than today, %(today)s. Check the date."),
            today=today,
        )
    if last is not None and day < last:
        raise RuleBroken(
            "paper_day",
            N_("The paper with the number before is of %(last)s: numbers follow the days. Check the date."),
            last=last,
        )


def check_valid(is_void: bool) -> None:
    """Nothing is done any more with a paper that is void. Raises paper_void."""
    if is_void:
        raise RuleBroken("paper_void", N_("This paper is void. Register a new one."))


def check_signed(signed_on: date, day: date, today: date) -> None:
    """A paper is signed on its day or later, and not in the future. Raises paper_signed_on."""
    if not day <= signed_on <= today:
        raise RuleBroken(
            "paper_signed_on",
            N_("The paper of %(day)s is signed between that day and today. Check the date."),
            day=day,
        )


def check_reason(reason: str) -> None:
    """Whoever makes a paper void says why. Raises paper_reason."""
    if not reason.strip():
        raise RuleBroken("paper_reason", N_("Say why the paper is void."))


def check_registered(is_registered: bool) -> None:
    """Papers with a number of their own (minutes, extracts, orders) get no second one. Raises paper_not_registered."""
    if not is_registered:
        raise RuleBroken(
            "paper_not_registered",
            N_("This paper has a number of its own: it is not entered in the register."),
        )
