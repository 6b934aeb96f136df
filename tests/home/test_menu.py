"""The menu: the entry that a page belongs to is marked, however the page is reached."""

import pytest
from flask import Flask

from tests.client import Client
from tests.factories import make_family, make_patronage, make_plan, make_user

MARKED = "//nav[contains(@class, 'nav')]//li/a[@aria-current]/@href"
PLACES = [
    ("admin", "/settings/", "/settings/"),
    ("admin", "/settings/calendar", "/settings/"),
    ("admin", "/settings/norms", "/settings/"),
    ("admin", "/settings/papers/", "/settings/"),
    ("admin", "/settings/papers/visit-sheet", "/settings/"),
    ("admin", "/settings/mail/", "/settings/"),
    ("admin", "/imports/new/staff", "/imports/"),
    ("auditor", "/settings/audit", "/settings/audit"),
    ("head", "/families/file", "/imports/"),
    ("head", "/papers/missing", "/papers/"),
    ("head", "/papers/bulk/families", "/papers/"),
    ("head", "/contacts/month", "/contacts/"),
]


@pytest.mark.parametrize(("role", "page", "entry"), PLACES)
def test_the_menu_marks_where_a_page_belongs(app: Flask, role: str, page: str, entry: str) -> None:
    client = Client(app, make_user(role))
    client.get(page)
    assert client.page.xpath(MARKED) == [entry]


def test_the_pages_of_a_family_are_among_the_families(app: Flask) -> None:
    lead = make_user("specialist")
    patronage = make_patronage(make_family(), lead=lead)
    plan, client = make_plan(patronage, lead), Client(app, lead)
    client.get(f"/families/{patronage.family_id}")
    tabs = client.page.xpath("//nav[@id='family-tabs']/a/@href")
    assert len(tabs) > 7 and f"/papers/families/{patronage.family_id}" in tabs
    for page in (*tabs, f"/plans/{plan.id}", f"/families/{patronage.family_id}/edit"):
        client.get(page)
        assert client.page.xpath(MARKED) == ["/families/"], page


def test_what_comes_from_another_center_is_among_the_imports(app: Flask) -> None:
    client = Client(app, make_user("head"))
    assert "/families/file" not in client.get("/families/").text
    assert "/families/file" in client.get("/imports/").text
    assert "/families/file" not in Client(app, make_user("admin")).get("/imports/").text


def test_regimes_are_headed_by_their_names(app: Flask) -> None:
    text = Client(app, make_user("head")).get("/assignments/?by=specialist").text
    assert "Плановый" in text and "Планировалось" not in text
