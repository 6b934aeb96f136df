"""The words users read for the codes of the consilium."""

from flask_babel import lazy_gettext as _l

MEETING = {
    "draft": ("mute", _l("draft")),
    "convened": ("info", _l("convened")),
    "open": ("ok", _l("in session")),
    "closed": ("mute", _l("closed")),
    "cancelled": ("warn", _l("cancelled")),
}
ITEM = {
    "waiting": ("mute", _l("waiting")),
    "voting": ("info", _l("vote open")),
    "carried": ("ok", _l("carried")),
    "rejected": ("bad", _l("rejected")),
    "deferred": ("warn", _l("put off")),
    "withdrawn": ("mute", _l("taken off")),
}
KINDS = {"enroll": _l("To enroll"), "remove": _l("To remove")}
TERMS = {"long": _l("long-term"), "short": _l("short-term")}
SEATS = {"chair": _l("chair"), "secretary": _l("secretary"), "member": _l("member")}
PRESENCE = {
    "present": ("ok", _l("present")),
    "video": ("info", _l("by video")),
    "absent": ("mute", _l("absent")),
    "excused": ("warn", _l("excused")),
}
CHOICES = {"for": ("ok", _l("For")), "against": ("bad", _l("Against")), "abstain": ("warn", _l("Abstained"))}
