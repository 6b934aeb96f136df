"""Text search: names, parts of names, phones in any spelling, numbers."""

import pytest
from flask import Flask

from portal.access import Role
from portal.families.actions import create_family
from portal.families.register_list import Filters, list_families
from portal.families.search import search_families, search_family_names, search_text
from tests.factories import make_user
from tests.families.people import family_values, minor, representative


@pytest.fixture
def head(app: Flask):
    """The head; four families are on the books."""
    user = make_user("head")
    create_family(
        family_values(
            representative("Семёнова Мария Ивановна"), minor("Семёнов Артём Олегович"), phone="+79123456789"
        ),
        user.id,
    )
    create_family(
        family_values(representative("Семёнова Ольга Петровна"), other_phones="+375447654321"), user.id
    )
    create_family(family_values(representative("Ли Ян"), minor("Ли Ким")), user.id)
    create_family(family_values(representative('О\'Нил "Джейн" 100%_x'), minor("Ёлкин Ёж")), user.id)
    return user


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ("семенова", {1, 2}),
        ("СЕМЁНОВА", {1, 2}),
        ("семенов", {1, 2}),
        ("мено", {1, 2}),
        ("мария семенова", {1}),
        ("семёнова м", {1}),
        ("артём", {1}),
        ("артем иванова", set()),
        ("се", {1, 2}),
        ("ли", {3}),
        ("Ли Ян", {3}),
        ("+7 912 345-67-89", {1}),
        ("8 (912) 345 67 89", {1}),
        ("89123456789", {1}),
        ("79123456789", {1}),
        ("912 345", {1}),
        ("8 912 345", {1}),
        ("6789", {1}),
        ("+375 44 765-43-21", {2}),
        ("8 044 765 43 21", {2}),
        ("44 765", {2}),
        ("2", {2}),
        ("№ 3", {3}),
        ("678", set()),
        ("ёлкин", {4}),
        ("О'Нил", {4}),
        ('"джейн"', {4}),
        ("100%_x", {4}),
        ("%%%", set()),
        ("___", set()),
        ("zzz", set()),
        ("о%л", set()),
        ('" OR "', set()),
        ("search:сем*", set()),
        ("99999999999999999999999999", set()),
        ("\x00", {1, 2, 3, 4}),
        ("🙂", set()),
        ("   ", {1, 2, 3, 4}),
    ],
)
def test_what_is_found(head, wanted, numbers):
    page = list_families(head, Filters(text=wanted))
    assert {row.number for row in page.rows} == numbers


def test_a_changed_name_is_found_by_the_new_one(head):
    from portal.families import actions
    from portal.families.queries import get_family

    family = get_family(head, search_families(head, "ли ян")[0].id)
    values = family_values(
        representative("Цой Ян", id=family.members[0].id), minor("Цой Ким", id=family.members[1].id)
    )
    actions.change_family(family.id, values, head.id, actions.version(family))
    assert [row.number for row in search_families(head, "цой")] == [3]
    assert search_families(head, "ли ян") == []


def test_two_letters_begin_any_of_the_names(head):
    assert {row.number for row in search_families(head, "ян")} == {3}
    assert {row.number for row in search_families(head, "ол")} == {1, 2}


def test_the_search_of_the_head_gives_names_and_numbers(head):
    assert [(row.number, row.name) for row in search_families(head, "семен")] == [
        (1, "Семёнова Мария Ивановна"),
        (2, "Семёнова Ольга Петровна"),
    ]
    assert len(search_families(head, "семен", limit=1)) == 1
    assert search_families(head, "  ") == []


def test_the_search_stays_within_reach(head):
    assert search_families(make_user(Role.SPECIALIST), "семенова") == []


def test_whoever_knows_only_names_finds_no_children_and_no_phones(head):
    assert [row.number for row in search_family_names("семён")] == [1, 2]
    assert [row.number for row in search_family_names("№ 3")] == [3]
    for hidden in ("артём", "9123456789", "6789", "мария", ""):
        assert search_family_names(hidden) == []
    assert set(search_family_names("семён")[0]._fields) == {"id", "number", "surname"}


def test_search_text_holds_names_digits_and_number():
    text = search_text(17, ["Семёнова  Мария", "Пётр"], ["+7 912 345-67-89", ""])
    assert text == "семенова мария петр 79123456789 17"
