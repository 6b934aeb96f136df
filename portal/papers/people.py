"""The people of a family as papers name them: in the cases that sentences need, with what the card knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from portal.access import Role
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.db import db
from portal.families.models import Family, FamilyMember
from portal.families.queries import signing_age
from portal.papers.facts import day
from portal.papers.kind import Facts
from portal.papers.name_cases import Cases, of_people
from portal.papers.russian import joined, phones
from portal.rules.consent import OF_AGE, Minor, certain_age
from portal.settings import queries as settings

NOBODY: Facts = dict.fromkeys(("full", "short", "genitive", "dative", "born", "relation", "phone"), "")


ONE_CHILD = {
    True: "несовершеннолетней",
    False: "несовершеннолетнего",
    None: "несовершеннолетнего(ей)",
}


@dataclass(frozen=True)
class Household:
    """A family with its members who belong to it now, each with the name in its cases."""

    family: Family
    members: list[FamilyMember]
    cases: dict[int, Cases]

    @property
    def representatives(self) -> list[FamilyMember]:
        """In the card's order."""
        return [one for one in self.members if one.kind == "representative"]

    @property
    def minors(self) -> list[FamilyMember]:
        """The eldest first."""
        return eldest_first(one for one in self.members if one.kind == "minor")

    def person(self, member: FamilyMember | None) -> Facts:
        """Somebody of the family."""
        if member is None:
            return dict(NOBODY)
        cases = self.cases[member.id]
        return {
            "full": member.full_name,
            "short": member.name.short,
            "genitive": cases.genitive,
            "dative": cases.dative,
            "born": born(member),
            "relation": member.relation,
            "phone": phones(member.phone or (self.family.phone if member.kind == "representative" else "")),
        }


def eldest_first(members: Iterable[FamilyMember]) -> list[FamilyMember]:
    """By birth; of whom only the year is known, behind those of the year whose day is."""
    return sorted(members, key=lambda one: (_year(one), one.birth_date or date.max, one.id))


def _year(member: FamilyMember) -> int:
    return member.birth_date.year if member.birth_date else member.birth_year or 9999


def household(family_id: int, *also: int | None) -> Household:
    """The family in four queries; `also` are members who belong to it here even when they have left since."""
    family = db.session.get_one(Family, family_id)
    here = or_(FamilyMember.left_on.is_(None), FamilyMember.id.in_([one for one in also if one]))
    query = select(FamilyMember).where(FamilyMember.family_id == family_id, here)
    members = list(db.session.scalars(query.order_by(FamilyMember.id)))
    return Household(family, members, of_people("family_members", [one.id for one in members]))


def family_facts(family: Family) -> Facts:
    """What papers say of the family itself."""
    return {
        "number": str(family.number),
        "surname": family.surname,
        "name": f"{family.surname}, карта № {family.number}",
        "address": family.address,
        "phone": phones(family.phone, family.other_phones),
        "categories": categories(family),
    }


def categories(family: Family) -> str:
    """The family's categories, in the order of the word list."""
    kept = {row.code for row in family.categories}
    words = settings.words("categories", also=frozenset(kept))
    return joined(label for code, label in words if code in kept)


def born(member: FamilyMember) -> str:
    """«12.03.2015 г. р.», «2012 г. р.»; nothing where it is not known."""
    if member.birth_date:
        return f"{day(member.birth_date)} г. р."
    return f"{member.birth_year} г. р." if member.birth_year else ""


def member_rows(members: Iterable[FamilyMember]) -> list[Facts]:
    """The members as rows of a table."""
    return [
        {
            "no": str(number),
            "name": one.full_name,
            "born": day(one.birth_date) or born(one),
            "relation": one.relation or ("ребёнок" if one.kind == "minor" else "законный представитель"),
            "phone": phones(one.phone),
        }
        for number, one in enumerate(members, 1)
    ]


def children(house: Household, minors: Iterable[FamilyMember] | None = None) -> Facts:
    """«несовершеннолетнего Соколова Ивана Петровича, 12.03.2015 г. р.» in the genitive; nothing without children."""
    here = list(house.minors if minors is None else minors)
    named = [joined((house.cases[one.id].genitive, born(one))) for one in here]
    word = "несовершеннолетних" if len(here) != 1 else ONE_CHILD[here[0].name.female]
    return {
        "genitive": joined(named, "; "),
        "of": f"{word} {joined(named, '; ')}" if here else "",
        "count": str(len(here) or ""),
    }


def declared(person: Facts, family: Family, of_children: str = "") -> Facts:
    """«…, 12.03.1990 г. р., адрес места жительства: …, законный представитель …»: who declares, as far as known."""
    address = f"адрес места жительства: {family.address}" if family.address else ""
    phone = f"тел. {person['phone']}" if person["phone"] else ""
    stands_for = f"законный представитель {of_children}" if of_children else ""
    known = person["full"] and joined((person["full"], person["born"], address, phone, stands_for))
    return {"who": known}


def who_sign_too(minors: Iterable[FamilyMember], on: date) -> list[FamilyMember]:
    """The minors whose signature a consent needs besides (R1; the age is a setting)."""
    age = signing_age()
    if age is None:
        return []
    found = ((one, certain_age(Minor(one.id, one.birth_date, one.birth_year), on)) for one in minors)
    return [one for one, years in found if years is not None and age <= years < OF_AGE]


def colleague(user: User | None) -> Facts:
    """A colleague: full and short name, position."""
    if user is None:
        return {"full": "", "short": "", "position": ""}
    return {"full": user.full_name, "short": user.short_name, "position": user.position}


def head_short() -> str:
    """The head of department, where there is one alone; else the line stays open for whoever signs."""
    heads = accounts.with_role(Role.HEAD)
    return heads[0].short_name if len(heads) == 1 else ""
