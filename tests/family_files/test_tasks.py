"""A family's file is made, and a long one taken in, by tasks: once, by the rights of that moment, whole or not."""

import json
import os
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal import clock, files, whole_export
from portal.audit import AuditEntry, Event, FamilyLook
from portal.db import db, technical
from portal.families.models import StoredFile
from portal.family_files import handing_out, job, launching, limits, opening, pending
from portal.family_files.handing_out import Wanted
from portal.family_files.models import FormerFile, FormerPaper
from portal.family_files.thirds import others_in
from portal.intake.models import Intake
from portal.jobs import actions, worker
from portal.jobs.models import Job
from portal.referrals.models import SupportLink
from tests.access import world
from tests.client import Client
from tests.counting import counted
from tests.factories import make_user
from tests.family_files.between import HAND_OVER, do_all
from tests.family_files.standing import count, dismiss, family, handed_out, lying, take_role, task
from tests.family_files.test_round_trip import _real_scans
from tests.together import at_once

REQUEST = Wanted("request", "Ласточкина Вера", "заявление № 3")
TYPED = {"reason": "hand_over", "to": "Центр «Маяк»", "basis": "письмо № 5", "aware": "y"}


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
