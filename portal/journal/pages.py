"""The blueprint of the journal and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.journal import labels
from portal.rules.contacts import BUDGET, is_long
from portal.rules.journal import SESSION

bp = Blueprint("journal", __name__, url_prefix="/journal")


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of the journal, for its templates."""
    return {
        "labels": labels,
        "kinds": labels.KINDS,
        "icons": labels.ICONS,
        "is_long": lambda kind, minutes: kind != SESSION and is_long(kind, minutes),
        "budget": lambda kind: BUDGET.get(kind),
    }
