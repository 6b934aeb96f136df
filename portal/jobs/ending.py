"""How a job ended: its result kept and its owner told, or why it failed."""

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import audit, clock, files, i18n
from portal.accounts.models import User
from portal.audit import Event
from portal.db import atomic, db
from portal.jobs import claims
from portal.jobs.claims import Claim
from portal.jobs.models import Job
from portal.jobs.work import FOLDER, Result, Stopped
from portal.mail import outbox
from portal.mail.outbox import Letter

OVER: dict[str, Any] = {"claim": "", "claimed_at": None}


def done(claim: Claim, result: Result) -> bool:
    """Keep the result; False, and nothing kept, when the job was cancelled or given to another worker meanwhile."""
    name = result.kept or (files.keep(result.data, FOLDER)[0] if result.name else "")
    values: dict[str, Any] = {
        "state": "done",
        "file": name,
        "file_name": result.name,
        "file_type": result.type,
    }
    values |= {"size": result.size or len(result.data), "missing": result.missing, "done": Job.total}
    values["families"] = json.dumps(sorted(result.families))
    kept = False
    try:
        kept = _end(claim, Event.JOB_DONE, values, result.then)
    finally:
        if name and not kept:
            files.drop(name, FOLDER)
    return kept


def failed(claim: Claim, problem: str) -> bool:
    """Say why it failed, as a code."""
    return _end(claim, Event.JOB_FAILED, {"state": "failed", "problem": problem})


def _end(
    claim: Claim, event: Event, values: dict[str, Any], then: Callable[[Session], None] | None = None
) -> bool:
    query = update(Job).where(claims.mine(claim)).values(**values, **OVER, finished_at=clock.now())
    query = query.returning(Job.id).execution_options(synchronize_session=False)
    with contextlib.suppress(Stopped), atomic() as s:
        if s.execute(query).first() is None:
            raise Stopped
        job = s.get_one(Job, claim.job_id, populate_existing=True)
        told: dict[str, Any] = {
            name: values[name] for name in ("state", "problem", "size", "missing") if name in values
        }
        audit.record(s, event, claim.user_id, job, new=told)
        _tell(s, job)
        if then:
            then(s)
        return True
    return False


def give_up() -> int:
    """What was killed too often, or must not be begun anew, has failed; gives how many."""
    ids = list(db.session.scalars(select(Job.id).where(claims.hopeless())))
    db.session.rollback()
    return sum(_given_up(job_id) for job_id in ids)


def _given_up(job_id: int) -> bool:
    with contextlib.suppress(Stopped), atomic() as s:
        here = select(Job).where(Job.id == job_id, claims.hopeless()).with_for_update()
        job = s.scalar(here.execution_options(populate_existing=True))
        if job is None:
            raise Stopped
        job.state, job.claim, job.claimed_at = "failed", "", None
        job.problem, job.finished_at = "killed", clock.now()
        audit.record(s, Event.JOB_FAILED, job.user_id, job, new={"state": "failed", "problem": "killed"})
        _tell(s, job)
        return True
    return False


def _tell(s: Session, job: Job) -> None:
    """A letter to an owner with an address, where mail is set; it names neither families nor what was made of them."""
    if not outbox.is_on():
        return
    query = select(User.language).where(User.id == job.user_id, User.email != "")
    if reader := s.execute(query).first():
        words = letter(job, reader.language or "ru")
        outbox.add(s, job.user_id, f"job-{job.id}", words, clock.now() + timedelta(days=2))


def letter(job: Job, language: str) -> Letter:
    """«Готов файл 12»."""
    _ = i18n.catalogue(language).gettext
    numbers = {"number": job.id}
    if job.state == "failed":
        subject, first = _("Task %(number)s has failed"), _("A task that you started could not be done.")
    else:
        subject, first = _("Task %(number)s is done"), _("A task that you started is done.")
    where = f"{current_app.config['PORTAL_URL']}/jobs/"
    last = _("The portal has sent this letter by itself: there is no need to answer.")
    return Letter(subject % numbers, "\n".join([_("Good day!"), "", first, where, "", last, ""]))
