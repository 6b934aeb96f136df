"""The words users read for the codes of the consilium."""

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
}
KINDS = {
    "enroll": _l("Enrollment"),
    "refuse": _l("Refusal of patronage"),
    "remove": _l("Removal"),
    "regime": _l("Change of the regime"),
    "term": _l("Change of the term"),
    "extend": _l("Extension of the term"),
    "ratify": _l("Ratification of an emergency start"),
    "transfer": _l("Transfer to another center"),
    "question": _l("Question"),
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
