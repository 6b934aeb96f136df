"""The blueprint of referrals and the words all its pages use."""

from typing import Any

from flask import Blueprint, request

from portal import clock
from portal.referrals import labels
from portal.rules.phones import pretty_phone
from portal.settings import queries as settings
from portal.web import page_url

bp = Blueprint("referrals", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of referrals, for their templates."""
    return {"labels": labels, "pretty_phone": pretty_phone, "word": settings.word, "today": clock.today()}


def asked_page() -> int:
    """The number of the page that is asked for."""
    return max(1, min(request.args.get("page", 1, type=int), 10_000))


def pages(number: int, size: int, shown: int, more: bool) -> dict[str, Any]:
    """What the pager needs of a list cut by number."""
    first = (number - 1) * size + 1
    return {
        "first": first,
        "last": first + shown - 1,
        "total": None if shown else 0,
        "has_prev": number > 1,
        "prev_url": page_url(page=number - 1),
        "has_next": more,
        "next_url": page_url(page=number + 1),
    }
