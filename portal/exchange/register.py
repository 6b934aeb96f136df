"""A register of families, as centres keep it in a spreadsheet, read into values and mistakes."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from portal.exchange.register_cells import cell_text, is_nothing, read_date
from portal.exchange.register_columns import NOTHING, REQUIRED, Columns, find_columns, find_staff_columns
from portal.exchange.register_rows import RowReader, SourceRow, staff_names
from portal.exchange.register_types import Duplicate, Refusal, Register, RegisterFamily, Remark, StaffRow
from portal.exchange.workbook import Sheet
from portal.rules import N_, RuleBroken
from portal.rules.names import normalise, parse_full_name, tidy_name

_CLOSING = re.compile(
    r"^(итого|всего|заведующ|директор|руковод|исполнит|составил|подпис|утвержд|согласован|начальник|м\. ?п)"
)
_DATA = [
    "representatives",
    "children",
    "address",
    "phone",
    "address_phone",
    "categories",
    "basis",
    "consent",
    "enrolled",
    "regime",
    "lead",
    "removed",
    "removal_reason",
    "child_birth",
]
_OF_A_CHILD = {"children", "child_birth", "note", "address", "phone", "address_phone", "categories"}
_SECTION = re.compile(r"\bсем(ь[яиею]|ей)\b|\bсоп\b|\bтжс\b|категори")
_AS_OF = re.compile(r"по состоянию на ([^\n]{6,30})")


def read_register(
    sheets: Sequence[Sheet],
    today: date,
    known_staff: Iterable[str] = (),
    said: Mapping[str, str] = NOTHING,
) -> Register:
    """Every row of the register sheets: accepted, refused or a duplicate; and the workers of the staff sheet.

    A date is in the future when it is after `today` and after the day that the title says the register is of.
    `known_staff` are full names of workers the portal knows already, `said` what headings mean by hand.

    Raises RuleBroken no_headings.
    """
    register = Register(staff=_read_staff(sheets, said))
    staff = staff_names([*(worker.full_name for worker in register.staff), *known_staff])
    earlier = _Earlier()
    for sheet in sheets:
        columns = find_columns(sheet, said)
        if columns is None:
            continue
        register.headings[sheet.name] = columns.headings
        register.missing = register.missing or _missing(columns)
        reader = RowReader(columns, staff, _latest(sheet, columns, today))
        for source in _family_rows(sheet, columns):
            _sort_in(register, reader.read(source), earlier)
    if not register.headings:
        message = N_(
            "No heading row was found: there must be columns of the representatives, children and dates."
        )
        raise RuleBroken("no_headings", message)
    return register


def _missing(columns: Columns) -> tuple[str, ...]:
    return tuple(field for field in REQUIRED if field not in columns.places)


def _sort_in(register: Register, result: RegisterFamily | Refusal, earlier: "_Earlier") -> None:
    register.rows_read += 1
    if isinstance(result, Refusal):
        register.refused.append(result)
        return
    original = earlier.find(result)
    if original is None:
        register.accepted.append(result)
        earlier.add(result)
    else:
        where = (result.sheet, result.row, original.sheet, original.row)
        register.duplicates.append(Duplicate(*where, family=result, original=original))


def _latest(sheet: Sheet, columns: Columns, today: date) -> date:
    """Today, or the day in the title («по состоянию на 01.11.2026») when that is later: clocks go wrong."""
    for _, cells in sheet.rows[: columns.first_row]:
        for cell in cells:
            if match := _AS_OF.search(normalise(cell_text(cell))):
                try:
                    return max(today, read_date(match[1], today) or today)
                except RuleBroken:
                    continue
    return today


def _family_rows(sheet: Sheet, columns: Columns) -> Iterator[SourceRow]:
    section, waiting = sheet.name, None
    for number, cells in sheet.rows[columns.first_row :]:
        filled = [text for text in map(cell_text, cells) if text]
        if not filled or _is_closing(filled) or all(text.isdigit() for text in filled):
            continue
        if waiting and _continues(columns, cells, number, waiting):
            waiting = _joined(waiting, cells, number)
        elif _is_family(columns, cells):
            if waiting:
                yield waiting
            waiting = SourceRow(sheet.name, number, section, cells)
        elif len(filled) <= 2:
            section = " ".join(filled)
    if waiting:
        yield waiting


def _is_closing(filled: list[str]) -> bool:
    words = [text for text in filled if not text.isdigit()] or [""]
    return len(filled) <= 4 and bool(_CLOSING.search(normalise(words[0])) or "___" in "".join(filled))


def _is_family(columns: Columns, cells: Sequence[object]) -> bool:
    texts = [text for field in _DATA if (text := columns.text(field, cells)) and not is_nothing(text)]
    if len(texts) > 1:
        return True
    named = columns.text("representatives", cells) or columns.text("children", cells)
    numbered = bool(columns.cells("number", cells)) and columns.places.get("number") != columns.places.get(
        "representatives"
    )
    return bool(texts and named and numbered and not _SECTION.search(normalise(named)))


def _continues(columns: Columns, cells: Sequence[object], number: int, above: SourceRow) -> bool:
    """Whether a row only adds children to the family above it, whose own cells are merged downwards."""
    filled = {field for field in columns.places if columns.cells(field, cells)}
    last = above.number + sum(remark.code == "continued" for remark in above.remarks)
    child = columns.text("children", cells)
    named = any(char.isdigit() for char in child) and not _SECTION.search(normalise(child))
    return named and filled <= _OF_A_CHILD and number == last + 1


def _joined(above: SourceRow, cells: Sequence[object], number: int) -> SourceRow:
    width = max(len(above.cells), len(cells))
    upper, lower = (list(row) + [""] * (width - len(row)) for row in (above.cells, cells))
    both = [_under(one, other) for one, other in zip(upper, lower, strict=True)]
    remark = Remark("continued", N_("Row %(row)s was read as a part of this one."), {"row": number})
    return SourceRow(above.sheet, above.number, above.section, tuple(both), [*above.remarks, remark])


def _under(upper: object, lower: object) -> object:
    texts = [cell_text(upper), cell_text(lower)]
    return "\n".join(texts) if all(texts) and texts[0] != texts[1] else (upper if texts[0] else lower)


def _read_staff(sheets: Sequence[Sheet], said: Mapping[str, str]) -> list[StaffRow]:
    staff: dict[str, StaffRow] = {}
    for sheet in sheets:
        found = None if find_columns(sheet, said) else find_staff_columns(sheet)
        if found is None:
            continue
        places, first = found
        for _, cells in sheet.rows[first:]:
            values = {
                field: cell_text(cells[place]) if place < len(cells) else ""
                for field, place in places.items()
            }
            name = parse_full_name(tidy_name(values["name"]))
            if name.last and name.first and not _is_closing([values["name"]]):
                position, department = (
                    " ".join(values.get(field, "").split()) for field in ("position", "department")
                )
                staff.setdefault(name.key, StaffRow(name.full, position, department))
    return list(staff.values())


class _Earlier:
    """Finds the accepted family a new one repeats: a representative in common, and a telephone or a child."""

    def __init__(self) -> None:
        self._by_name: defaultdict[str, list[RegisterFamily]] = defaultdict(list)

    def add(self, family: RegisterFamily) -> None:
        for person in family.representatives:
            self._by_name[person.name.key].append(family)

    def find(self, family: RegisterFamily) -> RegisterFamily | None:
        for person in family.representatives:
            for other in self._by_name.get(person.name.key, ()):
                if same_family(family, other):
                    return other
        return None


def same_family(one: RegisterFamily, other: RegisterFamily) -> bool:
    """Whether two rows are probably one family: a representative in common, and a telephone or a child."""
    if not {person.name.key for person in one.representatives} & {
        person.name.key for person in other.representatives
    }:
        return False
    if set(one.phones) & set(other.phones):
        return True
    return bool(_children(one) & _children(other))


def _children(family: RegisterFamily) -> set[tuple[str, int | None]]:
    return {(child.name.key, child.born_year) for child in family.children}


def plain(message: str, params: Mapping[str, object]) -> str:
    """The English sentence."""
    return message % params


def as_json(register: Register, say: Callable[[str, Mapping[str, object]], str] = plain) -> dict[str, object]:
    """The register as programs ask for it; `say` puts a message and its params into the reader's language."""
    return {
        "read": register.rows_read,
        "accepted": len(register.accepted),
        "refused": [
            {"row": refusal.row, "why": refusal.why, "message": say(refusal.message, refusal.params)}
            for refusal in register.refused
        ],
        "duplicates": [{"row": duplicate.row, "of": duplicate.of} for duplicate in register.duplicates],
        "families": [_family_json(family) for family in register.accepted],
    }


def _family_json(family: RegisterFamily) -> dict[str, object]:
    return {
        "row": family.row,
        "representatives": [person.name.full for person in family.representatives],
        "children": len(family.children),
        "phone": family.phone,
        "categories": list(family.category_labels),
        "consent": family.consent.isoformat(),
        "enrolled": family.enrolled.isoformat(),
        "regime": family.regime,
        "lead": family.lead,
        "removed": family.removed.isoformat() if family.removed else None,
    }
