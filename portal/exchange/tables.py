"""Tables with one row of headings: which column is which, by the heading or as somebody has said by hand."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.exchange.register_cells import DATE, cell_text
from portal.exchange.register_columns import HEADING_ROWS
from portal.exchange.rows import Field, Row
from portal.exchange.workbook import Sheet
from portal.rules import N_, RuleBroken
from portal.rules.names import normalise

LONGEST_HEADING = 200
_CLOSING = re.compile(r"^(итого|всего|заведующ|директор|руковод|исполнит|составил|подпис|утвержд|согласован)")


@dataclass(frozen=True)
class Found:
    """The headings of a sheet, the place of each field, and where the rows begin."""

    sheet: Sheet
    headings: tuple[str, ...]
    places: Mapping[str, int]
    first_row: int


def key_of(heading: str) -> str:
    """A heading as it is remembered."""
    return normalise(heading)[:LONGEST_HEADING]


def field_of(heading: str, fields: Sequence[Field], said: Mapping[str, str]) -> str:
    """The field a heading means: as it was said by hand, or by its words; "" for none."""
    text = key_of(heading)
    if not text:
        return ""
    if text in said:
        return said[text]
    return next((one.code for one in fields if re.search(one.pattern, text)), "")


def find_tables(sheets: Sequence[Sheet], fields: Sequence[Field], said: Mapping[str, str]) -> list[Found]:
    """The sheets with a row of headings; when none has any that is known, the widest row of the first sheet.

    Raises no_headings when there is nothing like it.
    """
    found = [one for sheet in sheets if (one := _best(sheet, fields, said))]
    if not found and (one := guessed(sheets, fields, said)):
        return [one]
    if not found:
        raise RuleBroken("no_headings", N_("No row of headings was found: the first row names the columns."))
    return found


def find_list(sheet: Sheet, fields: Sequence[Field], said: Mapping[str, str]) -> Found | None:
    """The headings of the sheet, if there is a column of each needed field."""
    found = _best(sheet, fields, said)
    return found if found and not missing([found], fields) else None


def _best(sheet: Sheet, fields: Sequence[Field], said: Mapping[str, str]) -> Found | None:
    best: Found | None = None
    for place, (_, cells) in enumerate(sheet.rows[:HEADING_ROWS]):
        texts = tuple(cell_text(cell) for cell in cells)
        if any(_is_value(cell) for cell in cells):
            continue
        one = _found(sheet, texts, place + 1, fields, said)
        if len(one.places) > 1 and (best is None or len(one.places) > len(best.places)):
            best = one
    return best


def _is_value(cell: object) -> bool:
    """Whether a cell holds what no heading does: a day, a number, a text with a day in it."""
    return not isinstance(cell, str) or bool(DATE.search(cell))


def guessed(sheets: Sequence[Sheet], fields: Sequence[Field], said: Mapping[str, str]) -> Found | None:
    """The first row with several texts in it: its columns are named by hand."""
    for sheet in sheets:
        for place, (_, cells) in enumerate(sheet.rows[:HEADING_ROWS]):
            texts = tuple(cell_text(cell) for cell in cells)
            if sum(bool(text) and not text.isdigit() for text in texts) > 1:
                return _found(sheet, texts, place + 1, fields, said)
    return None


def _found(
    sheet: Sheet, texts: tuple[str, ...], first_row: int, fields: Sequence[Field], said: Mapping[str, str]
) -> Found:
    places: dict[str, int] = {}
    for place, text in enumerate(texts):
        if len(text) <= LONGEST_HEADING and (code := field_of(text, fields, said)):
            places.setdefault(code, place)
    return Found(sheet, texts, places, first_row)


def rows_of(found: Found) -> Iterator[Row]:
    """The rows below the headings, but for numbers of columns and closing lines."""
    for number, cells in found.sheet.rows[found.first_row :]:
        filled = [text for text in map(cell_text, cells) if text]
        if not filled or all(text.isdigit() for text in filled) or _is_closing(filled):
            continue
        values = {code: cells[at] for code, at in found.places.items() if at < len(cells)}
        if any(cell_text(value) for value in values.values()):
            yield Row(found.sheet.name, number, cells, values)


def _is_closing(filled: list[str]) -> bool:
    return len(filled) <= 3 and bool(_CLOSING.search(normalise(filled[0])) or "___" in "".join(filled))


def missing(found: Sequence[Found], fields: Sequence[Field]) -> tuple[str, ...]:
    """The required fields that some sheet has no column of."""
    return tuple(one.code for one in fields if one.required and any(one.code not in t.places for t in found))
