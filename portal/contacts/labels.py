"""The words and colors users read for a contact."""

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.rules.contacts import HANDED_OVER, REMOVED, WITHDRAWN, Clash
from portal.rules.norms import Standing

KINDS = {
    "visit": _l("Visit"),
    "call": _l("Call"),
    "video": _l("Video call"),
    "center": _l("Meeting at the center"),
}
ICONS = {"visit": "home", "call": "phone", "video": "video", "center": "building-community"}
CHANNELS = {
    "phone": _l("telephone"),
    "max": "MAX",
    "vk": _l("VK Calls"),
    "telemost": _l("Yandex Telemost"),
    "trueconf": "TrueConf",
    "whatsapp": "WhatsApp",
    "viber": "Viber",
    "telegram": "Telegram",
    "skype": "Skype",
    "zoom": "Zoom",
}
STATES: dict[str, tuple[str, Any]] = {
    "planned": ("info", _l("planned contact")),
    "confirmed": ("ok", _l("agreed by telephone")),
    "done": ("ok", _l("took place")),
    "not_at_home": ("warn", _l("nobody was met")),
    "not_admitted": ("bad", _l("not admitted")),
    "refused": ("bad", _l("refused to talk")),
    "cancelled": ("mute", _l("cancelled")),
    "moved": ("mute", _l("moved")),
}
FAILURES = {
    "not_at_home": _l("Nobody was met: nobody at home, no answer, nobody came"),
    "not_admitted": _l("We were not admitted"),
    "refused": _l("They refused to talk"),
}
WHY = {
    WITHDRAWN: _l("the consent was withdrawn"),
    REMOVED: _l("the family was taken off patronage"),
    HANDED_OVER: _l("the family was handed over, and the new specialist has another contact at this time"),
}
CLASHES = {
    Clash.OVERLAP: _l("another contact at this time"),
    Clash.CLUB: _l("a club session at this time"),
    Clash.AWAY: _l("the specialist is away"),
    Clash.OFF: _l("a day off"),
}
STANDINGS: dict[str, tuple[str, Any]] = {
    Standing.NOTHING_OWED: ("mute", _l("nothing owed")),
    Standing.MET: ("ok", _l("met")),
    Standing.DUE: ("warn", _l("due")),
    Standing.MISSED: ("bad", _l("missed")),
}


def why(text: str) -> Any:
    """Why a contact was called off: the portal's own reasons in words, people's as they are."""
    return WHY.get(text, text)
