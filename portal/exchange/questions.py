"""What a workbook does not say by itself and is asked beside its headings: club, year, month, unknown marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from portal import clock
from portal.exchange import grid_rows, shapes
from portal.exchange.attendance import LABELS, NOTHING, key_of_mark, mark_of
from portal.exchange.grid_days import Years
from portal.exchange.grid_rows import Told
from portal.exchange.register_cells import cell_text
from portal.exchange.rows import Row
from portal.exchange.sessions import Clubs
from portal.exchange.shapes import Asked, Shapes

MOST_ASKED, LONGEST_MARK = 40, 30
YEARS_BACK = 10
SCHOOL = "school"  # the school year that the title says


@dataclass(frozen=True)
class Question:
    """A choice beside the headings; `mark` is the mark, normalized, whose meaning is remembered."""

    name: str
    label: str
    hint: str
    choices: Sequence[tuple[str, str]]
    chosen: str
    required: bool = True
    mark: str = ""


def unknown_marks(rows: Iterable[Row], said: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The marks that nobody knows yet, normalized: how each is spelled, and the place of the first.

    What is longer than a mark is none: it is told in the preview where it stands.
    """
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        text = " ".join(cell_text(row.values.get("mark", "")).split())
        key = key_of_mark(text)
        if text and len(text) <= LONGEST_MARK and key not in found and mark_of(text, said) is None:
            found[key] = (text, row.place)
            if len(found) == MOST_ASKED:
                break
    return found


def of_tables(found: Shapes, clubs: Clubs, answers: shapes.Answers) -> list[Question]:
    """The club of each wide table, and the year and the month where its days lack them."""
    asked: list[Question] = []
    for one in (shapes.asked(grid, clubs, answers) for grid in found.grids):
        asked.append(_club(one, clubs))
        if one.asks_year:
            asked.append(_year(one))
        if one.asks_month:
            asked.append(_month(one))
    return asked


def _club(one: Asked, clubs: Clubs) -> Question:
    label = _("Club of the sheet «%(sheet)s»", sheet=one.grid.name)
    choices = [("", _("choose")), *((str(club.id), club.name) for club in clubs.own())]
    hint = _("The clubs that you lead.")
    return Question(f"c{one.grid.place}", label, hint, choices, str(one.club.id) if one.club else "")


def _year(one: Asked) -> Question:
    this = clock.today().year
    label = _("Year of the days on the sheet «%(sheet)s»", sheet=one.grid.name)
    sample = ", ".join([text for text in one.grid.texts.values() if text][:4])
    choices = [
        ("", _("choose")),
        *((str(year), str(year)) for year in range(this + 1, this - YEARS_BACK, -1)),
    ]
    years, chosen = one.years, ""
    if years and years.school:
        chosen = SCHOOL
        choices.insert(1, (SCHOOL, _("school year %(years)s", years=str(years))))
    elif years:
        chosen = str(years.year)
    hint = _(
        "The year is not written: %(days)s. Where the days pass into January, the next year follows.",
        days=sample,
    )
    return Question(f"y{one.grid.place}", label, hint, choices, chosen)


def _month(one: Asked) -> Question:
    label = _("Month of the days on the sheet «%(sheet)s»", sheet=one.grid.name)
    names = get_locale().months["stand-alone"]["wide"]
    choices = [("", _("choose")), *((str(month), str(name)) for month, name in names.items())]
    hint = _("Only the numbers of the days are written.")
    return Question(f"o{one.grid.place}", label, hint, choices, str(one.month or ""))


def of_marks(rows: Iterable[Row], said: Mapping[str, str]) -> list[Question]:
    """What each unknown mark means; what was said of it is remembered."""
    meanings = [(code, str(_(word))) for code, word in LABELS.items()]
    choices = [("", _("not said: it will be refused")), *meanings, (NOTHING, _("nothing, leave it out"))]
    return [
        Question(
            f"m{n}",
            _("Mark «%(mark)s»", mark=text),
            _("First in the cell %(cell)s", cell=cell),
            choices,
            "",
            required=False,
            mark=key,
        )
        for n, (key, (text, cell)) in enumerate(unknown_marks(rows, said).items())
    ]


def rows_for_marks(found: Shapes, clubs: Clubs, answers: shapes.Answers) -> list[Row]:
    """The marks of the wide tables, also where it is not known yet whose they are or of when."""
    rows: list[Row] = []
    for grid in found.grids:
        told = shapes.asked(grid, clubs, answers).told or Told("", Years(shapes.FIRST_YEAR), 1)
        rows += grid_rows.rows_of(grid, told, ())[0]
    return rows


def answers_of(form: Any, asked: Iterable[Question]) -> dict[str, str]:
    """What was answered, but for the marks."""
    return {one.name: str(form[one.name].data or "") for one in asked if not one.mark}


def marks_of(form: Any, asked: Iterable[Question]) -> dict[str, str]:
    """What the marks mean that were asked about."""
    return {one.mark: str(form[one.name].data or "") for one in asked if one.mark}
