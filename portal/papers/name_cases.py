"""Names in cases: «постановке Ивановой Марии Петровны», and what the center says of a name itself. DOMAIN §6."""

from dataclasses import dataclass
from functools import lru_cache

from portal.papers.name_parts import CASES, FIRST, LAST, MIDDLE, decline_part, is_female
from portal.rules.names import FullName, tidy_name


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
    name = FullName(tidy_name(last), tidy_name(first), tidy_name(middle))
    female = is_female(name) if gender is None else gender == "f"
    return Cases(name, *(name if female is None else _in_case(name, case, female) for case in CASES))


def _in_case(name: FullName, case: str, female: bool) -> FullName:
    last, first, middle = (
        decline_part(part, text, case, female)
        for part, text in ((LAST, name.last), (FIRST, name.first), (MIDDLE, name.middle))
    )
    return FullName(last, first, middle)
