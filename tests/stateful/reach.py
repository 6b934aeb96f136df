"""Which forms a run must have sent: all that this part of the portal has."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

ELSEWHERE = {
    "accounts": "who may sign in, and how one looks at the portal: nothing of a family",
    "bulk": "papers printed in the background: nothing of a family changes by them",
    "clubs": "group sessions have runs of their own",
    "drafts": "saved by the script while one types; no page has a form for it",
    "family_files": "a family's whole file goes out, or comes in: with its own tests",
    "imports": "workbooks are brought once, before the work begins",
    "feeds": "the address of one's own calendar, on the account page: nothing of a family",
    "guests": "whoever stands at the door has no login, and speaks once",
    "jobs": "one's own tasks in the background: nothing of a family",
    "mail": "letters that did not go: the run has no mail server",
    "name_cases": "how papers write a name: nothing is done with a family by it",
    "paper_templates": "how the center's papers look: nothing is done with a family by it",
    "settings": "the settings of the whole centre",
}
NOT_PRESSED = {
    "consilium.seat": "a changed roll takes the votes from whoever is to vote in the run",
    "consilium.unseat": "the same",
    "consilium.new_series": "every press would be a year of meetings more; its form has tests of its own",
    "procedures.mark_session": "group sessions have runs of their own",
    "families.new": "every press would be a family more, and the run would be lost among them",
}


def to_be_sent(app: Flask) -> set[str]:
    """The endpoints that take a form and belong to the work with a family."""
    found = {one.endpoint for one in app.url_map.iter_rules() if "POST" in (one.methods or ())}
    found -= {name for name in found if getattr(app.view_functions[name], "only_a_list", False)}
    left = {name for name in found if name.partition(".")[0] in ELSEWHERE or name in NOT_PRESSED}
    return found - left


def endpoint_of(app: Flask, url: str, method: str = "POST") -> str:
    """What answers there; empty when nothing does."""
    return _found(app, urlsplit(url).path, method)


@lru_cache(maxsize=4096)
def _found(app: Any, path: str, method: str) -> str:
    try:
        return str(app.url_map.bind("localhost").match(path, method)[0])
    except (HTTPException, RequestRedirect):
        return ""
