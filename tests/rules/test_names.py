"""Names: order, case, short form, comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.names import (
    FullName,
    clean,
    matches_short,
    normalise,
    parse_full_name,
    split_people,
    surname_for,
    tidy_name,
)

CYRILLIC = st.text(st.sampled_from("АБВЁабвёй -.'\t\n"), max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Семёнова", "семенова"),
        ("  СЕМЕНОВА \n Анна ", "семенова анна"),
        ("Семе\u0308нова", "семенова"),
        ("\u202eИван\u200bов\u202c", "иванов"),
        ("", ""),
    ],
)
def test_search_form_ignores_case_yo_spaces_and_invisible_signs(text, folded):
    assert normalise(text) == folded


@given(CYRILLIC)
def test_search_form_is_stable(text):
    assert normalise(normalise(text)) == normalise(text)
    assert "ё" not in normalise(text)


@given(st.text())
def test_any_text_can_be_a_name(text):
    name = parse_full_name(text)
    assert isinstance(name.full + name.short + name.key + clean(tidy_name(text)), str)
    assert "\n" not in name.full
    assert name.female in (True, False, None)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("ТРЕТЬЯКОВА РАИСА ЖДАНОВНА", "Третьякова Раиса Ждановна"),
        ("петрова-водкина  анна", "Петрова-Водкина Анна"),
        ("О'КОННОР ШОН", "О'Коннор Шон"),
        ("АЛИЕВ МАМЕД ГУСЕЙН ОГЛЫ", "Алиев Мамед Гусейн оглы"),
        ("МАМЕДОВА ЛЕЙЛА ГУСЕЙН-КЫЗЫ", "Мамедова Лейла Гусейн-кызы"),
        ("МакКинли Джон", "МакКинли Джон"),
        ("кудряшова п.с.", "Кудряшова П.С."),
        ("Ван Ли", "Ван Ли"),
        ("Фёкла", "Фёкла"),
        ("نور محمد", "نور محمد"),
    ],
)
def test_names_are_put_in_title_case(text, tidy):
    assert tidy_name(text) == tidy
    assert tidy_name(tidy) == tidy


@pytest.mark.parametrize(
    ("text", "name", "short"),
    [
        ("Иванова Мария Петровна", FullName("Иванова", "Мария", "Петровна"), "Иванова М. П."),
        ("Мария Петровна Иванова", FullName("Иванова", "Мария", "Петровна"), "Иванова М. П."),
        ("Иванова Мария", FullName("Иванова", "Мария"), "Иванова М."),
        ("Мария Петровна", FullName("", "Мария", "Петровна"), "Мария Петровна"),
        ("П.С. Кудряшова", FullName("Кудряшова", "П.", "С."), "Кудряшова П. С."),
        ("Кудряшова П", FullName("Кудряшова", "П."), "Кудряшова П."),
        ("Салтыков Щедрин Иван Ильич", FullName("Салтыков Щедрин", "Иван", "Ильич"), "Салтыков Щедрин И. И."),
        ("Алиев Мамед Гусейн оглы", FullName("Алиев", "Мамед", "Гусейн оглы"), "Алиев М. Г."),
        ("Мадонна", FullName("Мадонна"), "Мадонна"),
        ("", FullName(""), ""),
    ],
)
def test_a_name_is_taken_apart(text, name, short):
    assert parse_full_name(text) == name
    assert name.short == short


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Кудряшова П.С.", True),
        ("КУДРЯШОВА  П. С.", True),
        ("кудряшова п", True),
        ("Кудряшова ПС", True),
        ("П.С. Кудряшова", True),
        ("Кудряшова Полина", True),
        ("Кудряшова Полина Святославовна", True),
        ("Кудряшова", True),
        ("Кудряшова А.С.", False),
        ("Кудряшова П.А.", False),
        ("Кудряшов П.С.", False),
        ("", False),
    ],
)
def test_a_short_name_finds_its_person(text, same):
    assert matches_short(FullName("Кудряшова", "Полина", "Святославовна"), text) is same


def test_a_short_name_ignores_yo():
    assert matches_short(FullName("Семёнова", "Фёкла", "Ильинична"), "СЕМЕНОВА Ф.И.")


def test_people_of_a_cell_are_split():
    assert split_people("Буров А. Б.; Бурова В.\nБуров Г.,  Буров Д.,,") == [
        "Буров А. Б.",
        "Бурова В.",
        "Буров Г.",
        "Буров Д.",
    ]
    assert split_people(" ") == []


@pytest.mark.parametrize(
    ("child", "family", "surname"),
    [
        ("Оксана", ["Комарова Нонна Макаровна"], "Комарова"),
        ("Александр", ["Стрелкова Фёкла Алексеевна"], "Стрелков"),
        ("Анна", ["Достоевский Фёдор Михайлович"], "Достоевская"),
        ("Илья", ["Достоевская Анна Григорьевна"], "Достоевский"),
        ("Клавдий", ["Аксенова Акулина Ниловна", "Аксенов Еремей Феодосьевич"], "Аксенов"),
        ("Любовь", ["Шевченко Пётр Ильич"], "Шевченко"),
        ("Саша", ["Иванова Мария Петровна"], "Иванова"),
        ("Оля", [], ""),
    ],
)
def test_a_child_takes_the_family_name_in_its_gender(child, family, surname):
    assert surname_for(FullName("", child), [parse_full_name(person) for person in family]) == surname
