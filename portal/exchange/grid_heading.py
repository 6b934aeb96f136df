"""The row of a sheet in which the days of a wide table stand."""

import itertools
import re
from collections.abc import Sequence

from portal.exchange import grid_days
from portal.exchange.grid_days import Part
from portal.exchange.register_cells import cell_text
from portal.exchange.register_columns import HEADING_ROWS
from portal.exchange.workbook import Sheet
from portal.rules.names import normalise

OVER = 2  # rows of headings above the row of days
_NAMES = re.compile(
    r"ф\.? ?и\.? ?о\b|фамили|\bимя\b|отчеств|участник|получател|ребен|\bдет(и|ей)\b|воспитанник|подопечн|ученик"
    r"|учащ|обучающ"
)
_OTHERS = re.compile(
    r"родител|представител|\bмам|\bмат(ь|ер)|педагог|специалист|рожд|телефон|возраст|школ|класс"
)
Cells = Sequence[object]


def parts_of(cells: Cells) -> dict[int, Part]:
    """The days in a row, but for one in the first column: names stand left of them."""
    found = {n: grid_days.read(cell) for n, cell in enumerate(cells) if n}
    return {n: part for n, part in found.items() if part and part.day is not None}


def first_column(cells: Cells) -> int:
    """The first column of the days; one before them whose heading begins with a number was meant to be one."""
    first = min(parts_of(cells))
    while first > 1 and cell_text(cells[first - 1])[:1].isdigit():
        first -= 1
    return first


def row_of_days(sheet: Sheet) -> int | None:
    """The row that holds the days: with whole days rather than bare numbers, the uppermost of the fullest."""
    best: tuple[int, int, int] | None = None
    for at, (_, cells) in enumerate(sheet.rows[:HEADING_ROWS]):
        parts = parts_of(cells)
        dated = [n for n, part in parts.items() if part.month is not None]
        named = any(_is_name(sheet.rows[n][1], min(parts)) for n in _near(sheet, at)) if parts else False
        if dated and (len(dated) > 1 or named) and not _dates_below(sheet, at, dated):
            rank = (2, len(dated), -at)
        elif named and not dated and _is_count_of_days([part.day for part in parts.values()]):
            rank = (1, len(parts), -at)
        else:
            continue
        best = max(best, rank) if best else rank
    return -best[2] if best else None


def _near(sheet: Sheet, at: int) -> range:
    return range(max(0, at - OVER), min(len(sheet.rows), at + 2))


def _is_name(cells: Cells, before: int) -> bool:
    """Whether a heading of names stands left of the days."""
    return any(means_name(cell_text(cell)) for cell in cells[:before])


def means_name(text: str) -> bool:
    """Whether a heading is one of the recipients' names."""
    plain = normalise(text)
    return bool(len(plain) <= 60 and _NAMES.search(plain) and not _OTHERS.search(plain))


def _is_count_of_days(days: Sequence[int | None]) -> bool:
    """Whether numbers can be days of a month or of months on end; marks and numbers of columns are none."""
    found = [day or 0 for day in days]
    steps = list(itertools.pairwise(found))
    return len(set(found)) > 1 and sum(one > other for one, other in steps) <= len(found) // 4


def _dates_below(sheet: Sheet, at: int, places: Sequence[int]) -> bool:
    """Whether days stand below too: then it is a row of a list, and no row of headings."""
    below = [cells[n] for _, cells in sheet.rows[at + 1 : at + 8] for n in places if n < len(cells)]
    filled = [part for cell in below if cell != "" and ((part := grid_days.read(cell)) or True)]
    dated = [part for part in filled if part and part.month is not None]
    return bool(filled) and len(dated) * 2 >= len(filled)
