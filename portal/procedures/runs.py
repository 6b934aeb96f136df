"""What changes a run: steps marked, branches raised, the end of a run of a contact that was written up before."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.alerts.actions import raise_alert
from portal.audit import Event
from portal.contacts.models import Contact
from portal.db import atomic, refused_by
from portal.procedures import marking, writing_up
from portal.procedures.models import Run, RunBranch, RunStep
from portal.procedures.queries import version_of
from portal.rules import N_, RuleBroken
from portal.rules import procedures as rules
from portal.rules.contacts import State


def mark_step(
    contact_id: int, code: str, actor_id: int, mark: str | None, note: str, changes: int | None = None
) -> None:
    """Mark a step (None: leave its mark) and keep its note; the first mark begins the run.

    `changes` is the count that the page showed: a note that somebody else has changed since is not written over.
    Raises frozen, bad_mark, no_reason, no_step, note_changed.
    """
    with marking.unless_same(), atomic() as s:
        contact, run = _begun(s, contact_id, actor_id)

        def allowed(step: RunStep, new: str) -> None:
            rules.check_open(contact.state, run.finished_at is not None, step.stage, new)

        marking.set_step(s, run, marking.Asked(code, mark, note, changes), actor_id, allowed)


def _begun(s: Session, contact_id: int, actor_id: int) -> tuple[Contact, Run]:
    """The contact, locked, and its run; begun now, with a frozen copy of the version of its day, if it has none."""
    contact = s.get_one(Contact, contact_id, with_for_update=True, populate_existing=True)
    run = s.scalars(select(Run).where(Run.contact_id == contact_id)).first()
    if run is None:
        run = marking.begin(s, version_of(s, contact.kind, contact.day), actor_id, contact_id=contact_id)
    return contact, run


def raise_branch(
    contact_id: int, branch: str, actor_id: int, note: str, colleague_id: int | None = None
) -> int:
    """R12: the head is told, in the same transaction. Gives the alert's id.

    Raises bad_branch, raised_already, no_note, no_colleague, frozen. It can be raised after the contact was written
    up, too: danger is not always seen at once.
    """
    with atomic() as s:
        contact, run = _begun(s, contact_id, actor_id)
        if contact.state in (State.CANCELLED, State.MOVED):
            raise RuleBroken("frozen", N_("This contact did not take place: its steps stay as they are."))
        rules.check_raise(branch, writing_up.raised(s, run.id), note, colleague_id is not None)
        row = RunBranch(
            run_id=run.id, branch=branch, note=note, colleague_id=colleague_id, raised_by_id=actor_id,
            raised_at=clock.now(),
        )  # fmt: skip
        with refused_by("pk_run_branches", _already()):
            s.add(row)
        if run.finished_at is None:
            writing_up.tick(s, run.id, actor_id, rules.BY_ALERT[rules.Branch(branch)])
        alert_id = raise_alert(
            s,
            contact.patronage_id,
            branch,
            actor_id,
            contact_id=contact.id,
            colleague_id=colleague_id,
            text=note,
        )
        facts: dict[str, Any] = {"branch": branch, "alert": alert_id, "colleague": colleague_id}
        audit.record(s, Event.BRANCH_RAISED, actor_id, run, new=facts)
        return alert_id


def _already() -> RuleBroken:
    return RuleBroken("raised_already", N_("The head has been told of this already: once is enough."))


def finish_run(contact_id: int, actor_id: int, why: str) -> None:
    """End the steps of a contact that was written up without them. Raises frozen, steps_open."""
    with atomic() as s:
        contact = s.get_one(Contact, contact_id, with_for_update=True, populate_existing=True)
        run = s.scalars(select(Run).where(Run.contact_id == contact_id)).first()
        if run is None or run.finished_at is not None or contact.state != State.DONE:
            raise RuleBroken("frozen", N_("There are no open steps to finish. Look at the contact again."))
        writing_up.finish(s, run, actor_id, why)
        audit.record(s, Event.RUN_FINISHED, actor_id, run, new={"why": len(run.why)})
