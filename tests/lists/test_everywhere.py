"""Every list of the portal can be taken, and its file holds the rows of its page: seen on the demo center."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from portal.accounts.models import User
from portal.db import db, technical
from portal.demo.seed import seed
from tests.client import Client
from tests.lists.walk import Page, all_rows, squeezed, walk

WHO = ("head", "chair", "pedagogue", "psychologist", "staff", "auditor", "admin")
NO_LISTS = {  # pages with a table, a pager or filters that are no list to be taken
    "families.show": "the card of one family; its lists have pages of their own",
    "families.timeline": "the story of one family, printed as a paper",
    "consilium.item": "what the consilium reads of one family",
    "diagnosis.show": "one diagnosis",
    "plans.of_family": "one plan, a paper of its own",
    "plans.show": "one version of a plan, a paper of its own",
    "clubs.programs.lay_out": "a form: topics laid over sessions",
    "schedule.day": "a helper of planning; who must be met is the list of norms",
    "schedule.month": "a form: proposals to be ticked",
    "clubs.sessions.attendance": "a form: who came is marked",
    "clubs.periods.plan": "a form: the days of a period",
    "home.search": "a search is no list",
    "papers.show": "one paper and the numbers it was given; the register is a list",
    "paper_templates.index": "settings: which template each kind of paper is made by",
}
SHOWN_OTHERWISE = {  # the page shows fewer of them than the file holds, or groups them
    "contacts.index": "the week is a board of days",
    "clubs.index": "so is that of the clubs",
    "clubs.schedule.month": "so is their month",
    "clubs.show": "the page shows some of the sessions",
    "journal.queue": "entries of one session stand together",
    "journal.state_system": "the page shows the first of them",
    "procedures.index": "a table for each procedure",
}
NOT_ON_THE_PAGE = {  # columns that the page says in other words, or by a color
    "families.index": {"Categories"},
    "consilium.index": {"Kind"},
    "consilium.roll": {"Voting right"},
    "consilium.decisions": {"Afterwards"},
    "consilium.agenda_paper": {"State", "Kind"},
    "plans.index": {"Kind", "Days late", "A plan is being written", "Version"},
    "alerts.index": {"State", "Late", "Decision", "Carried out by", "Due"},
    "referrals.index": {"Urgent", "State", "Answered on"},
    "referrals.of_family": {"Urgent", "State", "Answered on"},
    "patronage.assignments": {"Lead specialist", "Suspended"},
    "intake.surveys": {"Application entered"},
    "deputies.index": {"Stands in now"},
    "diagnosis.of_family": {"Patronage opened on"},
    "contacts.of_family": {"Length, minutes"},
    "journal.index": {"Remark", "Correction", "Family"},
    "journal.of_month": {"Entry", "Family"},
    "clubs.index": {"Weekly times", "Closed on"},
    "clubs.show": {"As whom", "Age", "Joined on", "Told on"},
    "clubs.participants": {"As whom", "Age", "Joined on"},
    "clubs.sessions.show": {"As whom", "Participant of the club", "Attendance"},
    "clubs.results.overall": {"Mean rating"},
    "clubs.results.of_club": {
        "Family No.",
        "Before the club",
        "After the club",
        "Change",
        "Attendance, per cent",
    },
    "clubs.results.suggestions": {"As whom", "Services left this week"},
    "accounts.people": {"Department"},
    "settings.calendar": {"Entered here", "What it is"},
    "norms.versions": {"emergency", "planned", "control"},
    "norms.summary": {"Norm met, per cent"},
    "mail.index": {"Address", "Written at", "Tries", "Only by hand"},
}


class Found(NamedTuple):
    """What the walks have seen."""

    lists: dict[tuple[str, ...], int]  # rows of each list, the most
    without: set[str]  # pages that look like lists, and have no buttons
    wrong: dict[Any, Any]


@pytest.fixture
def demo(app: Flask) -> Iterator[dict[str, int]]:
    """The ids of the demo center's users; they read English, so that the heads of files are message ids."""
    app.config["DEMO"] = True
    seed()
    with technical() as session:
        session.execute(update(User).values(language="en"))
    yield {row.username: row.id for row in db.session.execute(select(User.username, User.id))}


def test_each_list_is_taken_as_its_page_shows_it(app: Flask, demo: dict[str, int]) -> None:
    found = Found({}, set(), {})
    for name in WHO:
        client = Client(app, demo[name])
        for page in walk(client):
            _see(client, page, found)
    assert not found.wrong
    assert found.without - set(NO_LISTS) == set(), "neither can be taken nor is it exempt"
    marked = {name for name, view in app.view_functions.items() if getattr(view, "takeable", False)}
    assert {key[0] for key in found.lists} <= marked | {"consilium.roll"}
    assert not marked & set(NO_LISTS)
    assert len({key[0] for key, rows in found.lists.items() if rows}) >= 35


def _see(client: Client, page: Page, found: Found) -> None:
    forms = page.tree.xpath("//form[contains(@class,'as-file')]")
    looks = page.tree.xpath(
        "//main//table | //main//nav[contains(@class,'pager')] | //main//form[@class='filters']"
    )
    if not forms:
        view: Any = client.app.view_functions[page.endpoint]
        if looks and not getattr(view, "takeable", False) and page.endpoint != "consilium.roll":
            found.without.add(page.endpoint)
        return
    token = page.tree.xpath("//form[contains(@class,'as-file')]/input[@name='csrf_token']/@value")[0]
    for form in forms:
        which = form.xpath("./input[@name='which']/@value")
        key, sent = (page.endpoint, *which), {"csrf_token": token} | ({"which": which[0]} if which else {})
        answer = client.http.post(form.get("action"), data={**sent, "as_file": "xlsx"})
        if answer.status_code != 200:
            found.wrong[key] = (answer.status_code, page.url)
            continue
        head, *rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
        )
        if key not in found.lists:
            text = client.http.post(form.get("action"), data={**sent, "as_file": "csv"}).data.decode(
                "utf-8-sig"
            )
            lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
            grows = page.endpoint == "settings.audit_log"  # by each file that is taken
            if lines[0] != head or (len(lines) != len(rows) + 1 and not grows):
                found.wrong[*key, "csv"] = (lines[0], len(lines), len(rows), page.url)
        found.lists[key] = max(found.lists.get(key, 0), len(rows))
        _compare(page, head, rows, all_rows(client, page, form), key, found)


def _compare(page: Page, head: list[str], rows: list[Any], shown: list[str], key: Any, found: Found) -> None:
    if len(rows) != len(shown):
        if page.endpoint not in SHOWN_OTHERWISE:
            found.wrong[*key, "rows"] = (len(rows), len(shown), page.url)
        return
    if page.endpoint in SHOWN_OTHERWISE and page.endpoint != "clubs.index":
        return
    apart = NOT_ON_THE_PAGE.get(page.endpoint, set())
    for row, told in zip(rows, shown, strict=True):
        for title, cell in zip(head, row, strict=True):
            if title in apart or (page.endpoint == "contacts.norms" and title[:1].isdigit()):
                continue
            if _said(cell).lower() not in told.lower():
                found.wrong.setdefault((*key, title), (_said(cell), told[:200], page.url))


def _said(cell: Any) -> str:
    """The cell as a page says it."""
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y, %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, float):
        return str(int(cell)) if cell == int(cell) and cell else "" if not cell else str(cell)
    return squeezed(str(cell))
