"""The blueprint of intake and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.families.labels import STATUSES
from portal.intake import labels
from portal.settings.queries import word

bp = Blueprint("intake", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of intake, for its templates."""
    return {"labels": labels, "statuses": STATUSES, "word": word}
