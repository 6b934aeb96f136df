"""Procedures (VISIT, CALL, CLUB) as data: their stages and steps, what a run still lacks, how a version may change.

A contact goes through a frozen copy of the version of its day. Its branches act (CALL 7): a refusal to talk and
ignored recommendations are told to the head (R12), danger to a child is told at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from portal.rules import N_, RuleBroken
from portal.rules.contacts import AHEAD, Kind, State


class Code(StrEnum):
    """Which procedure."""

    VISIT = "visit"
    CALL = "call"
    CLUB = "club"


class Branch(StrEnum):
    """What may happen on the way; also the kind of the alert it raises (R12)."""

    IGNORED = "ignored"
    REFUSAL = "refusal"
    DANGER = "danger"


class Mark(StrEnum):
    """Where a step of a run is."""

    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"


PROCEDURE_OF = {Kind.VISIT: Code.VISIT, Kind.CENTER: Code.VISIT, Kind.CALL: Code.CALL, Kind.VIDEO: Code.CALL}
_BRANCHES = tuple(str(branch) for branch in Branch)
RECORDING = "recording"
STAGES: dict[Code, tuple[str, ...]] = {
    Code.VISIT: ("agreement", "help", "study", "prevention", *_BRANCHES, RECORDING),
    Code.CALL: (
        *("preparation", "agreement", "greeting", "clarifying", "first_direction", "second_direction"),
        *(*_BRANCHES, "closing", RECORDING),
    ),
    Code.CLUB: ("preparatory", "organizational", "main", "final"),
}
PHASES = (
    "preparation",
    "contact",
    RECORDING,
)  # each has its minutes: CALL 7: 60, 60, 20; VISIT 4: 90 of contact
PHASE_OF = {"preparation": "preparation", "agreement": "preparation", RECORDING: RECORDING}
EXCUSED = frozenset({"clarifying", "first_direction", "second_direction", "help", "study", "prevention"})
BY_WRITE_UP = frozenset({"record_journal", "record_papers", "record_log"})  # writing up a contact does these
BY_ALERT = {
    Branch.IGNORED: frozenset({"ignored_report", "ignored_review"}),
    Branch.REFUSAL: frozenset({"refusal_report"}),
    Branch.DANGER: frozenset({"danger_report"}),
}
_ACT = {
    *("ignored_reasons", "ignored_support", "ignored_report", "ignored_review", "refusal_reasons"),
    *("refusal_condition", "refusal_report", "danger_facts", "danger_safety", "danger_report"),
}
KEPT: dict[Code, frozenset[str]] = {  # steps that rules lean on: every version has them (R12, R13, R16)
    Code.VISIT: frozenset({*_ACT, "record_journal", "record_signatures", "record_to_head"}),
    Code.CALL: frozenset({*_ACT, "record_papers", "record_log"}),
    Code.CLUB: frozenset({"final_analysis", "final_feedback", "final_journal", "final_system"}),
}
AFTERWARDS = frozenset({"final_feedback", "final_journal", "final_system"})  # guests speak for days (R16)
MOST_STEPS = 80
SHORTEST, LONGEST = 1, 480  # minutes of a phase


class Marked(Protocol):
    """A step of a run, as far as the rules look at it."""

    code: str
    stage: str
    choice: str
    required: bool
    state: str


M = TypeVar("M", bound=Marked)


@dataclass(frozen=True)
class Step:
    """A step of a version. Of those that share a `choice`, one is enough; `help` is what to say or ask."""

    code: str
    stage: str
    text_ru: str
    text_en: str = ""
    help_ru: str = ""
    help_en: str = ""
    required: bool = True
    choice: str = ""


@dataclass(frozen=True)
class Template:
    """One version of a procedure: its steps in order, the minutes of its phases (None: no limit)."""

    code: str
    steps: tuple[Step, ...]
    minutes: Mapping[str, int | None]


def branch_of(stage: str) -> Branch | None:
    """The branch whose steps stand in the stage, or None for the straight way."""
    return Branch(stage) if stage in _BRANCHES else None


def phase_of(stage: str) -> str:
    """In whose minutes the stage is counted."""
    return PHASE_OF.get(stage, "contact")


def version_on(day: date, versions: Iterable[tuple[int, date]]) -> int | None:
    """The number of the version in force on the day, out of (number, first day); None before the first."""
    begun = [(starts_on, number) for number, starts_on in versions if starts_on <= day]
    return max(begun)[1] if begun else None


def in_play(step: Marked, raised: Iterable[str]) -> bool:
    """Whether the run must go through the step: the steps of a branch only when it was raised.

    Whoever refused to talk (CALL 7) showed nothing: the steps of that are no longer asked for.
    """
    raised = set(raised)
    if branch_of(step.stage) is not None:
        return step.stage in raised
    return not (step.stage in EXCUSED and Branch.REFUSAL in raised)


def _asked(steps: Sequence[M], raised: Iterable[str]) -> list[list[M]]:
    """The required steps in play, alternatives together."""
    groups: dict[str, list[M]] = {}
    for step in steps:
        if step.required and in_play(step, raised):
            groups.setdefault(f"{step.stage}/{step.choice}" if step.choice else step.code, []).append(step)
    return list(groups.values())


def progress(steps: Sequence[Marked], raised: Iterable[str]) -> tuple[int, int]:
    """(how many required steps are behind us, how many there are); alternatives count as one."""
    asked = _asked(steps, raised)
    return sum(any(step.state != Mark.OPEN for step in group) for group in asked), len(asked)


def is_late(code: str, stage: str) -> bool:
    """Whether the step may come after the contact is written up, or the session summed up."""
    return stage == RECORDING or code in AFTERWARDS


def lacks(steps: Sequence[M], raised: Iterable[str]) -> list[M]:
    """The required steps still open when the contact is written up; those of recording come after it."""
    return [
        group[0]
        for group in _asked(steps, raised)
        if not is_late(group[0].code, group[0].stage) and all(step.state == Mark.OPEN for step in group)
    ]


def check_open(state: str, finished: bool, stage: str, mark: str) -> None:
    """A run is marked until its contact is written up; then recording alone may still be ticked. Raises frozen."""
    if state not in (*AHEAD, State.DONE):
        raise RuleBroken("frozen", N_("This contact did not take place: its steps stay as they are."))
    if finished and not (stage == RECORDING and mark == Mark.DONE):
        raise RuleBroken("frozen", N_("The contact is written up: its steps stay as they are."))


def check_mark(mark: str, required: bool, note: str) -> None:
    """Raises bad_mark, and no_reason when a required step is skipped in silence."""
    if mark not in set(Mark):
        raise RuleBroken("bad_mark", N_("There is no such mark."))
    if mark == Mark.SKIPPED and required and not note.strip():
        raise RuleBroken("no_reason", N_("This step is required: say in a note why it is left out."))


def check_raise(branch: str, raised: Iterable[str], note: str, colleague: bool) -> None:
    """CALL 7, R12. Raises bad_branch, raised_already, no_note, no_colleague."""
    if branch not in _BRANCHES:
        raise RuleBroken("bad_branch", N_("Choose what happened."))
    if branch in set(raised):
        raise RuleBroken("raised_already", N_("The head has been told of this already: once is enough."))
    if not note.strip():
        raise RuleBroken("no_note", N_("Say in a few words what happened: the head decides by it."))
    if branch == Branch.IGNORED and not colleague:
        raise RuleBroken("no_colleague", N_("Choose whose recommendations are not followed."))


def check_finish(lacking: Sequence[Marked], why: str) -> None:
    """Required steps may stay open, with a sentence why. Raises steps_open."""
    if lacking and not why.strip():
        raise RuleBroken(
            "steps_open",
            N_("Required steps are still open (%(count)s). Say in a sentence why, or go through them."),
            count=len(lacking),
        )


def spent(moments: Sequence[tuple[str, datetime]], now: datetime | None) -> dict[str, int]:
    """Whole minutes between the first and the last mark of each phase, out of (phase, moment).

    While a phase goes on, `now` is its end; None when the run is over. Marks of several days count for each day.
    """
    found: dict[str, int] = {}
    latest = max(moments, key=lambda one: one[1], default=None)
    for phase in PHASES:
        days: dict[date, list[datetime]] = {}
        for name, moment in moments:
            if name == phase:
                days.setdefault(moment.date(), []).append(moment)
        if now is not None and latest and latest[0] == phase and now.date() in days:
            days[now.date()].append(now)
        found[phase] = sum(int((max(day) - min(day)).total_seconds() // 60) for day in days.values())
    return found


def in_order(code: str, steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps stage by stage; within a stage as they came."""
    order = {stage: number for number, stage in enumerate(STAGES[Code(code)])}
    return tuple(sorted(steps, key=lambda step: order.get(step.stage, -1)))


def check_template(new: Template, last: Template) -> None:
    """Whether an edited template may become a version.

    Raises bad_stage, no_steps, many_steps, no_text, twice, needed, bad_minutes, nothing_new.
    """
    if not new.steps:
        raise RuleBroken("no_steps", N_("A procedure without steps says nothing. Add at least one."))
    if len(new.steps) > MOST_STEPS:
        raise RuleBroken("many_steps", N_("A procedure has %(most)s steps at most."), most=MOST_STEPS)
    for step in new.steps:
        _check_step(new.code, step)
    if len({step.code for step in new.steps}) != len(new.steps):
        raise RuleBroken("twice", N_("A step stands in the procedure twice. Remove one."))
    _check_kept(new, last)
    for minutes in new.minutes.values():
        if minutes is not None and not SHORTEST <= minutes <= LONGEST:
            raise RuleBroken("bad_minutes", N_("A phase lasts from 1 to 480 minutes, or has no limit."))
    if (new.steps, dict(new.minutes)) == (last.steps, dict(last.minutes)):
        raise RuleBroken("nothing_new", N_("Nothing differs from the last version. Change something first."))


def _check_step(code: str, step: Step) -> None:
    if step.stage not in STAGES[Code(code)]:
        raise RuleBroken("bad_stage", N_("This procedure has no such stage."))
    if not step.text_ru.strip():
        raise RuleBroken("no_text", N_("A step has no text. Write it, or remove the step."))


def _check_kept(new: Template, last: Template) -> None:
    """Branches and recording are what rules lean on: they stay, required, in their stage."""
    here = {step.code: step for step in new.steps}
    for old in last.steps:
        if old.code not in KEPT[Code(new.code)]:
            continue
        now = here.get(old.code)
        if now is None or now.stage != old.stage or (old.required and not now.required):
            raise RuleBroken(
                "needed",
                N_("“%(step)s” must stay, and stay required: the portal acts on this step."),
                step=old.text_ru,
            )


def check_start(starts_on: date, today: date, last_on: date) -> None:
    """A version is in force from today or a later day, not before the one it follows. Raises past_start."""
    if starts_on < max(today, last_on):
        raise RuleBroken(
            "past_start",
            N_("A version begins today or later, and not before the last one: from %(day)s on."),
            day=max(today, last_on),
        )


def changes(old: Template, new: Template) -> dict[str, list[Step]]:
    """What a version changed: steps `added`, `removed`, `changed` (as they are now)."""
    was, now = {step.code: step for step in old.steps}, {step.code: step for step in new.steps}
    return {
        "added": [step for step in new.steps if step.code not in was],
        "removed": [step for step in old.steps if step.code not in now],
        "changed": [step for step in new.steps if was.get(step.code, step) != step],
    }
