"""The words and colors users read for a plan."""

from typing import Any

from flask_babel import lazy_gettext as _l

STATES: dict[str, tuple[str, Any]] = {
    "draft": ("mute", _l("draft")),
    "agreed": ("warn", _l("agreed with the family, waits for approval")),
    "in_force": ("ok", _l("in force")),
    "superseded": ("mute", _l("superseded by a newer version")),
    "completed": ("info", _l("completed plan")),
    "discarded": ("mute", _l("thrown away")),
}
OUTCOMES: dict[str, tuple[str, Any]] = {
    "open": ("info", _l("in work")),
    "done": ("ok", _l("carried out")),
    "not_done": ("bad", _l("not carried out")),
    "dropped": ("mute", _l("no longer needed")),
}
KINDS = {"ordinary": _l("Ordinary measure"), "leisure": _l("Joint leisure event at the center")}
TEXTS = {
    "aim": _l("Aim of the work with the family"),
    "resources": _l("What the plan relies on: strengths and resources"),
    "wishes": _l("Wishes of the family"),
    "family_part": _l("What the family takes on itself"),
}
FIELDS = {
    "sphere": _l("Life sphere"),
    "text": _l("Wording"),
    "due_on": _l("Due"),
    "responsible": _l("Responsible"),
    "kind": _l("Kind"),
    "family_part": _l("The family's part"),
}
HOW: dict[str, tuple[str, Any]] = {
    "added": ("ok", _l("added")),
    "removed": ("bad", _l("taken out")),
    "changed": ("warn", _l("changed")),
}
