"""Attendance as a wide table: what ten real journals say, read without a database but for the clubs' names."""

from datetime import date, time

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts.models import User
from portal.exchange import grid_days, kinds, questions, sayings, shapes
from portal.exchange.grid_days import Part, Years
from portal.exchange.sessions import Clubs
from portal.exchange.workbook import Sheet, read_workbook
from portal.rules import RuleBroken
from tests.exchange.tables import CELL
from tests.exchange.wide_tables import ALL, made, said_of
from tests.factories import make_club, make_user

ATTENDANCE = kinds.KINDS["attendance"]


@pytest.fixture
def leader(app: Flask) -> User:
    user = make_user("pedagogue")
    make_club(user, "Мастерская")
    make_club(user, "Радуга")
    return user


@pytest.mark.parametrize("name", ALL)
def test_the_marks_are_read_as_they_stand(leader: User, name: str) -> None:
    wide = ALL[name]
    clubs = Clubs(leader)
    ids = {club.name: str(club.id) for club in clubs.own()}
    answers = {key: ids.get(text, text) for key, text in wide.answers.items()}
    found = shapes.shapes_of(read_workbook(made(wide)), ATTENDANCE.fields, {}, True)
    rows, notes, missing = shapes.unfold(found, clubs, answers, {})
    assert not missing
    assert [said_of(row) for row in rows] == wide.marks
    assert {note.code for note in notes} == wide.notes
    if name == "three_columns":
        assert [row.values["family"] for row in rows] == [7, 7, 12, 12]


@pytest.mark.parametrize("name", ALL)
def test_only_what_the_sheet_does_not_say_is_asked(leader: User, name: str) -> None:
    sheets = read_workbook(made(ALL[name]))
    said = sayings.said("attendance")
    asked = kinds.questions(ATTENDANCE, sheets, said, leader, {})
    assert {one.name for one in asked if not one.chosen} == ALL[name].asked
    assert kinds.required(ATTENDANCE, sheets, said) == ()
    assert len(asked) <= questions.MOST_ASKED


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("03.09", Part(3, 9)),
        ("3/9/26", Part(3, 9, 2026)),
        ("03,09", Part(3, 9)),
        ("5 сент.", Part(5, 9)),
        ("5 сентября 2026 г.", Part(5, 9, 2026)),
        ("1 мая", Part(1, 5)),
        ("пн\n07.09", Part(7, 9, weekday=0)),
        ("07.09 (среда) 15:00-15:45", Part(7, 9, weekday=2, at=time(15))),
        ("3 сен 15-00", Part(3, 9, at=time(15))),
        ("15.00", Part(at=time(15))),
        ("Сентябрь 2026", Part(month=9, year=2026)),
        (12.0, Part(12)),
        (46268.0, Part(3, 9, 2026)),
        (date(2026, 9, 3), Part(3, 9, 2026)),
        ("03.09-10.09", None),
        (3.09, None),
        ("Итого", None),
        ("Марина", None),
        ("Мая Плисецкая 2", None),
        ("1-е", None),
        (True, None),
        ("", None),
    ],
)
def test_headings_say_days(cell: object, part: Part | None) -> None:
    assert grid_days.read(cell) == part


@pytest.mark.parametrize(
    ("titles", "years"),
    [
        (["Журнал, 2026/2027 учебный год"], Years(2026, True)),
        (["на 2026-27 уч. год"], Years(2026, True)),
        (["УТВЕРЖДАЮ 12.01.2024", "сентябрь 2026"], Years(2026)),
        (["с 01.09.2026 по 30.09.2026"], None),
        (["2025", "2026"], None),
        (["Кабинет 204"], None),
    ],
)
def test_titles_say_the_year_or_nothing(titles: list[str], years: Years | None) -> None:
    assert grid_days.years_of(titles) == years


HEADS = CELL | st.sampled_from(
    ["ФИО", "03.09", "10.09.2026", "Итого", "Сентябрь", "пн", "15:00", 3, 7, 14, "+", "н"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.lists(HEADS, max_size=7), max_size=7),
    merged=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), max_size=4
    ),
)
def test_no_table_breaks_the_reader(
    rows: list[list[object]], merged: list[tuple[int, int, int, int]]
) -> None:
    filled = [
        (n, tuple("" if cell is None else cell for cell in row)) for n, row in enumerate(rows, 1) if row
    ]
    sheet = Sheet(
        "2026", filled, tuple(((min(a, c), min(b, d)), (max(a, c), max(b, d))) for a, b, c, d in merged)
    )
    try:
        found = shapes.shapes_of([sheet], ATTENDANCE.fields, {}, True)
    except RuleBroken:
        return
    for grid in found.grids:
        said, _notes = shapes.grid_rows.rows_of(grid, shapes.Told("Радуга", Years(2026), 9), ())
        assert all(row.place and row.values["mark"] not in ("", None) for row in said)
