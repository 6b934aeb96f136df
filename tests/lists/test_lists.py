"""Lists as files: the rows of the file are those of the page, the reach is the same, and who took it is kept."""

import csv
import io
import json
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, update

from portal import audit, clock, lists, sheets
from portal.accounts.models import LoginSession
from portal.accounts.sessions import COOKIE_KEY
from portal.alerts.actions import tell_head
from portal.audit import AuditEntry, Event, FamilyLook
from portal.db import atomic, db, technical
from portal.drafts.models import Draft
from portal.mail import outbox
from portal.mail.models import Mail
from portal.mail.outbox import Letter
from tests.client import Client
from tests.counting import counted
from tests.factories import make_family, make_patronage, make_roll, make_user


def taken(client: Client, url: str) -> list[list[Any]]:
    """The list as a workbook: its head and its rows."""
    answer = client.http.post(url, data={"as_file": "xlsx", "csrf_token": client.token()})
    assert (answer.status_code, answer.mimetype.rpartition(".")[2]) == (200, "sheet"), answer.status_code
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()


def taken_as_csv(client: Client, url: str) -> list[list[str]]:
    """The same as CSV."""
    answer = client.http.post(url, data={"as_file": "csv", "csrf_token": client.token()})
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def last_entry() -> Any:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one_or_none()


def test_all_pages_of_the_families_in_the_order_of_the_page(app: Flask) -> None:
    head = make_user("head")
    for number in range(30):
        make_family(f"Семёнов{number:02}")
    client = Client(app, head)
    rows = taken(client, "/families/?sort=-name")
    client.get("/families/?sort=-name")
    shown = [one.text_content() for one in client.page.xpath("//tbody//th//bdi")]
    assert len(shown) == 25
    assert len(rows) == 31
    assert [row[1] for row in rows[1:26]] == shown
    assert taken_as_csv(client, "/families/?sort=-name")[1][1] == rows[1][1]


def test_the_file_has_what_the_filters_show_and_dates_are_dates(app: Flask) -> None:
    head = make_user("head")
    patronage = make_patronage(regime="emergency")
    make_patronage(regime="planned")
    rows = taken(Client(app, head), "/families/?regime=emergency")
    assert len(rows) == 2
    assert rows[1][-1] == patronage.enrolled_on and isinstance(rows[1][-1], date)


def test_who_took_which_list_is_kept_without_what_was_looked_for(app: Flask) -> None:
    head = make_user("head")
    make_family("Тайный")
    answer = Client(app, head)
    taken(answer, "/families/?q=Тайный&regime=&sort=-name")
    entry = last_entry()
    assert (entry.event, entry.kind, entry.object_id, entry.actor_id) == (
        *(Event.LIST_TAKEN, "users", head.id, head.id),
    )
    assert json.loads(entry.data)["new"] == {
        "list": "families", "format": "xlsx", "rows": 1, "filters": ["q"]
    }  # fmt: skip
    assert "Тайный" not in entry.data
    forged = "&".join(f"regime_{'x' * n}=1" for n in range(30))
    taken(answer, f"/families/?q=1&Тайный=1&{'y' * 5000}=1&{forged}")
    entry = last_entry()
    assert "Тайный" not in json.dumps(json.loads(entry.data), ensure_ascii=False) and len(entry.data) < 2000


def test_the_reach_is_that_of_the_page(app: Flask) -> None:
    make_family("Чужой")
    assert len(taken(Client(app, make_user("specialist")), "/families/")) == 1
    client = Client(app, make_user("staff"))
    answer = client.http.post("/families/", data={"as_file": "xlsx", "csrf_token": client.token()})
    assert answer.status_code == 403


def test_without_the_token_nothing_is_given(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = Client(app, make_user("head")).http.post("/families/", data={"as_file": "xlsx"})
    assert answer.status_code == 400


def test_a_list_is_no_form_whose_draft_is_kept(app: Flask) -> None:
    assert "families.index" not in app.extensions["drafts"]
    assert "families.new" in app.extensions["drafts"]


def test_whoever_was_signed_out_meanwhile_comes_back_to_the_list(app: Flask) -> None:
    client = Client(app, make_user("head"))
    token = client.token()
    with client.http.session_transaction() as cookie:
        cookie[COOKIE_KEY] = "over"
    answer = client.http.post("/families/?regime=planned", data={"as_file": "csv", "csrf_token": token})
    assert answer.status_code == 303
    assert answer.location == "/login?next=/families/?regime%3Dplanned"


HOSTILE = ('=HYPERLINK("http://evil.example")', "+1+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "а\nб", "👨‍👩‍👧")


def test_hostile_names_stay_text(app: Flask) -> None:
    head = make_user("head")
    for name in HOSTILE:
        make_family(name)
    client = Client(app, head)
    answer = client.http.post("/families/", data={"as_file": "xlsx", "csrf_token": client.token()})
    inside = zipfile.ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in inside and "<f " not in inside and "hyperlink" not in inside
    names = {row[1].strip() for row in taken(client, "/families/")[1:]}
    assert all(any(name in one for one in names) for name in HOSTILE)
    told = [row[1] for row in taken_as_csv(client, "/families/")[1:]]
    assert not any(one.startswith(("=", "@", "+1+")) for one in told)


def test_an_empty_list_is_its_head_and_its_page_offers_no_file(app: Flask) -> None:
    client = Client(app, make_user("head"))
    for url in ("/families/", "/plans/", "/referrals/", "/alerts/", "/consilium/decisions", "/journal/"):
        assert len(taken(client, url)) == len(taken_as_csv(client, url)) == 1, url
        assert not client.get(url) or not client.page.xpath("//form[contains(@class,'as-file')]"), url


def test_the_number_of_queries_does_not_grow_with_the_rows(app: Flask) -> None:
    head = make_user("head")
    client = Client(app, head)
    urls = ("/families/", "/assignments/", "/contacts/norms", "/plans/?show=missing", "/alerts/?state=all")
    sizes = []
    for more in (3, 40):
        for _ in range(more):
            patronage = make_patronage(lead=head)
            tell_head(patronage.id, head.id, kind="danger", text="Ребёнок один дома")
        token, found = client.token(), []
        for url in urls:
            with counted() as seen:
                client.http.post(url, data={"as_file": "csv", "csrf_token": token})
            found.append(len([one for one in seen if one.lstrip().startswith("SELECT")]))
        sizes.append(found)
    assert sizes[0] == sizes[1]


def test_long_lists_are_read_in_chunks_that_miss_nothing_and_repeat_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "CHUNK", 3)
    head = make_user("head")
    for number in range(10):
        make_patronage(make_family(f"Ступин{number}"), lead=head)
    client = Client(app, head)
    for url, place in (
        ("/families/", 0),
        ("/assignments/", 1),
        ("/contacts/norms", 1),
        ("/settings/audit", 0),
    ):
        who = Client(app, make_user("auditor")) if url == "/settings/audit" else client
        whole = [row[place] for row in taken(who, url)[1:]]
        assert len(whole) > 3 and len(set(whole)) == len(whole), url
        assert url == "/settings/audit" or len(whole) == 10


def test_what_shows_content_of_families_is_a_look_at_each_of_them(app: Flask) -> None:
    head = make_user("head")
    patronages = [make_patronage(lead=head) for _ in range(3)]
    for one in patronages:
        tell_head(one.id, head.id, kind="danger", text="Ребёнок один дома")
    taken(Client(app, head), "/alerts/")
    looks = db.session.execute(select(FamilyLook.family_id).where(FamilyLook.user_id == head.id)).scalars()
    assert sorted(looks) == sorted(one.family_id for one in patronages)


def test_too_many_rows_are_refused_in_words(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    make_family("Первый")
    make_family("Второй")
    client = Client(app, make_user("head"))
    answer = client.http.post("/families/?sort=-name", data={"as_file": "csv", "csrf_token": client.token()})
    assert (answer.status_code, answer.location) == (303, "/families/?sort=-name")
    assert last_entry() is None or last_entry().event != Event.LIST_TAKEN


def test_the_token_of_the_buttons_is_ones_own_though_the_list_is_drawn_once(app: Flask) -> None:
    make_family("Первый")
    tokens = set()
    for _ in range(2):
        client = Client(app, make_user("head"))
        client.get("/families/")
        tokens |= set(
            client.page.xpath("//form[contains(@class,'as-file')]/input[@name='csrf_token']/@value")
        )
    assert len(tokens) == 2


def test_a_button_beside_a_form_leaves_no_draft(app: Flask) -> None:
    admin = make_user("admin")
    client = Client(app, admin)
    assert len(taken(client, "/settings/norms")) == 2
    token = client.token()
    assert "norms.versions" in app.extensions["drafts"]
    db.session.execute(update(LoginSession).values(seen_at=clock.now() - timedelta(days=3)))
    db.session.commit()
    answer = client.http.post("/settings/norms", data={"as_file": "csv", "csrf_token": token})
    assert answer.status_code == 303 and answer.location.startswith("/login?next=/settings/norms")
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0


def test_letters_that_did_not_go_are_taken_without_their_text(app: Flask) -> None:
    reader = make_user("head", last_name="Читателева", email="reader@center.example")
    with atomic() as s:
        outbox.add(s, reader.id, "letter-1", Letter("Тема", "Тайна"), clock.now() + timedelta(days=1))
        audit.record(s, Event.MAIL_SENT_AGAIN, reader.id, reader)
    with technical() as s:
        s.execute(update(Mail).values(problem="server", tries=2))
    _head, row = taken(Client(app, make_user("admin")), "/settings/mail/")
    assert row[1:3] == ["reader@center.example", "Тема"] and row[4] == 2
    assert isinstance(row[3], datetime)
    assert "Тайна" not in str(row)


def test_the_roll_is_taken_at_an_address_of_its_own(app: Flask) -> None:
    chair, secretary = make_user("chair"), make_user("secretary")
    make_roll(chair, [make_user("member")], secretary)
    rows = taken(Client(app, make_user("member")), "/consilium/roll/list")
    assert len(rows) == 4 and isinstance(rows[1][4], date)
    client = Client(app, chair)
    assert (
        client.http.post("/consilium/roll/list", data={"csrf_token": client.token()}).location
        == "/consilium/roll"
    )
