"""A walk through all pages that a role can open from the menu, and what is seen of lists on the way."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from flask import Flask
from lxml import html
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.client import Client

ENOUGH = 2  # pages of an endpoint, for each role: the same page with other filters counts too
BEGIN = ("/", "/menu", "/settings/", "/settings/audit", "/families/", "/consilium/", "/clubs/", "/journal/")


class Page(NamedTuple):
    """An answer of the walk."""

    endpoint: str
    url: str
    tree: Any


def endpoint_of(app: Flask, url: str) -> str:
    """What answers GET there; empty for nothing."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(url).path, "GET")[0])
    except (HTTPException, RequestRedirect):
        return ""


def walk(client: Client) -> Iterator[Page]:
    """Each kind of page that links lead to, some times."""
    seen, visits, ahead = set(BEGIN), Counter[str](), deque(BEGIN)
    while ahead:
        url = ahead.popleft()
        endpoint = endpoint_of(client.app, url)
        if not endpoint or visits[endpoint] >= ENOUGH:
            continue
        answer = client.http.get(url)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        visits[endpoint] += 1
        tree = html.fromstring(answer.text)
        yield Page(endpoint, url, tree)
        for link in tree.xpath(
            "//a[not(@rel='next') and not(@rel='prev')]/@href"
        ):  # `all_rows` turns the pages
            there = urljoin(url, link).partition("#")[0]
            if there.startswith("/") and there not in seen:
                seen.add(there)
                ahead.append(there)


def all_rows(client: Client, page: Page, form: Any) -> list[str]:
    """The text of each row of the list that the buttons stand over, over all its pages."""
    place = page.tree.xpath("//form[contains(@class,'as-file')]").index(form)
    texts, tree = _rows(form), page.tree
    while following := tree.xpath("//nav[contains(@class,'pager')]//a[@rel='next']/@href"):
        tree = html.fromstring(client.http.get(urljoin(page.url, following[0])).text)
        forms = tree.xpath("//form[contains(@class,'as-file')]")
        if len(forms) <= place:
            break
        texts += _rows(forms[place])
    return texts


def _rows(form: Any) -> list[str]:
    found = form.xpath(
        "(following::table[.//tbody] | following::ul[contains(@class,'list')] | following::ol)[1]"
    )
    if not found:
        return []
    rows = found[0].xpath(".//tbody/tr") if found[0].tag == "table" else found[0].xpath("./li")
    return [squeezed(row.text_content()) for row in rows]


def squeezed(text: str) -> str:
    """One line, with plain spaces."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ")).strip()
