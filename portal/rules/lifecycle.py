"""The life of a patronage (DOMAIN §3) and its stages (R7, REG 3): every move and its guard stand in a table.

A move that is in no table is refused with wrong_state and a sentence on what to do instead. The card draws what is
lacking and its buttons from the same tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from portal.rules import N_, RuleBroken


class Status(StrEnum):
    """Where a patronage is."""

    IDENTIFIED = "identified"
    CONSENTED = "consented"
    SUBMITTED = "submitted"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    DECLINED = "declined"
    REFUSED = "refused"


class Stage(StrEnum):
    """REG 3: the stages of an enrolled patronage, in their order."""

    PREPARATORY = "preparatory"
    MAIN = "main"
    FINAL = "final"


class Event(StrEnum):
    """What happens to a patronage: `rejected` by the consilium, `declined` by the family."""

    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SUBMITTED = "submitted"
    ENROLLED = "enrolled"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REMOVED = "removed"
    DECLINED = "declined"


class Move(StrEnum):
    """How a specialist or the head moves a family on, or back."""

    BEGIN_MAIN = "begin_main"
    BEGIN_FINAL = "begin_final"
    BACK_TO_MAIN = "back_to_main"


class Need(StrEnum):
    """What a stage may lack."""

    DIAGNOSIS = "diagnosis"
    PLAN = "plan"
    ANALYSIS = "analysis"
    APPROVAL = "approval"
    OFF_AGENDA = "off_agenda"


@dataclass(frozen=True)
class Facts:
    """What is known of a patronage."""

    diagnosis_approved: bool = False
    plan_in_force: bool = False
    analysis_written: bool = False
    analysis_approved: bool = False
    removal_on_agenda: bool = False


OPEN = frozenset({Status.IDENTIFIED, Status.CONSENTED, Status.SUBMITTED, Status.ENROLLED, Status.SUSPENDED})

TRANSITIONS: dict[tuple[str, str], Status] = {
    (Status.IDENTIFIED, Event.CONSENT_GIVEN): Status.CONSENTED,
    (Status.IDENTIFIED, Event.DECLINED): Status.DECLINED,
    (Status.CONSENTED, Event.CONSENT_GIVEN): Status.CONSENTED,
    (Status.CONSENTED, Event.CONSENT_WITHDRAWN): Status.IDENTIFIED,
    (Status.CONSENTED, Event.SUBMITTED): Status.SUBMITTED,
    (Status.CONSENTED, Event.DECLINED): Status.DECLINED,
    (Status.SUBMITTED, Event.CONSENT_GIVEN): Status.SUBMITTED,
    (Status.SUBMITTED, Event.CONSENT_WITHDRAWN): Status.IDENTIFIED,
    (Status.SUBMITTED, Event.SUBMITTED): Status.SUBMITTED,  # a deferred one, on the next agenda
    (Status.SUBMITTED, Event.ENROLLED): Status.ENROLLED,
    (Status.SUBMITTED, Event.REJECTED): Status.REFUSED,
    (Status.SUBMITTED, Event.DEFERRED): Status.SUBMITTED,
    (Status.SUBMITTED, Event.DECLINED): Status.DECLINED,
    (Status.ENROLLED, Event.CONSENT_GIVEN): Status.ENROLLED,
    (Status.ENROLLED, Event.CONSENT_WITHDRAWN): Status.SUSPENDED,
    (Status.ENROLLED, Event.SUSPENDED): Status.SUSPENDED,  # away
    (Status.ENROLLED, Event.REMOVED): Status.REMOVED,
    (Status.SUSPENDED, Event.CONSENT_GIVEN): Status.ENROLLED,
    (Status.SUSPENDED, Event.CONSENT_WITHDRAWN): Status.SUSPENDED,
    (Status.SUSPENDED, Event.RESUMED): Status.ENROLLED,  # back; the consent is checked by check_consent
    (Status.SUSPENDED, Event.REMOVED): Status.REMOVED,
}

# REG 3.1: the diagnosis and the plan; REG 3.3: the analysis of the work. The main stage lasts as long as it must.
NEEDS: dict[Stage, tuple[Need, ...]] = {
    Stage.PREPARATORY: (Need.DIAGNOSIS, Need.PLAN),
    Stage.MAIN: (),
    Stage.FINAL: (Need.ANALYSIS, Need.APPROVAL),
}
MOVES: dict[tuple[Stage, Move], tuple[Stage, tuple[Need, ...]]] = {
    (Stage.PREPARATORY, Move.BEGIN_MAIN): (Stage.MAIN, NEEDS[Stage.PREPARATORY]),
    (Stage.MAIN, Move.BEGIN_FINAL): (Stage.FINAL, NEEDS[Stage.MAIN]),
    (Stage.FINAL, Move.BACK_TO_MAIN): (Stage.MAIN, (Need.OFF_AGENDA,)),
}
_MET: dict[Need, Callable[[Facts], bool]] = {
    Need.DIAGNOSIS: lambda facts: facts.diagnosis_approved,
    Need.PLAN: lambda facts: facts.plan_in_force,
    Need.ANALYSIS: lambda facts: facts.analysis_written,
    Need.APPROVAL: lambda facts: facts.analysis_approved or not facts.analysis_written,
    Need.OFF_AGENDA: lambda facts: not facts.removal_on_agenda,
}

_CLOSED = N_("This patronage is over. If the family needs help again, open a new one.")
_WHAT_TO_DO = {
    Status.IDENTIFIED: N_(
        "The family has no consent in force. Record the consent of a legal representative first."
    ),
    Status.CONSENTED: N_(
        "The consilium has not been asked about this family yet. Put the family on an agenda first."
    ),
    Status.SUBMITTED: N_("The family is before the consilium. Wait for its decision, or withdraw the item."),
    Status.ENROLLED: N_(
        "The family is on patronage. Only the consilium takes it off, by a vote on its removal."
    ),
    Status.SUSPENDED: N_(
        "The patronage is suspended. Record a new consent, or put the removal before the consilium."
    ),
    Status.REMOVED: _CLOSED,
    Status.DECLINED: _CLOSED,
    Status.REFUSED: _CLOSED,
}

_SENTENCES = {
    Need.DIAGNOSIS: N_(
        "The main stage begins when the social diagnosis is approved. Submit it to the head first."
    ),
    Need.PLAN: N_("The main stage begins when the support plan is in force. Have it approved first."),
    Need.OFF_AGENDA: N_(
        "The removal of this family is on an agenda. Have it taken off before you go back to the main stage."
    ),
}
_ELSEWHERE = N_("The family is at another stage already. Look at its card again.")


def after(status: str, event: str) -> Status:
    """The status of a patronage after the event. Raises wrong_state when it can't happen now.

    R3 (REG 1.1): a withdrawn consent takes an enrolled family to suspended, an earlier one back to
    identified; a new consent brings a suspended one back. R2 (REG 1.3): enrolled, rejected, deferred and
    removed are decisions of the consilium. A rejected or deferred removal changes nothing and is no event.
    """
    to = TRANSITIONS.get((status, event))
    if to is None:
        _refuse(_WHAT_TO_DO[Status(status)], status, event)
    return to


def possible(status: str) -> dict[Event, Status]:
    """What can happen to a patronage now, and its status then: what its card draws the buttons from."""
    return {Event(event): to for (at, event), to in TRANSITIONS.items() if at == status}


def check_enrolled(status: str) -> None:
    """Raises wrong_state unless the family is on patronage now, not suspended."""
    if status != Status.ENROLLED:
        raise RuleBroken("wrong_state", _WHAT_TO_DO[Status(status)], status=str(status))


def check_open(status: str | None) -> None:
    """Nothing new is written on an episode that is over, or of a family without one. Raises over."""
    if status is None or status not in OPEN:
        raise RuleBroken(
            "over",
            N_(
                "The patronage is over, so nothing new is entered. If the family needs help again, open a new "
                "patronage; of a child in danger tell the juvenile commission by telephone at once."
            ),
        )


def stage_lacks(stage: str, facts: Facts) -> list[Need]:
    """What the stage must still have before it is done, in order. An unwritten analysis is not unapproved too."""
    return _unmet(NEEDS[Stage(stage)], facts)


def _unmet(needs: tuple[Need, ...], facts: Facts) -> list[Need]:
    return [need for need in needs if not _MET[need](facts)]


def stage_moves(status: str, stage: str, facts: Facts) -> list[Move]:
    """The moves that can be made now: the buttons. R3: none while the patronage is suspended or over."""
    if status != Status.ENROLLED:
        return []
    return [move for (at, move), (_to, needs) in MOVES.items() if at == stage and not _unmet(needs, facts)]


def stage_after(status: str, stage: str, move: str, facts: Facts) -> Stage:
    """The stage after the move. Raises wrong_state, no_diagnosis, no_plan, no_off_agenda."""
    check_enrolled(status)
    found = MOVES.get((Stage(stage), Move(move))) if move in set(Move) else None
    if found is None:
        raise RuleBroken("wrong_state", _ELSEWHERE)
    to, needs = found
    for need in _unmet(needs, facts):
        raise RuleBroken(f"no_{need}", _SENTENCES[need])
    return to


def _refuse(message: str, status: str, event: str) -> NoReturn:
    raise RuleBroken("wrong_state", message, status=str(status), event=str(event))
