"""Values of cards for tests."""

from datetime import date
from typing import Any

from portal.families.values import FamilyValues, MemberValues
from portal.rules.names import parse_full_name


def representative(name: str = "Соколова Мария Ивановна", **fields: Any) -> MemberValues:
    """A legal representative."""
    return MemberValues("representative", parse_full_name(name), **fields)


def minor(name: str = "Соколов Пётр Олегович", **fields: Any) -> MemberValues:
    """A child born in 2015."""
    return MemberValues("minor", parse_full_name(name), **({"birth_date": date(2015, 3, 1)} | fields))


def family_values(*members: MemberValues, **fields: Any) -> FamilyValues:
    """A card: one representative and one child unless members are given."""
    return FamilyValues(members or (representative(), minor()), **fields)


def typed(**fields: Any) -> dict[str, Any]:
    """What the form of a family sends (names with a dash written `a__b`)."""
    return {
        "representatives__0__last_name": "Соколова",
        "representatives__0__first_name": "Мария",
        "representatives__0__middle_name": "Ивановна",
        "minors__0__last_name": "Соколов",
        "minors__0__first_name": "Пётр",
        "minors__0__birth_date": "2015-03-01",
        "phone": "8 (912) 345-67-89",
    } | fields
