"""A job is done once, by one worker, with the rights of its owner; whatever happens, its end is told."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import clock, files
from portal.accounts.models import User
from portal.audit import AuditEntry
from portal.db import db, technical
from portal.jobs import actions, claims, ending, queries, worker
from portal.jobs.kinds import KINDS
from portal.jobs.models import Job
from portal.jobs.work import Stopped
from portal.mail.models import Mail
from tests.factories import make_user
from tests.jobs.works import Steps, Work, works
from tests.refusals import refuses
from tests.together import at_once

__all__ = ["works"]
pytestmark = pytest.mark.usefixtures("works")


def job(job_id: int) -> Job:
    db.session.rollback()
    found = db.session.get(Job, job_id, populate_existing=True)
    assert found is not None
    return found


def events(job_id: int) -> list[str]:
    query = select(AuditEntry.event).where(AuditEntry.kind == "jobs", AuditEntry.object_id == job_id)
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


def age(job_id: int, **values: object) -> None:
    db.session.rollback()
    with technical() as s:
        s.execute(update(Job).where(Job.id == job_id).values(**values))


def long_ago() -> object:
    return clock.now() - timedelta(minutes=2)


def start(user: User, kind: str = "plain", **params: object) -> int:
    return actions.begin(kind, params, user.id)


def test_a_job_is_done_and_kept(app: Flask) -> None:
    user = make_user("specialist")
    job_id = start(user, number=7)
    assert (job(job_id).state, worker.do_next(), worker.do_next()) == ("waiting", True, False)
    found = job(job_id)
    assert (found.state, found.file_name, found.size, found.tries) == (
        "done",
        "plain-7.txt",
        len(f"{user.id}:7"),
        1,
    )
    assert files.read(found.file, "results") == f"{user.id}:7".encode()
    assert events(job_id) == ["job.started", "job.done"]


def test_what_fails_says_so_without_personal_data(app: Flask) -> None:
    user = make_user("specialist")
    first, second = start(user, "broken"), start(user, "nothing")
    while worker.do_next():
        pass
    assert (job(first).state, job(first).problem) == ("failed", "error")
    assert (job(second).state, job(second).problem) == ("failed", "nothing_to_make")
    log = db.session.scalars(select(AuditEntry.data).where(AuditEntry.event == "job.failed")).all()
    assert len(log) == 2 and not any("Иванова" in one for one in log)


def test_rights_are_asked_at_the_start_and_again_when_it_runs(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refuses("no_right"):
        start(make_user("staff"))
    user, other = make_user("specialist"), make_user("specialist")
    left, lost = start(user), start(other)
    with technical() as s:
        s.execute(update(User).where(User.id == user.id).values(dismissed_on=clock.today()))
    monkeypatch.setitem(
        KINDS, "plain", Work("Plain files", KINDS["plain"].run, may=lambda _user, _params: False)
    )
    while worker.do_next():
        pass
    assert (job(left).state, job(left).problem) == ("failed", "left")
    assert (job(lost).state, job(lost).problem) == ("failed", "no_right")


def test_the_queue_is_fair(app: Flask) -> None:
    """Whoever asked for ten does not keep the others waiting for all of them."""
    greedy, modest = make_user("specialist"), make_user("specialist")
    first, second, third = (start(greedy, number=n) for n in (1, 2, 3))
    last = start(modest)
    ended = []
    while worker.do_next():
        rows = db.session.scalars(select(Job.id).where(Job.state == "done").order_by(Job.finished_at))
        ended = list(rows)
        db.session.rollback()
    assert ended == [first, last, second, third]


def test_a_user_has_one_running_and_a_bounded_number_waiting(app: Flask) -> None:
    user = make_user("specialist")
    for _ in range(actions.MOST_WAITING):
        start(user)
    with refuses("too_many_jobs"):
        start(user)
    assert claims.take() is not None
    assert claims.take() is None, "the second of the same user waits for the first"
    start(make_user("specialist"))
    assert claims.take() is not None, "another user's does not"


@pytest.mark.parametrize("count", [1, 2])
def test_two_workers_never_have_one_job(app: Flask, count: int) -> None:
    for _ in range(count):
        start(make_user("specialist"))
    taken: list[claims.Claim | None] = []
    at_once(app, *[lambda: taken.append(claims.take()) for _ in range(4)])
    ids = [one.job_id for one in taken if one is not None]
    assert len(ids) == len(set(ids)) >= 1
    assert {job(one).tries for one in ids} == {1}


def test_cancelled_while_it_runs_it_stops_and_keeps_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, user = Steps(), make_user("specialist")
    monkeypatch.setitem(KINDS, "steps", Work("Steps", steps.run))
    monkeypatch.setattr(worker, "WRITE_EVERY", 0)
    job_id = start(user, "steps")

    def cancel() -> None:
        assert steps.reached.wait(60)
        actions.cancel(job_id, user.id)
        steps.go_on.set()

    assert at_once(app, worker.do_next, cancel) == ["done", "done"]
    found = job(job_id)
    assert (found.state, found.file, found.claim) == ("cancelled", "", "")
    assert events(job_id) == ["job.started", "job.cancelled"]
    with refuses("job_ended"):
        actions.cancel(job_id, user.id)


def test_cancelled_after_the_last_step_its_result_is_dropped(app: Flask) -> None:
    user = make_user("specialist")
    job_id = start(user)
    claim = claims.take()
    assert claim is not None
    actions.cancel(job_id, user.id)
    result = KINDS["plain"].run({}, user, lambda _done, _total: None)
    assert not ending.done(claim, result)
    assert not list((files._folder("results")).iterdir())


def test_a_job_that_ended_never_begins_anew(app: Flask) -> None:
    user = make_user("specialist")
    job_id = start(user)
    actions.cancel(job_id, user.id)
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(update(Job).where(Job.id == job_id).values(state="waiting", finished_at=None))


def test_after_a_kill_it_is_taken_up_again_three_times_at_most(app: Flask) -> None:
    user = make_user("specialist")
    job_id = start(user)
    for tries in (1, 2, 3):
        claim = claims.take()
        assert claim is not None and job(job_id).tries == tries
        assert claims.take() is None, "not while its worker lives"
        age(job_id, claimed_at=long_ago())
        assert claims.beat(claim, done=1) and not claims.take(), "a sign of life"
        age(job_id, claimed_at=long_ago())
    assert not worker.do_next()
    assert (job(job_id).state, job(job_id).problem) == ("failed", "killed")


def test_whoever_lost_the_job_writes_nothing_more(app: Flask) -> None:
    job_id = start(make_user("specialist"))
    first = claims.take()
    assert first is not None
    age(job_id, claimed_at=long_ago())
    second = claims.take()
    assert second is not None and second.token != first.token
    assert not claims.beat(first, done=1)
    assert not ending.failed(first, "error")
    claims.give_back(first)
    assert (job(job_id).state, job(job_id).claim) == ("running", second.token)


def test_work_that_changes_data_is_not_begun_anew(app: Flask) -> None:
    job_id = start(make_user("specialist"), "once")
    assert claims.take() is not None
    age(job_id, claimed_at=long_ago())
    assert not worker.do_next()
    assert (job(job_id).state, job(job_id).problem) == ("failed", "killed")


def test_a_portal_that_stops_gives_the_job_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user("specialist")
    job_id = start(user)
    worker._stopping.set()
    try:
        assert worker.do_next()
    finally:
        worker._stopping.clear()
    assert (job(job_id).state, job(job_id).tries) == ("waiting", 0)
    assert worker.do_next() and job(job_id).state == "done"


def test_progress_is_written_and_raises_when_the_job_is_gone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "WRITE_EVERY", 0)
    user = make_user("specialist")
    job_id, claim = start(user), claims.take()
    assert claim is not None
    progress = worker._progress(claim)
    progress(3, 9)
    assert (job(job_id).done, job(job_id).total) == (3, 9)
    actions.cancel(job_id, user.id)
    with pytest.raises(Stopped):
        progress(4, 9)


def test_old_jobs_and_results_are_dropped(app: Flask) -> None:
    user = make_user("specialist")
    old, young = start(user), start(user)
    while worker.do_next():
        pass
    age(old, finished_at=clock.now() - claims.KEPT - timedelta(hours=1))
    assert claims.tidy() == 1
    db.session.rollback()
    assert [one.id for one in db.session.scalars(select(Job))] == [young]
    assert [path.name for path in files._folder("results").iterdir()] == [job(young).file]


def test_a_queue_that_nobody_works_on_is_noticed(app: Flask) -> None:
    assert queries.stuck_since() is None
    job_id = start(make_user("specialist"))
    assert queries.stuck_since() is None, "not at once"
    age(job_id, made_at=clock.now() - timedelta(minutes=5))
    assert queries.stuck_since() is not None
    assert claims.take() is not None
    assert queries.stuck_since() is None, "somebody works on it"


def test_the_owner_is_written_to_where_mail_is_set(app: Flask) -> None:
    app.config.update(
        MAIL_SERVER="smtp://127.0.0.1:9", MAIL_FROM="a@b.example", PORTAL_URL="https://p.example"
    )
    try:
        job_id = start(make_user("specialist", email="reader@b.example"), number=1)
        worker.do_next()
        start(make_user("specialist"), number=1)  # has no address: nothing is written that could never go
        worker.do_next()
    finally:
        app.config.update(MAIL_SERVER="", MAIL_FROM="", PORTAL_URL="")
    (mail,) = db.session.scalars(select(Mail))
    assert (mail.reference, str(job_id) in mail.subject) == (f"job-{job_id}", True)
    assert "https://p.example/jobs/" in mail.body


def test_params_are_numbers_and_codes(app: Flask) -> None:
    job_id = start(make_user("specialist"), number=1, families=[3])
    assert json.loads(job(job_id).params) == {"families": [3], "number": 1}
