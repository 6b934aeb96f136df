"""The blueprint of families and the words all its pages use."""

from typing import Any

from flask import Blueprint

from portal.consilium import labels as consilium
from portal.consilium.follow_up_labels import states
from portal.families import labels
from portal.patronage.labels import KINDS, REGIME_COLORS, REGIMES
from portal.rules.phones import pretty_phone
from portal.settings import queries as settings

bp = Blueprint("families", __name__, url_prefix="/families")
WORDS: dict[str, Any] = {
    "statuses": labels.STATUSES,
    "regimes": REGIMES,
    "regime_colors": REGIME_COLORS,
    "terms": labels.TERMS,
    "stages": labels.STAGES,
    "kinds": KINDS,
    "item_kinds": consilium.KINDS,
    "after_decision": states,
    "born": labels.born,
    "pretty_phone": pretty_phone,
    "word": settings.word,
}
