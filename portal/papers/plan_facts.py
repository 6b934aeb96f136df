"""What the social diagnosis and the support plan say (R17, R18)."""

from portal.db import db
from portal.diagnosis import labels as scale
from portal.diagnosis import queries as diagnoses
from portal.diagnosis.models import TEXTS, Diagnosis
from portal.papers.facts import day, day_words
from portal.papers.kind import Facts
from portal.papers.people import Household, colleague, family_facts, head_short, household, member_rows
from portal.papers.russian import joined, sentence
from portal.patronage.models import Patronage
from portal.plans import queries as plans
from portal.plans.labels import OUTCOMES
from portal.plans.models import Plan, PlanMeasure
from portal.plans.queries import Sheet
from portal.rules.plans import IN_WORK
from portal.settings import queries as settings

DRAFT = "проект"


def social_diagnosis(diagnosis_id: int) -> Facts:
    """The social diagnosis: what was found, sphere by sphere, and what has changed since the one before."""
    found = diagnoses.facts(db.session.get_one(Diagnosis, diagnosis_id))
    row, house = found.diagnosis, household(found.family.id)
    earlier = found.copied_from
    changes = {one.sphere: one for one in diagnoses.changes(earlier.id, row.id)} if earlier else {}
    return {
        "family": family_facts(house.family),
        "members": member_rows(house.representatives + house.minors),
        "diagnosis": {
            "number": str(row.number),
            "day": day(row.day),
            "words": day_words(row.day),
            "state": "" if row.state == "approved" else DRAFT,
            "depth": "" if row.crisis_depth is None else scale.depth(row.crisis_depth),
            **{name: getattr(row, name).strip() for name in TEXTS},
        },
        "spheres": [
            {
                "sphere": sentence(one.label),
                "score": "" if one.score is None else scale.score(one.score),
                "note": one.note.strip(),
                "change": scale.change(changes[one.sphere].better)[1] if one.sphere in changes else "",
            }
            for one in found.scores
        ],
        "earlier": {"day": day(earlier.day) if earlier else ""},
        "author": colleague(found.author),
        "approved": _approval(found.approver.short_name if found.approver else "", day(row.approved_at)),
    }


def _approval(by: str, on: str) -> Facts:
    return {"by": by or head_short(), "day": on}


def support_plan(plan_id: int) -> Facts:
    """The support plan: goals, measures with due date, responsible person and the family's own part (R17)."""
    plan = db.session.get_one(Plan, plan_id)
    sheet = plans.sheet_of(plan)
    patronage = db.session.get_one(Patronage, plan.patronage_id)
    house = household(patronage.family_id)
    return {
        "family": family_facts(house.family),
        "members": member_rows(house.representatives + house.minors),
        "plan": {
            "version": str(plan.version),
            "state": DRAFT if plan.state in IN_WORK else "",
            "aim": plan.aim.strip(),
            "resources": plan.resources.strip(),
            "wishes": plan.wishes.strip(),
            "family_part": plan.family_part.strip(),
            "agreed": day(plan.agreed_on),
        },
        "goals": [
            {"no": str(no), "sphere": _sphere(goal.row.sphere), "text": goal.row.text.strip()}
            for no, goal in enumerate(sheet.goals, 1)
        ],
        "measures": _measures(sheet),
        "author": {"short": sheet.editor},
        "representatives": [{"short": name} for name in _agreeing(sheet, house)],
        "approved": _approval(sheet.approver, day(plan.approved_at)),
    }


def with_one_representative(facts: Facts) -> Facts:
    """What plans said while one representative signed them: of an approved one, who has agreed to it."""
    first = facts["representatives"][0]
    return {
        "representative" if name == "representatives" else name: first if name == "representatives" else value
        for name, value in facts.items()
    }


def _sphere(code: str) -> str:
    return sentence(settings.word("spheres", code))


def _agreeing(sheet: Sheet, house: Household) -> list[str]:
    """With whom it was agreed; before that all who may sign, or a line to be signed by whoever comes."""
    with_whom = sheet.plan.agreed_with_id
    if with_whom is None:
        return [one.name.short for one in house.representatives] or [""]
    here = next((one for one in house.members if one.id == with_whom), None)
    return [here.name.short if here else sheet.agreed_with]


def _measures(sheet: Sheet) -> list[Facts]:
    return [
        {
            "no": f"{goal_no}.{no}",
            "goal": goal.row.text.strip(),
            "text": joined((line.row.text, _leisure(line.row)), " "),
            "family_part": line.row.family_part.strip(),
            "due": day(line.row.due_on),
            "who": line.who,
            "result": _result(line.row),
        }
        for goal_no, goal in enumerate(sheet.goals, 1)
        for no, line in enumerate(goal.measures, 1)
    ]


def _leisure(row: PlanMeasure) -> str:
    """REG 3: «организация совместной досуговой деятельности с семьей на базе Учреждения»."""
    return "(совместная досуговая деятельность)" if row.kind == "leisure" else ""


def _result(row: PlanMeasure) -> str:
    """«выполнено, 12.03.2026: справка получена»; nothing while it is in work."""
    if row.state == "open":
        return ""
    return joined((joined((OUTCOMES[row.state][1], day(row.done_on))), row.result), ": ")
