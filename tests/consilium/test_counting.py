"""The count that the closing and `flask check` share: who is away or recused is left out by it (Hypothesis)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consilium import counting
from portal.consilium.models import ItemVoter
from portal.rules import RuleBroken
from portal.rules.voting import Choice, Tally

MAJORITIES = st.sampled_from(("present", "roll"))
Stand = tuple[bool, bool, str | None]  # present, recused, choice
STANDS = st.tuples(st.booleans(), st.booleans(), st.none() | st.sampled_from([str(one) for one in Choice]))
ROLLS = st.lists(STANDS, min_size=1, max_size=15)  # the first one is the chair


def rows(stands: list[Stand]) -> list[ItemVoter]:
    """The members of a roll as they stand to an item."""
    found = []
    for number, (present, recused, choice) in enumerate(stands):
        row = ItemVoter(item_id=1, user_id=number, seat="chair" if number == 0 else "member")
        row.present, row.recused, row.choice = present, recused, choice
        found.append(row)
    return found


def count(stands: list[Stand], majority: str) -> Tally:
    return counting.tally(rows(stands), majority)


@given(ROLLS, MAJORITIES, st.randoms())
def test_the_order_never_matters(stands, majority, random):
    shuffled = rows(stands)
    random.shuffle(shuffled)
    assert counting.tally(shuffled, majority) == count(stands, majority)


@given(ROLLS, MAJORITIES)
def test_an_absent_or_recused_vote_never_counts(stands, majority):
    """Whatever stands in the row of such a member, and whichever of the two it is."""
    out = [(p, r, None) if r or not p else (p, r, choice) for p, r, choice in stands]
    assert count(stands, majority) == count(out, majority)
    away = [(False, False, "for") if r or not p else (p, r, choice) for p, r, choice in stands]
    assert count(stands, majority) == count(away, majority)


@given(ROLLS, MAJORITIES, st.data())
def test_adding_a_for_never_turns_carried_into_rejected(stands, majority, data):
    """Of somebody silent, away or recused; who comes in to vote it, too."""
    place = data.draw(st.integers(0, len(stands) - 1))
    present, recused, choice = stands[place]
    if choice is None:
        before = count(stands, majority).carried
        for here in {present, True}:
            after = [*stands[:place], (here, recused, "for"), *stands[place + 1 :]]
            assert count(after, majority).carried >= before


@given(ROLLS, st.sampled_from(("two_thirds", "half")))
def test_the_quorum_is_of_the_whole_roll_without_the_recused(stands, share):
    taking_part = sum(1 for present, recused, _choice in stands if present and not recused)
    enough = 3 * taking_part >= 2 * len(stands) if share == "two_thirds" else 2 * taking_part >= len(stands)
    if enough:
        counting.check_quorum(rows(stands), share)
    else:
        with pytest.raises(RuleBroken) as broken:
            counting.check_quorum(rows(stands), share)
        assert broken.value.code == "no_quorum"
