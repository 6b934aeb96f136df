"""Handing a family's file out, and taking one in, through the pages."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import audit
from portal.accounts.models import User
from portal.audit import AuditEntry, Event, FamilyLook
from portal.db import db, technical
from portal.families.models import Family, FamilyMember
from portal.family_files import views
from portal.family_files.history import _told_apart
from portal.family_files.models import FormerFile, FormerRow
from portal.jobs.models import Job
from portal.programs.models import Program
from portal.referrals.models import SupportLink
from tests.access import world
from tests.client import Client
from tests.factories import make_consent, make_family, make_patronage, make_user
from tests.family_files.between import brought, do_all, repacked, sent

TYPED = {"reason": "hand_over", "to": "Центр «Маяк»", "basis": "письмо № 5", "aware": "y"}


def _family() -> Family:
    family = make_family("Ласточкина")
    make_patronage(family, lead=make_user("specialist"))
    make_consent(family)
    return family


def test_the_head_makes_the_file_saves_it_and_the_log_knows(app: Flask) -> None:
    family, head = _family(), make_user("head")
    client = Client(app, head)
    client.get(f"/families/{family.id}")
    assert f"/families/{family.id}/file" in client.last.text  # type: ignore[union-attr]
    client.get(f"/families/{family.id}/file")
    address = client.post(f"/families/{family.id}/file", **TYPED).headers["Location"]
    client.get(address)
    assert client.page.xpath("//*[@id='progress']/@hx-get") == [address]
    do_all()
    client.get(address, 204, htmx=True)
    client.get(address)
    assert {"Центр «Маяк»", "письмо № 5"} <= {one.text for one in client.page.xpath("//dd/bdi")}
    answer = client.get(client.page.xpath("//a[@download]/@href")[0])
    assert answer.content_length == len(answer.data)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=family-{family.number}.zip"
    with ZipFile(BytesIO(answer.data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert {"manifest.json", "family.json", "family.html"} < set(archive.namelist())
        assert archive.read("papers/family-card-1.pdf").startswith(b"%PDF")
        assert "Ласточкина" in archive.read("family.html").decode()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == Event.FAMILY_HANDED_OUT)).one()
    new = json.loads(entry.data)["new"]
    assert (entry.actor_id, entry.object_id) == (head.id, family.id)
    assert (new["to"], new["reason"], new["digest"]) == ("Центр «Маяк»", "hand_over", manifest["digest"])
    looks = db.session.scalars(select(FamilyLook.page).where(FamilyLook.user_id == head.id)).all()
    assert "file" in looks


@pytest.mark.parametrize("left_out", TYPED)
def test_nothing_goes_out_without_why_to_whom_and_care(app: Flask, left_out: str) -> None:
    family = _family()
    client = Client(app, make_user("head"))
    client.post(f"/families/{family.id}/file", status=422, **{**TYPED, left_out: None})
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def test_the_archive_is_saved_by_who_made_it_and_of_this_family_alone(app: Flask) -> None:
    family, other, head = _family(), make_family("Другая"), make_user("head")
    address = Client(app, head).post(f"/families/{family.id}/file", **TYPED).headers["Location"]
    do_all()
    Client(app, head).get(address)
    task_id = address.rpartition("/")[2]
    Client(app, make_user("head")).get(address, 404)
    Client(app, make_user("head")).get(f"/jobs/{task_id}/file", 404)
    Client(app, head).get(f"/families/{other.id}/file/{task_id}", 404)


def test_a_family_is_brought_in_looked_through_and_read(app: Flask, other: Flask) -> None:
    there = world.build(app)
    family_id = int(str(there.other["family_id"]))
    with technical() as s:
        link = s.scalars(select(SupportLink).where(SupportLink.family_id == family_id)).one()
        s.get_one(User, link.created_by_id).last_name = "Авторова"
        name = s.get_one(User, link.created_by_id).name
    data = sent(family_id, make_user("head"))
    with other.app_context():
        head = make_user("head")
        here = make_user("specialist", last_name=name.last, first_name=name.first, middle_name=name.middle)
        client = Client(other, head)
        client.get("/families/file")
        answer = client.post("/families/file", file=(BytesIO(data), "family.zip"))
        preview = answer.headers["Location"]
        client.get(preview)
        assert "Центр «Опора»" in client.text
        options = client.page.xpath("//select[@name='people-0']/option[@selected]/@value")
        assert options == [str(here.id)]
        answer = client.post(f"{preview}/apply", people__0=str(here.id))
        client.get(answer.headers["Location"])
        family = db.session.scalars(select(Family)).one()
        assert f"/families/{family.id}/former" in client.last.text  # type: ignore[union-attr]
        assert f"/families/{family.id}/episodes" in client.last.text  # type: ignore[union-attr]
        client.get(f"/families/{family.id}/former")
        assert db.session.scalars(select(SupportLink.created_by_id)).all() == [here.id]
        assert db.session.scalars(select(Program.member_id)).all()
        client.get("/families/")
        client.post(f"/families/{family.id}/episodes")
        client.get(f"/families/{family.id}")
        assert audit.verify()[1] is None


def test_papers_of_one_title_are_told_apart() -> None:
    papers = [(1, "Карта семьи"), (2, "План"), (3, "План"), (4, ""), (5, "")]
    told = [title for _number, title in _told_apart(papers)]
    assert told == ["Карта семьи", "План, 1", "План, 2", "", ""]


def test_the_same_archive_is_taken_once(app: Flask, other: Flask) -> None:
    data = sent(_family().id, make_user("head"))
    with other.app_context():
        client = Client(other, make_user("head"))
        previews = [
            client.post("/families/file", file=(BytesIO(data), "f.zip")).headers["Location"] for _ in "12"
        ]
        client.post(f"{previews[0]}/apply", people__0="0")
        client.post(f"{previews[1]}/apply", status=422, people__0="0")
        assert len(db.session.scalars(select(Family.id)).all()) == 1


def test_whoever_is_probably_here_is_asked_about(app: Flask, other: Flask) -> None:
    data = sent(_family().id, make_user("head"))
    with other.app_context():
        make_family("Ласточкина")
        client = Client(other, make_user("head"))
        preview = client.post("/families/file", file=(BytesIO(data), "f.zip")).headers["Location"]
        client.post(f"{preview}/apply", status=422, people__0="0")
        client.post(f"{preview}/apply", people__0="0", create_anyway="y")
        assert len(db.session.scalars(select(Family.id)).all()) == 2


def test_a_refused_archive_leaves_nothing(app: Flask) -> None:
    family = _family()
    head = make_user("head")
    data = repacked(sent(family.id, head), **{"files/0001.jpg": b"no picture"})
    Client(app, head).post("/families/file", status=422, file=(BytesIO(data), "f.zip"))
    folder = Path(app.config["INSTANCE"])
    assert not list((folder / "brought_in").glob("*")) and not list((folder / "uploads").glob("*"))


def test_colleagues_of_the_former_center_cannot_sign_in(app: Flask, other: Flask) -> None:
    there = world.build(app)
    data = sent(int(str(there.other["family_id"])), make_user("head"))
    with other.app_context():
        brought(data, make_user("head"))
        author = db.session.scalars(select(SupportLink)).one().created_by_id
        former = db.session.get_one(User, author)
        assert (former.password_hash, former.roles, former.is_active) == (None, set(), False)


def test_what_came_stays_as_it_came(app: Flask, other: Flask) -> None:
    data = sent(_family().id, make_user("head"))
    with other.app_context():
        brought(data, make_user("head"))
        for model in (FormerFile, FormerRow):
            for query in (f"UPDATE {model.__tablename__} SET id = id", f"DELETE FROM {model.__tablename__}"):
                with pytest.raises(Exception, match="frozen"), db.engine.begin() as connection:
                    connection.exec_driver_sql(query)


def test_the_family_is_found_by_its_names_and_has_the_next_number(app: Flask, other: Flask) -> None:
    data = sent(_family().id, make_user("head"))
    with other.app_context():
        before = make_family("Прежняя")
        client = Client(other, head := make_user("head"))
        family_id = brought(data, head)
        family = db.session.get_one(Family, family_id)
        assert family.number == before.number + 1
        client.get("/families/?q=ласточк")
        assert f"/families/{family_id}" in client.last.text  # type: ignore[union-attr]
        assert db.session.scalars(select(FamilyMember).where(FamilyMember.family_id == family_id)).all()


def test_what_is_larger_than_any_family_is_told_how_large_one_may_be(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "ROOM", 1_000)
    client = Client(app, make_user("head"))
    client.post("/families/file", 413, file=(BytesIO(bytes(3_000)), "f.zip"))
    assert "1000 МБ" in client.text and not list((Path(app.config["INSTANCE"]) / "brought_in").glob("*"))
