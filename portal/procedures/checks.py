"""`flask check`: what data could break of the procedures."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from portal.contacts.models import Contact
from portal.db import db
from portal.procedures.models import Procedure, Run, RunBranch, RunStep
from portal.rules import procedures as rules
from portal.rules.contacts import Kind


def runs() -> Iterator[tuple[str, str]]:
    """R10, R11, R15: whatever has a run follows the procedure of its kind; what was left open has its sentence."""
    query = select(Run.id, Run.why, Run.finished_at, Contact.kind, Procedure.code)
    query = query.outerjoin(Contact, Contact.id == Run.contact_id).join(
        Procedure, Procedure.id == Run.procedure_id
    )
    silent = set()
    for row in db.session.execute(query.execution_options(yield_per=2000)):
        if row.code != (rules.PROCEDURE_OF[Kind(row.kind)] if row.kind else rules.Code.CLUB):
            yield "R11", f"run {row.id} follows the procedure of another kind of service"
        if row.finished_at is not None and not row.why:
            silent.add(row.id)
    yield from _left_open(silent)


def _left_open(silent: set[int]) -> Iterator[tuple[str, str]]:
    early = select(RunBranch.run_id, RunBranch.branch).join(Run, Run.id == RunBranch.run_id)
    raised: dict[int, set[str]] = defaultdict(set)
    for run_id, branch in db.session.execute(early.where(RunBranch.raised_at <= Run.finished_at)):
        raised[run_id].add(branch)
    steps: dict[int, list[Any]] = defaultdict(list)
    columns = (RunStep.run_id, RunStep.code, RunStep.stage, RunStep.choice, RunStep.required, RunStep.state)
    query = (
        select(*columns)
        .join(Run, Run.id == RunStep.run_id)
        .where(Run.finished_at.is_not(None), Run.why == "")
    )
    for row in db.session.execute(query):
        steps[row.run_id].append(row)
    for run_id in sorted(silent):
        if rules.lacks(steps[run_id], raised[run_id]):
            yield "R10", f"run {run_id} was finished with required steps open and no sentence why"
