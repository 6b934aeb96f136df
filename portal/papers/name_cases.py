"""Names in cases: «постановке Ивановой Марии Петровны», and what the center says of a name itself. DOMAIN §6."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from portal.accounts.models import User
from portal.db import db
from portal.families.models import FamilyMember
from portal.papers.name_models import CASES, NameCase
from portal.rules.names import FullName, parse_full_name, tidy_name

MODELS: dict[str, Any] = {one.__tablename__: one for one in (FamilyMember, User)}
OWNERS: dict[str, Any] = {
    FamilyMember.__tablename__: NameCase.member_id,
    User.__tablename__: NameCase.user_id,
}


@dataclass(frozen=True)
class Cases:
    """A name in all its cases, each in its parts; the properties give it whole."""

    nominative_parts: FullName
    genitive_parts: FullName
    dative_parts: FullName
    accusative_parts: FullName
    instrumental_parts: FullName
    prepositional_parts: FullName

    @property
    def nominative(self) -> str:
        """«Иванова Мария Петровна»."""
        return self.nominative_parts.full

    @property
    def genitive(self) -> str:
        """«Ивановой Марии Петровны»: of whom."""
        return self.genitive_parts.full

    @property
    def dative(self) -> str:
        """«Ивановой Марии Петровне»: to whom."""
        return self.dative_parts.full

    @property
    def accusative(self) -> str:
        """«Иванову Марию Петровну»: whom."""
        return self.accusative_parts.full

    @property
    def instrumental(self) -> str:
        """«Ивановой Марией Петровной»: by whom."""
        return self.instrumental_parts.full

    @property
    def prepositional(self) -> str:
        """«Ивановой Марии Петровне»: about whom, without «о»."""
        return self.prepositional_parts.full

    @property
    def short(self) -> str:
        """«Иванова М. П.»."""
        return self.nominative_parts.short

    @property
    def initials_first(self) -> str:
        """«М. П. Иванова», as beside a signature."""
        return " ".join((*self.short.split(" ")[1:], self.nominative_parts.last)).strip()

    def facts(self) -> dict[str, str]:
        """All of it as a paper's facts: `name`, `short`, each case whole, and `short_dative` and the like."""
        found = {"name": self.nominative, "short": self.short}
        for case in CASES:
            parts = getattr(self, f"{case}_parts")
            found |= {case: parts.full, f"short_{case}": parts.short}
        return found


@lru_cache(maxsize=4096)
def decline(last: str, first: str = "", middle: str = "", gender: str | None = None) -> Cases:
    """A name in its cases. `gender` is «m» or «f»; without it the name tells, and one that does not tell stays."""
    from portal.papers.name_parts import in_case, is_female  # their rules are loaded with the first name

    name = FullName(tidy_name(last), tidy_name(first), tidy_name(middle))
    female = is_female(name) if gender is None else gender == "f"
    return Cases(name, *(name if female is None else in_case(name, case, female) for case in CASES))


def of_person(table: str, person_id: int) -> Cases:
    """The name of a «family_members» or «users» row in its cases; what somebody corrected goes first."""
    return of_people(table, [person_id])[person_id]


def of_people(table: str, person_ids: Collection[int]) -> dict[int, Cases]:
    """The same of many of one table, by id, in two statements."""
    model, owner = MODELS[table], OWNERS[table]
    columns = (model.id, model.last_name, model.first_name, model.middle_name)
    people = db.session.execute(select(*columns).where(model.id.in_(person_ids))).all()
    kept: dict[int, list[NameCase]] = {}
    for row in db.session.scalars(select(NameCase).where(owner.in_(person_ids))):
        kept.setdefault(row.member_id or row.user_id or 0, []).append(row)
    return {one.id: _said(FullName(*one[1:]), kept.get(one.id, ())) for one in people}


def _said(name: FullName, rows: Iterable[NameCase]) -> Cases:
    proposed = decline(name.last, name.first, name.middle)
    said = {row.case_name: row.text for row in rows if row.of_name == name.full}
    return replace(proposed, **{f"{case}_parts": _apart(text) for case, text in said.items()})


def _apart(text: str) -> FullName:
    """A corrected name in its parts; one whose parts cannot be told stays whole."""
    parts = parse_full_name(text)
    return parts if parts.full == text else FullName(text)
