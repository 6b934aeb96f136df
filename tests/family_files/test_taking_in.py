"""A long archive is taken in by a task: once, by the rights of that moment, whole or not at all."""

import json
import os
from functools import partial
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from portal import files
from portal.audit import AuditEntry, Event
from portal.db import db
from portal.families.models import Family, StoredFile
from portal.family_files import job, launching, pending
from portal.family_files.archive import as_json, digest_of
from portal.family_files.models import FormerFile
from portal.jobs import claims, worker
from portal.jobs.models import Job
from portal.jobs.work import Params, Result
from tests.access import world
from tests.client import Client
from tests.factories import make_user
from tests.family_files.between import do_all, opened, repacked, sent
from tests.family_files.standing import count, lying, take_role, task
from tests.family_files.test_round_trip import _real_scans
from tests.refusals import refuses
from tests.together import at_once


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every archive is a long one."""
    monkeypatch.setattr(launching, "SHORT", -1)


def archive(app: Flask) -> bytes:
    there = world.build(app)
    _real_scans()
    return sent(int(str(there.other["family_id"])), make_user("head"))


def a_scan(data: bytes) -> str:
    return next(path for path in opened(data).paths if path.startswith("files/"))


def uploaded(client: Client, data: bytes) -> str:
    return client.post("/families/file", file=(BytesIO(data), "f.zip")).headers["Location"]


def found(name: str, head: int) -> tuple[str, int]:
    with pending.opened(name) as one:
        return launching.take_in(one, {}, head)


@pytest.mark.usefixtures("long")
def test_a_long_one_is_taken_in_by_a_task(app: Flask, other: Flask) -> None:
    data = archive(app)
    with other.app_context():
        client = Client(other, head := make_user("head"))
        preview = uploaded(client, data)
        client.get(preview)
        people = client.page.xpath("//select/@name")
        typed = {name.replace("-", "__"): "0" for name in people}
        here = client.post(f"{preview}/apply", **typed).headers["Location"]
        assert client.post(f"{preview}/apply", **typed).headers["Location"] == here
        client.get(here)
        assert client.page.xpath("//*[@id='progress']/@hx-get") == [here]
        Client(other, make_user("head")).get(here, 404)
        do_all()
        assert client.get(here, 303).headers["Location"].startswith("/families/")
        assert (count(Family), lying(other, "brought_in")) == (1, [])
        assert len(lying(other, "uploads")) == count(StoredFile) > 0
        brought = select(AuditEntry.actor_id).where(AuditEntry.event == Event.FAMILY_BROUGHT_IN)
        assert db.session.scalars(brought).all() == [head.id]


@pytest.mark.usefixtures("long")
def test_two_who_take_in_the_same_at_once_make_one_family(app: Flask, other: Flask) -> None:
    data = archive(app)
    with other.app_context():
        heads = [make_user("head").id for _ in range(2)]
        names = [files.keep(data, pending.FOLDER)[0] for _ in heads]
        ends = at_once(
            other, *(partial(found, *pair) for pair in zip(names, heads, strict=True) for _ in "12")
        )
        assert (ends, count(Job)) == (["done"] * 4, 2)
        assert at_once(other, worker.do_next, worker.do_next) == ["done", "done"]
        do_all()
        assert count(Family) == count(FormerFile, FormerFile.earlier_id.is_(None)) == 1
        assert len(lying(other, "uploads")) == count(StoredFile)
        states = sorted((one.state, one.problem) for one in db.session.scalars(select(Job)))
        assert states in ([("done", ""), ("done", "")], [("done", ""), ("failed", "already_here")])


@pytest.mark.usefixtures("long")
def test_killed_after_the_family_was_taken_in_there_is_nothing_left_to_do(app: Flask, other: Flask) -> None:
    data = archive(app)
    with other.app_context():
        name, head = files.keep(data, pending.FOLDER)[0], make_user("head")
        _what, task_id = found(name, head.id)
        params: Params = json.loads(task(task_id).params)
        assert job._bring_in(params, head, lambda *_: None) == Result()
        do_all()
        assert (task(task_id).state, count(Family)) == ("done", 1)


@pytest.mark.usefixtures("long")
def test_a_scan_that_is_none_is_named_and_nothing_is_written(app: Flask, other: Flask) -> None:
    good = archive(app)
    scan = a_scan(good)
    data = repacked(good, **{scan: b"no picture"})
    with other.app_context():
        client = Client(other, head := make_user("head"))
        preview = uploaded(client, data)
        name = lying(other, "brought_in")[0].name
        _what, task_id = found(name, head.id)
        do_all()
        assert task(task_id).problem == f"part:{scan}"
        assert (count(Family), lying(other, "uploads")) == (0, [])
        client.get(f"/families/file/tasks/{task_id}")
        assert f"«{scan}»" in client.text
        again = client.page.xpath("//main//a[contains(@class, 'btn')]/@href")[0]
        client.get(again)
        client.get(preview)


@pytest.mark.usefixtures("long")
def test_the_right_to_take_in_is_asked_again(app: Flask, other: Flask) -> None:
    data = archive(app)
    with other.app_context():
        name, head = files.keep(data, pending.FOLDER)[0], make_user("head").id
        _what, task_id = found(name, head)
        take_role(head)
        do_all()
        assert (task(task_id).problem, count(Family)) == ("no_right", 0)


@pytest.mark.usefixtures("long")
def test_a_file_that_was_dropped_meanwhile_is_asked_for_once_more(app: Flask, other: Flask) -> None:
    data = archive(app)
    with other.app_context():
        name, head = files.keep(data, pending.FOLDER)[0], make_user("head")
        _what, task_id = found(name, head.id)
        pending.drop(name)
        do_all()
        assert task(task_id).problem == "archive_gone"
        Client(other, head).get(f"/families/file/tasks/{task_id}")
        with refuses("archive_gone"), pending.opened(name):
            raise AssertionError("it is there")


@pytest.mark.usefixtures("long")
def test_a_wrong_hash_is_refused_at_once_however_long_it_is(app: Flask) -> None:
    data = archive(app)
    with ZipFile(BytesIO(data)) as found:
        parts = {one: found.read(one) for one in found.namelist()}
    told = json.loads(parts.pop("manifest.json"))
    line = next(one for one in told["files"] if one["path"] == a_scan(data))
    line["sha256"] = "0" * 64
    told["digest"] = digest_of(told)
    with ZipFile(out := BytesIO(), "w") as changed:
        for one, part in {**parts, "manifest.json": as_json(told)}.items():
            changed.writestr(one, part)
    client, before = Client(app, make_user("head")), set(lying(app, "brought_in"))
    client.post("/families/file", 422, file=(BytesIO(out.getvalue()), "f.zip"))
    assert f"«{line['path']}»" in client.text
    assert set(lying(app, "brought_in")) == before


def test_what_nobody_takes_in_goes_after_a_day(app: Flask) -> None:
    files.keep(b"an archive", pending.FOLDER)
    claims.tidy()
    assert len(lying(app, "brought_in")) == 1
    (path,) = lying(app, "brought_in")
    os.utime(path, (1, 1))
    claims.tidy()
    assert lying(app, "brought_in") == []
