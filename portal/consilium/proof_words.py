"""The words in which the pages that prove something say it."""

from flask_babel import lazy_gettext as _l

STATES = {
    "counted": ("ok", _l("counted as cast")),
    "fell": ("warn", _l("not counted")),
    "nothing": ("mute", _l("the item was put off: its votes decide nothing")),
    "open": ("info", _l("the vote is still open")),
    "wrong": ("bad", _l("does not agree")),
}
FINDINGS = {  # where it agrees or only tells; where it does not
    "receipt": (
        _l("The receipt fits the vote that is kept: neither choice nor reason nor time was changed."),
        _l("The receipt does not fit the vote that is kept: it was changed after it was cast."),
    ),
    "no_receipt": (_l("This vote was cast before receipts were given."), ""),
    "entry": (
        _l("The audit log says the same: entry № %(entry)s of %(at)s, sealed with the portal's key."),
        _l("The audit log says another thing of this vote: entry № %(entry)s of %(at)s."),
    ),
    "unknown": ("", _l("The audit log knows no such vote: it was written past the portal.")),
    "gone": (
        "",
        _l("The audit log holds a vote of yours on this item, entry № %(entry)s of %(at)s. It is gone."),
    ),
    "counted": (
        _l("It stands in the list that the decision was counted from, as you cast it."),
        _l("The list that the decision was counted from holds another vote of yours."),
    ),
    "away": (_l("It was not counted: you were not present when the vote closed."), ""),
    "recused": (_l("It was not counted: you were recused on this item."), ""),
    "no_list": (_l("This item was decided before the list of counted votes was kept."), ""),
    "decision": (
        _l("The numbers of the decision are those of the counted votes."),
        _l("The numbers of the decision are not those of the counted votes."),
    ),
}
TABLES = {
    "meetings": _l("the meeting"),
    "meeting_seats": _l("members and their presence"),
    "presence_marks": _l("marks of presence"),
    "items": _l("items of the agenda"),
    "item_specialists": _l("proposed specialists"),
    "item_papers": _l("papers of items"),
    "recusals": _l("recusals"),
    "votes": _l("votes"),
    "item_voters": _l("counted votes"),
    "decisions": _l("decisions"),
    "dissents": _l("dissenting opinions"),
    "minutes": _l("the minutes"),
    "minutes_signatures": _l("signatures"),
}
DONE = {"changed": _l("rows changed:"), "added": _l("rows added:"), "missing": _l("rows missing:")}
