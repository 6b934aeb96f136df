"""Lists as files: a person presses XLSX or CSV and gets all rows that the filters show, in the same order.

The view of a list is marked `@takeable` and answers POST to its own address: the filters stand in the query
string as ever, so the file is asked for with the same user and the same conditions as the page.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from flask import Flask, Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from portal import audit, clock
from portal.accounts.models import User
from portal.db import atomic, one_moment
from portal.drafts.places import AS_FILE
from portal.events import Event
from portal.paging import page_url
from portal.rules import RuleBroken
from portal.rules.names import FullName
from portal.sheets import Column, Kind, Sheet, as_csv, workbook
from portal.web import refuse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "xlsx": (XLSX, workbook),
    "csv": ("text/csv; charset=utf-8", as_csv),
}
CHUNK = 1_000  # rows read at once
PLACES = frozenset({"page", "after", "before", "at", "due", "sort", "order"})  # of the address: no filters
FILTER, MOST_FILTERS = re.compile("[a-z_]{1,20}"), 20  # what the log keeps: an address may say anything
NUMBER, SURNAME = Column(_l("Family No."), "number", Kind.INTEGER), Column(_l("Family"), "surname")
FAMILY = (NUMBER, SURNAME)
View = TypeVar("View", bound=Callable[..., Any])


def person(row: Any) -> str:
    """«Иванова М. П.»: the colleague of a row, or nothing."""
    return FullName(row.last_name, row.first_name, row.middle_name).short if row.last_name else ""


def takeable(view: View) -> View:
    """Mark the view of a list: POST to it takes the list as a file. It is no form, so no draft is kept of it."""
    view.takeable = view.only_a_list = True  # type: ignore[attr-defined]
    return view


def takeable_form(view: View) -> View:
    """Mark a page that has a list and a form, both of which are sent to its address."""
    view.takeable = True  # type: ignore[attr-defined]
    return view


def is_takeable(app: Flask, endpoint: str | None) -> bool:
    """Whether the endpoint is marked as a list that can be taken."""
    return getattr(app.view_functions.get(endpoint or ""), "takeable", False)


def asked() -> bool:
    """Whether this request takes the list as a file."""
    return request.method == "POST" and request.form.get(AS_FILE) in FORMATS


def which() -> str:
    """Which of the lists of a page that has several is taken; empty for the only one."""
    return request.form.get("which", "")


def every(read: Callable[[int, int], tuple[Sequence[Any], bool]]) -> Iterator[Any]:
    """All rows of a list that is read by pages: `read(number, size)` gives rows, and whether there are more."""
    number, more = 1, True
    while more:
        rows, more = read(number, CHUNK)
        yield from rows
        number += 1


def onward(read: Callable[[int | None, int], tuple[Sequence[Any], int | None]]) -> Iterator[Any]:
    """All rows of a list that is read by keys: `read(after, size)` gives rows, and the key to go on from, or None."""
    rows, after = read(None, CHUNK)
    yield from rows
    while after is not None:
        rows, after = read(after, CHUNK)
        yield from rows


def give(
    code: str, title: Any, columns: Sequence[Column], rows: Iterable[Any], *, looked: str | None = None
) -> Response:
    """The list as the file asked for; the audit log keeps who took which list with how many rows.

    `code` names the list in the log and in the file's name, which tells nothing about anybody. `looked`: the rows
    show what is written about families (`row.family_id`), which counts as a look at each of them (R20).
    """
    extension = request.form[AS_FILE]
    mimetype, written = FORMATS[extension]
    seen: set[int] = set()
    if looked:
        rows = _noting(rows, seen)
    sheet = Sheet(str(title), columns, rows, (str(_("yes")), str(_("no"))))
    try:
        with one_moment():
            data = written(sheet)
    except RuleBroken as broken:
        return refuse(broken, page_url())
    if looked:
        audit.look_at_several(current_user.id, seen, looked)
    _record(code, extension, sheet.written)
    name = f"{code.replace('.', '-')}-{clock.today():%Y-%m-%d}.{extension}"
    return Response(
        data, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _noting(rows: Iterable[Any], seen: set[int]) -> Iterator[Any]:
    for row in rows:
        seen.add(row.family_id)
        yield row


def _record(code: str, extension: str, count: int) -> None:
    """Which filters narrowed the list is kept, not to what: that may be a name."""
    filters = sorted(
        name
        for name, value in request.args.items()
        if value and name not in PLACES and FILTER.fullmatch(name)
    )[:MOST_FILTERS]
    new = {"list": code, "format": extension, "rows": count, "filters": filters}
    with atomic() as s:
        audit.record(s, Event.LIST_TAKEN, current_user.id, s.get_one(User, current_user.id), new=new)


def init_app(app: Flask) -> None:
    """What the buttons of a list need: `templates/macros/lists.html`."""
    app.jinja_env.globals["list_address"] = page_url
