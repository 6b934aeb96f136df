"""Where people go, and what they may be told there."""

from portal.alerts.models import Alert
from portal.consilium.models import Decision, Item, Meeting
from portal.contacts.models import Contact
from portal.diagnosis.models import Diagnosis
from portal.journal.models import JournalEntry
from portal.papers.models import Paper
from portal.patronage.models import Patronage
from portal.plans.models import Plan
from portal.programs.models import Program
from portal.referrals.models import Referral

OF_FAMILY = (
    "",
    "/contacts",
    "/plan",
    "/diagnoses",
    "/referrals",
    "/programs",
    "/norms",
    "/intake",
    "/analysis",
    "/hand-over",
    "/stays/",
)
LISTS = (
    *(
        "/",
        "/contacts/",
        "/contacts/month",
        "/contacts/outings",
        "/journal/",
        "/journal/queue",
        "/journal/periods",
        "/journal/state-system",
        "/journal/state-system?entered=1",
    ),
    *(
        "/alerts/",
        "/settings/norms",
        "/settings/procedures",
        "/plans/",
        "/referrals/",
        "/deputies/",
        "/assignments/",
        "/families/surveys",
        "/consilium/",
    ),
    *("/assignments/?by=specialist", "/families/", "/papers/", "/papers/missing"),
)
THINGS = {
    "/contacts/{}": Contact,
    "/contacts/{}/run": Contact,
    "/journal/{}": JournalEntry,
    "/plans/{}": Plan,
    "/diagnoses/{}": Diagnosis,
    "/alerts/{}": Alert,
    "/referrals/{}": Referral,
    "/programs/{}/edit": Program,
    "/consilium/meetings/{}": Meeting,
    "/consilium/meetings/{}/minutes": Meeting,
    "/consilium/items/{}": Item,
    "/consilium/decisions/{}": Decision,
    "/papers/application/{}": Patronage,
    "/papers/registered/{}": Paper,
}
ONLY_SEEN = {  # nothing is sent from there
    "/consilium/meetings/{}/my-votes": Meeting,
    "/consilium/meetings/{}/agenda": Meeting,
    "/consilium/decisions/{}/extract": Decision,
    "/consilium/decisions/{}/order": Decision,
}
MOVED_ON = {  # refusals that say: this should not have been offered
    *("wrong_state", "suspended", "not_on_patronage", "over", "decided", "locked", "frozen", "not_open"),
    *(
        "own_work",
        "own_plan",
        "own_entry",
        "already_decided",
        "already_done",
        "not_decided",
        "is_over",
        "ended",
    ),
    *(
        "corrected",
        "raised_already",
        "in_work",
        "unfinished",
        "withdrawn_already",
        "open_patronage",
        "scan_there",
    ),
    *(
        "not_paper",
        "closed_already",
        "not_over",
        "unchecked",
        "nothing_to_take_over",
        "no_analysis",
        "in_force",
    ),
    *(
        "agenda_fixed",
        "item_fixed",
        "meeting_not_open",
        "not_now",
        "changed",
        "changed_meanwhile",
        "already_voted",
    ),
    *(
        "correction_open",
        "open_measures",
        "no_diagnosis",
        "no_plan",
        "no_off_agenda",
        "voted_on",
        "already_emergency",
    ),
    *(
        "minutes_offered",
        "minutes_signed",
        "not_closed",
        "not_offered",
        "offered_anew",
        "outdated",
        "not_a_signer",
        "signed_already",
        "paper_void",
        "nobody_signed",
    ),
    *("already_recused", "not_recused", "has_decided", "has_quorum", "took_no_part", "already_stated"),
}


PAGES = 5  # looked at in a row
LIKE = {
    "patronage.move_stage": "families",
    "patronage.start_emergency": "families",
}  # pressed on pages of another part
ENDS = {  # what takes from others what they could press: last in a tour
    "alerts.close",
    "consilium.cancel_meeting",
    "consilium.close_meeting",
    "consilium.defer_item",
    "consilium.end_without_quorum",
    "consilium.recuse",
    "consilium.recuse_member",
    "consilium.take_off",
    "contacts.cancel",
    "families.decline",
    "families.withdraw",
    "papers.void",
    "patronage.hand_over_several",
    "plans.discard",
    "plans.edit",
    "plans.results",
}
PATIENCE = 12  # times that it is tried before what ends things is
PLACES = 6  # remembered where something is offered
LACKING = {  # what a button may say instead: what has to be written first, on the page that it leads to
    *("no_conclusion",),
}
AGAIN = 3  # times that a form which came back is filled in anew
