"""The blueprint of plans and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.plans import labels
from portal.settings import queries as settings

bp = Blueprint("plans", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of plans, for their templates."""
    return {"labels": labels, "word": settings.word}
