"""Quorum and majority, worked by hand: what each roll needs, and what the votes decide. No figure here is computed."""

import pytest

from portal.rules import RuleBroken
from portal.rules.voting import Choice, check_quorum, quorum, result

# roll: quorum of two thirds, of half; "for" needed among the whole roll, and whether that many is the chair's tie
ROLLS = [
    # roll, 2/3, 1/2, votes that carry of the roll, tie that the chair decides (or None)
    (1, 1, 1, 1, None),
    (2, 2, 1, 2, 1),
    (3, 2, 2, 2, None),
    (4, 3, 2, 3, 2),
    (5, 4, 3, 3, None),
    (6, 4, 3, 4, 3),
    (7, 5, 4, 4, None),
    (8, 6, 4, 5, 4),
    (9, 6, 5, 5, None),
    (10, 7, 5, 6, 5),
    (11, 8, 6, 6, None),
    (12, 8, 6, 7, 6),
    (13, 9, 7, 7, None),
    (14, 10, 7, 8, 7),
    (15, 10, 8, 8, None),
]
# roll, present, recused of them, share; whether that is a quorum
QUORUMS = [
    (1, 1, 0, "two_thirds", True),
    (1, 1, 1, "two_thirds", False),
    (1, 0, 0, "half", False),
    (2, 2, 0, "two_thirds", True),
    (2, 2, 1, "two_thirds", False),
    (2, 2, 1, "half", True),
    (3, 2, 0, "two_thirds", True),
    (3, 3, 1, "two_thirds", True),
    (3, 3, 2, "half", False),
    (4, 3, 0, "two_thirds", True),
    (4, 4, 1, "two_thirds", True),
    (4, 4, 2, "two_thirds", False),
    (4, 4, 2, "half", True),
    (5, 4, 0, "two_thirds", True),
    (5, 4, 1, "two_thirds", False),
    (5, 4, 1, "half", True),
    (6, 4, 0, "two_thirds", True),
    (6, 3, 0, "two_thirds", False),
    (6, 4, 1, "half", True),
    (7, 5, 0, "two_thirds", True),
    (7, 5, 1, "two_thirds", False),
    (7, 5, 1, "half", True),
    (8, 6, 0, "two_thirds", True),
    (8, 7, 2, "two_thirds", False),
    (8, 7, 3, "half", True),
    (9, 6, 0, "two_thirds", True),
    (9, 5, 0, "half", True),
    (9, 6, 2, "half", False),
    (10, 7, 0, "two_thirds", True),
    (10, 10, 4, "two_thirds", False),
    (10, 10, 5, "half", True),
    (11, 8, 0, "two_thirds", True),
    (11, 8, 1, "two_thirds", False),
    (12, 8, 0, "two_thirds", True),
    (12, 12, 6, "half", True),
    (12, 12, 7, "half", False),
    (13, 9, 0, "two_thirds", True),
    (13, 8, 0, "two_thirds", False),
    (13, 8, 1, "half", True),
    (14, 10, 0, "two_thirds", True),
    (14, 10, 1, "two_thirds", False),
    (14, 7, 0, "half", True),
    (15, 10, 0, "two_thirds", True),
    (15, 15, 5, "two_thirds", True),
    (15, 15, 6, "two_thirds", False),
    (15, 8, 0, "half", True),
    (15, 8, 1, "half", False),
]
# (for, against, abstained, silent) among those present and not recused, the chair's vote among them ("" is none:
# silent, away or recused), the roll, and what is decided: of those present, of the roll; "chair" is by the casting vote
VOTES = [
    (1, (1, 0, 0, 0), "for", "carried", "carried"),
    (1, (0, 1, 0, 0), "against", "rejected", "rejected"),
    (1, (0, 0, 1, 0), "abstain", "rejected", "rejected"),
    (2, (1, 1, 0, 0), "for", "chair", "chair"),
    (2, (1, 1, 0, 0), "against", "rejected", "rejected"),
    (2, (1, 0, 0, 0), "for", "carried", "chair"),
    (2, (1, 0, 0, 0), "", "carried", "rejected"),
    (3, (2, 0, 0, 0), "", "carried", "carried"),
    (3, (1, 1, 0, 0), "for", "chair", "rejected"),
    (3, (1, 1, 1, 0), "for", "rejected", "rejected"),
    (3, (2, 1, 0, 0), "against", "carried", "carried"),
    (3, (1, 0, 0, 1), "for", "chair", "rejected"),
    (4, (2, 1, 0, 0), "for", "carried", "chair"),
    (4, (2, 1, 0, 0), "against", "carried", "rejected"),
    (4, (2, 2, 0, 0), "for", "chair", "chair"),
    (4, (2, 2, 0, 0), "", "rejected", "rejected"),
    (4, (2, 0, 2, 0), "for", "chair", "chair"),
    (4, (2, 0, 2, 0), "abstain", "rejected", "rejected"),
    (4, (3, 0, 0, 1), "", "carried", "carried"),
    (5, (2, 2, 0, 0), "for", "chair", "rejected"),
    (5, (2, 1, 1, 0), "for", "chair", "rejected"),
    (5, (3, 1, 0, 0), "against", "carried", "carried"),
    (5, (2, 0, 0, 2), "for", "chair", "rejected"),
    (5, (2, 1, 0, 2), "for", "rejected", "rejected"),
    (6, (3, 1, 0, 0), "for", "carried", "chair"),
    (6, (3, 1, 0, 0), "against", "carried", "rejected"),
    (6, (3, 3, 0, 0), "for", "chair", "chair"),
    (6, (3, 2, 1, 0), "abstain", "rejected", "rejected"),
    (6, (2, 1, 1, 0), "for", "chair", "rejected"),
    (7, (3, 2, 0, 0), "for", "carried", "rejected"),
    (7, (4, 1, 0, 0), "against", "carried", "carried"),
    (7, (3, 3, 0, 0), "for", "chair", "rejected"),
    (7, (3, 0, 3, 0), "", "rejected", "rejected"),
    (8, (4, 2, 0, 0), "for", "carried", "chair"),
    (8, (4, 2, 0, 0), "", "carried", "rejected"),
    (8, (3, 3, 0, 0), "for", "chair", "rejected"),
    (8, (4, 4, 0, 0), "against", "rejected", "rejected"),
    (8, (5, 1, 2, 0), "abstain", "carried", "carried"),
    (9, (5, 4, 0, 0), "against", "carried", "carried"),
    (9, (4, 2, 0, 0), "for", "carried", "rejected"),
    (9, (3, 0, 0, 3), "for", "chair", "rejected"),
    (9, (4, 5, 0, 0), "for", "rejected", "rejected"),
    (10, (5, 5, 0, 0), "for", "chair", "chair"),
    (10, (5, 4, 1, 0), "against", "rejected", "rejected"),
    (10, (5, 2, 0, 0), "for", "carried", "chair"),
    (10, (6, 4, 0, 0), "against", "carried", "carried"),
    (11, (6, 5, 0, 0), "", "carried", "carried"),
    (11, (5, 3, 0, 0), "for", "carried", "rejected"),
    (11, (4, 4, 0, 0), "for", "chair", "rejected"),
    (12, (6, 2, 0, 0), "for", "carried", "chair"),
    (12, (6, 6, 0, 0), "for", "chair", "chair"),
    (12, (6, 0, 6, 0), "abstain", "rejected", "rejected"),
    (12, (4, 2, 1, 1), "for", "chair", "rejected"),
    (13, (7, 6, 0, 0), "against", "carried", "carried"),
    (13, (5, 4, 0, 0), "for", "carried", "rejected"),
    (13, (6, 3, 3, 1), "for", "rejected", "rejected"),
    (14, (7, 7, 0, 0), "for", "chair", "chair"),
    (14, (7, 3, 0, 0), "for", "carried", "chair"),
    (14, (7, 3, 0, 0), "against", "carried", "rejected"),
    (14, (5, 5, 0, 0), "", "rejected", "rejected"),
    (15, (8, 7, 0, 0), "against", "carried", "carried"),
    (15, (7, 7, 0, 1), "for", "rejected", "rejected"),
    (15, (7, 7, 0, 0), "for", "chair", "rejected"),
    (15, (6, 4, 0, 0), "for", "carried", "rejected"),
    (15, (5, 0, 5, 0), "for", "chair", "rejected"),
]
CHAIR = 1


def members(counts: tuple[int, int, int, int], chair: str) -> tuple[dict[int, Choice], set[int]]:
    """The votes by member and who is present; the chair, number 1, among them where it voted."""
    votes: dict[int, Choice] = {}
    rest = [*["for"] * counts[0], *["against"] * counts[1], *["abstain"] * counts[2]]
    if chair:
        rest.remove(chair)
        votes[CHAIR] = Choice(chair)
    votes |= {number: Choice(choice) for number, choice in enumerate(rest, start=2)}
    silent = {100 + number for number in range(counts[3])}
    return votes, votes.keys() | silent


@pytest.mark.parametrize(("roll", "two_thirds", "half", "carry", "tie"), ROLLS)
def test_what_each_roll_needs(roll, two_thirds, half, carry, tie):
    assert (quorum(roll, "two_thirds"), quorum(roll, "half")) == (two_thirds, half)
    everybody = set(range(1, roll + 1))
    enough = dict.fromkeys(range(roll, roll - carry, -1), Choice.FOR)
    assert result(enough, everybody, CHAIR, roll=roll).carried
    enough.popitem()
    assert not result(
        {number: c for number, c in enough.items() if number != 1}, everybody, CHAIR, roll=roll
    ).carried
    if tie is not None:
        equal = dict.fromkeys(range(1, tie + 1), Choice.FOR)
        assert result(equal, everybody, CHAIR, roll=roll).by_chair


@pytest.mark.parametrize(("roll", "present", "recused", "share", "enough"), QUORUMS)
def test_the_quorum_without_the_recused(roll, present, recused, share, enough):
    if enough:
        check_quorum(present - recused, roll, share, recused)
        return
    with pytest.raises(RuleBroken) as broken:
        check_quorum(present - recused, roll, share, recused)
    assert broken.value.code == "no_quorum"
    assert ("without the recused" in broken.value.message) is bool(recused)


@pytest.mark.parametrize(("roll", "counts", "chair", "of_present", "of_roll"), VOTES)
def test_what_the_votes_decide(roll, counts, chair, of_present, of_roll):
    votes, present = members(counts, chair)
    for whole, expected in ((None, of_present), (roll, of_roll)):
        tally = result(votes, present, CHAIR, roll=whole)
        said = "chair" if tally.by_chair else "carried" if tally.carried else "rejected"
        assert said == expected
        assert (tally.for_, tally.against, tally.abstain, tally.present) == (*counts[:3], sum(counts))


def test_a_vote_of_somebody_away_or_recused_changes_none_of_these():
    for _roll, counts, chair, of_present, _of_roll in VOTES:
        votes, present = members(counts, chair)
        for choice in Choice:
            tally = result(votes | {500: choice}, present, CHAIR)
            assert ("chair" if tally.by_chair else "carried" if tally.carried else "rejected") == of_present


def test_the_table_has_every_roll_and_both_settings():
    assert [row[0] for row in ROLLS] == list(range(1, 16))
    assert {row[0] for row in VOTES} == {row[0] for row in QUORUMS} == set(range(1, 16))
    assert {row[3] for row in QUORUMS} == {"two_thirds", "half"}
