"""The words users read for the codes of the consilium."""

from flask_babel import lazy_gettext as _l

MEETING = {
    "draft": ("mute", _l("draft")),
    "convened": ("info", _l("convened")),
    "open": ("ok", _l("in session")),
    "closed": ("mute", _l("over")),
    "cancelled": ("warn", _l("called off")),
}
ITEM = {
    "waiting": ("mute", _l("not yet considered")),
    "voting": ("info", _l("vote open")),
    "carried": ("ok", _l("carried")),
    "rejected": ("bad", _l("rejected")),
    "deferred": ("warn", _l("put off")),
    "withdrawn": ("mute", _l("taken off")),
}
KINDS = {"enroll": _l("Enrollment"), "remove": _l("Removal")}
TERMS = {"long": _l("long-term"), "short": _l("short-term")}
SEATS = {"chair": _l("chair"), "secretary": _l("secretary"), "member": _l("member of the consilium")}
PRESENCE = {
    "present": ("ok", _l("present")),
    "video": ("info", _l("by video")),
    "absent": ("mute", _l("absent")),
    "excused": ("warn", _l("excused")),
}
MARKS = {"present": _l("Here"), "video": _l("Video"), "absent": _l("No"), "excused": _l("Excused")}
CHOICES = {"for": ("ok", _l("For")), "against": ("bad", _l("Against")), "abstain": ("warn", _l("Abstained"))}
BALLOT = {"for": ("ok", _l("For")), "against": ("bad", _l("Against")), "abstain": ("warn", _l("Abstain"))}
