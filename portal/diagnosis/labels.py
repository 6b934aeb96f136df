"""The words and colors users read for a diagnosis; the scale is said in words wherever it stands."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

STATES: dict[str, tuple[str, Any]] = {
    "draft": ("mute", _l("draft")),
    "submitted": ("warn", _l("waits for approval")),
    "approved": ("ok", _l("approved")),
    "returned": ("bad", _l("returned")),
}
SCALE: dict[int, Any] = {
    0: _l("all well"),
    1: _l("slight difficulties"),
    2: _l("marked difficulties"),
    3: _l("serious trouble"),
    4: _l("critical"),
}
DEPTHS: dict[int, Any] = {
    0: _l("no crisis"),
    1: _l("first signs"),
    2: _l("marked crisis"),
    3: _l("deep crisis"),
    4: _l("acute crisis: help is needed at once"),
}
COLORS = {0: "ok", 1: "ok", 2: "warn", 3: "bad", 4: "bad"}
TEXTS: dict[str, tuple[Any, Any]] = {  # field: label, what to write
    "place_in_society": (
        _l("Place of the family in society"),
        _l("Work and study, standing, ties with the school and the neighbors."),
    ),
    "surroundings": (_l("Surroundings"), _l("Relatives and friends: who helps, who harms.")),
    "family_relations": (
        _l("Relations within the family"),
        _l("Between the parents, with the children, between the children."),
    ),
    "problems": (_l("Problems"), _l("What the spheres above do not say by themselves.")),
    "causes": (_l("Causes of the difficult situation"), None),
    "crisis_nature": (
        _l("Nature of the crisis"),
        _l("What kind it is: of the family's life, of relations, of age, of a loss…"),
    ),
    "risks": (_l("Risks"), _l("What may happen to the children and the adults if nothing changes.")),
    "strengths": (_l("Strengths"), _l("What the family does well by itself.")),
    "resources": (_l("Resources and potential"), _l("Whom and what the family can lean on.")),
    "family_view": (_l("The family's own view"), _l("How they see it themselves, in their words.")),
    "conclusion": (_l("Conclusion"), _l("The social diagnosis in a few sentences: what to work at first.")),
}


def score(value: int | None) -> str:
    """«3 — серьёзное неблагополучие»; an em dash for none."""
    return "—" if value is None else f"{value} — {SCALE[value]}"


def depth(value: int | None) -> str:
    """«2 — выраженный кризис»; an em dash for none."""
    return "—" if value is None else f"{value} — {DEPTHS[value]}"


def change(steps: int | None) -> tuple[str, str]:
    """Color and words of a change: «лучше на 2»."""
    if steps is None:
        return "mute", "—"
    if steps > 0:
        return "ok", str(_("better by %(steps)s", steps=steps))
    if steps < 0:
        return "bad", str(_("worse by %(steps)s", steps=-steps))
    return "mute", str(_("as before"))
