"""A family's file is made, and a long one taken in, by tasks: once, by the rights of that moment, whole or not."""

import json
import os
import tracemalloc
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from portal import clock, files, whole_export
from portal.accounts.models import RoleGrant, User
from portal.audit import AuditEntry, Event, FamilyLook
from portal.db import db, technical
from portal.families.models import Family, StoredFile
from portal.family_files import handing_out, job, launching, limits, opening, pending
from portal.family_files.archive import as_json, digest_of
from portal.family_files.handing_out import Wanted
from portal.family_files.models import FormerFile, FormerPaper
from portal.family_files.thirds import others_in
from portal.intake.models import Intake
from portal.jobs import actions, claims, worker
from portal.jobs.models import Job
from portal.jobs.work import Params, Result
from portal.referrals.models import SupportLink
from tests.access import world
from tests.client import Client
from tests.counting import counted
from tests.factories import make_consent, make_family, make_patronage, make_user
from tests.family_files.between import HAND_OVER, do_all, opened, repacked, sent
from tests.family_files.test_round_trip import _real_scans
from tests.refusals import refuses
from tests.together import at_once

REQUEST = Wanted("request", "Ласточкина Вера", "заявление № 3")
TYPED = {"reason": "hand_over", "to": "Центр «Маяк»", "basis": "письмо № 5", "aware": "y"}


def family() -> int:
    found = make_family("Ласточкина")
    make_patronage(found, lead=make_user("specialist"))
    make_consent(found)
    return found.id


def task(task_id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, task_id, populate_existing=True)


def count(model: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def handed_out() -> int:
    return count(AuditEntry, AuditEntry.event == Event.FAMILY_HANDED_OUT)


def lying(app: Flask, folder: str = "results") -> list[Path]:
    return list((Path(app.config["INSTANCE"]) / folder).glob("*"))


def take_role(user_id: int) -> None:
    with technical() as s:
        s.execute(delete(RoleGrant).where(RoleGrant.user_id == user_id))


def dismiss(user_id: int) -> None:
    with technical() as s:
        s.execute(update(User).where(User.id == user_id).values(dismissed_on=clock.today()))


# handing out


def test_two_clicks_at_once_make_one_file_and_two_purposes_two(app: Flask) -> None:
    family_id, head = family(), make_user("head").id
    ask = partial(launching.hand_out, family_id, HAND_OVER, head)
    other = partial(launching.hand_out, family_id, REQUEST, head)
    assert at_once(app, ask, ask, other, other) == ["done"] * 4
    assert count(Job) == 2
    do_all()
    assert {one.state for one in db.session.scalars(select(Job))} == {"done"}
    assert (handed_out(), len(lying(app))) == (2, 2)
    assert launching.hand_out(family_id, HAND_OVER, head) not in [1, 2], "what is done is made anew"


def test_two_workers_at_once_make_one_file(app: Flask) -> None:
    launching.hand_out(family(), HAND_OVER, make_user("head").id)
    assert at_once(app, worker.do_next, worker.do_next) == ["done", "done"]
    db.session.rollback()
    assert (handed_out(), len(lying(app))) == (1, 1)


@pytest.mark.parametrize(("take_away", "problem"), [(take_role, "no_right"), (dismiss, "left")])
def test_a_right_taken_away_before_it_runs(
    app: Flask, take_away: Callable[[int], None], problem: str
) -> None:
    head = make_user("head").id
    task_id = launching.hand_out(family(), HAND_OVER, head)
    take_away(head)
    do_all()
    assert (task(task_id).state, task(task_id).problem) == ("failed", problem)
    assert (handed_out(), lying(app)) == (0, [])


def test_a_right_taken_away_while_it_starts(app: Flask) -> None:
    """Either the start was first, and the run refuses; or the right was gone, and nothing started."""
    family_id, head = family(), make_user("head").id
    ends = at_once(app, partial(launching.hand_out, family_id, HAND_OVER, head), partial(take_role, head))
    assert ends in (["done", "done"], ["no_right", "done"])
    do_all()
    assert {one.state for one in db.session.scalars(select(Job))} <= {"failed"}
    assert (handed_out(), lying(app)) == (0, [])


def test_a_right_taken_away_before_it_is_saved(app: Flask) -> None:
    family_id, head = family(), make_user("head")
    task_id = launching.hand_out(family_id, HAND_OVER, head.id)
    do_all()
    client = Client(app, head)
    take_role(head.id)
    client.get(f"/jobs/{task_id}/file", 303)
    client.get(f"/families/{family_id}/file/{task_id}", 403)
    assert count(FamilyLook, FamilyLook.user_id == head.id) == 0


def test_another_head_gets_none_of_it_and_every_saving_is_a_look(app: Flask) -> None:
    family_id, head = family(), make_user("head")
    task_id = launching.hand_out(family_id, HAND_OVER, head.id)
    do_all()
    for address in (f"/families/{family_id}/file/{task_id}", f"/jobs/{task_id}/file"):
        Client(app, make_user("head")).get(address, 404)
    client = Client(app, head)
    assert client.get(f"/jobs/{task_id}/file").data == client.get(f"/jobs/{task_id}/file").data
    assert count(FamilyLook, FamilyLook.user_id == head.id, FamilyLook.page == "file") == 2


def test_whom_it_is_for_stands_in_the_entry_of_the_handing_out_alone(app: Flask) -> None:
    task_id = launching.hand_out(family(), REQUEST, make_user("head").id)
    do_all()
    told = {one.event: one.data for one in db.session.scalars(select(AuditEntry))}
    assert "Ласточкина" not in task(task_id).params
    assert "sealed" not in told["job.started"] and '"request"' in told["job.started"]
    new = json.loads(told[Event.FAMILY_HANDED_OUT])["new"]
    assert (new["to"], new["basis"], new["reason"]) == ("Ласточкина Вера", "заявление № 3", "request")


def test_cancelled_under_way_it_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    head = make_user("head").id
    task_id = launching.hand_out(family(), HAND_OVER, head)
    whole, app_of = job.make, app

    def make(family_id: int, *rest: object) -> handing_out.Made:
        made = whole(family_id, *rest)  # type: ignore[arg-type]
        with app_of.app_context():
            actions.cancel(task_id, head)
            db.session.remove()
        return made

    monkeypatch.setattr(job, "make", make)
    do_all()
    assert (task(task_id).state, handed_out(), lying(app)) == ("cancelled", 0, [])


def test_a_file_that_cannot_be_read_leaves_nothing(app: Flask) -> None:
    there = world.build(app)
    _real_scans()
    task_id = launching.hand_out(int(str(there.other["family_id"])), HAND_OVER, make_user("head").id)
    for path in lying(app, "uploads"):
        path.unlink()
    do_all()
    assert (task(task_id).state, task(task_id).problem) == ("failed", "error")
    assert (handed_out(), lying(app)) == (0, [])


def test_what_does_not_fit_is_refused_before_the_work_begins(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family_id = int(str(world.build(app).other["family_id"]))
    _real_scans()
    client = Client(app, make_user("head"))
    before = count(Job)
    monkeypatch.setattr(limits, "MOST", 100)
    client.post(f"/families/{family_id}/file", 422, **TYPED)
    with app.test_request_context():
        assert "1 МБ" in client.text or "1 MB" in client.text
    assert count(Job) == before


def test_what_grew_too_large_meanwhile_fails_with_a_reason(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = make_user("head")
    family_id = family()
    task_id = launching.hand_out(family_id, HAND_OVER, head.id)
    monkeypatch.setattr(limits, "MOST", 100)
    do_all()
    assert (task(task_id).problem, lying(app)) == ("family_too_large", [])
    Client(app, head).get(f"/families/{family_id}/file/{task_id}")


def test_whatever_is_handed_out_is_small_enough_to_be_taken_in() -> None:
    """Packing what is packed adds five bytes to 16 KB; names, the list of files and the manifest come on top."""
    names, manifest = limits.MOST_FILES * 1_000, opening.LARGEST_MANIFEST
    assert limits.MOST + limits.MOST // 3_000 + names + manifest <= limits.LARGEST
    assert limits.MOST + manifest <= opening.MOST_UNPACKED


def test_the_page_of_a_task_leads_from_the_list_and_asks_no_more_once_it_is_done(app: Flask) -> None:
    family_id, head = family(), make_user("head")
    task_id = launching.hand_out(family_id, REQUEST, head.id)
    client, here = Client(app, head), f"/families/{family_id}/file/{task_id}"
    client.get("/jobs/")
    assert client.page.xpath(f"//a[@href='{here}']")
    assert client.get(here, htmx=True).text.lstrip().startswith("<section")
    do_all()
    client.get("/profile")
    assert client.page.xpath("//header//a[contains(@class, 'ready')]")
    client.get(here)
    assert not client.page.xpath("//*[@id='progress']")
    client.get("/profile")
    assert not client.page.xpath("//header//a[contains(@class, 'ready')]"), "it was seen on its own page"
    client.post(f"/jobs/{task_id}/remove")
    client.get(here, 404)


# what tells of others


def test_what_tells_of_others_is_named_before_the_family_gets_it(app: Flask) -> None:
    there = world.build(app)
    family_id = int(str(there.other["family_id"]))
    with technical() as s:
        s.execute(update(Intake).values(kind="signal", body="school"))
    db.session.rollback()
    found = {str(title): number for title, number in others_in(family_id)}
    assert len(found) >= 4 and all(found.values())
    with counted() as queries:
        others_in(family_id)
    assert len(queries) == 1
    client = Client(app, make_user("head"))
    client.get(f"/families/{family_id}/file")
    assert all(title in client.text for title in found)
    assert count(SupportLink, SupportLink.family_id == family_id) in found.values()


def test_a_family_of_one_adult_and_nothing_else_tells_of_nobody_else(app: Flask) -> None:
    assert others_in(family()) == []


# taking in


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


SCAN, SCANS = 2_000_000, 12


def test_many_scans_are_never_in_memory_at_once(app: Flask) -> None:
    """Made, looked through, and exported with everything else: each time a scan or two, not all of them."""
    family_id, head = family(), make_user("head")
    _scans(family_id, head.id)
    task_id = launching.hand_out(family_id, HAND_OVER, head.id)
    small = 6 * SCAN  # a scan is there some times over: sealed, opened, and on its way into the ZIP
    assert _peak(do_all) < small
    name = task(task_id).file
    assert files.size_on_disk(name, "results") > SCAN * SCANS

    def look_through() -> None:
        with files.opened(name, "results") as file:
            pending.look_into(name, file).opened.check_parts()

    assert _peak(look_through) < small
    assert _peak(lambda: whole_export.export(Path(app.config["INSTANCE"]) / "all.zip")) < small


def _scans(family_id: int, by: int) -> None:
    names = [files.keep(os.urandom(SCAN)) for _ in range(SCANS)]
    common = {"media_type": "image/jpeg", "size": SCAN, "uploaded_at": clock.now()}
    with technical() as s:
        former = {"center": "Центр «Маяк»", "handed_on": clock.today(), "number": 7, "digest": "0" * 64}
        file = FormerFile(family_id=family_id, **former, brought_by_id=by, brought_at=clock.now())
        s.add(file)
        s.flush()
        for number, (name, sha256) in enumerate(names):
            s.add(stored := StoredFile(name=name, sha256=sha256, **common))
            s.flush()
            path = f"files/{number:04}.jpg"
            s.add(FormerPaper(file_id=file.id, path=path, stored_id=stored.id, sha256=sha256))


def _peak(work: Callable[[], object]) -> int:
    """How much more was in memory at once, in bytes."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - before
