"""Rows of a register that was read become accounts and families; what of it is in the portal already."""

import hashlib
from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.access import Role
from portal.accounts.actions import add_user, profession_of
from portal.accounts.models import User
from portal.audit import Event
from portal.contacts import standing
from portal.db import db, refused_by
from portal.exchange.register_types import Person, Register, RegisterFamily, StaffRow
from portal.families.actions import next_number
from portal.families.models import Consent, Family, FamilyCategory, FamilyMember
from portal.families.search import search_text
from portal.patronage.models import Assignment, Patronage
from portal.rules import N_, RuleBroken
from portal.rules.names import FullName, parse_full_name

_KNOWN = RuleBroken("known", N_("This family is in the portal already."))


Place = tuple[str, int]  # sheet and row: a workbook may hold several registers


def known_families(register: Register) -> dict[Place, int]:
    """Rows of the register whose family is in the portal already: {place: the family's number}.

    The same family: a representative of the same name, and a telephone or a child in common.
    """
    surnames = {person.name.last for family in register.accepted for person in family.representatives}
    query = select(FamilyMember.family_id).where(FamilyMember.kind == "representative")
    found = query.where(FamilyMember.last_name.in_(surnames))
    families = {row.id: row for row in db.session.scalars(select(Family).where(Family.id.in_(found)))}
    members: dict[int, list[FamilyMember]] = defaultdict(list)
    for member in db.session.scalars(select(FamilyMember).where(FamilyMember.family_id.in_(found))):
        members[member.family_id].append(member)
    by_name: dict[str, set[int]] = defaultdict(set)
    for owner, people in members.items():
        for person in people:
            by_name[person.name.key].add(owner)
    return {
        (family.sheet, family.row): families[family_id].number
        for family in register.accepted
        if (family_id := _same(family, by_name, families, members)) is not None
    }


def _same(
    family: RegisterFamily,
    by_name: dict[str, set[int]],
    families: dict[int, Family],
    members: dict[int, list[FamilyMember]],
) -> int | None:
    children = {(child.name.key, child.born_year) for child in family.children}
    for person in family.representatives:
        for family_id in sorted(by_name.get(person.name.key, ())):
            theirs = {
                (member.name.key, member.birth_year)
                for member in members[family_id]
                if member.kind == "minor"
            }
            if children & theirs or (
                families[family_id].phone and families[family_id].phone in family.phones
            ):
                return family_id
    return None


def staff_names() -> list[str]:
    """Full names of the colleagues the portal knows."""
    return [user.full_name for user in db.session.scalars(select(User))]


def add_colleague(s: Session, row: StaffRow, name: FullName, username: str, actor_id: int | None) -> User:
    """Inside a transaction: an account for a worker of the register. Raises username_taken."""
    roles = {Role.SPECIALIST}
    if profession_of(row.position) == "social_pedagogue":
        roles.add(Role.PEDAGOGUE)
    return add_user(
        s,
        actor_id,
        roles,
        username=username,
        last_name=name.last,
        first_name=name.first,
        middle_name=name.middle,
        position=row.position,
        department=row.department,
    )


def key_of(family: RegisterFamily) -> str:
    """What keeps two imports at once from making the family twice."""
    people = sorted(person.name.key for person in family.representatives)
    marks = [*people, family.phone or "", *sorted(child.name.key for child in family.children)]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def add_family(s: Session, row: RegisterFamily, users: dict[str, int], actor_id: int | None) -> list[Any]:
    """Inside a transaction: the family, its members, consent, patronage and lead: all rows that were made.

    Raises known for one that came in with an earlier import.
    """
    number = next_number(s)
    family = Family(number=number, imported_key=key_of(row), created_by_id=actor_id, created_at=clock.now())
    _fill(family, row)
    s.add(family)
    with refused_by("uq_families_imported_key", _KNOWN):
        s.flush()
    consent = _add_consent(s, family, row, actor_id)
    rest = _add_patronage(s, family, row, users)
    audit.record(s, Event.FAMILY_IMPORTED, actor_id, family, new={"row": row.row, "number": number})
    return [family, *family.members, consent, *rest]


def _fill(family: Family, row: RegisterFamily) -> None:
    first = row.representatives[0].name
    family.surname, family.sort_name = first.last, first.key
    family.address, family.phone = row.address, row.phone or ""
    family.other_phones = ", ".join(row.phones[1:])
    family.note = row.note
    family.members = [_member("representative", person) for person in row.representatives]
    family.members += [_member("minor", person) for person in row.children]
    family.categories = [FamilyCategory(code=code) for code in dict.fromkeys(row.categories)]
    names = [person.name.full for person in (*row.representatives, *row.children)]
    family.search = search_text(family.number, names, row.phones)


def _member(kind: str, person: Person) -> FamilyMember:
    return FamilyMember(
        kind=kind,
        last_name=person.name.last,
        first_name=person.name.first,
        middle_name=person.name.middle,
        relation=person.relation,
        birth_date=person.born,
        birth_year=person.born_year,
    )


def _add_consent(s: Session, family: Family, row: RegisterFamily, actor_id: int | None) -> Consent:
    withdrawn = row.removed if row.removal_reason == "consent_withdrawn" else None
    consent = Consent(
        family_id=family.id,
        representative_id=family.members[0].id,
        given_on=row.consent,
        withdrawn_on=withdrawn,
        withdrawal_reason=row.removal_reason_text if withdrawn else "",
        imported=True,
        recorded_by_id=actor_id,
        recorded_at=clock.now(),
    )
    s.add(consent)
    return consent


def _add_patronage(s: Session, family: Family, row: RegisterFamily, users: dict[str, int]) -> list[Any]:
    patronage = Patronage(
        family_id=family.id,
        status="removed" if row.removed else "enrolled",
        stage="final" if row.removed else "main",
        regime=row.regime,
        term="long",
        opened_on=min(row.consent, row.enrolled),
        enrolled_on=row.enrolled,
        removed_on=row.removed,
        removal_reason=row.removal_reason,
        basis=row.basis,
        imported=True,
    )
    s.add(patronage)
    s.flush()
    lead = users.get(parse_full_name(row.lead).key) if row.lead else None
    assignments = []
    if lead:
        days = {"starts_on": row.enrolled, "ends_on": row.removed}
        assignments = [Assignment(patronage_id=patronage.id, user_id=lead, kind="lead", **days)]
    s.add_all(assignments)
    standing.refresh(s, patronage)
    return [patronage, *assignments]
