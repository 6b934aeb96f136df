"""Asking for work in the background, cancelling it, and putting away what has ended."""

import json

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import access, audit, clock, files
from portal.accounts.sessions import visitor
from portal.audit import Event
from portal.db import atomic
from portal.jobs.kinds import KINDS
from portal.jobs.models import Job
from portal.jobs.work import FOLDER, Params
from portal.rules import N_, RuleBroken

MOST_WAITING = 10  # of one user


def start(s: Session, kind: str, params: Params, user_id: int) -> int:
    """Inside a transaction: let the work be done after it, for the user; gives the job's number.

    Raises no_right where the user may not ask for it, too_many_jobs where enough of theirs wait already.
    """
    work, user = KINDS[kind], visitor(user_id)
    if user is None or not access.may(user, work.permission) or not work.may(user, params):
        raise RuleBroken("no_right", N_("This is not within your rights any more."))
    theirs = (Job.user_id == user_id, Job.state.in_(("waiting", "running")))
    if (s.scalar(select(func.count()).select_from(Job).where(*theirs)) or 0) >= MOST_WAITING:
        raise RuleBroken("too_many_jobs", N_("Enough of your tasks are waiting: let some of them end first."))
    job = Job(kind=kind, user_id=user_id, made_at=clock.now())
    job.params = json.dumps(params, ensure_ascii=False, sort_keys=True)
    s.add(job)
    s.flush()
    audit.record(s, Event.JOB_STARTED, user_id, job, new={"kind": kind, **_told(params)})
    return job.id


def _told(params: Params) -> Params:
    return {name: value for name, value in params.items() if name != "sealed"}


def begin(kind: str, params: Params, user_id: int) -> int:
    """The same as an action of its own."""
    with atomic() as s:
        return start(s, kind, params, user_id)


def cancel(job_id: int, actor_id: int) -> None:
    """Let the job not be done; one that runs stops at its next step. Raises job_ended."""
    with atomic() as s:
        job = s.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        if job.state not in ("waiting", "running"):
            raise RuleBroken("job_ended", N_("This task has ended already."))
        old, job.state, job.claim = job.state, "cancelled", ""
        job.finished_at = job.seen_at = clock.now()
        audit.record(s, Event.JOB_CANCELLED, actor_id, job, old={"state": old}, new={"state": "cancelled"})


def remove(job_id: int, actor_id: int) -> None:
    """Take a job that has ended off the list, its result with it. Raises job_runs."""
    with atomic() as s:
        job = s.get_one(Job, job_id, with_for_update=True, populate_existing=True)
        if job.finished_at is None:
            raise RuleBroken("job_runs", N_("This task has not ended yet: cancel it first."))
        file = job.file
        audit.record(s, Event.JOB_REMOVED, actor_id, job, old={"kind": job.kind, "state": job.state})
        s.delete(job)
    if file:
        files.drop(file, FOLDER)
