"""The blueprint of referrals and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal import clock
from portal.referrals import labels
from portal.rules.phones import pretty_phone
from portal.settings import queries as settings

bp = Blueprint("referrals", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of referrals, for their templates."""
    return {"labels": labels, "pretty_phone": pretty_phone, "word": settings.word, "today": clock.today()}
