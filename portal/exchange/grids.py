"""Wide tables of attendance: children down, days across, marks in the cells. Where such a table is in a sheet."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.exchange import grid_days, tables
from portal.exchange.grid_days import Part
from portal.exchange.grid_heading import OVER, first_column, means_name, parts_of, row_of_days
from portal.exchange.register_cells import cell_text
from portal.exchange.rows import Field
from portal.exchange.workbook import Sheet
from portal.exchange.workbook_guard import too_wide
from portal.rules import N_, RuleBroken
from portal.rules.names import normalise

MOST_ROWS, MOST_COLUMNS, MOST_MERGED = 3_000, 400, 50_000
UNDER = 3  # rows of headings below the row of days
_WORD = re.compile(r"[а-яёa-z]{2,}", re.IGNORECASE)
Cells = Sequence[object]


@dataclass(frozen=True)
class Grid:
    """A wide table: the place of its sheet, the texts above it, its rows (merged cells filled), its columns.

    `days` says of each column what its headings say of the day, None for one that is meant and cannot be read;
    `left_out` are columns of sums and remarks; `names` are joined to a name; `heads` the headings of the left.
    """

    place: int
    sheet: Sheet
    titles: tuple[str, ...]
    heading: int  # the row that the days stand in, as Excel numbers it
    rows: list[tuple[int, list[object]]]
    days: dict[int, Part | None]
    texts: dict[int, str]
    heads: tuple[str, ...]
    names: tuple[int, ...]
    family: int | None
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the sheet; a csv has none."""
        return self.sheet.name or "1"

    @property
    def first_row(self) -> int:
        """The place in the sheet where the rows below the days begin."""
        return next(n for n, (number, _) in enumerate(self.sheet.rows, 1) if number == self.heading)


def letters(place: int) -> str:
    """A column as Excel calls it: 0 is A, 27 is AB."""
    name, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def find(place: int, sheet: Sheet, fields: Sequence[Field], said: Mapping[str, str]) -> Grid | None:
    """The wide table of the sheet, None where there is none. Raises too_many_rows, too_many_cells."""
    at = row_of_days(sheet)
    if at is None or tables.find_list(sheet, fields, said):
        return None
    first = first_column(sheet.rows[at][1])
    last = max((n for _, cells in sheet.rows[at:] for n, cell in enumerate(cells) if cell != ""), default=0)
    if last - first >= MOST_COLUMNS:
        raise too_wide()
    if len(sheet.rows) - at > MOST_ROWS:
        message = N_("A table of attendance has more than %(limit)s rows. Split the file into several.")
        raise RuleBroken("too_many_rows", message, limit=MOST_ROWS)
    rows = _filled(sheet, max(0, at - OVER), first, last + 1)
    here = next(n for n, (number, _) in enumerate(rows) if number == sheet.rows[at][0])
    return _grid(place, sheet, rows, here, first, fields, said)


def _filled(sheet: Sheet, start: int, first: int, width: int) -> list[tuple[int, list[object]]]:
    """The rows from there on, of one width; what is merged among the names or among the days stands in each cell."""
    rows = [(number, [*cells[:width], *[""] * (width - len(cells))]) for number, cells in sheet.rows[start:]]
    by_number = dict(rows)
    numbers, taken = list(by_number), 0
    for (top, left), (bottom, right) in sheet.merged:
        if top + 1 not in by_number or (left < first <= right) or left >= width:
            continue
        value, columns = by_number[top + 1][left], range(left, min(right + 1, width))
        within = numbers[bisect_left(numbers, top + 1) : bisect_right(numbers, bottom + 1)]
        taken += len(within) * len(columns) + 1
        if taken > MOST_MERGED:
            message = N_("Too many cells are merged. Take the merging back in Excel.")
            raise RuleBroken("too_many_cells", message)
        for number in within:
            by_number[number][columns.start : columns.stop] = [value] * len(columns)
    return rows


def _grid(
    place: int,
    sheet: Sheet,
    rows: list[tuple[int, list[object]]],
    here: int,
    first: int,
    fields: Sequence[Field],
    said: Mapping[str, str],
) -> Grid | None:
    heads = _heads(rows, here, first)
    meant = [tables.field_of(text, fields, said) for text in heads]
    names = _names(heads, meant, rows[here + 1 :], said)
    if not names:
        return None
    below = _headings_below(rows, here, names)
    body = rows[here + 1 + below :]
    days, texts, left_out = _columns(rows, here, below, max(first, max(names) + 1), body)
    number = rows[here][0]
    titles = [cell_text(cell) for n, cells in sheet.rows for cell in cells if n < number and cell != ""]
    family = next((n for n, code in enumerate(meant) if code == "family" and n not in names), None)
    return Grid(
        place, sheet, tuple(text for text in titles if len(text) <= 300), number, body, days, texts, heads,
        names, family, left_out,
    )  # fmt: skip


def _heads(rows: list[tuple[int, list[object]]], here: int, first: int) -> tuple[str, ...]:
    """The headings left of the days: in the row of days, else above it, else below."""
    found = []
    for place in range(first):
        above = [cell_text(rows[at][1][place]) for at in range(here, -1, -1)]
        found.append(next((text for text in above if text and len(text) <= 60), ""))
    return tuple(found)


def _names(
    heads: Sequence[str], meant: Sequence[str], body: list[tuple[int, list[object]]], said: Mapping[str, str]
) -> tuple[int, ...]:
    """The columns of the names: as was said by hand, by the headings, or by what stands there."""
    by_hand = [n for n, text in enumerate(heads) if said.get(tables.key_of(text)) == "recipient"]
    known = [
        n for n, text in enumerate(heads)
        if means_name(text) and said.get(tables.key_of(text), "recipient") == "recipient"
    ]  # fmt: skip
    if by_hand or known:
        found = sorted({*by_hand, *known})
        whole = [n for n in found if re.search(r"ф\.? ?и\.? ?о\b", normalise(heads[n]))]
        return tuple(whole[:1] or found[:3])
    counts = [(sum(_looks_like_name(cells[n]) for _, cells in body), -n) for n in range(len(heads))]
    fullest = max((one for n, one in enumerate(counts) if not meant[n]), default=(0, 0))
    return (-fullest[1],) if fullest[0] * 2 > sum(1 for _, cells in body if any(cells)) else ()


def _looks_like_name(cell: object) -> bool:
    text = cell_text(cell) if isinstance(cell, str) else ""
    return len(_WORD.findall(text)) > 1 and not any(char.isdigit() for char in text)


def _headings_below(rows: list[tuple[int, list[object]]], here: int, names: Sequence[int]) -> int:
    """How many rows below the days are headings too: weekdays, times, topics; nobody is named in them."""
    name = cell_text(rows[here][1][names[0]])
    count = 0
    for _, cells in rows[here + 1 : here + 1 + UNDER]:
        text = cell_text(cells[names[0]])
        if text and text != name and not text.isdigit():
            break
        read = [grid_days.read(cell) for n, cell in enumerate(cells) if n > max(names) and cell != ""]
        told = [part for part in read if part and (part.weekday is not None or part.at or part.day)]
        if not (text or len(told) * 2 > len(read)):
            break
        count += 1
    return count


def _columns(
    rows: list[tuple[int, list[object]]],
    here: int,
    below: int,
    first: int,
    body: list[tuple[int, list[object]]],
) -> tuple[dict[int, Part | None], dict[int, str], dict[int, str]]:
    """Of each column with anything in it what its headings say: a day, a day that cannot be read, or no day."""
    days: dict[int, Part | None] = {}
    texts, left_out = {}, {}
    main = parts_of(rows[here][1])
    last = max(n for n in main if n >= first)
    months = _months(rows[:here], len(rows[here][1]), first)
    for n in range(first, len(rows[here][1])):
        text = " ".join(cell_text(rows[here][1][n]).split())
        if not text and all(cells[n] == "" for _, cells in body):
            continue
        part = main.get(n)
        if part:
            days[n], texts[n] = _with(part, rows, here, below, n, months), text
        elif any(char.isdigit() for char in text) or (not text and n < last):
            days[n], texts[n] = None, text
        else:
            above = next((t for at in range(here - 1, -1, -1) if (t := cell_text(rows[at][1][n]))), "")
            left_out[n] = text or " ".join(above.split())
    return days, texts, left_out


def _with(
    part: Part,
    rows: list[tuple[int, list[object]]],
    here: int,
    below: int,
    n: int,
    months: Mapping[int, Part],
) -> Part:
    """A day with what the rows above and below it add: weekday, time, month."""
    around = [rows[at][1][n] for at in (*range(here + 1, here + 1 + below), *range(here))]
    for other in map(grid_days.read, around):
        if other and other.day is None:
            part = part.joined(Part(weekday=other.weekday, at=other.at))
    return part.joined(months[n]) if part.month is None and n in months else part


def _months(above: list[tuple[int, list[object]]], width: int, first: int) -> dict[int, Part]:
    """The month over each column: it reaches to the next one, merged or not."""
    found: dict[int, Part] = {}
    for _, cells in above:
        over: Part | None = None
        for n in range(first, width):
            part = grid_days.read(cells[n])
            over = (
                Part(month=part.month, year=part.year) if part and part.month and part.day is None else over
            )
            if over:
                found[n] = over
    return found
