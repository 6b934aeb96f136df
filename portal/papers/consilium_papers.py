"""The papers of the consilium: minutes, extracts, orders."""

from portal.papers import consilium_samples as samples
from portal.papers import extract_facts, minutes_facts
from portal.papers.kind import Kind
from portal.rules import N_

KINDS: tuple[Kind, ...] = (
    Kind(
        code="minutes",
        title=N_("Minutes of a meeting"),
        group="consilium",
        of="meeting",
        get=minutes_facts.get_minutes,
        facts=minutes_facts.minutes,
        sample=samples.MINUTES,
        family_of=lambda _meeting_id: None,
        is_registered=False,
        families_of=minutes_facts.families_of,
        leads_to=minutes_facts.leads_to,
    ),
    Kind(
        code="extract",
        title=N_("Extract of the minutes"),
        group="consilium",
        of="decision",
        get=extract_facts.get_extract,
        facts=extract_facts.extract,
        sample=samples.EXTRACT,
        family_of=extract_facts.family_of,
        is_registered=False,
    ),
    Kind(
        code="enrollment-order",
        title=N_("Order of enrollment"),
        group="consilium",
        of="decision",
        get=extract_facts.get_enrollment,
        facts=extract_facts.enrollment,
        sample=samples.ENROLLMENT,
        family_of=extract_facts.family_of,
    ),
    Kind(
        code="removal-order",
        title=N_("Order of removal"),
        group="consilium",
        of="decision",
        get=extract_facts.get_removal,
        facts=extract_facts.removal,
        sample=samples.REMOVAL,
        family_of=extract_facts.family_of,
    ),
)
