"""The register of papers: numbers without gaps, two clicks are one, what was registered stays."""

from datetime import date, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError

from portal import clock, files
from portal.audit import AuditEntry
from portal.db import db, technical
from portal.families.models import StoredFile
from portal.papers import actions, catalog
from portal.papers.kind import Kind
from portal.papers.models import Paper
from portal.rules import RuleBroken
from tests.access.club_world import PIXEL
from tests.factories import make_family, make_user
from tests.papers.kinds import Said, tried_kind
from tests.together import at_once

SCAN = (PIXEL, "image/jpeg")


@pytest.fixture
def head(app: Flask) -> int:
    """Who registers."""
    return make_user("head").id


def _day(days: int = 0) -> date:
    return clock.today() - timedelta(days)


def _registered(kind: Kind, head: int, day: date | None = None) -> Paper:
    found = actions.register(kind, make_family().id, day or _day(), head)
    assert found.is_new
    return db.session.get_one(Paper, found.id)


def _broken(code: str, action: object) -> None:
    with pytest.raises(RuleBroken) as caught:
        action()  # type: ignore[operator]
    assert caught.value.code == code


def test_numbers_follow_each_other_within_kind_and_year(
    tried: Kind, said: Said, head: int, monkeypatch
) -> None:
    other = tried_kind(said, code="other-paper")
    monkeypatch.setitem(catalog.KINDS, other.code, other)
    last_year = date(_day().year - 1, 6, 1)
    numbers = [_registered(tried, head, last_year).number for _ in range(2)]
    numbers += [_registered(tried, head).number for _ in range(3)]
    assert numbers == [1, 2, 1, 2, 3]
    assert _registered(other, head).number == 1


def test_it_is_kept_as_it_was_printed_and_noted_once(tried: Kind, said: Said, head: int) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    paper = _registered(tried, head)
    printed = actions.pdf_of(paper).decode()
    assert "'number': '1'" in printed and "как есть" in printed and str(_day().year) in printed
    said.facts["word"] = "иначе"
    assert "как есть" in actions.pdf_of(paper).decode()
    assert b"tried-paper" not in (files._folder("papers") / paper.file).read_bytes()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == (before or 0) + 1


def test_two_clicks_are_one_and_a_change_gets_a_new_number(tried: Kind, said: Said, head: int) -> None:
    family_id = make_family().id
    first = actions.register(tried, family_id, _day(), head)
    assert actions.register(tried, family_id, _day(), head) == (first.id, False)
    said.facts["word"] = "иначе"
    second = actions.register(tried, family_id, _day(), head)
    assert second.is_new and second.id != first.id
    said.facts["word"] = "как есть"
    assert actions.register(tried, family_id, _day(), head) == (first.id, False)
    actions.void(first.id, "ошибка", head)
    third = actions.register(tried, family_id, _day(), head)
    assert third.is_new and db.session.get_one(Paper, third.id).number == 3


def test_days_follow_numbers(tried: Kind, head: int) -> None:
    year = _day().year - 1
    _registered(tried, head, date(year, 6, 2))
    for wrong in (_day(-1), date(year, 6, 1)):
        _broken("paper_day", lambda wrong=wrong: actions.register(tried, make_family().id, wrong, head))
    assert _registered(tried, head, date(year, 6, 2)).number == 2


def test_what_has_a_number_of_its_own_gets_no_second(said: Said, head: int) -> None:
    kind = tried_kind(said, is_registered=False)
    _broken("paper_not_registered", lambda: actions.register(kind, 1, _day(), head))


def test_what_changes_while_it_is_drawn_is_drawn_anew(
    tried: Kind, said: Said, head: int, monkeypatch
) -> None:
    real, family_id, seen = actions.making.make, make_family().id, []

    def slow(*args: object, **how: object) -> bytes:
        seen.append(how)
        if len(seen) == 1:
            said.facts["word"] = "поправлено"
        return real(*args, **how)

    monkeypatch.setattr(actions.making, "make", slow)
    found = actions.register(tried, family_id, _day(), head)
    assert len(seen) == 2
    assert "поправлено" in actions.pdf_of(db.session.get_one(Paper, found.id)).decode()
    assert len(list(files._folder("papers").iterdir())) == 1


@pytest.mark.parametrize("many", [2, 8])
def test_one_paper_registered_at_once_has_one_number(app: Flask, tried: Kind, head: int, many: int) -> None:
    family_id = make_family().id
    ends = at_once(app, *[partial(actions.register, tried, family_id, _day(), head)] * many)
    assert ends == ["done"] * many
    assert db.session.scalars(select(Paper.number)).all() == [1]
    assert len(list(files._folder("papers").iterdir())) == 1


@pytest.mark.parametrize("many", [2, 8])
def test_many_registered_at_once_leave_no_gap(app: Flask, tried: Kind, head: int, many: int) -> None:
    families = [make_family().id for _ in range(many)]
    ends = at_once(app, *(partial(actions.register, tried, one, _day(), head) for one in families))
    assert ends == ["done"] * many
    assert sorted(db.session.scalars(select(Paper.number))) == list(range(1, many + 1))
    assert len(list(files._folder("papers").iterdir())) == many
    printed = {actions.pdf_of(one) for one in db.session.scalars(select(Paper))}
    assert len(printed) == many


def test_one_that_fails_leaves_neither_number_nor_file(tried: Kind, head: int, monkeypatch) -> None:
    monkeypatch.setattr(actions.audit, "record", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.register(tried, make_family().id, _day(), head)
    assert list(files._folder("papers").iterdir()) == []
    monkeypatch.undo()


def test_a_scan_makes_it_signed_and_a_wrong_one_is_replaced(tried: Kind, head: int) -> None:
    paper = _registered(tried, head, _day(3) if _day(3).year == _day().year else _day())
    for wrong in (paper.day - timedelta(1), _day(-1)):
        _broken("paper_signed_on", lambda wrong=wrong: actions.attach_scan(paper.id, SCAN, wrong, head))
    uploads = len(list(files._folder("uploads").iterdir()))
    assert uploads == 0  # what was refused is not kept
    actions.attach_scan(paper.id, SCAN, _day(), head)
    db.session.refresh(paper)
    first = paper.scan_id
    actions.attach_scan(paper.id, SCAN, _day(), head)
    db.session.refresh(paper)
    assert paper.signed_on == _day() and paper.scan_id != first
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 2


def test_a_void_one_stays_void(tried: Kind, head: int) -> None:
    paper_id = _registered(tried, head).id
    _broken("paper_reason", lambda: actions.void(paper_id, "  ", head))
    actions.void(paper_id, "ошибка в дате", head)
    _broken("paper_void", lambda: actions.void(paper_id, "ещё раз", head))
    _broken("paper_void", lambda: actions.attach_scan(paper_id, SCAN, _day(), head))
    assert sorted(at_once_voids(paper_id, head)) == ["paper_void", "paper_void"]


def at_once_voids(paper_id: int, head: int) -> list[str]:
    """How two who declare it void at once end."""
    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return at_once(app, *[partial(actions.void, paper_id, "вместе", head)] * 2)


def test_two_declare_it_void_and_one_does(app: Flask, tried: Kind, head: int) -> None:
    paper_id = _registered(tried, head).id
    assert sorted(at_once_voids(paper_id, head)) == ["done", "paper_void"]


CHANGES = {
    "kind": "x", "year": 2001, "number": 9, "day": date(2020, 1, 1), "object_id": 0, "family_id": None,
    "facts": "x", "file": "x", "sha256": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_the_database_keeps_what_was_registered(tried: Kind, head: int, name: str) -> None:
    paper_id = _registered(tried, head).id
    with (
        pytest.raises(DatabaseError, match=r"tr_papers_kept|register of papers refuses"),
        technical() as s,
    ):
        s.execute(update(Paper).where(Paper.id == paper_id).values({name: CHANGES[name]}))


def test_the_database_deletes_nothing_and_revives_nothing(tried: Kind, head: int) -> None:
    paper_id = _registered(tried, head).id
    actions.void(paper_id, "ошибка", head)
    revive = update(Paper).where(Paper.id == paper_id)
    revive = revive.values(voided_at=None, voided_by_id=None, void_reason="")
    for statement in (text(f"DELETE FROM papers WHERE id = {paper_id}"), revive):
        with pytest.raises(DatabaseError), technical() as s:
            s.execute(statement)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_the_database_takes_the_next_number_only(tried: Kind, head: int, number: int) -> None:
    first = _registered(tried, head)
    row = {one.name: getattr(first, one.name) for one in Paper.__table__.columns if one.name != "id"}
    with pytest.raises(DatabaseError), technical() as s:
        s.add(Paper(**row | {"number": number, "facts": "other"}))


def test_the_database_refuses_a_day_of_another_year(tried: Kind, head: int) -> None:
    first = _registered(tried, head)
    row = {one.name: getattr(first, one.name) for one in Paper.__table__.columns if one.name != "id"}
    with pytest.raises(DatabaseError), technical() as s:
        s.add(Paper(**row | {"number": 2, "facts": "other", "day": date(2020, 1, 1)}))
    with technical() as s:
        s.add(Paper(**row | {"number": 2, "facts": "other"}))
