"""A user's jobs, and whether anybody does them."""

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import clock
from portal.db import db
from portal.jobs.claims import LOST_AFTER
from portal.jobs.kinds import KINDS
from portal.jobs.models import Job
from portal.jobs.work import Params

SHOWN = 50
PATIENCE = timedelta(minutes=2)  # that the first of the queue may wait while nobody works


@dataclass(frozen=True)
class Line:
    """A job as the list shows it."""

    id: int
    title: str  # a message id
    about: str  # in the reader's language
    state: str
    done: int
    total: int
    problem: str
    missing: int
    size: int
    has_file: bool
    made_at: datetime
    finished_at: datetime | None
    news: bool  # ended, and its owner has not seen it yet
    ahead: int  # how many of others come before it, at most
    page: str  # the address of its own page; empty where it has none


def get_job(user: Any, job_id: int) -> Job | None:
    """A job of the user's own, else None."""
    job = db.session.get(Job, job_id)
    return job if job is not None and job.user_id == user.id else None


def get_job_of(user: Any, kind: str, job_id: int) -> Job | None:
    """A job of the user's own, of the kind, else None."""
    job = get_job(user, job_id)
    return job if job is not None and job.kind == kind else None


def line_of(job: Job) -> Line:
    """A job as its own page shows it."""
    return _line(job, 0)


def live_of(s: Session, user_id: int, kind: str) -> list[Job]:
    """The user's jobs of a kind that have not ended yet."""
    theirs = (Job.user_id == user_id, Job.kind == kind, Job.finished_at.is_(None))
    return list(s.scalars(select(Job).where(*theirs).order_by(Job.id)))


def params_of(job: Job) -> Params:
    """What it was told."""
    found: Params = json.loads(job.params)
    return found


def jobs_of(user: Any) -> list[Line]:
    """The user's jobs, the latest first."""
    before = select(func.count()).select_from(Job).where(Job.state.in_(("waiting", "running")))
    first = select(func.min(Job.id)).where(Job.user_id == user.id, Job.state == "waiting").scalar_subquery()
    ahead = before.where(Job.id < first, Job.user_id != user.id).scalar_subquery()
    query = select(Job, ahead.label("ahead")).where(Job.user_id == user.id)
    rows = db.session.execute(query.order_by(Job.id.desc()).limit(SHOWN))
    return [_line(job, count) for job, count in rows]


def _line(job: Job, ahead: int) -> Line:
    work = KINDS.get(job.kind)
    about, page = "", ""
    with contextlib.suppress(KeyError, ValueError):  # asked for before an update that knows it otherwise
        if work:
            about, page = work.about(json.loads(job.params)), work.page(job.id, json.loads(job.params))
    title = work.title if work else job.kind
    numbers = (job.done, job.total, job.problem, job.missing, job.size, bool(job.file))
    news = job.finished_at is not None and job.seen_at is None
    return Line(job.id, title, about, job.state, *numbers, job.made_at, job.finished_at, news, ahead, page)


def stuck_since() -> datetime | None:
    """Since when the oldest job waits, where nobody works on any; None where all is well."""
    now = clock.now()
    works = select(Job.id).where(Job.state == "running", Job.claimed_at >= now - LOST_AFTER)
    oldest = select(func.min(Job.made_at)).where(Job.state.in_(("waiting", "running")), ~works.exists())
    since = db.session.scalar(oldest)
    return since if since is not None and since < now - PATIENCE else None
