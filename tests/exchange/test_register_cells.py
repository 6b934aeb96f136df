"""Single cells of a register: dates, people, regimes and reasons in every spelling."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.exchange.register_cells import read_date, read_reason, read_regime
from portal.exchange.register_people import read_children, read_people
from portal.exchange.register_types import Person
from portal.rules import RuleBroken
from portal.rules.names import parse_full_name
from tests.exchange.tables import CELL

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("06.04.17", date(2017, 4, 6)),
        ("12.03.65", date(1965, 3, 12)),
        ("6.12.2023г.", date(2023, 12, 6)),
        ("31 января 2026 г.", date(2026, 1, 31)),
        ("«5» МАЯ 2020", date(2020, 5, 5)),
        ("1 март 2020", date(2020, 3, 1)),
        ("2026-07-30 00:00:00", date(2026, 7, 30)),
        (45833.0, date(2025, 6, 25)),
        ("от 11. 06. 2025", date(2025, 6, 11)),
        ("29.02.2024", date(2024, 2, 29)),
        ("-", None),
        ("", None),
    ],
)
def test_dates_in_every_spelling(text, day):
    assert read_date(text, TODAY) == day


@given(
    st.dates(date(1955, 1, 1), TODAY),
    st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y г.", "%d.%m.%y", "excel"]),
)
def test_a_written_date_is_read_back(day, spelling):
    text = str((day - date(1899, 12, 30)).days) if spelling == "excel" else day.strftime(spelling)
    assert read_date(text, TODAY) == day


@given(CELL)
def test_any_cell_is_a_date_nothing_or_a_refusal(cell):
    try:
        assert read_date(cell, TODAY) is None or read_date(cell, TODAY) >= date(1, 1, 1)
    except RuleBroken as broken:
        assert broken.code in {"impossible_date", "unreadable_date"}


@given(st.text(max_size=200))
def test_any_text_gives_people_or_a_refusal(text):
    try:
        for person in read_people(text, TODAY):
            assert person.name.full
    except RuleBroken as broken:
        assert broken.message % broken.params


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Иванов Пётр, 01.02.2012, Иванова Анна, 03.04.2014", ["Иванов Пётр 2012", "Иванова Анна 2014"]),
        (
            "1. Иванов Пётр 01.02.2012 г.р. 2. Иванова Анна 2014г.р.",
            ["Иванов Пётр 2012", "Иванова Анна 2014"],
        ),
        ("Иванов Пётр - 31 января 2012 г. Оля, 5 лет, школа № 5", ["Иванов Пётр 2012", "Иванова Оля None"]),
        ("Иванов Пётр\nИльич\n01.02.2012", ["Иванов Пётр Ильич 2012"]),
        ("Котов Лев Ильич 05.05.2015 (школа №3, 4 класс)", ["Котов Лев Ильич 2015"]),
        (
            "иванова анна олеговна; Саша и Маша",
            ["Иванова Анна Олеговна None", "Иванова Саша None", "Иванова Маша None"],
        ),
        ("Оксана Петровна 2016, инвалид", ["Иванова Оксана Петровна 2016"]),
        ("Егор, 2010, МБОУ СОШ № 5", ["Иванов Егор 2010"]),
    ],
)
def test_children_of_one_cell(text, people):
    mother = Person(parse_full_name("Иванова Мария Петровна"))
    assert [
        f"{child.name.full} {child.born_year}" for child in read_children(text, [mother], TODAY)
    ] == people


def test_regimes_and_reasons_are_mapped():
    regimes = [
        read_regime(text)
        for text in (" Экстренный ", "ПЛАНОВЫЙ", "контроль", "по необходимости", "Контрольный патронаж")
    ]
    assert regimes == ["emergency", "planned", "control", None, "control"]
    reasons = {
        "достижение целей плана": "aims_reached",
        "окончание срока договора": "term_ended",
        "отказ семьи (отзыв согласия)": "consent_withdrawn",
        "переезд семьи": "moved",
        "совершеннолетие ребёнка": "of_age",
        "помещение ребёнка в учреждение": "institution",
        "лишение родительских прав": "rights_deprived",
        "передача в другой орган": "handed_over",
        "смерть матери": "death",
        "прочее": "other",
    }
    assert {text: read_reason(text) for text in reasons} == reasons
