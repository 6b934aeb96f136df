"""The blueprint of diagnoses and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.diagnosis import labels

bp = Blueprint("diagnosis", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of diagnoses, for their templates."""
    return {"labels": labels}
