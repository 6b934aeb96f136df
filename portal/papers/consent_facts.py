"""What consents say: to patronage, to personal data, to photo and video; and their withdrawal."""

from typing import Any

from sqlalchemy import select

from portal import clock
from portal.clubs.group_models import PhotoConsent
from portal.db import db
from portal.families.models import Consent, ConsentSignature, FamilyMember
from portal.families.queries import signing_age
from portal.papers.facts import day, day_words
from portal.papers.kind import Facts
from portal.papers.people import Household, children, declared, family_facts, household, who_sign_too
from portal.rules.consent import OF_AGE, Minor, certain_age


def consent(member_id: int) -> Facts:
    """The consent to patronage of a representative: of the one in force, or one to be signed today."""
    member = db.session.get_one(FamilyMember, member_id)
    house = household(member.family_id, member_id)
    here = (Consent.representative_id == member_id, Consent.withdrawn_on.is_(None))
    query = select(Consent).where(*here).order_by(Consent.given_on.desc(), Consent.id.desc())
    given = db.session.scalars(query.limit(1)).first()
    signed = _signed(given.id) if given else set()
    on = given.given_on if given else clock.today()
    minors = [one for one in who_sign_too(house.minors, on) if one.id not in signed]
    minors = [one for one in house.minors if one.id in signed or one in minors]
    return _declared(house, member, minors) | {"given": _given(given.given_on if given else None)}


def _signed(consent_id: int) -> set[int]:
    query = select(ConsentSignature.minor_id).where(ConsentSignature.consent_id == consent_id)
    return set(db.session.scalars(query))


def _given(on: Any) -> Facts:
    return {"day": day(on), "words": day_words(on)}


def _declared(house: Household, member: FamilyMember, minors: list[FamilyMember]) -> Facts:
    """Who declares, for which children, who signs besides."""
    others = [one for one in house.representatives if one.id != member.id]
    person, minors_of = house.person(member), children(house)
    return {
        "family": family_facts(house.family),
        "representative": person,
        "declared": declared(person, house.family, minors_of["of"]),
        "children": minors_of,
        "others": [{"name": one.full_name, "short": one.name.short} for one in others],
        "minors": [{"name": one.full_name, "short": one.name.short} for one in minors],
        "age": _age(),
    }


def _age() -> Facts:
    """From which age minors sign too: a setting."""
    age = signing_age()
    return {"words": f", достигший(ая) возраста {age} лет" if age else ""}


def withdrawal(consent_id: int) -> Facts:
    """The withdrawal of a consent: of one withdrawn, or one to be signed."""
    row = db.session.get_one(Consent, consent_id)
    member = db.session.get_one(FamilyMember, row.representative_id)
    house = household(row.family_id, member.id)
    person, minors_of = house.person(member), children(house)
    return {
        "family": family_facts(house.family),
        "representative": person,
        "declared": declared(person, house.family, minors_of["of"]),
        "children": minors_of,
        "consent": _given(row.given_on),
        "withdrawn": _given(row.withdrawn_on) | {"reason": row.withdrawal_reason.strip()},
    }


def personal_data(member_id: int) -> Facts:
    """The consent to the processing of personal data, of a representative for themselves and the children."""
    member = db.session.get_one(FamilyMember, member_id)
    house = household(member.family_id, member_id)
    return _declared(house, member, who_sign_too(house.minors, clock.today()))


def photo(member_id: int) -> Facts:
    """The photo consent of a member: signed by themselves when of age, by a representative for a child (R15)."""
    member = db.session.get_one(FamilyMember, member_id)
    query = select(PhotoConsent).where(
        PhotoConsent.member_id == member_id, PhotoConsent.withdrawn_on.is_(None)
    )
    given = db.session.scalar(query)
    house = household(member.family_id, member_id, given.given_by_id if given else None)
    is_child = member.kind == "minor" and not _is_of_age(member)
    signer = _signer(house, member, given) if is_child else member
    too = [member] if is_child and member in who_sign_too([member], clock.today()) else []
    person, minors_of = house.person(signer), children(house, [member] if is_child else [])
    return {
        "family": family_facts(house.family),
        "signer": person,
        "declared": declared(person, house.family, minors_of["of"]),
        "children": minors_of,
        "minors": [{"name": one.full_name, "short": one.name.short} for one in too],
        "age": _age(),
        "given": _given(given.given_on if given else None),
    }


def _is_of_age(member: FamilyMember) -> bool:
    born = Minor(member.id, member.birth_date, member.birth_year)
    return (certain_age(born, clock.today()) or 0) >= OF_AGE


def _signer(house: Household, member: FamilyMember, given: PhotoConsent | None) -> FamilyMember | None:
    """Who has signed for the child, else its first representative."""
    if given is not None:
        return next((one for one in house.members if one.id == given.given_by_id), None)
    return next(iter(house.representatives), None)
