"""Who does which job, and how far it is: traces of the worker, written in small transactions of their own.

How a job ended is an action, in `ending`. A claim is one statement with its condition, so that of two workers the
database gives the job to one; each later statement names the claim, so that whoever lost it writes nothing more.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal import clock, files
from portal.db import db, technical
from portal.jobs.kinds import KINDS
from portal.jobs.models import Job
from portal.jobs.work import FOLDER, Params

LOST_AFTER = timedelta(minutes=1)  # without a sign of life
MOST_TRIES = 3
KEPT = timedelta(days=7)  # rows and results, from the end of the job
PASSING = {  # what else lies sealed for a while
    "brought_in": timedelta(days=1),  # families' files that wait to be taken in
    "handed_out": timedelta(hours=1),  # those that earlier versions made
}


@dataclass(frozen=True)
class Claim:
    """A job that this worker has."""

    job_id: int
    token: str
    kind: str
    params: Params
    user_id: int


def lost() -> ColumnElement[bool]:
    """That the job's worker has given no sign of life for long: it was killed."""
    return and_(Job.state == "running", Job.claimed_at < clock.now() - LOST_AFTER)


def hopeless() -> ColumnElement[bool]:
    """That it was killed too often to be begun anew, or must not be at all."""
    once = [code for code, work in KINDS.items() if work.once]
    return and_(lost(), or_(Job.tries >= MOST_TRIES, Job.kind.in_(once)))


def _next() -> Select[Any]:
    """What is due: of whoever was served longest ago, the oldest; nothing of whoever has one running."""
    other, earlier = aliased(Job), aliased(Job)
    fresh = clock.now() - LOST_AFTER
    busy = exists().where(other.user_id == Job.user_id, other.state == "running", other.claimed_at >= fresh)
    served = select(func.max(earlier.began_at)).where(earlier.user_id == Job.user_id).scalar_subquery()
    due = or_(and_(Job.state == "waiting", ~busy), and_(lost(), ~hopeless()))
    order = (Job.state == "waiting", served.is_not(None), served, Job.id)  # what was lost comes first
    columns: tuple[Any, ...] = (Job.id, Job.state)
    return select(*columns).where(due).order_by(*order).limit(1)


def take() -> Claim | None:
    """The next job, claimed for this worker; None when there is none, or another worker was quicker."""
    found = db.session.execute(_next()).first()
    db.session.rollback()
    return _claimed(*found) if found else None


def _claimed(job_id: int, state: str) -> Claim | None:
    token, now = secrets.token_hex(16), clock.now()
    still = Job.state == "waiting" if state == "waiting" else lost()
    query = update(Job).where(Job.id == job_id, still).execution_options(synchronize_session=False)
    values = {"state": "running", "claim": token, "claimed_at": now, "began_at": now, "done": 0}
    query = query.values(**values, tries=Job.tries + 1).returning(Job.kind, Job.params, Job.user_id)
    try:
        with technical() as s:
            row = s.execute(query).first()
    except IntegrityError:  # another worker has just taken another job of the same user
        return None
    return Claim(job_id, token, row.kind, json.loads(row.params), row.user_id) if row else None


def mine(claim: Claim) -> ColumnElement[bool]:
    """That the job is still this worker's."""
    return and_(Job.id == claim.job_id, Job.state == "running", Job.claim == claim.token)


def beat(claim: Claim, **so_far: int) -> bool:
    """Give a sign of life, and how far the work is; False when the job is this worker's no more."""
    query = update(Job).where(mine(claim)).values(claimed_at=clock.now(), **so_far).returning(Job.id)
    with technical() as s:
        return s.execute(query.execution_options(synchronize_session=False)).first() is not None


def give_back(claim: Claim) -> None:
    """The portal is being stopped: the next worker begins the job anew, and this was no try."""
    values = {"state": "waiting", "claim": "", "claimed_at": None, "tries": Job.tries - 1}
    with technical() as s:
        s.execute(update(Job).where(mine(claim)).values(**values))


def seen(user_id: int, job_id: int | None = None) -> None:
    """The user has seen how their jobs, or one of them, ended."""
    news = [Job.user_id == user_id, Job.finished_at.is_not(None), Job.seen_at.is_(None)]
    if job_id is not None:
        news.append(Job.id == job_id)
    with technical() as s:
        s.execute(update(Job).where(*news).values(seen_at=clock.now()))


def tidy() -> int:
    """Drop what ended days ago, and results that belong to no job; gives how many jobs are gone."""
    for folder, kept in PASSING.items():
        files.drop_older(folder, int(kept.total_seconds()))
    files.drop_older(FOLDER, int((KEPT + timedelta(days=1)).total_seconds()))
    old = Job.finished_at < clock.now() - KEPT
    if db.session.scalar(select(Job.id).where(old).limit(1)) is None:
        db.session.rollback()
        return 0
    db.session.rollback()
    with technical() as s:
        gone = list(s.scalars(delete(Job).where(old).returning(Job.file)))
    for name in filter(None, gone):
        files.drop(name, FOLDER)
    return len(gone)
