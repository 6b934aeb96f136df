"""Pages of papers: who prints what, the register as a list, the scan of a signed paper, a void one."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from portal import clock
from portal.access import Permission
from portal.accounts.models import User
from portal.audit import FamilyLook
from portal.db import db
from portal.families.models import Family
from portal.papers import actions, catalog
from portal.papers.models import Paper
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_user
from tests.papers.kinds import CODE, Said, tried_kind

pytestmark = pytest.mark.usefixtures("tried")


def _picture() -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, "PNG")
    out.seek(0)
    return out, "scan.png"


@pytest.fixture
def worker(app: Flask) -> User:
    """A specialist."""
    return make_user("specialist")


@pytest.fixture
def family(worker: User) -> Family:
    """The family of the specialist."""
    made = make_family("Петрова")
    make_patronage(made, lead=worker)
    return made


@pytest.fixture
def client(app: Flask, worker: User, family: Family) -> Client:
    """The specialist's browser."""
    return Client(app, worker)


def _today() -> str:
    return clock.today().isoformat()


def test_a_refused_form_can_be_reloaded_later(client: Client, family: Family) -> None:
    here = f"/papers/{CODE}/{family.id}"
    client.post(f"{here}/register", 422, day="вчера")
    assert client.get(f"{here}/register", 303).location == here
    paper = f"/papers/registered/{_register(client, family)}"
    client.post(f"{paper}/signed", 422, signed_on="")
    for form in ("signed", "void"):
        assert client.get(f"{paper}/{form}?page=2", 303).location == paper


def _register(client: Client, family: Family) -> int:
    client.post(f"/papers/{CODE}/{family.id}/register", day=_today())
    return db.session.scalars(select(Paper.id).order_by(Paper.id.desc()).limit(1)).one()


def test_a_paper_is_printed_under_a_name_that_tells_nothing(client: Client, family: Family) -> None:
    base = f"/papers/{CODE}/{family.id}"
    client.get(base)
    links = client.page.xpath("//*[@id='print']//a[contains(@class, 'btn')]/@href")
    assert links[:3] == [f"{base}/pdf", f"{base}/docx", f"{base}/blank"]
    pdf = client.get(f"{base}/pdf")
    assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"] == f"inline; filename={CODE}-{family.id}.pdf"
    assert pdf.headers["Cache-Control"] == "no-store" and pdf.headers["X-Content-Type-Options"] == "nosniff"
    docx = client.get(f"{base}/docx")
    assert docx.headers["Content-Disposition"] == f"attachment; filename={CODE}-{family.id}.docx"
    blank = client.get(f"{base}/blank")
    assert blank.headers["Content-Disposition"] == f"inline; filename={CODE}-{family.id}-blank.pdf"
    assert "'blank': True" in blank.text
    looks = db.session.scalars(select(FamilyLook.page).where(FamilyLook.family_id == family.id)).all()
    assert looks == ["paper"] * 4


def test_out_of_reach_and_unknown_is_not_there(app: Flask, client: Client) -> None:
    other = make_patronage(make_family("Чужая"), lead=make_user("specialist")).family_id
    for place in (
        f"{CODE}/{other}",
        f"no-such-paper/{other}",
        f"{CODE}/0",
        f"{CODE}/{2**31}",
        f"registered/{other}",
    ):
        for page in ("", "/pdf"):
            client.get(f"/papers/{place}{page}", 404)
    for place in (
        f"{CODE}/{other}",
        "no-such-paper/1",
        f"{CODE}/{2**31}",
        "registered/1",
        f"registered/{2**31}",
    ):
        client.post(f"/papers/{place}/register", 404, day=_today())
    for place in ("signed", "void"):
        client.post(f"/papers/registered/999/{place}", 404 if place == "signed" else 403)


@pytest.mark.parametrize("role", ["admin", "staff", "auditor"])
def test_roles_that_print_nothing(app: Flask, family: Family, role: str) -> None:
    client = Client(app, make_user(role))
    for place in ("", f"{CODE}/{family.id}", f"{CODE}/{family.id}/pdf", "registered/1"):
        client.get(f"/papers/{place}", 403)


def test_a_kind_may_ask_for_more(app: Flask, family: Family, client: Client, said: Said, monkeypatch) -> None:
    kind = tried_kind(said, permission=Permission.JOURNAL_CHECK, has_blank=False)
    monkeypatch.setitem(catalog.KINDS, CODE, kind)
    client.get(f"/papers/{CODE}/{family.id}", 403)
    head = Client(app, make_user("head"))
    head.get(f"/papers/{CODE}/{family.id}")
    head.get(f"/papers/{CODE}/{family.id}/blank", 404)


def test_registering_and_a_second_click(client: Client, family: Family, said: Said) -> None:
    paper_id = _register(client, family)
    assert client.last is not None and client.last.location == f"/papers/registered/{paper_id}"
    assert _register(client, family) == paper_id
    client.get(f"/papers/{CODE}/{family.id}")
    assert "№ 1 от" in client.text and not client.page.xpath("//form[contains(@action, '/register')]")
    assert client.page.xpath("//*[@id='register']//a/@href")[-1] == f"/papers/registered/{paper_id}/pdf"
    said.facts["word"] = "иначе"
    client.get(f"/papers/{CODE}/{family.id}")
    assert client.page.xpath("//form[contains(@action, '/register')]")
    assert _register(client, family) != paper_id
    tomorrow = (clock.today() + timedelta(1)).isoformat()
    said.facts["word"] = "опять"
    client.post(f"/papers/{CODE}/{family.id}/register", 422, day=tomorrow)
    assert client.page.xpath(f"//input[@name='day' and @value='{tomorrow}']")
    client.post(f"/papers/{CODE}/{family.id}/register", 422, day="вчера")


def test_papers_with_their_own_number_have_no_register(
    client: Client, family: Family, said: Said, monkeypatch
) -> None:
    monkeypatch.setitem(catalog.KINDS, CODE, tried_kind(said, is_registered=False))
    client.get(f"/papers/{CODE}/{family.id}")
    assert not client.page.xpath("//main//form")
    client.post(f"/papers/{CODE}/{family.id}/register", 422, day=_today())


def test_the_consilium_reads_and_registers_by_role(app: Flask, said: Said) -> None:
    family_id = make_patronage(make_family(), "submitted").family_id
    for role, status in (("secretary", 303), ("chair", 403)):
        client = Client(app, make_user(role))
        client.get(f"/papers/{CODE}/{family_id}")
        client.post(f"/papers/{CODE}/{family_id}/register", status, day=_today())


def test_a_signed_paper_is_attached_and_given_out(client: Client, family: Family) -> None:
    base = f"/papers/registered/{_register(client, family)}"
    client.get(base)
    client.post(f"{base}/signed", 422, signed_on=_today())
    assert "Выберите скан" in client.text or "scan" in client.text.lower()
    client.post(f"{base}/signed", 422, signed_on=_today(), scan=(BytesIO(b"<svg onload=x>"), "scan.png"))
    client.get(f"{base}/scan", 404)
    client.post(f"{base}/signed", 422, signed_on="2000-01-01", scan=_picture())
    client.post(f"{base}/signed", signed_on=_today(), scan=_picture())
    client.get(base)
    scan = client.get(f"{base}/scan")
    assert scan.mimetype == "image/jpeg"
    year = clock.today().year
    assert scan.headers["Content-Disposition"] == f"attachment; filename={CODE}-{year}-1-signed.jpg"
    pdf = client.get(f"{base}/pdf")
    assert pdf.headers["Content-Disposition"] == f"inline; filename={CODE}-{year}-1.pdf"
    assert "'number': '1'" in pdf.text


def test_a_paper_is_declared_void_by_a_head_with_a_reason(app: Flask, client: Client, family: Family) -> None:
    base = f"/papers/registered/{_register(client, family)}"
    client.get(base)
    assert not client.page.xpath("//form[contains(@action, '/void')]")
    client.post(f"{base}/void", 403, reason="ошибка")
    head = Client(app, make_user("head"))
    head.get(base)
    head.post(f"{base}/void", 422, reason="  ")
    head.post(f"{base}/void", reason="ошибка в дате")
    head.get(base)
    assert "ошибка в дате" in head.text and not head.page.xpath("//main//form[@method='post']")
    head.post(f"{base}/void", 422, reason="ещё раз")
    client.post(f"{base}/signed", 422, signed_on=_today(), scan=_picture())
    client.get(f"/papers/{CODE}/{family.id}")
    assert client.page.xpath("//form[contains(@action, '/register')]")


def test_the_list_is_of_what_the_reader_reaches_and_is_narrowed(
    app: Flask, client: Client, family: Family
) -> None:
    head = make_user("head")
    other = make_patronage(make_family("Чужая"), lead=make_user("specialist")).family_id
    own = _register(client, family)
    for family_id in (other, make_family("Третья").id):
        actions.register(catalog.KINDS[CODE], family_id, clock.today(), head.id)
    client.get("/papers/")
    assert len(client.page.xpath("//tbody/tr")) == 1 and "Петрова" in client.text
    boss = Client(app, head)
    boss.get("/papers/")
    assert len(boss.page.xpath("//tbody/tr")) == 3
    actions.void(own, "ошибка", head.id)
    year = clock.today().year
    for query, rows in (
        *(("standing=void", 1), ("standing=unsigned", 2), ("standing=signed", 0), (f"kind={CODE}", 3)),
        *(
            ("kind=zzz", 3),
            (f"year={year}", 3),
            (f"year={year - 1}", 0),
            ("q=чуж", 1),
            (f"q={family.number}", 1),
        ),
        *(("q=zzz", 0), ("year=x&page=-1", 3), ("page=2", 0)),
    ):
        boss.get(f"/papers/?{query}")
        assert len(boss.page.xpath("//tbody/tr")) == rows, query


def test_papers_of_no_family_are_seen_by_who_registered_them(app: Flask, said: Said, monkeypatch) -> None:
    kind = tried_kind(said, get=lambda _user, one: one or None, family_of=lambda _one: None)
    monkeypatch.setitem(catalog.KINDS, CODE, kind)
    own, another, head = make_user("pedagogue"), make_user("pedagogue"), make_user("head")
    actions.register(kind, 1, clock.today(), own.id)
    for user, rows in ((own, 1), (another, 0), (head, 1)):
        client = Client(app, user)
        client.get("/papers/")
        assert len(client.page.xpath("//tbody/tr")) == rows


def test_the_number_of_queries_does_not_grow(app: Flask) -> None:
    head = make_user("head")
    client = Client(app, head)

    def asked() -> int:
        with counted() as sent:
            client.get("/papers/")
        return len(sent)

    actions.register(catalog.KINDS[CODE], make_family().id, clock.today(), head.id)
    asked()
    few = asked()
    for _ in range(9):
        actions.register(catalog.KINDS[CODE], make_family().id, clock.today(), head.id)
    asked()
    assert asked() == few


JOURNALS = {"service-journal", "worker-journal", "period-report", "family-register"}


@pytest.mark.parametrize(
    ("role", "codes"), [("head", JOURNALS), ("specialist", {"worker-journal"}), ("chair", set())]
)
def test_journals_and_reports_are_offered_to_who_may_print_them(
    app: Flask, role: str, codes: set[str]
) -> None:
    client = Client(app, make_user(role))
    client.get("/papers/")
    links = client.page.xpath("//section[@id='offers']//a/@href")
    assert {one.split("/")[2] for one in links} == codes
    for link in links:
        client.get(link)
        client.get(f"{link}/pdf")
