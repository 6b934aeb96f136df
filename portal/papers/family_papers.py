"""The papers of the work with a family: its card, the diagnosis, the plan, the closing analysis."""

from portal.diagnosis.queries import get_diagnosis
from portal.families.queries import get_family
from portal.papers import family_facts, objects, plan_facts
from portal.papers.family_samples import ANALYSIS, CARD, DIAGNOSIS, PLAN
from portal.papers.kind import Kind
from portal.plans.queries import get_plan
from portal.rules import N_

KINDS: tuple[Kind, ...] = (
    Kind(
        code="family-card",
        title=N_("Family card"),
        group="family",
        of="family",
        get=get_family,
        facts=family_facts.family_card,
        sample=CARD,
        family_of=objects.own,
        is_registered=False,
        is_signed=False,
    ),
    Kind(
        code="social-diagnosis",
        title=N_("Social diagnosis"),
        group="family",
        of="diagnosis",
        get=get_diagnosis,
        facts=plan_facts.social_diagnosis,
        sample=DIAGNOSIS,
        family_of=objects.of_diagnosis,
    ),
    Kind(
        code="support-plan",
        title=N_("Support plan"),
        group="family",
        of="plan",
        get=get_plan,
        facts=plan_facts.support_plan,
        sample=PLAN,
        family_of=objects.of_plan,
        earlier=(plan_facts.with_one_representative,),
    ),
    Kind(
        code="closing-analysis",
        title=N_("Closing analysis"),
        group="family",
        of="patronage",
        get=objects.get_analyzed,
        facts=family_facts.closing_analysis,
        sample=ANALYSIS,
        family_of=objects.of_patronage,
    ),
)
