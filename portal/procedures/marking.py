"""How a run begins and how its steps are marked, whoever goes through it: a contact or a session of a club."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.audit import Event
from portal.procedures.models import Procedure, ProcedureStep, Run, RunStep
from portal.procedures.queries import TEXTS
from portal.rules import N_, RuleBroken
from portal.rules import procedures as rules


class _SameError(Exception):
    """The mark says nothing new."""


@contextlib.contextmanager
def unless_same() -> Iterator[None]:
    """Round a transaction: a mark that says nothing new changes nothing."""
    with contextlib.suppress(_SameError):
        yield


@dataclass(frozen=True)
class Asked:
    """What a step becomes. `mark` None: as it is; `changes`: the count of notes that the page showed."""

    code: str
    mark: str | None
    note: str
    changes: int | None = None


def begin(s: Session, procedure: Procedure, actor_id: int, **whose: int) -> Run:
    """Inside a transaction: a run of the contact_id or session_id, with a frozen copy of the version's steps."""
    run = Run(procedure_id=procedure.id, started_by_id=actor_id, started_at=clock.now(), **whose)
    s.add(run)
    s.flush()
    steps = select(ProcedureStep).where(ProcedureStep.procedure_id == procedure.id)
    for step in s.scalars(steps.order_by(ProcedureStep.position)):
        texts = {name: getattr(step, name) for name in TEXTS}
        s.add(RunStep(run_id=run.id, position=step.position, state=rules.Mark.OPEN, **texts))
    s.flush()
    return run


def set_step(
    s: Session, run: Run, asked: Asked, actor_id: int, allowed: Callable[[RunStep, str], None]
) -> None:
    """Inside a transaction and unless_same(): the step's mark and note; `allowed` is asked for step and mark.

    Raises bad_mark, no_reason, no_step, note_changed, frozen.
    """
    here = (RunStep.run_id == run.id, RunStep.code == asked.code)
    step = s.scalars(select(RunStep).where(*here).with_for_update()).first()
    if step is None:
        raise RuleBroken("no_step", N_("This procedure has no such step. Open the page again."))
    new = asked.mark or step.state
    if (new, asked.note) == (step.state, step.note):
        raise _SameError
    rules.check_mark(new, step.required, asked.note)
    allowed(step, new)
    if run.finished_at is not None and step.state != rules.Mark.OPEN:
        raise RuleBroken("frozen", N_("The steps are finished: they stay as they are."))
    _check_note(step, asked)
    old = {"state": step.state}
    _write(step, actor_id, new, asked.note)
    facts = {"step": asked.code, "state": new, "note": len(asked.note)}
    audit.record(s, Event.STEP_MARKED, actor_id, run, old=old, new=facts)


def _check_note(step: RunStep, asked: Asked) -> None:
    if asked.note != step.note and asked.changes is not None and asked.changes != step.changes:
        raise RuleBroken(
            "note_changed",
            N_(
                "A colleague has changed this note meanwhile. Theirs: “%(theirs)s”. Yours is below: save it again."
            ),
            theirs=step.note,
        )


def _write(step: RunStep, actor_id: int, mark: str, note: str) -> None:
    if mark != step.state or step.at is None:
        step.at = clock.now()
    if note != step.note:
        step.changes += 1
    step.state, step.note, step.by_id = mark, note, actor_id
