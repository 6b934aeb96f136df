"""The words users read for the codes of the consilium."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

MEETING = {
    "draft": ("mute", _l("draft")),
    "convened": ("info", _l("convened")),
    "open": ("ok", _l("in session")),
    "closed": ("mute", _l("over")),
    "signed": ("ok", _l("minutes signed")),
    "cancelled": ("warn", _l("called off")),
    "no_quorum": ("warn", _l("not held: no quorum")),
}
MEETING_KINDS = {"regular": _l("regular"), "extraordinary": _l("extraordinary")}
ITEM = {
    "waiting": ("mute", _l("not yet considered")),
    "voting": ("info", _l("vote open")),
    "carried": ("ok", _l("carried")),
    "rejected": ("bad", _l("rejected")),
    "deferred": ("warn", _l("put off")),
    "withdrawn": ("mute", _l("taken off")),
}
LACKS = {
    "no_consent": _l("no consent"),
    "consent_withdrawn": _l("the consent is withdrawn"),
    "consent_not_representative": _l("no consent of a legal representative"),
    "minor_must_sign": _l("a child has still to sign the consent"),
    "no_lead": _l("no lead specialist"),
    "colleague_dismissed": _l("a colleague proposed no longer works here"),
    "not_a_specialist": _l("a colleague proposed has no role of a specialist"),
    "lead_profession": _l("the lead has another profession"),
    "term_needs_end": _l("no end of the short term"),
    "term_end_before_start": _l("the end of the term has passed"),
    "long_term_has_end": _l("a long term with an end"),
    "course_reason": _l("no finished course and no reason"),
    "no_analysis": _l("no closing analysis yet"),
    "no_reason": _l("no reason of the removal"),
    "wrong_state": _l("the family waits for no such decision"),
    "no_regime": _l("no regime is proposed"),
    "same_regime": _l("the family has this regime already"),
    "emergency_waits": _l("the emergency start is to be decided first"),
    "no_term": _l("no term is proposed"),
    "same_term": _l("the patronage has this term already"),
    "nothing_to_extend": _l("the patronage is long-term"),
    "end_not_later": _l("the new end is not later than the present one"),
    "no_emergency": _l("no emergency start waits"),
    "no_place": _l("the center is not named"),
    "no_question": _l("the question is not written"),
}
KINDS = {
    "enroll": _l("Enrollment"),
    "refuse": _l("Refusal to enroll"),
    "remove": _l("Removal"),
    "regime": _l("Change of the regime"),
    "term": _l("Change of the term"),
    "extend": _l("Extension of the term"),
    "ratify": _l("Emergency patronage"),
    "transfer": _l("Transfer to another center"),
    "question": _l("Question"),
}
OFFERED = {  # the choice of kinds: title, what it is for, picture
    "enroll": (_l("To enroll a family"), _l("A family with a consent waits for it."), "user-plus"),
    "refuse": (_l("To refuse a family"), _l("A submitted family is not taken on patronage."), "user-off"),
    "regime": (_l("To change the regime"), _l("Emergency, planned or control."), "exchange"),
    "term": (_l("To change the term"), _l("From a long term to a short one, or back."), "calendar"),
    "extend": (_l("To extend the term"), _l("A short term gets a later end."), "calendar-plus"),
    "ratify": (
        _l("To ratify an emergency start"),
        _l("The head has started the emergency regime; comes onto the agenda by itself."),
        "alert-triangle",
    ),
    "remove": (_l("To remove a family"), _l("The work is over: a closing analysis is needed."), "user-off"),
    "transfer": (
        _l("To hand a family over to another center"),
        _l("The work goes on elsewhere: a closing analysis is needed."),
        "transfer",
    ),
    "question": (
        _l("To put a free question"),
        _l("Of no family: a report, a plan, the order of work."),
        "help",
    ),
}
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
OUTCOMES = CHOICES | {
    "silent": ("mute", _l("Did not vote")),
    "recused": ("info", _l("Recused")),
    "absent": ("mute", _l("Were away")),
}
MAJORITIES = {"present": _l("of those present"), "roll": _l("of the whole roll")}
BALLOT = {"for": ("ok", _l("For")), "against": ("bad", _l("Against")), "abstain": ("warn", _l("Abstain"))}


def meeting_name(number: int, kind: Any) -> str:
    """«Заседание № 5», or that it is extraordinary."""
    if kind == "extraordinary":
        return str(_("Extraordinary meeting № %(number)s", number=number))
    return str(_("Meeting № %(number)s", number=number))
