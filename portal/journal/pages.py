"""The blueprint of the journal and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.contacts import labels as contacts
from portal.journal import labels
from portal.rules.contacts import BUDGET, Kind, is_long

bp = Blueprint("journal", __name__, url_prefix="/journal")


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of the journal, for its templates."""
    return {
        "labels": labels,
        "kinds": contacts.KINDS,
        "icons": contacts.ICONS,
        "is_long": is_long,
        "budget": lambda kind: BUDGET.get(Kind(kind)),
    }
