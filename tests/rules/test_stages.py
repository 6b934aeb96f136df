"""R7: what each stage lacks, which moves there are, and that none skips what it needs."""

from dataclasses import fields
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.lifecycle import (
    MOVES,
    NEEDS,
    Facts,
    Move,
    Need,
    Stage,
    Status,
    stage_after,
    stage_lacks,
    stage_moves,
)

ALL_FACTS = [
    Facts(**dict(zip((one.name for one in fields(Facts)), values, strict=True)))
    for values in product((False, True), repeat=len(fields(Facts)))
]
FACTS = st.sampled_from(ALL_FACTS)
BY_HAND = """
preparatory begin_main   main
main        begin_final  final
final       back_to_main main
"""
ALLOWED = {(at, move): to for at, move, to in map(str.split, BY_HAND.split("\n")[1:-1])}


def test_the_table_has_these_moves_and_no_more():
    assert {(str(at), str(move)): str(to) for (at, move), (to, _needs) in MOVES.items()} == ALLOWED
    assert set(NEEDS) == set(Stage)


@pytest.mark.parametrize(
    ("stage", "facts", "lacks"),
    [
        ("preparatory", Facts(), ["diagnosis", "plan"]),
        ("preparatory", Facts(diagnosis_approved=True), ["plan"]),
        ("preparatory", Facts(plan_in_force=True), ["diagnosis"]),
        ("preparatory", Facts(diagnosis_approved=True, plan_in_force=True), []),
        ("main", Facts(), []),
        ("final", Facts(), ["analysis"]),
        ("final", Facts(analysis_written=True), ["approval"]),
        ("final", Facts(analysis_written=True, analysis_approved=True), []),
    ],
)
def test_what_a_stage_lacks(stage, facts, lacks):
    assert stage_lacks(stage, facts) == lacks


@pytest.mark.parametrize(
    ("stage", "move", "facts", "code"),
    [
        ("preparatory", "begin_main", Facts(), "no_diagnosis"),
        ("preparatory", "begin_main", Facts(diagnosis_approved=True), "no_plan"),
        ("final", "back_to_main", Facts(removal_on_agenda=True), "no_off_agenda"),
        ("preparatory", "begin_final", Facts(diagnosis_approved=True, plan_in_force=True), "wrong_state"),
        ("main", "begin_main", Facts(diagnosis_approved=True, plan_in_force=True), "wrong_state"),
        ("main", "made up", Facts(), "wrong_state"),
    ],
)
def test_what_is_refused_and_why(stage, move, facts, code):
    with pytest.raises(RuleBroken) as broken:
        stage_after("enrolled", stage, move, facts)
    assert broken.value.code == code and len(broken.value.message) > 30


@pytest.mark.parametrize(("status", "stage", "move"), [*product(Status, Stage, Move)])
def test_a_button_is_shown_when_and_only_when_it_can_be_pressed(status, stage, move):
    for facts in ALL_FACTS:
        if move in stage_moves(status, stage, facts):
            assert stage_after(status, stage, move, facts) == ALLOWED[stage, move]
            continue
        with pytest.raises(RuleBroken):
            stage_after(status, stage, move, facts)


@pytest.mark.parametrize("status", [one for one in Status if one != Status.ENROLLED])
def test_nothing_moves_off_patronage(status):
    with pytest.raises(RuleBroken) as broken:
        stage_after(status, "main", "begin_final", Facts())
    assert broken.value.code == "wrong_state"


@given(st.lists(st.tuples(st.sampled_from(Move), FACTS), max_size=20))
def test_the_main_stage_is_never_reached_without_diagnosis_and_plan(steps):
    stage, ready = Stage.PREPARATORY, False
    for move, facts in steps:
        was = stage
        try:
            stage = stage_after("enrolled", stage, move, facts)
        except RuleBroken:
            continue
        ready = ready or (was == Stage.PREPARATORY and facts.diagnosis_approved and facts.plan_in_force)
        assert ready and stage != was


def test_every_need_can_be_met_and_lacked():
    told = {need for needs in NEEDS.values() for need in needs}
    assert told | {Need.OFF_AGENDA} == set(Need)
