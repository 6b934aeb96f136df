"""Which shape the sheets of a workbook have: lists with a row of headings, or wide tables of attendance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from portal.clubs.models import Club
from portal.exchange import grid_days, grid_rows, grids, tables
from portal.exchange.attendance import NOTHING
from portal.exchange.grid_days import Years
from portal.exchange.grid_rows import Told
from portal.exchange.grids import Grid
from portal.exchange.register_types import Remark
from portal.exchange.rows import Field, Row
from portal.exchange.sessions import Clubs
from portal.exchange.tables import Found
from portal.exchange.workbook import Sheet
from portal.rules import N_, RuleBroken

MOST_GRIDS = 60
FIRST_YEAR, LAST_YEAR = 2000, 2100
Answers = Mapping[str, str]  # by the name of the question


@dataclass
class Shapes:
    """The lists and the wide tables of a workbook; `unread` are names of sheets that are neither."""

    lists: list[Found]
    grids: list[Grid] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def shapes_of(
    sheets: Sequence[Sheet], fields: Sequence[Field], said: Mapping[str, str], wide: bool
) -> Shapes:
    """What each sheet is; `wide`: whether the kind comes as wide tables too. Raises no_headings, too_many_cells."""
    found = [one for n, sheet in enumerate(sheets) if wide and (one := grids.find(n, sheet, fields, said))]
    if not found:
        return Shapes(tables.find_tables(sheets, fields, said))
    if len(found) > MOST_GRIDS:
        message = N_("There are more than %(limit)s tables of attendance in the file. Split it into several.")
        raise RuleBroken("too_many_sheets", message, limit=MOST_GRIDS)
    rest = [sheet for n, sheet in enumerate(sheets) if n not in {one.place for one in found}]
    lists = [known for sheet in rest if (known := tables.find_list(sheet, fields, said))]
    unread = [sheet.name for sheet in rest if sheet.name not in {one.sheet.name for one in lists}]
    return Shapes(lists, found, unread)


@dataclass(frozen=True)
class Asked:
    """What is to ask of a wide table, with what is known: an answer of before, or what its titles say."""

    grid: Grid
    club: Club | None
    years: Years | None
    month: int | None
    asks_year: bool
    asks_month: bool

    @property
    def told(self) -> Told | None:
        """What is known of the table, if it is enough."""
        if self.club is None or (self.asks_year and not self.years) or (self.asks_month and not self.month):
            return None
        return Told(self.club.name, self.years, self.month)


def asked(grid: Grid, clubs: Clubs, answers: Answers) -> Asked:
    """What is to ask of the table."""
    titles = [grid.sheet.name, *grid.titles]
    own = {str(one.id): one for one in clubs.own()}
    club = own.get(answers.get(f"c{grid.place}", "")) or clubs.spoken_of(titles)
    year = _number(answers.get(f"y{grid.place}"), FIRST_YEAR, LAST_YEAR)
    years = Years(year) if year else grid_days.years_of(titles[:1]) or grid_days.years_of(titles[1:])
    month = _number(answers.get(f"o{grid.place}"), 1, 12) or _month(titles)
    return Asked(grid, club, years, month, grid_rows.lacks_year(grid), grid_rows.lacks_month(grid))


def _month(titles: Sequence[str]) -> int | None:
    return grid_days.months_of(titles[:1]) or grid_days.months_of(titles[1:])


def _number(text: str | None, least: int, most: int) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 6 and least <= int(text) <= most else None


def unfold(
    shapes: Shapes, clubs: Clubs, answers: Answers, marks: Mapping[str, str]
) -> tuple[list[Row], list[Remark], tuple[str, ...]]:
    """The rows of the wide tables, what is to say of them, and what is not known of some: needed fields."""
    rows: list[Row] = []
    notes: list[Remark] = []
    missing: list[str] = []
    nothing = {mark for mark, code in marks.items() if code == NOTHING}
    for one in (asked(grid, clubs, answers) for grid in shapes.grids):
        if one.told is None:
            missing += ["club" if one.club is None else "day"]
            continue
        found, said = grid_rows.rows_of(one.grid, one.told, nothing)
        rows, notes = rows + found, notes + said
    if shapes.unread:
        message = N_("Sheets that hold no table of attendance were not read: %(sheets)s.")
        notes.append(Remark("unread", message, {"sheets": ", ".join(f"«{name}»" for name in shapes.unread)}))
    return rows, notes, tuple(dict.fromkeys(missing))
