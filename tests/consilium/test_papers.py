"""Papers of items: laid before closing, taken back while the item waits, read by those to whom the family is open."""

import io
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from portal import files
from portal.audit import AuditEntry, FamilyLook
from portal.consilium import actions, decisions, papers
from portal.consilium.models import ItemPaper
from portal.db import db
from tests.client import Client
from tests.consilium.rows import (
    People,
    make_meeting,
    make_people,
    make_submitted,
    make_vote,
    propose,
    vote_all,
)
from tests.consilium.test_races import at_once
from tests.refusals import refuses


def picture(shade: int = 200, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), (shade, shade, shade)).save(out, kind)
    return out.getvalue()


def pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out)
    return out.getvalue()


def sent(data: bytes, title: str = "Характеристика из школы") -> dict[str, object]:
    return {"title": title, "scan": (io.BytesIO(data), "файл.bin")}


def waiting(people: People) -> tuple[int, int]:
    meeting_id = make_meeting(people, 3)
    return meeting_id, propose(people, meeting_id, make_submitted())


def laid() -> list[ItemPaper]:
    db.session.rollback()
    return list(db.session.scalars(select(ItemPaper).order_by(ItemPaper.id)))


def on_disk(app: Flask) -> int:
    folder = Path(app.config["INSTANCE"]) / "uploads"
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_a_paper_is_laid_read_and_taken_back(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = waiting(people)
    client, url = Client(app, people.secretary), f"/consilium/items/{item_id}/papers/new"
    client.get(url)
    client.post(url, **sent(picture()))
    client.post(url, **sent(pdf(), "Справка"))
    first, second = laid()
    assert (first.file_type, second.file_type) == ("image/jpeg", "application/pdf")
    paper_id = second.id
    client.get(f"/consilium/items/{item_id}")
    assert "Характеристика из школы" in client.text and "Справка" in client.text
    client.get(f"/consilium/meetings/{meeting_id}")
    assert "2 материала" in client.text
    actions.convene(meeting_id, people.chair.id)
    member = Client(app, people.members[0])
    answer = member.get(f"/consilium/papers/{paper_id}")
    assert answer.data.startswith(b"%PDF-") and answer.headers["Content-Disposition"].startswith("attachment")
    looks = select(func.count()).where(
        FamilyLook.page == "consilium.paper", FamilyLook.user_id == people.members[0].id
    )
    assert db.session.scalar(looks) == 1
    member.post(f"/consilium/papers/{paper_id}/take-back", 403)
    client.post(f"/consilium/papers/{paper_id}/take-back")
    assert len(laid()) == 1 and on_disk(app) == 1
    client.post(f"/consilium/papers/{paper_id}/take-back", 404)
    events = db.session.scalars(select(AuditEntry.event).where(AuditEntry.event.like("item.paper%")))
    assert sorted(events) == ["item.paper_laid", "item.paper_laid", "item.paper_taken_back"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Выберите файл"),
        (b"MZ\x90\x00 this is a program", "не скан"),
        (b"%PDF-1.7 broken", "PDF"),
        (b"\x89PNG\r\n\x1a\n broken", "не скан"),
        (b"<script>alert(1)</script>", "не скан"),
        (b"\xff" * (20 * 1024 * 1024 + 1), "20 МБ"),
    ],
    ids=["empty", "program", "pdf", "png", "script", "large"],
)
def test_what_is_no_paper_is_refused_and_the_title_stays(app: Flask, data: bytes, said: str) -> None:
    people = make_people()
    _meeting, item_id = waiting(people)
    client = Client(app, people.secretary)
    client.post(f"/consilium/items/{item_id}/papers/new", 422, **sent(data))
    assert client.page.xpath("//input[@name='title']/@value") == ["Характеристика из школы"]
    words = client.text
    assert said in words or "файл" in words.casefold()
    assert laid() == [] and on_disk(app) == 0


def test_more_than_a_request_may_carry(app: Flask) -> None:
    people = make_people()
    _meeting, item_id = waiting(people)
    client = Client(app, people.secretary)
    client.post(f"/consilium/items/{item_id}/papers/new", 413, **sent(b"\xff" * (21 * 1024 * 1024)))
    assert laid() == []


def test_a_paper_without_a_title_is_asked_for_one(app: Flask) -> None:
    people = make_people()
    _meeting, item_id = waiting(people)
    Client(app, people.secretary).post(f"/consilium/items/{item_id}/papers/new", 422, **sent(picture(), "  "))
    assert laid() == [] and on_disk(app) == 0


def test_ten_at_most_and_each_once(app: Flask) -> None:
    people = make_people()
    _meeting, item_id = waiting(people)
    by = people.secretary.id
    for number in range(10):
        papers.lay_paper(item_id, f"№ {number}", (bytes([number]) * 9, "image/jpeg"), by)
    with refuses("papers_many"):
        papers.lay_paper(item_id, "ещё", (b"more", "image/jpeg"), by)
    assert on_disk(app) == 10, "what was refused leaves no file"
    papers.take_back(laid()[0].id, by)
    with refuses("paper_twice"):
        papers.lay_paper(item_id, "тот же", (bytes([3]) * 9, "image/jpeg"), by)
    client = Client(app, people.secretary)
    papers.lay_paper(item_id, "десятый", (b"more", "image/jpeg"), by)
    client.get(f"/consilium/items/{item_id}/papers/new", 303)


def test_the_same_form_sent_twice_at_once_lays_one(app: Flask) -> None:
    people = make_people()
    _meeting, item_id = waiting(people)
    by = people.secretary.id
    calls = [lambda: papers.lay_paper(item_id, "справка", (b"same", "image/jpeg"), by)] * 3
    assert sorted(at_once(app, *calls)) == ["done", "paper_twice", "paper_twice"]
    assert on_disk(app) == 1


def test_papers_stay_with_what_is_voted_on_and_decided(app: Flask) -> None:
    people = make_people()
    _meeting, item_id, _patronage = make_vote(people)
    by = people.secretary.id
    paper_id = papers.lay_paper(item_id, "справка", (b"one", "image/jpeg"), by)
    with refuses("paper_fixed"):
        papers.take_back(paper_id, by)
    vote_all(people, item_id, "for", "for", "for", "for")
    decisions.close_item(item_id, people.chair.id)
    with refuses("item_closed"):
        papers.lay_paper(item_id, "поздно", (b"two", "image/jpeg"), by)
    with refuses("paper_fixed"):
        papers.take_back(paper_id, by)
    client = Client(app, people.secretary)
    client.get(f"/consilium/items/{item_id}")
    assert not client.page.xpath("//section[@id='papers']//form | //section[@id='papers']/header/a")


def test_a_restricted_family_s_papers_are_closed(app: Flask) -> None:
    people = make_people()
    meeting_id, item_id = waiting(people)
    paper_id = papers.lay_paper(
        item_id, "Тайная справка", (picture(kind="JPEG"), "image/jpeg"), people.secretary.id
    )
    actions.convene(meeting_id, people.chair.id)
    member = people.members[0]
    assert papers.get_paper(member, paper_id) is not None
    actions.unseat(member.id, people.head.id)
    client = Client(app, member)
    client.get(f"/consilium/papers/{paper_id}", 404)
    client.get(f"/consilium/items/{item_id}")
    assert "Тайная справка" not in client.text
    Client(app, people.lead).get(f"/consilium/papers/{paper_id}", 403)
    Client(app, people.members[1]).get(f"/consilium/papers/{paper_id}")


def test_a_failure_while_storing_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make_people()
    _meeting, item_id = waiting(people)

    def breaks(*_args: object) -> None:
        raise OSError

    monkeypatch.setattr(papers, "_check_new", breaks)
    with pytest.raises(OSError):
        papers.lay_paper(item_id, "справка", (b"one", "image/jpeg"), people.secretary.id)
    assert laid() == [] and on_disk(app) == 0


def test_a_paper_s_bytes_are_sealed(app: Flask) -> None:
    people = make_people()
    _meeting, item_id = waiting(people)
    papers.lay_paper(item_id, "справка", (b"plain words of a paper", "image/jpeg"), people.secretary.id)
    (paper,) = laid()
    assert b"plain words" not in (Path(app.config["INSTANCE"]) / "uploads" / paper.file).read_bytes()
    assert files.read(paper.file) == b"plain words of a paper"
