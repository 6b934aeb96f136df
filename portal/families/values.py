"""What a family's form says, as plain values for the actions; the import fills them as well."""

from dataclasses import dataclass, field
from datetime import date

from portal.rules.names import FullName


@dataclass(frozen=True)
class MemberValues:
    """A representative or a minor; `id` of one who is on the card already."""

    kind: str
    name: FullName
    relation: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    phone: str = ""
    left_on: date | None = None
    id: int | None = None


@dataclass(frozen=True)
class FamilyValues:
    """A whole card: phones as E.164, several other phones by comma; categories by code."""

    members: tuple[MemberValues, ...]
    address: str = ""
    phone: str = ""
    other_phones: str = ""
    note: str = ""
    course_ended_on: date | None = None
    categories: tuple[str, ...] = field(default_factory=tuple)

    @property
    def representatives(self) -> list[MemberValues]:
        """The representatives who belong to the family now, in the card's order."""
        return [one for one in self.members if one.kind == "representative" and one.left_on is None]

    @property
    def minors(self) -> list[MemberValues]:
        """The minors who belong to the family now."""
        return [one for one in self.members if one.kind == "minor" and one.left_on is None]

    @property
    def phones(self) -> list[str]:
        """Every phone on the card."""
        found = [self.phone, *self.other_phones.split(","), *(one.phone for one in self.members)]
        return [phone.strip() for phone in found if phone.strip()]
