"""The blueprint of contacts and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.contacts import labels
from portal.rules.phones import pretty_phone
from portal.rules.timetable import ends_at
from portal.web import show_weekday

bp = Blueprint("contacts", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of contacts, for their templates."""
    return {"labels": labels, "pretty_phone": pretty_phone, "weekday": show_weekday, "ends_at": ends_at}
