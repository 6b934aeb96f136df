"""The auditor reads words, not the names of tables."""

import re
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from portal.audit import AuditEntry, Event
from portal.db import db
from portal.demo.seed import seed
from portal.settings.event_names import EVENT_NAMES, GONE_PAGES, KIND_NAMES, PAGE_NAMES
from tests.client import Client
from tests.factories import make_user

PORTAL = Path(__file__).parents[1] / "portal"


def test_every_event_and_every_page_looked_at_has_a_name() -> None:
    assert set(EVENT_NAMES) == set(Event)
    source = "\n".join(path.read_text() for path in PORTAL.rglob("*.py"))
    looked_at = set(re.findall(r'audit\.look\w*\([^\n]*?"([\w.]+)"\)', source))
    looked_at |= set(re.findall(r'\blook(?:: str)? ?= ?"([\w.]+)"', source))  # the results of jobs
    assert looked_at and looked_at == set(PAGE_NAMES) - set(GONE_PAGES)


def test_what_the_demo_center_did_is_told_in_russian(app: Flask) -> None:
    app.config["DEMO"] = True
    seed()
    assert set(db.session.scalars(select(AuditEntry.kind).distinct())) <= set(KIND_NAMES)
    client = Client(app, make_user("auditor"))
    pages, link = [], "/settings/audit"
    while link:
        client.get(link)
        pages.append(client.text)
        link = next(iter(client.page.xpath("//nav[@class='pager']/a[contains(., 'Прежняя')]/@href")), "")
    told = "".join(pages)
    assert len(pages) > 1
    assert "контакт №" in told
    assert not re.search("contacts|patronages|journal_entries", told)


def test_an_endless_number_in_the_address_is_no_error(app: Flask) -> None:
    client = Client(app, make_user("auditor"))
    client.get("/settings/audit?before=99999999999999999999")
    client.get("/settings/audit?show=looks&before=-1")
