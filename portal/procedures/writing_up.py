"""What becomes of a run when its contact is written up or moved; inside the transactions of those."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.contacts.models import Contact
from portal.procedures.models import Run, RunBranch, RunStep
from portal.procedures.queries import version_of
from portal.rules import procedures as rules
from portal.rules.procedures import Mark


def close(s: Session, contact_id: int, actor_id: int, why: str) -> None:
    """Inside a transaction: the contact is written up, its run stays as it is. Raises steps_open.

    A contact whose steps nobody has begun has no run; they may still be marked afterwards.
    """
    run = s.scalars(select(Run).where(Run.contact_id == contact_id)).first()
    if run is None or run.finished_at is not None:
        return
    finish(s, run, actor_id, why)


def finish(s: Session, run: Run, actor_id: int, why: str) -> None:
    """Inside a transaction: the same of an open run. Raises steps_open."""
    steps = list(s.scalars(select(RunStep).where(RunStep.run_id == run.id).order_by(RunStep.position)))
    lacking = rules.lacks(steps, raised(s, run.id))
    rules.check_finish(lacking, why)
    tick(s, run.id, actor_id, rules.BY_WRITE_UP)
    run.why, run.finished_at = (why if lacking else ""), clock.now()
    s.flush()


def follow(s: Session, contact_id: int, moved: Contact) -> None:
    """Inside a transaction: what is prepared already goes with a moved contact, when its version is the same."""
    run = s.scalars(select(Run).where(Run.contact_id == contact_id)).first()
    if run is None or run.finished_at is not None:
        return
    if version_of(s, moved.kind, moved.day).id == run.procedure_id:
        run.contact_id = moved.id
        s.flush()


def record(s: Session, contact_id: int, actor_id: int, *codes: str) -> None:
    """Inside a transaction: tick steps of recording (record_signatures, record_to_head) that a screen has done."""
    run_id = s.scalar(select(Run.id).where(Run.contact_id == contact_id))
    if run_id is not None:
        tick(s, run_id, actor_id, codes)


def tick(s: Session, run_id: int, actor_id: int, codes: Iterable[str]) -> None:
    """Inside a transaction: mark as done those of the steps that are open."""
    here = (RunStep.run_id == run_id, RunStep.code.in_(list(codes)), RunStep.state == Mark.OPEN)
    values = {"state": Mark.DONE, "at": clock.now(), "by_id": actor_id}
    s.execute(update(RunStep).where(*here).values(values))


def raised(s: Session, run_id: int) -> set[str]:
    """The branches raised so far."""
    return set(s.scalars(select(RunBranch.branch).where(RunBranch.run_id == run_id)))
