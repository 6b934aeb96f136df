from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.voting import Choice, Tally, check_close, check_quorum, check_vote, quorum, result

FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN
MEMBERS = st.integers(min_value=1, max_value=9)
VOTES = st.dictionaries(MEMBERS, st.sampled_from(Choice))
PRESENT = st.frozensets(MEMBERS)
CHAIR = st.none() | MEMBERS


@pytest.mark.parametrize(
    ("roll", "two_thirds", "half"),
    [
        (1, 1, 1),
        (2, 2, 1),
        (3, 2, 2),
        (4, 3, 2),
        (5, 4, 3),
        (6, 4, 3),
        (7, 5, 4),
        (8, 6, 4),
        (9, 6, 5),
        (10, 7, 5),
        (11, 8, 6),
        (12, 8, 6),
        (13, 9, 7),
        (14, 10, 7),
        (15, 10, 8),
    ],
)
def test_the_quorum_of_each_roll(roll, two_thirds, half):
    assert quorum(roll) == quorum(roll, "two_thirds") == two_thirds
    assert quorum(roll, "half") == half


@pytest.mark.parametrize("share", ["two_thirds", "half"])
def test_an_empty_consilium_has_no_quorum(share):
    with pytest.raises(RuleBroken) as broken:
        check_quorum(0, 0, share)
    assert broken.value.code == "no_quorum"


def test_an_unknown_share_is_an_error():
    with pytest.raises(ValueError, match="all"):
        quorum(5, "all")


def test_the_quorum_is_checked_with_its_figures():
    check_quorum(4, 5)
    check_quorum(3, 5, "half")
    with pytest.raises(RuleBroken) as broken:
        check_quorum(3, 5)
    assert broken.value.code == "no_quorum"
    assert broken.value.params == {"present": 3, "needed": 4}
    assert "present 3, needed at least 4" in broken.value.message % broken.value.params


CHAIR_IS_1 = [
    # votes, present, carried, by the chair
    ({1: FOR, 2: FOR, 3: FOR}, {1, 2, 3}, True, False),
    ({1: FOR, 2: FOR, 3: AGAINST}, {1, 2, 3}, True, False),
    ({1: FOR, 2: AGAINST, 3: AGAINST}, {1, 2, 3}, False, False),
    ({1: FOR, 2: FOR, 3: AGAINST, 4: AGAINST}, {1, 2, 3, 4}, True, True),
    ({1: AGAINST, 2: FOR, 3: FOR, 4: AGAINST}, {1, 2, 3, 4}, False, False),
    ({1: ABSTAIN, 2: FOR, 3: FOR, 4: AGAINST}, {1, 2, 3, 4}, False, False),
    ({2: FOR, 3: FOR}, {1, 2, 3, 4}, False, False),
    ({1: FOR, 2: FOR}, {1, 2, 3, 4}, True, True),
    ({1: FOR, 2: FOR, 3: ABSTAIN, 4: ABSTAIN}, {1, 2, 3, 4}, True, True),
    ({1: FOR, 2: FOR, 3: AGAINST, 4: AGAINST}, {1, 2, 3, 4, 5}, False, False),
    ({1: FOR, 2: FOR, 3: AGAINST}, {2, 3}, False, False),
    ({1: FOR}, set(), False, False),
    ({}, set(), False, False),
    ({}, {1}, False, False),
    ({1: FOR}, {1, 2}, True, True),
]


@pytest.mark.parametrize(("votes", "present", "carried", "by_chair"), CHAIR_IS_1)
def test_what_is_carried(votes, present, carried, by_chair):
    tally = result(votes, present, chair_id=1)
    assert (tally.carried, tally.by_chair) == (carried, by_chair)


def test_the_tally_counts_each_choice():
    votes = {1: FOR, 2: FOR, 3: AGAINST, 4: ABSTAIN, 5: FOR, 6: AGAINST}
    assert result(votes, {1, 2, 3, 4, 5, 7}, 1) == Tally(3, 1, 1, present=6, carried=True, by_chair=True)


def test_choices_as_the_database_keeps_them_count_the_same():
    assert result({1: "for", 2: "against"}, {1, 2}, 1) == result({1: FOR, 2: AGAINST}, {1, 2}, 1)


def test_a_tie_without_a_chair_is_rejected():
    assert not result({1: FOR, 2: AGAINST}, {1, 2}, None).carried


def test_every_order_of_the_same_votes_gives_the_same_result():
    votes = {1: FOR, 2: FOR, 3: AGAINST, 4: ABSTAIN}
    assert len({result(dict(order), {1, 2, 3, 4}, 1) for order in permutations(votes.items())}) == 1


@given(VOTES, PRESENT, CHAIR, st.randoms())
def test_the_order_of_votes_never_matters(votes, present, chair, random):
    shuffled = list(votes.items())
    random.shuffle(shuffled)
    assert result(dict(shuffled), present, chair) == result(votes, present, chair)


@given(VOTES, PRESENT, CHAIR)
def test_a_vote_of_the_absent_never_counts(votes, present, chair):
    of_present = {member: choice for member, choice in votes.items() if member in present}
    assert result(votes, present, chair) == result(of_present, present, chair)


@given(VOTES, PRESENT, CHAIR)
def test_the_counts_fit_together(votes, present, chair):
    tally = result(votes, present, chair)
    assert tally.for_ + tally.against + tally.abstain == len(votes.keys() & present) <= tally.present
    assert not tally.carried or 2 * tally.for_ >= tally.present > 0
    assert tally.by_chair <= tally.carried


@given(VOTES, PRESENT, CHAIR, MEMBERS)
def test_a_for_of_a_silent_member_never_turns_carried_into_rejected(votes, present, chair, member):
    votes.pop(member, None)
    before = result(votes, present | {member}, chair)
    assert result(votes | {member: FOR}, present | {member}, chair).carried >= before.carried


@given(VOTES, PRESENT, CHAIR, MEMBERS)
def test_a_for_of_a_newcomer_never_turns_carried_into_rejected(votes, present, chair, member):
    votes.pop(member, None)
    before = result(votes, present - {member}, chair)
    assert result(votes | {member: FOR}, present | {member}, chair).carried >= before.carried


@given(VOTES, PRESENT, CHAIR, MEMBERS)
def test_an_against_never_turns_rejected_into_carried(votes, present, chair, member):
    votes.pop(member, None)
    before = result(votes, present, chair)
    assert result(votes | {member: AGAINST}, present, chair).carried <= before.carried


@pytest.mark.parametrize(
    ("status", "is_member", "is_present", "already_voted", "code"),
    [
        ("waiting", True, True, False, "item_not_open"),
        ("carried", True, True, False, "item_not_open"),
        ("rejected", True, True, False, "item_not_open"),
        ("deferred", True, True, False, "item_not_open"),
        ("withdrawn", True, True, False, "item_not_open"),
        ("voting", False, True, False, "not_a_member"),
        ("voting", True, False, False, "not_present"),
        ("voting", True, True, True, "already_voted"),
        ("carried", True, True, True, "item_not_open"),
        ("voting", False, False, False, "not_a_member"),
    ],
)
def test_who_may_not_vote(status, is_member, is_present, already_voted, code):
    with pytest.raises(RuleBroken) as broken:
        check_vote(status, is_member, is_present, already_voted)
    assert broken.value.code == code


def test_a_present_member_votes_once_on_an_open_item():
    check_vote("voting", is_member=True, is_present=True, already_voted=False)


def test_a_vote_without_votes_is_not_closed():
    check_close(1, 5)
    with pytest.raises(RuleBroken) as broken:
        check_close(0, 5)
    assert broken.value.code == "nobody_voted"
    assert "(present: 5)" in broken.value.message % broken.value.params
