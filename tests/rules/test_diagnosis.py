"""The life of a diagnosis, its scale, and what is asked before it is submitted."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules import diagnosis as rules
from portal.rules.diagnosis import State
from tests.refusals import refuses

MOVES = {
    ("draft", "submitted"), ("submitted", "approved"), ("submitted", "returned"), ("returned", "submitted"),
}  # fmt: skip
SPHERES = {"housing": "жильё", "income": "доходы", "health": "здоровье"}
SCORES = st.none() | st.integers(0, 4)


@pytest.mark.parametrize(("state", "to"), [*product(map(str, State), State)])
def test_every_move(state, to):
    if (state, to) in MOVES:
        rules.check_move(state, to)
        return
    with refuses("wrong_state"):
        rules.check_move(state, to)


@pytest.mark.parametrize("state", [*map(str, State)])
def test_drafts_and_returned_ones_are_written(state):
    if state in ("draft", "returned"):
        rules.check_writable(state)
        return
    with refuses("wrong_state"):
        rules.check_writable(state)


@pytest.mark.parametrize(
    ("status", "runs"),
    [
        ("identified", True), ("consented", True), ("submitted", True), ("enrolled", True),
        ("suspended", True), ("removed", False), ("declined", False), ("refused", False),
    ],
)  # fmt: skip
def test_a_family_is_assessed_while_its_patronage_is_open(status, runs):
    assert rules.is_running(status) is runs
    if runs:
        rules.check_running(status)
        return
    with refuses("not_open"):
        rules.check_running(status)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 22), None),
        (date(2000, 1, 1), None),
        (date(2026, 11, 23), "future_day"),
        (date(1999, 12, 31), "early_day"),
    ],
)
def test_its_day(day, code):
    if code is None:
        rules.check_day(day, date(2026, 11, 22))
        return
    with refuses(code):
        rules.check_day(day, date(2026, 11, 22))


@pytest.mark.parametrize("score", [None, 0, 1, 2, 3, 4])
def test_scores_of_the_scale(score):
    rules.check_score(score)


@pytest.mark.parametrize("score", [-1, 5, 99])
def test_scores_off_the_scale(score):
    with refuses("bad_score"):
        rules.check_score(score)


@pytest.mark.parametrize(
    ("scored", "depth", "conclusion", "code"),
    [
        ({"housing", "income", "health"}, 0, "Всё хорошо", None),
        ({"housing", "income", "health", "gone"}, 4, "Плохо", None),
        ({"housing", "income"}, 0, "Всё хорошо", "spheres_unscored"),
        (set(), 0, "Всё хорошо", "spheres_unscored"),
        ({"housing", "income", "health"}, None, "Всё хорошо", "no_depth"),
        ({"housing", "income", "health"}, 2, "  \n", "no_conclusion"),
    ],
)
def test_what_is_complete(scored, depth, conclusion, code):
    if code is None:
        rules.check_complete(SPHERES, scored, depth, conclusion)
        return
    with refuses(code):
        rules.check_complete(SPHERES, scored, depth, conclusion)


def test_it_names_the_spheres_left():
    with pytest.raises(RuleBroken) as broken:
        rules.check_complete(SPHERES, {"income"}, 1, "Да")
    assert broken.value.params == {"spheres": "жильё, здоровье"}


def test_nobody_approves_their_own():
    rules.check_approver(has_written=False)
    with refuses("own_work"):
        rules.check_approver(has_written=True)


@given(SCORES, SCORES)
def test_less_is_better(then, now):
    steps = rules.better_by(then, now)
    if then is None or now is None:
        assert steps is None
    else:
        assert (steps > 0) == (now < then) and steps == -rules.better_by(now, then)
