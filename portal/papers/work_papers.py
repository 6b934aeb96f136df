"""The papers of meeting a family: the schedule of visits, the sheet of each, the log of outings."""

from portal.access import Permission
from portal.contacts.queries import get_contact
from portal.papers import objects, visit_facts, work_facts
from portal.papers.kind import Kind
from portal.papers.work_samples import LOG, SCHEDULE, VISIT
from portal.rules import N_

KINDS: tuple[Kind, ...] = (
    Kind(
        code="visit-schedule",
        title=N_("Visit schedule"),
        group="work",
        of="patronage",
        get=objects.get_patronage,
        facts=work_facts.visit_schedule,
        sample=SCHEDULE,
        family_of=objects.of_patronage,
        permission=Permission.CONTACT_VIEW,
    ),
    Kind(
        code="visit-sheet",
        title=N_("Sheet of a visit or call"),
        group="work",
        of="contact",
        get=get_contact,
        facts=visit_facts.visit_sheet,
        sample=VISIT,
        family_of=objects.of_contact,
        permission=Permission.CONTACT_VIEW,
        has_blank=True,
    ),
    Kind(
        code="outing-log",
        title=N_("Outing log"),
        group="work",
        of="specialist-month",
        get=work_facts.get_month,
        facts=work_facts.outing_log,
        sample=LOG,
        family_of=objects.of_none,
        permission=Permission.CONTACT_VIEW,
        is_registered=False,
        is_signed=False,
        has_blank=True,
    ),
)
