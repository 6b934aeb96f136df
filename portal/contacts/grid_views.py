"""The page of norms: which family's contact is late, which is due, and how the last weeks stand."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, g, request
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from portal import clock, lists
from portal.access import LARGEST_ID, Permission, requires
from portal.contacts import columns, grid
from portal.contacts.grid import Cursor, Page, Wanted
from portal.contacts.grid_rows import WEEK, WEEKS, YEAR, weeks_until
from portal.contacts.pages import bp
from portal.families.register_list import reader_of
from portal.lists import takeable
from portal.paging import page_url
from portal.patronage import loads
from portal.patronage.labels import REGIME_COLORS, REGIMES
from portal.rules.norms import DAY
from portal.web import is_fragment, render

_NOTHING = _l("nothing was owed")
PHRASES: dict[tuple[str, str], Any] = {  # by unit and standing
    ("", ""): _l("no norm applied"),
    ("week", "nothing_owed"): _NOTHING,
    ("week", "met"): _l("the norm of the week is met"),
    ("week", "due"): _l("the norm of the week is not met yet, there is still time"),
    ("week", "missed"): _l("the norm of the week is missed"),
    ("month", "nothing_owed"): _NOTHING,
    ("month", "met"): _l("the norm of the month is met"),
    ("month", "due"): _l("the norm of the month is not met yet, there is still time"),
    ("month", "missed"): _l("the norm of the month is missed"),
    ("quarter", "nothing_owed"): _NOTHING,
    ("quarter", "met"): _l("the norm of the quarter is met"),
    ("quarter", "due"): _l("the norm of the quarter is not met yet, there is still time"),
    ("quarter", "missed"): _l("the norm of the quarter is missed"),
}
MORE: dict[str, Callable[[int], str]] = {  # what is lacking in the running period
    "week": lambda n: ngettext("%(num)d more this week", "%(num)d more this week", n),
    "month": lambda n: ngettext("%(num)d more this month", "%(num)d more this month", n),
    "quarter": lambda n: ngettext("%(num)d more this quarter", "%(num)d more this quarter", n),
}


@bp.route("/contacts/norms", methods=["GET", "POST"])
@requires(Permission.CONTACT_VIEW)
@takeable
def norms() -> Response:
    """Families on patronage within reach, by the day their next contact is due by."""
    weeks = YEAR if request.args.get("weeks") == str(YEAR) else WEEKS
    wanted = Wanted(_one_of("state", grid.STATES), _number("specialist"), _one_of("regime", REGIMES), weeks)
    if lists.asked():
        shown = columns.of_norms(clock.today(), weeks)
        lines = grid.all_lines(current_user, wanted, lists.CHUNK)
        return lists.give("contacts.norms", _l("Contact norms"), shown, lines)
    cursor = _cursor()
    page = grid.grid_page(current_user, wanted, cursor)
    counts = grid.counts(current_user, wanted.specialist, wanted.regime)
    return render(
        "contacts/norms.html",
        fragment="contacts/_norms.html",
        drawn=(g.get("version") or object(), reader_of(current_user), wanted, cursor, clock.today()),
        page=page,
        pages=_pages(page, {"": counts.all, "late": counts.late, "soon": counts.soon}[wanted.state]),
        counts=counts,
        wanted=wanted,
        weeks=[(monday, monday + WEEK - DAY) for monday in weeks_until(clock.today(), weeks)],
        phrases=PHRASES,
        more=MORE,
        colleagues=() if is_fragment() else loads.specialist_names(),
        regimes=REGIMES,
        colors=REGIME_COLORS,
        state_url=_state_url,
        weeks_url=lambda many: page_url(weeks=many or None, after=None, before=None, due=None, at=None),
        year=weeks == YEAR,
        YEAR=YEAR,
    )


def _state_url(state: str) -> str:
    """The first page of the list in this state, its other filters kept."""
    return page_url(state=state or None, after=None, before=None, due=None, at=None)


def _pages(page: Page, total: int) -> dict[str, Any]:
    """What the pager shows."""
    before, after = _at(page.before), _at(page.after)
    places = {"first": page.first, "last": page.last, "total": total}
    return places | {"has_prev": before, "prev_url": before, "has_next": after, "next_url": after}


def _at(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    before, after = (cursor.family_id, None) if cursor.backwards else (None, cursor.family_id)
    return page_url(before=before, after=after, due=cursor.due_on, at=cursor.first)


def _cursor() -> Cursor:
    before = _number("before")
    return Cursor(before or _number("after"), _day("due"), bool(before), max(1, _number("at")))


def _number(name: str) -> int:
    """A positive id of the address, or 0 for anything else."""
    text = request.args.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else 0
    return number if number <= LARGEST_ID else 0


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _one_of(name: str, allowed: Any) -> str:
    value = request.args.get(name, "")
    return value if value in allowed else ""
