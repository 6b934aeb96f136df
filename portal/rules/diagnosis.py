"""The social diagnosis: its life, when it may be submitted and approved, and what a change of a score means.

REG 3: «оценка семейной ситуации, характера и глубины кризиса»; BY: «комплексная оценка получателя услуги»; R18:
it is repeated, so that the change shows. One scale everywhere: 0 is all well, 4 is critical, less is better.
"""

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.lifecycle import OPEN

BEST, WORST = 0, 4
EARLIEST = date(2000, 1, 1)


class State(StrEnum):
    """Where a diagnosis is; an approved one stays as it is, a new one corrects it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.APPROVED, State.RETURNED}),
    State.RETURNED: frozenset({State.SUBMITTED}),
    State.APPROVED: frozenset(),
}
WRITABLE = frozenset({State.DRAFT, State.RETURNED})
_WHAT_TO_DO = {
    State.DRAFT: N_("This diagnosis is still a draft. Submit it first."),
    State.SUBMITTED: N_("This diagnosis waits for the head: it can be changed when the head returns it."),
    State.RETURNED: N_("The head has returned this diagnosis. Mend it and submit it again."),
    State.APPROVED: N_("This diagnosis is approved and stays as it is. Make a new one to correct it."),
}


def check_move(state: str, to: State) -> None:
    """Raises wrong_state for a step that the life of a diagnosis does not have."""
    if to not in TRANSITIONS[State(state)]:
        raise RuleBroken("wrong_state", _WHAT_TO_DO[State(state)])


def check_writable(state: str) -> None:
    """Raises wrong_state unless it is a draft or was returned."""
    if state not in WRITABLE:
        raise RuleBroken("wrong_state", _WHAT_TO_DO[State(state)])


def is_running(status: str) -> bool:
    """Whether diagnoses of a patronage with this status are written."""
    return status in OPEN


def check_running(status: str) -> None:
    """REG 3: a family is assessed from the day it is identified on, while its patronage is open.

    Raises not_open.
    """
    if not is_running(status):
        raise RuleBroken(
            "not_open",
            N_("This patronage is over: its diagnoses stay as they are. Open a new patronage first."),
        )


def check_day(day: date, today: date) -> None:
    """Raises future_day, early_day."""
    if day > today:
        raise RuleBroken("future_day", N_("A diagnosis cannot be dated later than today. Check the date."))
    if day < EARLIEST:
        raise RuleBroken("early_day", N_("The date of the diagnosis is too long ago. Check the year."))


def check_score(score: int | None) -> None:
    """Raises bad_score for what is not on the scale."""
    if score is not None and not BEST <= score <= WORST:
        raise RuleBroken("bad_score", N_("A score is a number from 0, all well, to 4, critical."))


def check_complete(
    spheres: Mapping[str, str], scored: Collection[str], depth: int | None, conclusion: str
) -> None:
    """R18, REG 3: every sphere, the depth of the crisis and the conclusion. `spheres` are labels by code.

    Raises spheres_unscored, no_depth, no_conclusion.
    """
    left = [label for code, label in spheres.items() if code not in scored]
    if left:
        raise RuleBroken(
            "spheres_unscored",
            N_("Give every sphere of life a score before you submit. Still without one: %(spheres)s."),
            spheres=", ".join(left),
        )
    if depth is None:
        raise RuleBroken("no_depth", N_("Say how deep the crisis is before you submit."))
    if not conclusion.strip():
        raise RuleBroken("no_conclusion", N_("Write the conclusion before you submit."))


def check_approver(has_written: bool) -> None:
    """DOMAIN §4: nobody approves what they wrote, in whole or in part, before others or after. Raises own_work."""
    if has_written:
        raise RuleBroken(
            "own_work",
            N_("You wrote this yourself, so somebody else approves it: another head of department."),
        )


def better_by(then: int | None, now: int | None) -> int | None:
    """By how many steps a sphere is better than it was: negative is worse, None when one was not scored."""
    return None if then is None or now is None else then - now
