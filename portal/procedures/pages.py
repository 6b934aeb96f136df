"""The blueprint of procedures and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.contacts import labels as contact_labels
from portal.procedures import labels
from portal.rules.procedures import KEPT, PHASES, STAGES, branch_of, phase_of

bp = Blueprint("procedures", __name__)


@bp.context_processor
def context() -> dict[str, Any]:
    """The words of procedures, for their templates."""
    return {
        "labels": labels,
        "contact_labels": contact_labels,
        "phases": PHASES,
        "stages": STAGES,
        "kept": KEPT,
        "branch_of": branch_of,
        "phase_of": phase_of,
    }
