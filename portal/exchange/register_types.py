"""What a register, once read, consists of: plain values that know no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.rules.names import FullName


@dataclass(frozen=True)
class Remark:
    """Something to tell about a row: `code` for programs, an English msgid with its params for people."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """A representative or a child; of the birth date often only the year is known, or nothing."""

    name: FullName
    born: date | None = None
    born_year: int | None = None
    relation: str = ""


@dataclass(frozen=True)
class RegisterFamily:
    """A family of the register that can be put on the books as it stands.

    `categories` are the codes of DOMAIN §5, `category_labels` the register's words («опекунская»); `phones`
    are E.164 with the mobile first, `phone_text` what was written; `regime` is emergency, planned or control;
    `lead` is the full name where the person is known (`lead_known`), else as written, None where the cell is
    empty; `removal_reason` is a code of DOMAIN §5 or other, None while the family is on patronage.
    """

    sheet: str
    row: int
    representatives: tuple[Person, ...]
    children: tuple[Person, ...]
    address: str
    phones: tuple[str, ...]
    phone_text: str
    categories: tuple[str, ...]
    category_labels: tuple[str, ...]
    basis: str
    consent: date
    enrolled: date
    regime: str
    lead: str | None
    lead_known: bool
    removed: date | None
    removal_reason: str | None
    removal_reason_text: str
    note: str
    warnings: tuple[Remark, ...] = ()

    @property
    def phone(self) -> str | None:
        """The number to dial first."""
        return self.phones[0] if self.phones else None


@dataclass(frozen=True)
class Refusal:
    """A row that cannot be taken: the first mistake in it, the `others`, and its cells, to be mended.

    `section` is the section row it stood under, "" where none: the mended file needs it again.
    """

    sheet: str
    row: int
    why: str
    message: str
    params: Mapping[str, object]
    cells: tuple[object, ...]
    others: tuple[Remark, ...] = ()
    section: str = ""


@dataclass(frozen=True)
class Duplicate:
    """A sound row that most likely repeats the earlier accepted row `of`."""

    sheet: str
    row: int
    of_sheet: str
    of: int
    family: RegisterFamily
    original: RegisterFamily


@dataclass(frozen=True)
class StaffRow:
    """A worker of the staff sheet."""

    full_name: str
    position: str
    department: str


@dataclass
class Register:
    """Everything read from one workbook; `rows_read` = accepted + refused + duplicates.

    `headings` are those of each register sheet; `missing` are the columns (codes) without a heading.
    """

    rows_read: int = 0
    accepted: list[RegisterFamily] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    staff: list[StaffRow] = field(default_factory=list)
    headings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
