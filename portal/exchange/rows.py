"""What a workbook of any kind consists of once it is read: rows that can be taken, and rows that cannot."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.exchange.register_cells import cell_text
from portal.exchange.register_types import Refusal, Remark
from portal.rules import RuleBroken

ACCEPTED, REFUSED, KNOWN, DOUBLE = "accepted", "refused", "known", "double"
STATES = (ACCEPTED, REFUSED, KNOWN, DOUBLE)


@dataclass
class Row:
    """A row of the workbook: its cells by field, what was understood (`facts`), and what becomes of it.

    `remarks` say why it is refused, or what to mind; `same` is the place in the workbook it repeats; `shown` are the
    cells of the preview; `key` tells what it is, alike each time the same is brought in. Of a wide table it is one
    mark: `column` is its column there, and `cells` are those of the list that it would stand in.
    """

    sheet: str
    number: int
    cells: tuple[object, ...]
    values: Mapping[str, object] = field(default_factory=dict)
    section: str = ""
    state: str = ACCEPTED
    remarks: list[Remark] = field(default_factory=list)
    same: str = ""
    shown: tuple[str, ...] = ()
    key: str = ""
    facts: Any = None
    column: str = ""

    @property
    def place(self) -> str:
        """Where it stands in its sheet: «12», of a wide table «F12»."""
        return f"{self.column}{self.number}"

    @property
    def texts(self) -> list[str]:
        """What stands in the filled cells."""
        return [text for text in map(cell_text, self.cells) if text]

    def refuse(self, broken: RuleBroken) -> None:
        """The row cannot be taken, for this reason too."""
        if self.state != REFUSED:
            self.state, self.remarks = REFUSED, []
        self.remarks.append(Remark(broken.code, broken.message, broken.params))

    def warn(self, code: str, message: str, **params: object) -> None:
        """Something to mind."""
        self.remarks.append(Remark(code, message, params))

    def known(self, message: str, **params: object) -> None:
        """What the row says is in the portal already."""
        self.state, self.remarks = KNOWN, [Remark("known", message, params)]

    def double(self, of: object) -> None:
        """The row repeats what stands at an earlier place of the workbook."""
        self.state, self.same = DOUBLE, str(of)


@dataclass(frozen=True)
class Field:
    """A column that a kind of workbook has: `pattern` fits its headings, normalized."""

    code: str
    title: str  # message id
    pattern: str
    required: bool = False


@dataclass
class Preview:
    """A workbook that was read and judged; `headings` are those of each sheet; `missing` required fields.

    `notes` say how it was read, and what of it was not.
    """

    rows: list[Row]
    headings: Mapping[str, Sequence[str]]
    missing: tuple[str, ...] = ()
    notes: Sequence[Remark] = ()
    extra: Any = None  # what else the workbook holds: the workers of a register

    def of(self, state: str) -> list[Row]:
        """The rows of which this becomes."""
        return [row for row in self.rows if row.state == state]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows become what."""
        return {state: sum(row.state == state for row in self.rows) for state in STATES}

    @property
    def refusals(self) -> list[Refusal]:
        """The refused rows as the workbook to mend wants them."""
        return [_refusal(row) for row in self.of(REFUSED)]


def _refusal(row: Row) -> Refusal:
    first, *others = row.remarks
    why = (first.code, first.message, first.params)
    return Refusal(row.sheet, row.number, *why, row.cells, tuple(others), row.section)


def batches(rows: Sequence[Row], size: int) -> Iterable[Sequence[Row]]:
    """The rows, so many at a time."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def guarded(row: Row, judge: Callable[[Row], None]) -> None:
    """Judge the row; what a rule says against it refuses it."""
    try:
        judge(row)
    except RuleBroken as broken:
        row.refuse(broken)
