"""A center's own templates: versions, at most one in use, papers made of it; pages and the database's own guards."""

import io

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal import files
from portal.audit import AuditEntry
from portal.db import atomic, db
from portal.papers import catalog, layouts, making, template_actions, template_queries, word
from portal.papers.template_models import PaperTemplate
from portal.rules import RuleBroken
from tests.client import Client
from tests.counting import counted
from tests.factories import make_user
from tests.papers.own_templates import KIND, changed, repacked, with_text
from tests.papers.reading import of_docx, of_pdf
from tests.papers.sample import LAYOUT
from tests.together import at_once

PAGE = "/settings/papers/visit-sample"


@pytest.fixture(autouse=True)
def _sample_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample is a kind of the portal."""
    read = layouts.read
    monkeypatch.setattr(layouts, "read", lambda code: LAYOUT if code == KIND.code else read(code))
    monkeypatch.setitem(catalog.KINDS, KIND.code, KIND)


def _own(words: str) -> bytes:
    return changed(lambda document: document.paragraphs[0].insert_paragraph_before(words))


def _taken(app: Flask, words: str, actor_id: int) -> int:
    with app.test_request_context():
        return template_actions.take_in(KIND, template_actions.look(KIND, _own(words)), actor_id)


def _made(app: Flask) -> str:
    with app.test_request_context():
        return of_docx(making.make(KIND, 1, "docx"))


def test_papers_are_made_of_the_version_in_use(app: Flask) -> None:
    admin = make_user("admin").id
    first, second = _taken(app, "ПЕРВАЯ", admin), _taken(app, "ВТОРАЯ", admin)
    assert "ПЕРВАЯ" not in _made(app) and "ВТОРАЯ" not in _made(app)
    template_actions.use(first, admin)
    assert "ПЕРВАЯ" in _made(app)
    template_actions.use(second, admin)
    assert "ВТОРАЯ" in _made(app) and "ПЕРВАЯ" not in _made(app)
    assert template_queries.used() == {KIND.code: 2} and template_queries.counts() == {KIND.code: 2}
    template_actions.use(first, admin)
    assert "ПЕРВАЯ" in _made(app)
    with app.test_request_context():
        assert "ПЕРВАЯ" not in of_pdf(making.make(KIND, 1, "pdf"))
    template_actions.use_ours(KIND, admin)
    assert "ПЕРВАЯ" not in _made(app)
    query = select(AuditEntry).where(AuditEntry.kind == "paper_templates").order_by(AuditEntry.id)
    events = [row.event for row in db.session.scalars(query)]
    assert [str(event) for event in events] == [
        "template.taken_in", "template.taken_in", "template.used", "template.used", "template.used",
        "template.given_up",
    ]  # fmt: skip


def test_a_blank_is_made_of_the_own_template_too(app: Flask) -> None:
    admin = make_user("admin").id
    template_actions.use(_taken(app, "НАШ БЛАНК", admin), admin)
    with app.test_request_context():
        said = of_docx(making.make(KIND, 1, "docx", blank=True))
    assert "НАШ БЛАНК" in said and "____" in said and "логопеда" not in said


def test_what_is_said_already_is_refused(app: Flask) -> None:
    admin = make_user("admin").id
    taken = _taken(app, "ПЕРВАЯ", admin)
    template_actions.use(taken, admin)
    for code, action in (
        ("template_twice", lambda: template_actions.take_in(KIND, _looked(app, _file(taken)), admin)),
        ("template_used", lambda: template_actions.use(taken, admin)),
        (
            "template_faults",
            lambda: template_actions.take_in(KIND, _looked(app, with_text("{{ a }}")), admin),
        ),
    ):
        with pytest.raises(RuleBroken) as refused:
            action()
        assert refused.value.code == code
    template_actions.use_ours(KIND, admin)
    with pytest.raises(RuleBroken) as refused:
        template_actions.use_ours(KIND, admin)
    assert refused.value.code == "template_ours"
    kept = {path.name for path in (files._folder("uploads")).iterdir()}
    assert len(kept) == 1


def _looked(app: Flask, data: bytes) -> template_actions.Looked:
    with app.test_request_context():
        return template_actions.look(KIND, data)


def _file(template_id: int) -> bytes:
    return template_actions.file_of(db.session.get_one(PaperTemplate, template_id))


def test_two_administrators_at_once_leave_one_in_use(app: Flask) -> None:
    admin = make_user("admin").id
    first, second = _taken(app, "ПЕРВАЯ", admin), _taken(app, "ВТОРАЯ", admin)
    ends = at_once(app, *(lambda one=one: template_actions.use(one, admin) for one in (first, second) * 3))
    assert set(ends) <= {"done", "template_used"}
    used = list(db.session.scalars(select(PaperTemplate.id).where(PaperTemplate.is_used)))
    assert len(used) == 1


def test_two_uploads_at_once_get_two_numbers(app: Flask) -> None:
    admin = make_user("admin").id
    looked = [_looked(app, _own(f"ВЕРСИЯ {n}")) for n in range(4)]
    ends = at_once(app, *(lambda one=one: template_actions.take_in(KIND, one, admin) for one in looked))
    assert ends == ["done"] * 4
    assert sorted(db.session.scalars(select(PaperTemplate.version))) == [1, 2, 3, 4]


def test_the_database_keeps_versions_and_one_in_use(app: Flask) -> None:
    admin = make_user("admin").id
    first, second = _taken(app, "ПЕРВАЯ", admin), _taken(app, "ВТОРАЯ", admin)
    template_actions.use(first, admin)
    for statement in (
        "UPDATE paper_templates SET is_used = TRUE",
        "UPDATE paper_templates SET sha256 = 'x'",
        "UPDATE paper_templates SET version = 7",
        f"DELETE FROM paper_templates WHERE id = {second}",
    ):
        with pytest.raises(IntegrityError), atomic() as s:
            s.execute(text(statement))


def test_a_template_that_fits_no_more_is_said_and_breaks_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = make_user("admin").id
    taken = _taken(app, "ПЕРВАЯ {{ specialist.short }}", admin)
    template_actions.use(taken, admin)
    narrow = {name: value for name, value in KIND.sample.items() if name != "specialist"}
    monkeypatch.setitem(KIND.sample, "specialist", {"other": ""})
    with app.test_request_context(), pytest.raises(RuleBroken) as refused:
        making._editable(LAYOUT, narrow, False, "")
    assert refused.value.code == "template_fails"
    page = Client(app, make_user("admin")).get(f"/settings/papers/versions/{taken}").text
    assert "specialist.short" not in page and f"{taken}/use" not in page


def test_the_pages_take_a_template_in_and_use_it(app: Flask) -> None:
    client = Client(app, make_user("admin"))
    client.get("/settings/papers/")
    client.get(PAGE)
    ours = client.http.get(f"{PAGE}/ours")
    assert ours.data == word.template(LAYOUT)
    client.post(PAGE, 422, file=(io.BytesIO(with_text("{{ family.nam }} {{ visit.day")), "template.docx"))
    assert "family.nam" in client.last.text and "paper_templates" not in client.last.text
    client.post(PAGE, 422, file=(io.BytesIO(b"<html>"), "template.docx"))
    client.post(PAGE, 422, file=(io.BytesIO(repacked(parts={"word/vbaProject.bin": b"x"})), "t.docx"))
    client.post(PAGE, 422)
    client.post(PAGE, 303, file=(io.BytesIO(_own("НАШ")), "template.docx"))
    taken = db.session.scalars(select(PaperTemplate.id)).one()
    page = f"/settings/papers/versions/{taken}"
    client.get(page)
    assert "НАШ" in of_docx(client.http.get(f"{page}/sample").data)
    assert "НАШ {{" not in of_docx(client.http.get(f"{page}/file").data) and client.http.get(
        f"{page}/file"
    ).data == _file(taken)
    client.post(f"{page}/use", 303)
    client.get(PAGE)
    client.get("/settings/papers/")
    assert "НАШ" in _made(app)
    client.post(f"{PAGE}/use-ours", 303)
    assert "НАШ" not in _made(app)
    client.get("/settings/papers/no-such", 404)


def test_the_list_asks_the_database_as_often_with_many_versions(app: Flask) -> None:
    admin = make_user("admin")
    client = Client(app, admin)
    client.get(PAGE)
    with counted() as few:
        client.get(PAGE)
    for n in range(5):
        _taken(app, f"ВЕРСИЯ {n}", admin.id)
    client.get(PAGE)
    with counted() as many:
        client.get(PAGE)
    assert len(many) == len(few)
