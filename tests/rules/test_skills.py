"""CLUB 1: communication skills before and after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.skills import HIGHEST, SKILLS, average, change, check_scores, profile
from tests.refusals import refuses

SCORES = st.fixed_dictionaries({skill: st.integers(0, HIGHEST) for skill in SKILLS})


def all_of(score):
    return dict.fromkeys(SKILLS, score)


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ({}, "incomplete_scores"),
        ({"contact": 1}, "incomplete_scores"),
        (all_of(1) | {"other": 1}, "incomplete_scores"),
        (all_of(5), "bad_score"),
        (all_of(-1), "bad_score"),
    ],
)
def test_all_six_from_0_to_4(scores, code):
    with refuses(code):
        check_scores(scores)


@given(SCORES, SCORES)
def test_a_change_is_what_has_grown(before, after):
    check_scores(before)
    assert change(before, after) == sum(after.values()) - sum(before.values())
    assert change(before, after) == -change(after, before)


def test_nothing_is_compared_with_nothing():
    assert change({}, all_of(1)) is None
    assert change(all_of(1), {}) is None
    assert average([]) is None


def test_the_profile_compares_the_same_people():
    people = [(all_of(1), all_of(3)), (all_of(2), all_of(2)), (all_of(4), {}), ({}, all_of(0))]
    assert profile(people) == dict.fromkeys(SKILLS, (1.5, 2.5))
    assert profile([]) == dict.fromkeys(SKILLS, (None, None))
