"""CLUB 5, stage 1: the survey of interests; whom a club would suit."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.interests import (
    GROUPS,
    INTERESTS,
    best_first,
    check_asked_on,
    check_interests,
    counted,
    fits,
    group_of,
)
from tests.refusals import refuses

TODAY = date(2026, 11, 23)


def test_interests_come_from_the_list():
    assert check_interests(["sport", "sport"]) == {"sport"}
    with refuses("unknown_interest"):
        check_interests(["sport", "<script>"])


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 11, 24), "asked_later"), (date(2025, 11, 1), "asked_long_ago")]
)
def test_a_survey_is_of_the_last_year(day, code):
    with refuses(code):
        check_asked_on(day, TODAY)


def test_a_survey_of_today_or_a_year_ago_is_taken():
    check_asked_on(TODAY, TODAY)
    check_asked_on(date(2025, 11, 23), TODAY)


@pytest.mark.parametrize(
    ("kind", "age", "group"),
    [
        ("minor", 0, "under7"),
        ("minor", 6, "under7"),
        ("minor", 7, "7to10"),
        ("minor", 10, "7to10"),
        ("minor", 11, "11to14"),
        ("minor", 14, "11to14"),
        ("minor", 15, "15to17"),
        ("minor", None, "unknown"),
        ("representative", 40, "parents"),
        ("representative", None, "parents"),
    ],
)
def test_everybody_is_counted_in_one_group(kind, age, group):
    assert group_of(kind, age) == group


@given(st.lists(st.tuples(st.sampled_from(GROUPS), st.sets(st.sampled_from(INTERESTS))), max_size=12))
def test_every_tick_is_counted_once_and_the_most_wished_come_first(people):
    found = counted(people)
    sums = [sum(groups.values()) for groups in found.values()]
    assert sum(sums) == sum(len(codes) for _group, codes in people)
    assert sums == sorted(sums, reverse=True)


@pytest.mark.parametrize(
    ("audience", "ages", "kind", "age", "fit"),
    [
        ("minors", (None, None), "minor", 5, True),
        ("minors", (7, 10), "minor", 7, True),
        ("minors", (7, 10), "minor", 10, True),
        ("minors", (7, 10), "minor", 11, False),
        ("minors", (7, None), "minor", 6, False),
        ("minors", (7, None), "minor", None, False),
        ("minors", (None, None), "minor", None, True),
        ("minors", (None, None), "representative", 40, False),
        ("parents", (None, None), "representative", None, True),
        ("parents", (None, None), "minor", 16, False),
        ("mixed", (7, 10), "representative", 40, True),
        ("mixed", (7, 10), "minor", 16, False),
    ],
)
def test_a_club_takes_its_audience_and_ages(audience, ages, kind, age, fit):
    assert fits(audience, ages, kind, age) is fit


def test_who_shares_most_with_the_club_comes_first():
    wishes = {1: ["sport"], 2: ["music", "sport"], 3: ["books"], 4: []}
    assert best_first(wishes, ["sport", "music"]) == {
        2: {"music", "sport"},
        1: {"sport"},
    }
    assert list(best_first(wishes, ["sport", "music"])) == [2, 1]
    assert best_first(wishes, []) == {}
