"""One's tasks as pages: progress, the file, cancelling; and that another's is no page."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import access, clock
from portal.audit import FamilyLook
from portal.check import broken_rules
from portal.db import db, technical
from portal.jobs import actions, claims, worker
from portal.jobs.kinds import KINDS
from portal.jobs.models import Job
from portal.jobs.work import Work
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_user
from tests.jobs.works import works

__all__ = ["works"]
pytestmark = pytest.mark.usefixtures("works")


def do_all() -> None:
    while worker.do_next():
        pass
    db.session.rollback()


def test_the_list_shows_how_far_a_task_is(app: Flask) -> None:
    user = make_user("specialist")
    client = Client(app, user)
    job_id = actions.begin("plain", {}, user.id)
    client.get("/jobs/")
    assert client.page.xpath("//*[@id='jobs']/@hx-trigger") == ["every 2s"]
    claim = claims.take()
    assert claim is not None and claims.beat(claim, done=4, total=9)
    fragment = client.get("/jobs/?poll=1", htmx=True).text
    assert fragment.startswith('<div class="stack tight" id="jobs"')
    assert 'max="9" value="4"' in fragment
    client.post(f"/jobs/{job_id}/cancel")
    client.get("/jobs/")
    assert not client.page.xpath("//*[@id='jobs']/@hx-trigger"), "nothing moves, nothing is asked for"


def test_the_file_is_fetched_by_its_owner_and_is_a_look(app: Flask) -> None:
    user, other, family = make_user("specialist"), make_user("head"), make_family()
    job_id = actions.begin("plain", {"families": [family.id], "number": 5}, user.id)
    do_all()
    client = Client(app, user)
    answer = client.get(f"/jobs/{job_id}/file")
    assert answer.data == f"{user.id}:5".encode()
    assert "plain-5.txt" in answer.headers["Content-Disposition"]
    looks = select(FamilyLook.family_id).where(FamilyLook.user_id == user.id, FamilyLook.page == "bulk")
    assert list(db.session.scalars(looks)) == [family.id]
    Client(app, other).get(f"/jobs/{job_id}/file", 404)
    Client(app, other).post(f"/jobs/{job_id}/remove", 404)
    client.post(f"/jobs/{job_id}/remove")
    client.get(f"/jobs/{job_id}/file", 404)


def test_a_file_is_refused_when_its_families_are_out_of_reach(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user("specialist")
    job_id = actions.begin("plain", {}, user.id)
    do_all()
    narrow = Work("Plain files", KINDS["plain"].run, keeps=lambda *_: False)
    monkeypatch.setitem(KINDS, "plain", narrow)
    client = Client(app, user)
    client.get(f"/jobs/{job_id}/file", 303)
    assert db.session.scalar(select(func.count()).select_from(FamilyLook)) == 0


def test_every_page_tells_once_that_a_task_is_done(app: Flask) -> None:
    user = make_user("specialist")
    client = Client(app, user)
    client.get("/profile")
    with counted() as before:
        client.get("/profile")
    assert not client.page.xpath("//header//a[@href='/jobs/' and contains(@class, 'ready')]")
    actions.begin("plain", {}, user.id)
    do_all()
    with counted() as after:
        client.get("/profile")
    assert client.page.xpath("//header//a[@href='/jobs/' and contains(@class, 'ready')]")
    assert len(after) <= len(before) + 1, (
        "the center's name is read anew after a change, the badge is not asked"
    )
    client.get("/jobs/")
    client.get("/profile")
    assert not client.page.xpath("//header//a[@href='/jobs/' and contains(@class, 'ready')]")


def test_a_task_that_failed_is_not_called_ready(app: Flask) -> None:
    user = make_user("specialist")
    actions.begin("broken", {}, user.id)
    do_all()
    client = Client(app, user)
    client.get("/profile")
    (badge,) = client.page.xpath("//header//a[contains(@class, 'ready')]/span")
    assert badge.text == "Заданий завершено: 1"


def test_the_list_asks_as_much_for_many_as_for_one(app: Flask) -> None:
    user = make_user("specialist")
    actions.begin("plain", {}, user.id)
    client = Client(app, user)
    client.get("/jobs/")
    with counted() as one:
        client.get("/jobs/")
    for _ in range(5):
        actions.begin("plain", {}, user.id)
    client.get("/jobs/")
    with counted() as many:
        client.get("/jobs/")
    assert len(many) == len(one)


def test_a_queue_that_nobody_works_on_is_told_to_its_user_and_to_the_administrator(app: Flask) -> None:
    user = make_user("specialist")
    admin, owner = Client(app, make_user("admin")), Client(app, user)
    job_id = actions.begin("plain", {}, user.id)
    admin.get("/")
    assert not admin.page.xpath("//*[contains(@class, 'note c-bad')]")
    assert not {one["rule"] for one in broken_rules()} & {"jobs"}
    db.session.rollback()
    with technical() as s:
        s.execute(update(Job).where(Job.id == job_id).values(made_at=clock.now() - timedelta(minutes=9)))
    owner.get("/jobs/")
    assert owner.page.xpath("//*[contains(@class, 'note c-warn')]")
    admin.get("/")
    assert admin.page.xpath("//*[contains(@class, 'note c-bad')]")
    db.session.rollback()
    assert "jobs" in {one["rule"] for one in broken_rules()}


def test_who_lost_their_role_may_still_put_their_tasks_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user("specialist")
    job_id = actions.begin("plain", {}, user.id)
    do_all()
    monkeypatch.setattr(access, "may", lambda _user, one: one is access.Permission.OWN_ACCOUNT)
    client = Client(app, user)
    client.get(f"/jobs/{job_id}/file", 303)
    client.post(f"/jobs/{job_id}/remove")
