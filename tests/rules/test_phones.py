"""Telephone numbers as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.phones import find_phones, phone_span, pretty_phone


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("739-64-01, сот. 8 9937396401", ["+79937396401"]),
        ("8-927-437-32-62", ["+79274373262"]),
        ("+7 (973) 537-03-88", ["+79735370388"]),
        ("89574720737", ["+79574720737"]),
        ("пгт Верхнеднепровский, д. 52, кв. 8\n89574720737", ["+79574720737"]),
        ("993 739-64-01", ["+79937396401"]),
        ("т.89937396401,89161234567", ["+79937396401", "+79161234567"]),
        ("дом. 8 (4812) 38-12-12, моб. 8(993)7396401", ["+79937396401", "+74812381212"]),
        ("+375 29 123-45-67", ["+375291234567"]),
        ("8 (029) 123-45-67", ["+375291234567"]),
        ("8 017 200 30 40 / 80291234567", ["+375291234567", "+375172003040"]),
        ("89937396401, 8 993 739 64 01", ["+79937396401"]),
        ("739-64-01", []),
        ("паспорт 4510 123456, СНИЛС 123-456-789 00", []),
        ("01.02.2012, д. 58, 214000", []),
        ("٨٩٩٣٧٣٩٦٤٠١", []),
        ("", []),
    ],
)
def test_numbers_are_found_mobile_first(text, numbers):
    assert find_phones(text) == numbers


def test_the_place_of_numbers_covers_local_ones():
    text = "ул. Мира, д. 5, 739-64-01, сот. 8 9937396401"
    assert phone_span(text) == (text.index("739"), len(text))
    assert phone_span("ул. Мира, д. 5") is None


@given(st.text(st.sampled_from("+7893 0-()\n5x"), max_size=60) | st.text())
def test_any_text_is_searched_without_failing(text):
    for number in find_phones(text):
        assert number.startswith(("+7", "+375")) and number[1:].isascii() and number[1:].isdigit()
        assert len(number) in (12, 13)


@given(st.integers(0, 10**9 - 1))
def test_a_pretty_number_is_found_again(rest):
    assert find_phones(pretty_phone(f"+79{rest:09}")) == [f"+79{rest:09}"]


def test_a_very_long_text_is_searched():
    assert find_phones("8 9 " * 25_000 + "x +79937396401")[-1] == "+79937396401"


@pytest.mark.parametrize(
    ("number", "pretty"),
    [("+79937396401", "+7 993 739-64-01"), ("+375291234567", "+375 29 123-45-67"), ("112", "112"), ("", "")],
)
def test_numbers_are_shown_in_groups(number, pretty):
    assert pretty_phone(number) == pretty
