"""The words in which programs of clubs speak."""

from flask_babel import lazy_gettext as _l

STATUS_WORDS = {
    "draft": ("warn", _l("draft")),
    "in_force": ("ok", _l("in force")),
    "superseded": ("mute", _l("superseded")),
}
TEXT_WORDS = {
    "title": _l("Name of the program"),
    "aims": _l("Aims"),
    "audience": _l("For whom"),
}
TOPIC_WORDS = {
    "title": _l("Topic"),
    "goal": _l("Goal"),
    "methods": _l("Methods and course"),
    "props": _l("What to prepare"),
}
