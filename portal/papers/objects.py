"""What the papers of a family are made of, by one id each: within whose reach it is, and of which family."""

from typing import Any

from sqlalchemy import Select, select

from portal.contacts.models import Contact
from portal.db import db
from portal.diagnosis.models import Diagnosis
from portal.families import queries as families
from portal.families.models import Consent, Family, FamilyMember
from portal.patronage.models import ClosingAnalysis, Patronage
from portal.plans.models import Plan


def get_patronage(user: Any, patronage_id: int) -> Patronage | None:
    """An episode of a family within the user's reach, else None."""
    query = select(Patronage).join(Family, Family.id == Patronage.family_id)
    found: Patronage | None = db.session.scalar(
        query.where(Patronage.id == patronage_id, families.reach(user))
    )
    return found


def get_analyzed(user: Any, patronage_id: int) -> Patronage | None:
    """The same, when its closing analysis is written."""
    found = get_patronage(user, patronage_id)
    return found if found and db.session.get(ClosingAnalysis, patronage_id) else None


def get_member(user: Any, member_id: int) -> FamilyMember | None:
    """A member of a family within the user's reach, else None."""
    query = select(FamilyMember).join(Family, Family.id == FamilyMember.family_id)
    found: FamilyMember | None = db.session.scalar(
        query.where(FamilyMember.id == member_id, families.reach(user))
    )
    return found


def get_representative(user: Any, member_id: int) -> FamilyMember | None:
    """A legal representative of a family within the user's reach, else None."""
    found = get_member(user, member_id)
    return found if found and found.kind == "representative" else None


def get_consent(user: Any, consent_id: int) -> Consent | None:
    """A consent to patronage of a family within the user's reach, else None."""
    query = select(Consent).join(Family, Family.id == Consent.family_id)
    found: Consent | None = db.session.scalar(query.where(Consent.id == consent_id, families.reach(user)))
    return found


def own(family_id: int) -> int | None:
    """The family of a family."""
    return family_id


def of_patronage(patronage_id: int) -> int | None:
    """The family of an episode."""
    return _scalar(select(Patronage.family_id).where(Patronage.id == patronage_id))


def of_member(member_id: int) -> int | None:
    """The family of a member."""
    return _scalar(select(FamilyMember.family_id).where(FamilyMember.id == member_id))


def of_consent(consent_id: int) -> int | None:
    """The family of a consent."""
    return _scalar(select(Consent.family_id).where(Consent.id == consent_id))


def of_diagnosis(diagnosis_id: int) -> int | None:
    """The family of a diagnosis."""
    return _scalar(_by_patronage(Diagnosis).where(Diagnosis.id == diagnosis_id))


def of_plan(plan_id: int) -> int | None:
    """The family of a plan."""
    return _scalar(_by_patronage(Plan).where(Plan.id == plan_id))


def of_contact(contact_id: int) -> int | None:
    """The family of a contact."""
    return _scalar(_by_patronage(Contact).where(Contact.id == contact_id))


def of_none(_object_id: int) -> int | None:
    """Papers that are of no family."""
    return None


def _by_patronage(model: Any) -> Select[Any]:
    return select(Patronage.family_id).join(model, model.patronage_id == Patronage.id)


def _scalar(query: Select[Any]) -> int | None:
    found: int | None = db.session.scalar(query)
    return found
