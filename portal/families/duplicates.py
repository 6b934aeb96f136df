"""Families on the register that a new card probably repeats."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.families.search import containing
from portal.families.values import FamilyValues, MemberValues
from portal.rules.names import normalise

MOST = 50


@dataclass(frozen=True)
class Duplicate:
    """A family with a representative of the same name; `sure` with the same phone or a same child as well."""

    id: int
    number: int
    name: str
    sure: bool


def probable_duplicates(values: FamilyValues) -> list[Duplicate]:
    """Whom the card may repeat, the surer first."""
    keys = {one.name.key for one in values.representatives}
    if not keys:
        return []
    condition = or_(*(containing(key) for key in sorted(keys)))
    query = select(Family.id, Family.number, Family.phone, Family.other_phones).where(condition)
    families = {row.id: row for row in db.session.execute(query.order_by(Family.number).limit(MOST))}
    people: dict[int, list[FamilyMember]] = {}
    for member in db.session.scalars(select(FamilyMember).where(FamilyMember.family_id.in_(families))):
        people.setdefault(member.family_id, []).append(member)
    found = []
    for row in families.values():
        members = people.get(row.id, [])
        same = [one for one in members if one.kind == "representative" and one.name.key in keys]
        if same:
            phones = {row.phone, *row.other_phones.split(", "), *(one.phone for one in members)} - {""}
            sure = bool(phones & set(values.phones)) or _shares_a_child(members, values.minors)
            found.append(Duplicate(row.id, row.number, same[0].full_name, sure))
    return sorted(found, key=lambda one: not one.sure)


def _shares_a_child(members: list[FamilyMember], minors: list[MemberValues]) -> bool:
    """A child of the same given name, born on the same day (or in the same year, where no more is known)."""
    there = [one for one in members if one.kind == "minor"]
    return any(
        normalise(here.name.first) == normalise(one.first_name) and _same_birth(here, one)
        for here in minors
        for one in there
    )


def _same_birth(here: MemberValues, there: FamilyMember) -> bool:
    if here.birth_date and there.birth_date:
        return here.birth_date == there.birth_date
    years = [one.birth_date.year if one.birth_date else one.birth_year for one in (here, there)]
    return years[0] is not None and years[0] == years[1]
