"""Lists that are cut by number and narrowed by filters: what the address asks for, and what the pager shows of it."""

from collections.abc import Container
from typing import Any
from urllib.parse import quote, urlencode

from flask import request

MOST = 10_000


def page_asked() -> int:
    """The number in `?page=2`, from 1 on."""
    return max(1, min(request.args.get("page", 1, type=int), MOST))


def pages(
    number: int, size: int, shown: int, more: bool, *, total: int | None = None, name: str = "page"
) -> dict[str, Any]:
    """What the pager shows of a page of `shown` rows; `total`, where it is known, of all."""
    first = (number - 1) * size + 1
    return {
        "first": first,
        "last": first + shown - 1,
        "total": total if shown else 0,
        "has_prev": number > 1,
        "prev_url": page_url(**{name: number - 1 if number > 2 else None}),
        "has_next": more,
        "next_url": page_url(**{name: number + 1}),
    }


def page_url(**changes: Any) -> str:
    """This page's address with some of its query changed; None takes a part away."""
    query: dict[str, Any] = request.args.to_dict(flat=False)
    query.update(changes)
    kept = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return quote(request.path) + (f"?{kept}" if kept else "")


def narrowed(name: str, value: Any) -> str:
    """The address of the list with one filter changed, from its first page on; None takes the filter away."""
    return page_url(page=None, **{name: value})


def filter_asked(name: str, known: Container[str]) -> str:
    """The value of a filter in the address; empty where it is none of those known."""
    text = request.args.get(name, "")
    return text if text in known else ""


def year_asked() -> int:
    """The number in `?year=2026`; 0 where there is none."""
    return max(0, min(request.args.get("year", 0, type=int), 9999))
