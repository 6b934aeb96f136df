"""Attendance as a wide table: what ten real journals say, read without a database but for the clubs' names."""

import pytest
from flask import Flask

from portal.accounts.models import User
from portal.exchange import kinds, questions, sayings, shapes
from portal.exchange.sessions import Clubs
from portal.exchange.workbook import read_workbook
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
