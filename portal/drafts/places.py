"""The address of a form, by which its draft is known; and what of a form is kept.

A form has a draft when it is sent to the address of its own page: pages that answer GET and POST.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.drafts.models import LONGEST_PLACE
from portal.drafts.sealing import Fields

AS_FILE = "as_file"  # the button that takes a list as a file
NOT_OF_THE_FORM = ("draft", "next")
PLAIN = re.compile(r"[\w.:-]{1,40}", re.ASCII)  # what may stand in a place: no names of people
SECRET = re.compile(r"password|token|^again$|^code$", re.IGNORECASE)
MOST_FIELDS = 2_000


def note_forms(app: Flask) -> None:
    """Learn which endpoints are forms: their address answers GET and POST, and they ask for a login.

    A list answers POST too, when it is taken as a file (`lists.takeable`): that is no form.
    """
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        methods.setdefault(rule.rule, set()).update(rule.methods or ())
    app.extensions["drafts"] = frozenset(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if methods[rule.rule] >= {"GET", "POST"}
        and not rule.endpoint.startswith("accounts.")
        and not getattr(app.view_functions[rule.endpoint], "only_a_list", False)
        and getattr(app.view_functions[rule.endpoint], "declared_access", "public") != "public"
    )


def is_form(endpoint: str | None) -> bool:
    """Whether the endpoint is a page with a form that is sent to it."""
    return endpoint in current_app.extensions["drafts"]


def place_of(path: str, query: Iterable[tuple[str, str]]) -> str:
    """The address with what of its query is of the form, in a fixed order."""
    parts = sorted(
        (name, value)
        for name, value in query
        if name not in NOT_OF_THE_FORM and PLAIN.fullmatch(name) and PLAIN.fullmatch(value)
    )
    whole = path + ("?" + "&".join(f"{name}={value}" for name, value in parts) if parts else "")
    return whole[:LONGEST_PLACE]


def place_here() -> str | None:
    """The place of this request; None when it is no form, or takes a list that stands beside one."""
    if not is_form(request.endpoint) or _takes_a_list():
        return None
    return place_of(request.path, request.args.items(multi=True))


def _takes_a_list() -> bool:
    """Whether the button of a list was pressed on a page that has a form too; what is too large to read was not it."""
    if not getattr(current_app.view_functions[request.endpoint or ""], "takeable", False):
        return False
    try:
        return AS_FILE in request.form
    except HTTPException:
        return False


def place_named(address: str) -> str | None:
    """The place of the form at an address that a browser sent; None when it is no form of the portal's."""
    if not address.startswith("/") or address.startswith("//") or len(address) > 2_000:
        return None
    parts = urlsplit(address)
    try:
        endpoint, _ids = current_app.url_map.bind("").match(parts.path, method="POST")
    except (HTTPException, RequestRedirect):
        return None
    return place_of(parts.path, parse_qsl(parts.query, max_num_fields=50)) if is_form(endpoint) else None


def goes_on(place: str) -> str:
    """The address that opens the form filled with its draft."""
    return f"{place}{'&' if '?' in place else '?'}draft=1"


def came_from() -> str | None:
    """The page of ours that sent this request; None where the browser does not say, or it was another site's."""
    try:
        page = urlsplit(request.referrer or "")
    except ValueError:  # «//[»: no address at all
        return None
    if page.netloc != request.host or not page.path.startswith("/"):
        return None
    return f"{page.path}?{page.query}" if page.query else page.path


def worth_keeping(fields: Iterable[tuple[str, str]]) -> Fields:
    """The fields without what is secret; files are no fields, and are chosen anew."""
    return [(name, value) for name, value in fields if not SECRET.search(name)][:MOST_FIELDS]
