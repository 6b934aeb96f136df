"""The words and colors in which clubs speak of their states."""

from flask_babel import lazy_gettext as _l

from portal.rules import N_

WEEKDAYS = [
    (0, _l("Monday")),
    (1, _l("Tuesday")),
    (2, _l("Wednesday")),
    (3, _l("Thursday")),
    (4, _l("Friday")),
    (5, _l("Saturday")),
    (6, _l("Sunday")),
]
SESSION_WORDS = {
    "planned": ("info", N_("is planned")),
    "announced": ("info", N_("is announced")),
    "held": ("ok", N_("was held")),
    "summed_up": ("ok", N_("is summed up")),
    "journaled": ("ok", N_("is in the journal")),
    "checked": ("ok", N_("is checked")),
    "cancelled": ("mute", N_("is cancelled")),
}
BOOKING_WORDS = {
    "booked": ("info", _l("has a place")),
    "came": ("ok", _l("present")),
    "excused": ("warn", _l("good reason")),
    "absent": ("bad", _l("absent")),
    "cancelled": ("mute", _l("booking cancelled")),
}
MARK_WORDS = [
    ("came", "ok", _l("Has come")),
    ("excused", "warn", _l("Good reason")),
    ("absent", "bad", _l("Absent")),
]
LIFE_WORDS = {
    "planned": _l("Planned ahead"),
    "announced": _l("Announced"),
    "held": _l("Held"),
    "summed_up": _l("Summed up"),
    "journaled": _l("In the journal"),
    "checked": _l("Checked"),
}
