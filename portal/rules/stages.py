"""R7 (REG 3): the stages of a patronage, what each must have before it is done, and the moves between them.

One table: the guards refuse by it, and the card draws what is lacking and the buttons from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from portal.rules import N_, RuleBroken, lifecycle
from portal.rules.lifecycle import Stage, Status


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


def lacking(stage: str, facts: Facts) -> list[Need]:
    """What the stage must still have before it is done, in order. An unwritten analysis is not unapproved too."""
    return _unmet(NEEDS[Stage(stage)], facts)


def _unmet(needs: tuple[Need, ...], facts: Facts) -> list[Need]:
    return [need for need in needs if not _MET[need](facts)]


def possible(status: str, stage: str, facts: Facts) -> list[Move]:
    """The moves that can be made now: the buttons. R3: none while the patronage is suspended or over."""
    if status != Status.ENROLLED:
        return []
    return [move for (at, move), (_to, needs) in MOVES.items() if at == stage and not _unmet(needs, facts)]


def after(status: str, stage: str, move: str, facts: Facts) -> Stage:
    """The stage after the move. Raises wrong_state, no_diagnosis, no_plan, no_off_agenda."""
    lifecycle.check_enrolled(status)
    found = MOVES.get((Stage(stage), Move(move))) if move in set(Move) else None
    if found is None:
        raise RuleBroken("wrong_state", _ELSEWHERE)
    to, needs = found
    for need in _unmet(needs, facts):
        raise RuleBroken(f"no_{need}", _SENTENCES[need])
    return to
