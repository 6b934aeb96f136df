"""What a line of a family's history says beyond its event, and the groups it is filtered by.

Only what is named here is told: entries keep more (who voted how, what was written), and that stays where it is.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.audit import Event
from portal.consilium import labels as consilium
from portal.contacts import labels as contacts
from portal.families import labels
from portal.families.history import Line
from portal.papers import labels as papers
from portal.patronage.labels import REGIMES
from portal.web import show_date

# a filter of the timeline: its word, and how the names of its events begin
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "card": (_l("Card"), ("family.",)),
    "intake": (_l("Application"), ("intake.", "survey.", "agreement.")),
    "consents": (_l("Consents"), ("consent.",)),
    "patronage": (_l("Patronage"), ("patronage.",)),
    "consilium": (_l("Consilium"), ("item.", "decision.")),
    "specialists": (_l("Specialists"), ("assignment.",)),
    "support": (_l("Diagnosis, plan, programs"), ("diagnosis.", "plan.", "program.")),
    "bodies": (_l("Referrals and links"), ("referral.", "link.")),
    "contacts": (_l("Contacts"), ("contact.", "run.", "norms.")),
    "journal": (_l("Journal"), ("journal.",)),
    "alerts": (_l("Alerts"), ("alert.",)),
    "papers": (_l("Papers"), ("paper.",)),
    "clubs": (_l("Clubs"), ("club.", "session.", "stay.", "photo.")),
}
PERSON_FIELDS = ("user_id", "involved", "lead_id")  # ids of colleagues that an entry may name

Words = Callable[[Line, Mapping[int, str]], list[Any]]


def named(line: Line) -> set[int]:
    """The ids of the colleagues whom the line names."""
    found = [values.get(name) for values in (line.old, line.new) for name in PERSON_FIELDS]
    return {
        one for one in found if isinstance(one, int)
    }  # of an item, several are involved: it does not name them


def said(line: Line, names: Mapping[int, str]) -> str:
    """What was changed, in a line; empty where the event says it all."""
    words = SAID.get(line.event) or SAID.get(line.event.partition(".")[0] + ".")
    return ", ".join(str(one) for one in words(line, names) if one) if words else ""


def _day(values: Mapping[str, Any], name: str) -> str:
    return show_date(date.fromisoformat(values[name])) if values.get(name) else ""


def _moment(values: Mapping[str, Any]) -> str:
    at = time.fromisoformat(values["starts_at"]) if values.get("starts_at") else None
    return f"{_day(values, 'day')}, {at:%H:%M}" if at else _day(values, "day")


def _family(line: Line, _names: Mapping[int, str]) -> list[Any]:
    return labels.changed(line.changed)


def _consent(line: Line, _names: Mapping[int, str]) -> list[Any]:
    given, withdrawn = _day(line.new, "given_on"), _day(line.new, "withdrawn_on")
    return [given and _("of %(day)s", day=given), withdrawn and _("from %(day)s on", day=withdrawn)]


def _contact(line: Line, _names: Mapping[int, str]) -> list[Any]:
    kind = contacts.KINDS.get(line.new.get("kind", ""), "")
    failed = line.event == Event.CONTACT_FAILED
    state = contacts.STATES.get(line.new.get("state", ""), ("", ""))[1] if failed else ""
    if line.event == Event.CONTACT_MOVED:
        return [kind, f"{_moment(line.old)} → {_moment(line.new)}"]
    return [kind, _moment(line.new), state]


def _item(line: Line, names: Mapping[int, str]) -> list[Any]:
    new = line.new
    number = _("decision No. %(number)s", number=new["decision"]) if new.get("decision") else ""
    state = consilium.ITEM.get(new.get("status", ""), ("", ""))[1] if number else ""
    return [
        *(consilium.KINDS.get(new.get("kind", ""), ""), state, number),
        *(REGIMES.get(new.get("regime") or "", ""), consilium.TERMS.get(new.get("term") or "", "")),
        (until := _day(new, "ends_on")) and _("until %(day)s", day=until),
        names.get(new.get("lead_id") or 0, ""),
        (later := _day(new, "until_on")) and _("put off until %(day)s", day=later),
    ]


def _paper(line: Line, _names: Mapping[int, str]) -> list[Any]:
    if line.event != Event.PAPER_REGISTERED:
        return [line.new.get("reason", ""), _day(line.new, "signed_on")]
    kind, day = papers.title(line.new.get("kind", "")), _day(line.new, "day")
    return [f"{kind} {_('No. %(number)s of %(day)s', number=line.new.get('number', ''), day=day)}"]


def _follow_up(line: Line, _names: Mapping[int, str]) -> list[Any]:
    name = "told_on" if line.event == Event.FAMILY_TOLD else "extract_on"
    before, after = _day(line.old, name), _day(line.new, name)
    return [f"{before} → {after}" if before else after]


def _emergency(line: Line, _names: Mapping[int, str]) -> list[Any]:
    before, after = (REGIMES.get(values.get("regime") or "", "—") for values in (line.old, line.new))
    return [f"{before} → {after}"]


def _assignment(line: Line, names: Mapping[int, str]) -> list[Any]:
    before = names.get(line.old.get("user_id") or line.old.get("involved") or 0, "")
    after = names.get(line.new.get("user_id") or line.new.get("involved") or 0, "")
    since = _day(line.new, "from")
    return [f"{before or '—'} → {after or '—'}", since and _("from %(day)s on", day=since)]


# by the event, or by how its name begins
SAID: dict[str, Words] = {
    "family.": _family,
    "consent.": _consent,
    "contact.": _contact,
    "item.": _item,
    "decision.": _follow_up,
    "paper.": _paper,
    Event.EMERGENCY_STARTED: _emergency,
    "assignment.": _assignment,
}
