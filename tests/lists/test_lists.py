"""Lists as files: the rows of the file are those of the page, the reach is the same, and who took it is kept."""

import csv
import io
import json
from datetime import date
from typing import Any

from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from portal.accounts.sessions import COOKIE_KEY
from portal.audit import AuditEntry, Event
from portal.db import db
from tests.client import Client
from tests.factories import make_family, make_patronage, make_user


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
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


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
