"""The run of a club's session through the four stages of CLUB 5: its steps marked, and its end."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.clubs.models import ClubSession
from portal.db import atomic, db
from portal.procedures import marking, queries, writing_up
from portal.procedures.known import known
from portal.procedures.models import Run, RunStep
from portal.procedures.queries import Line, Sheet
from portal.rules import procedures as rules
from portal.rules.sessions import check_step


def sheet(session: ClubSession) -> Sheet:
    """The steps of the session, with those that the portal sees to be done."""
    return queries.session_sheet(session.id, session.day, known(db.session(), session))


def left_open(sheet: Sheet) -> list[Line]:
    """The required steps that the summing up asks about: all that are open but the analysis itself."""
    return [line for line in sheet.lacking if line.code != "final_analysis"] if not sheet.finished else []


def mark_step(session_id: int, actor_id: int, asked: marking.Asked) -> None:
    """Mark a step and keep its note; the first mark begins the run.

    Raises frozen, bad_mark, no_reason, no_step, note_changed.
    """
    with marking.unless_same(), atomic() as s:
        session = s.get_one(ClubSession, session_id, with_for_update={"key_share": True})
        run, status = _begun(s, session, actor_id), session.status

        def allowed(step: RunStep, new: str) -> None:
            late = rules.is_late(step.code, step.stage)
            check_step(status, run.finished_at is not None, late, new)

        marking.set_step(s, run, asked, actor_id, allowed)


def _begun(s: Session, session: ClubSession, actor_id: int) -> Run:
    """The run of the session; begun now, with a frozen copy of the version of its day, if it has none."""
    run = s.scalars(select(Run).where(Run.session_id == session.id)).first()
    if run is not None:
        return run
    return marking.begin(
        s, queries.version_on(s, rules.Code.CLUB, session.day), actor_id, session_id=session.id
    )


def finish(s: Session, session: ClubSession, actor_id: int, gone_through: bool, why: str) -> None:
    """Inside the transaction that sums the session up: its steps end. What the portal sees is ticked.

    `gone_through`: the other required steps were done as well; else `why` says why not. Raises steps_open.
    """
    s.flush()
    run = _begun(s, session, actor_id)
    if run.finished_at is not None:
        return
    writing_up.tick(s, run.id, actor_id, known(s, session))
    steps = list(s.scalars(select(RunStep).where(RunStep.run_id == run.id).order_by(RunStep.position)))
    lacking = rules.lacks(steps, ())
    if gone_through:
        writing_up.tick(s, run.id, actor_id, [step.code for step in lacking])
        lacking = []
    rules.check_finish(lacking, why)
    run.why, run.finished_at = (why if lacking else ""), clock.now()
    s.flush()
