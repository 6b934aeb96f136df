"""A wide table unfolded into the rows of the list that says the same: club, day, recipient, mark."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from portal.exchange import grid_days
from portal.exchange.grid_days import Part, Years
from portal.exchange.grids import Grid, letters
from portal.exchange.register_cells import cell_text
from portal.exchange.register_types import Remark
from portal.exchange.rows import Row
from portal.exchange.workbook_layout import Span
from portal.rules import N_, RuleBroken
from portal.rules.names import normalise

MOST_MARKS = 30_000
NAMED = 20  # places that a note names one by one
_SUM = re.compile(
    r"^(итог|всего|присутств|отсутств|посещ|посетил|количеств|кол-?во|сумм[аы]\b|процент|%|в среднем|тем[аы]\b|подпис)"
    r"|^(заведующ|директор|руковод|исполнит|составил|утвержд|согласован|педагог\b|условн|обознач|примечан)"
)


@dataclass(frozen=True)
class Told:
    """What must be known of a wide table besides its cells: whose it is, and the year and month of its days."""

    club: str
    years: Years | None
    month: int | None


def lacks_year(grid: Grid) -> bool:
    """Whether some day is written without its year."""
    return any(part is not None and part.year is None for part in grid.days.values())


def lacks_month(grid: Grid) -> bool:
    """Whether some day is a number alone."""
    return any(part is not None and part.month is None for part in grid.days.values())


def days_of(grid: Grid, told: Told) -> dict[int, date | str]:
    """The day of each column, as text what cannot be one. Days go forward: after December comes January."""
    found: dict[int, date | str] = {}
    month, ahead, before = told.month, 0, (0, 0)
    for place, part in grid.days.items():
        if part is None or part.day is None:
            found[place] = grid.texts[place]
            continue
        if part.month is None and month and part.day < before[1]:
            month = month % 12 + 1
        in_month = part.month or month
        if part.year is None and in_month and told.years and not told.years.school:
            ahead += before[0] - in_month > 6
        year = told.years.of(in_month) + ahead if told.years and in_month else None
        found[place] = grid_days.day_in(part, part.year or year, in_month)
        before = (in_month or 0, part.day)
    return found


def rows_of(grid: Grid, told: Told, left_out: Iterable[str]) -> tuple[list[Row], list[Remark]]:
    """The marks as rows, and what is to say of the table. Raises too_many_marks.

    `left_out` are marks, normalized, that somebody has said to mean nothing.
    """
    days, nothing = days_of(grid, told), set(left_out)
    turns = _turns(grid, days)
    rows: list[Row] = []
    skipped: list[str] = []
    count: Counter[str] = Counter()
    for number, cells in grid.rows:
        marks = {n: cells[n] for n in grid.days if cell_text(cells[n])}
        name = " ".join(text for n in grid.names if (text := " ".join(cell_text(cells[n]).split())))
        if _is_sum(name, cells[: max(grid.names) + 1], marks):
            if marks:
                skipped.append(str(number))
            continue
        count["empty"] += sum(isinstance(days[n], date) for n in grid.days if n not in marks) if name else 0
        for n, mark in marks.items():
            if _plain(mark) in nothing:
                count["nothing"] += 1
            else:
                rows.append(_row(grid, number, n, _values(grid, told, days[n], n, turns, name, cells)))
        if len(rows) > MOST_MARKS:
            message = N_("There are more than %(limit)s marks in a sheet. Split the file into several.")
            raise RuleBroken("too_many_marks", message, limit=MOST_MARKS)
    return rows, _notes(grid, told, days, skipped, count)


def _plain(mark: object) -> str:
    return normalise(cell_text(mark))


def _is_sum(name: str, left: Sequence[object], marks: Mapping[int, object]) -> bool:
    """A line of sums or signatures, of numbers of columns, or of numbers beside no name."""
    label = name or next((text for text in map(cell_text, left) if text and not text.isdigit()), "")
    if label:
        return label.isdigit() or bool(_SUM.search(normalise(label)))
    return all(_plain(mark).isdigit() for mark in marks.values())


def _turns(grid: Grid, days: Mapping[int, date | str]) -> dict[int, int]:
    """Of columns that share a day without saying a time, which session of the day each is: 0 the first."""
    same: dict[date, list[int]] = defaultdict(list)
    for place, day in days.items():
        if isinstance(day, date):
            same[day].append(place)
    several = [places for places in same.values() if len(places) > 1]
    return {
        n: turn
        for places in several
        for turn, n in enumerate(places)
        if not any(_at(grid, one) for one in places)
    }


def _at(grid: Grid, place: int) -> time | None:
    part: Part | None = grid.days[place]
    return part.at if part else None


def _values(
    grid: Grid,
    told: Told,
    day: date | str,
    place: int,
    turns: Mapping[int, int],
    name: str,
    cells: Sequence[object],
) -> dict[str, Any]:
    values: dict[str, Any] = {"club": told.club, "day": day, "recipient": name, "mark": cells[place]}
    values["time"] = _at(grid, place) or ""
    values["family"] = cells[grid.family] if grid.family is not None else ""
    return values | ({"turn": turns[place]} if place in turns else {})


COLUMNS = (
    "day",
    "mark",
    "club",
    "recipient",
    "time",
    "family",
)  # of the list, for refused marks to be mended


def _row(grid: Grid, number: int, place: int, values: dict[str, Any]) -> Row:
    cells = tuple(values[code] for code in COLUMNS)
    return Row(grid.sheet.name, number, cells, values, column=letters(place))


def _notes(
    grid: Grid, told: Told, days: Mapping[int, date | str], skipped: Sequence[str], count: Mapping[str, int]
) -> list[Remark]:
    notes, sheet = [_read_as(grid, told, days)], {"sheet": grid.name}
    if told.years and lacks_year(grid):
        message = N_("«%(sheet)s»: days without a year are read as of %(year)s.")
        notes.append(Remark("year", message, sheet | {"year": str(told.years)}))
    if skipped:
        message = N_("«%(sheet)s»: rows of sums and signatures are left out: %(rows)s.")
        notes.append(Remark("sum_rows", message, sheet | {"rows": _listed(skipped)}))
    if grid.left_out:
        named = [f"{letters(n)} «{text[:40]}»" if text else letters(n) for n, text in grid.left_out.items()]
        message = N_("«%(sheet)s»: columns that hold no marks of a day are left out: %(columns)s.")
        notes.append(Remark("columns_left_out", message, sheet | {"columns": _listed(named)}))
    notes += [*_hidden(grid), *_odd(grid, days)]
    if count["empty"]:
        message = N_("«%(sheet)s»: empty cells say nothing and are left out: %(count)s.")
        notes.append(Remark("empty_cells", message, sheet | {"count": count["empty"]}))
    if count["nothing"]:
        message = N_("«%(sheet)s»: marks that mean nothing, as was said, are left out: %(count)s.")
        notes.append(Remark("marks_left_out", message, sheet | {"count": count["nothing"]}))
    return notes


def _read_as(grid: Grid, told: Told, days: Mapping[int, date | str]) -> Remark:
    sure = [day for day in days.values() if isinstance(day, date)]
    span = (
        {"first": f"{min(sure):%d.%m.%Y}", "last": f"{max(sure):%d.%m.%Y}"}
        if sure
        else {"first": "—", "last": "—"}
    )
    message = N_("«%(sheet)s» is a table with days across: %(club)s, days: %(count)s, %(first)s–%(last)s.")
    return Remark("grid", message, {"sheet": grid.name, "club": told.club, "count": len(sure), **span})


def _hidden(grid: Grid) -> Iterable[Remark]:
    hidden, sheet = grid.sheet.hidden, {"sheet": grid.name}
    rows = [str(number) for number, _ in grid.rows if _in(number, hidden.rows)]
    columns = [letters(n) for n in grid.days if _in(n + 1, hidden.columns)]
    if not grid.sheet.visible:
        yield Remark(
            "hidden_sheet", N_("«%(sheet)s» is hidden in the workbook, and is read all the same."), sheet
        )
    if rows:
        message = N_("«%(sheet)s»: rows hidden in the workbook are read all the same: %(rows)s.")
        yield Remark("hidden_rows", message, sheet | {"rows": _listed(rows)})
    if columns:
        message = N_("«%(sheet)s»: columns hidden in the workbook are read all the same: %(columns)s.")
        yield Remark("hidden_columns", message, sheet | {"columns": _listed(columns)})


def _in(place: int, spans: Iterable[Span]) -> bool:
    return any(first <= place <= last for first, last in spans)


def _odd(grid: Grid, days: Mapping[int, date | str]) -> Iterable[Remark]:
    """Days whose weekday is another than is written, or whose year is another than the title's."""
    wrong = []
    for n, day in days.items():
        part = grid.days[n]
        if isinstance(day, date) and part and part.weekday not in (None, day.weekday()):
            wrong.append(f"{letters(n)}{grid.heading} ({day:%d.%m.%Y})")
    if wrong:
        message = N_("«%(sheet)s»: the weekday written does not fit the day: %(cells)s. Is the year right?")
        yield Remark("weekday", message, {"sheet": grid.name, "cells": _listed(wrong)})
    named = grid_days.years_of([grid.sheet.name]) or grid_days.years_of(grid.titles)
    other = [
        f"{letters(n)}{grid.heading} ({day:%d.%m.%Y})"
        for n, day in days.items()
        if isinstance(day, date) and named and day.year not in (named.year, named.year + named.school)
    ]
    if other:
        message = N_("«%(sheet)s»: the title says %(year)s, but these days are of another year: %(cells)s.")
        params = {"sheet": grid.name, "year": str(named), "cells": _listed(other)}
        yield Remark("other_year", message, params)


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts[:NAMED]) + (", …" if len(texts) > NAMED else "")
