"""The timeline of a family: all that happened, who and when, by day; filtered, page by page, or on paper."""

from datetime import date
from itertools import groupby
from typing import Any

from flask import Response, request, url_for
from flask_login import current_user

from portal import audit, clock
from portal.access import LARGEST_ID, Permission, may, requires
from portal.consilium.queries import items_open_to
from portal.families import club_words, history_words, labels, queries
from portal.families.history import PAGE, PAPER, SOURCES, Line, Wanted, actors, history, people
from portal.families.models import Family
from portal.families.pages import bp
from portal.paging import page_url
from portal.settings.event_names import EVENT_NAMES
from portal.web import render


@bp.get("/<int:family_id>/timeline")
@requires(Permission.FAMILY_VIEW, of=queries.get_family)
def timeline(family: Family) -> Response:
    """Every event of the family; the filters stand in the address, and on top of the paper."""
    on_paper = request.args.get("print") == "1"
    group, wanted = _wanted()
    size = PAPER if on_paper else PAGE
    before = None if on_paper else _number("before") or None
    lines = history(family.id, before, size, wanted)
    audit.look(current_user.id, family.id, "timeline")
    names = actors(family.id)
    return render(
        "families/timeline_print.html" if on_paper else "families/timeline.html",
        None if on_paper else "families/_timeline.html",
        family=family,
        days=_days(lines[:size]),
        older=page_url(before=lines[size - 1].id, print=None) if len(lines) > size else None,
        newest=page_url(before=None) if before else None,
        cut=PAPER if on_paper and len(lines) > size else None,
        group=group,
        groups=history_words.GROUPS,
        wanted=wanted,
        actors=names,
        actor=dict(names).get(wanted.actor_id),
        filtered=wanted != Wanted(),
        event_names=EVENT_NAMES,
        event_colors=labels.EVENT_COLORS,
        address=page_url,
        clear=url_for(".timeline", family_id=family.id),
    )


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return min(int(text), LARGEST_ID) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _wanted() -> tuple[str, Wanted]:
    group = request.args.get("group", "")
    group = group if group in history_words.GROUPS else ""
    prefixes = history_words.GROUPS[group][1] if group else ()
    return group, Wanted(prefixes, _number("who"), _date("from"), _date("until"))


def _date(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if 2000 <= found.year <= clock.today().year + 1 else None


def _days(lines: list[Line]) -> list[tuple[date, list[dict[str, Any]]]]:
    """The lines by day, each with its words, and the page of its object when the reader may open it."""
    names = people({one for line in lines for one in history_words.named(line)})
    items = items_open_to(current_user, {one.object_id or 0 for one in lines if one.kind == "items"})
    clubs = club_words.facts(lines)
    told = [_told(line, names, items) | {"said": _said(line, names, clubs)} for line in lines]
    return [(day, list(rows)) for day, rows in groupby(told, lambda row: clock.local(row["at"]).date())]


def _told(line: Line, names: dict[int, str], items: set[int]) -> dict[str, Any]:
    source, url = SOURCES[line.kind], None
    reads = may(current_user, source.details)
    if reads and source.page and (line.kind != "items" or line.object_id in items):
        ids: dict[str, Any] = {source.page[1]: line.object_id}
        url = url_for(source.page[0], **ids)
    return {
        "at": line.at,
        "time": clock.local(line.at),
        "event": line.event,
        "actor": line.actor,
        "url": url,
    }


def _said(line: Line, names: dict[int, str], clubs: dict[tuple[str, int], list[str]]) -> str:
    if not may(current_user, SOURCES[line.kind].details):
        return ""
    return history_words.said(line, names) or club_words.said(line, clubs)
