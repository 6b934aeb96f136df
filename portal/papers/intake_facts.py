"""What the papers at a family's beginning say: the application, the survey of living conditions, the agreement."""

from sqlalchemy import select

from portal.accounts import queries as accounts
from portal.db import db
from portal.families.models import FamilyMember
from portal.intake import labels
from portal.intake.models import Agreement, Intake, Survey
from portal.papers.facts import day, day_words
from portal.papers.kind import Facts
from portal.papers.people import children, colleague, declared, family_facts, household, member_rows
from portal.patronage.labels import REGIMES
from portal.patronage.models import Patronage

TEXTS = ("housing", "income", "health", "upbringing", "relations", "needs", "conclusion")


def application(patronage_id: int) -> Facts:
    """The family's own application for social services (R19): as entered, or one to be signed."""
    patronage = db.session.get_one(Patronage, patronage_id)
    house = household(patronage.family_id)
    row = _intake(patronage_id)
    own = row if row and row.kind == "application" else None
    person, minors_of = house.person(next(iter(house.representatives), None)), children(house)
    return {
        "family": family_facts(house.family),
        "representative": person,
        "declared": declared(person, house.family, minors_of["of"]),
        "children": minors_of,
        "members": member_rows(house.representatives + house.minors),
        "intake": {
            "day": day(own.received_on if own else None),
            "words": day_words(own.received_on if own else None),
            "about": own.about.strip() if own else "",
        },
    }


def _intake(patronage_id: int) -> Intake | None:
    return db.session.scalar(select(Intake).where(Intake.patronage_id == patronage_id))


def survey_report(patronage_id: int) -> Facts:
    """The report of the survey of living conditions (R8); empty where it was not carried out yet."""
    patronage = db.session.get_one(Patronage, patronage_id)
    house = household(patronage.family_id)
    row = db.session.scalar(select(Survey).where(Survey.patronage_id == patronage_id))
    intake = _intake(patronage_id)
    worker = accounts.names({row.conducted_by_id}).get(row.conducted_by_id) if row else None
    representative = next(iter(house.representatives), None)
    return {
        "family": family_facts(house.family),
        "representative": house.person(representative),
        "members": member_rows(house.representatives + house.minors),
        "specialist": colleague(worker),
        "intake": {"day": day(intake.received_on if intake else None), "from": _from(intake)},
        "survey": {
            "day": day(row.done_on if row else None),
            "words": day_words(row.done_on if row else None),
            "due": day(row.due_on if row else None),
            "present": row.present.strip() if row else "",
            "late_reason": row.late_reason.strip() if row else "",
            **{name: getattr(row, name).strip() if row else "" for name in TEXTS},
        },
    }


def _from(intake: Intake | None) -> str:
    """On what ground the family was visited: «заявление семьи», «сигнал: школа»."""
    if intake is None:
        return ""
    return f"сигнал: {labels.body(intake.body)}" if intake.kind == "signal" else "заявление семьи"


def agreement(patronage_id: int) -> Facts:
    """The service agreement (R19): the one in force or the last one, or one to be signed."""
    patronage = db.session.get_one(Patronage, patronage_id)
    query = select(Agreement).where(Agreement.patronage_id == patronage_id)
    order = (Agreement.ended_on.is_not(None), Agreement.signed_on.desc(), Agreement.id.desc())
    row = db.session.scalars(query.order_by(*order).limit(1)).first()
    house = household(patronage.family_id, row.representative_id if row else None)
    signer: FamilyMember | None = next(
        (one for one in house.representatives if row is None or one.id == row.representative_id), None
    )
    person, minors_of = house.person(signer), children(house)
    return {
        "family": family_facts(house.family),
        "representative": person,
        "declared": declared(person, house.family, minors_of["of"]),
        "children": minors_of,
        "agreement": {
            "number": row.number if row else "",
            "day": day(row.signed_on if row else None),
            "words": day_words(row.signed_on if row else None),
            "until": day_words(patronage.ends_on),
            "ended": day_words(row.ended_on if row else None),
            "end_reason": row.end_reason.strip() if row else "",
        },
        "patronage": {"regime": str(REGIMES[patronage.regime]) if patronage.regime else ""},
    }
