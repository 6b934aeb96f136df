"""What holds for every vote, whatever the roll, presence, recusals and the majority asked for (Hypothesis)."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from portal.rules.voting import Choice, Tally, result


@dataclass(frozen=True)
class Room:
    """A roll of members 1…n with the chair as number 1; who is here, who is recused, the votes cast by anybody."""

    roll: int
    here: frozenset[int]
    recused: frozenset[int]
    votes: dict[int, Choice]
    of_roll: bool

    def count(self, votes: dict[int, Choice] | None = None, here: frozenset[int] | None = None) -> Tally:
        present = (self.here if here is None else here) - self.recused
        whole = self.roll if self.of_roll else None
        return result(self.votes if votes is None else votes, present, 1, roll=whole)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    """Any such room."""
    roll = draw(st.integers(1, 15))
    members = st.integers(1, roll)
    return Room(
        roll=roll,
        here=draw(st.frozensets(members)),
        recused=draw(st.frozensets(members)),
        votes=draw(st.dictionaries(members, st.sampled_from(Choice))),
        of_roll=draw(st.booleans()),
    )


@given(rooms(), st.randoms())
def test_the_order_of_votes_never_matters(room, random):
    shuffled = list(room.votes.items())
    random.shuffle(shuffled)
    assert room.count(dict(shuffled)) == room.count()


@given(rooms(), st.data())
def test_an_absent_or_recused_vote_never_counts(room, data):
    out = [one for one in range(1, room.roll + 1) if one not in room.here or one in room.recused]
    if out:
        member, choice = data.draw(st.sampled_from(out)), data.draw(st.sampled_from(Choice))
        without = {one: cast for one, cast in room.votes.items() if one != member}
        assert room.count(room.votes | {member: choice}) == room.count(without) == room.count()


@given(rooms(), st.data())
def test_adding_a_for_never_turns_carried_into_rejected(room, data):
    """Of anybody who has not voted: silent, away or recused."""
    silent = sorted(set(range(1, room.roll + 1)) - room.votes.keys())
    if silent:
        member = data.draw(st.sampled_from(silent))
        assert room.count(room.votes | {member: Choice.FOR}).carried >= room.count().carried


@given(rooms(), st.data())
def test_somebody_who_comes_in_and_votes_for_never_turns_carried_into_rejected(room, data):
    away = sorted(set(range(1, room.roll + 1)) - room.here)
    if away:
        member = data.draw(st.sampled_from(away))
        after = room.count(room.votes | {member: Choice.FOR}, room.here | {member})
        assert after.carried >= room.count().carried


@given(rooms(), st.data())
def test_a_for_instead_of_another_choice_never_turns_carried_into_rejected(room, data):
    if room.votes:
        member = data.draw(st.sampled_from(sorted(room.votes)))
        assert room.count(room.votes | {member: Choice.FOR}).carried >= room.count().carried


@given(rooms())
def test_what_the_roll_carries_those_present_carry_too(room):
    of_roll = Room(room.roll, room.here, room.recused, room.votes, of_roll=True).count()
    of_present = Room(room.roll, room.here, room.recused, room.votes, of_roll=False).count()
    assert of_roll.carried <= of_present.carried


@given(rooms())
def test_a_recused_chair_decides_nothing(room):
    without = Room(room.roll, room.here, room.recused | {1}, room.votes, room.of_roll)
    assert not without.count().by_chair


@given(rooms())
def test_the_counts_are_of_those_who_take_part(room):
    tally, present = room.count(), room.here - room.recused
    assert tally.present == len(present)
    assert tally.for_ + tally.against + tally.abstain == len(room.votes.keys() & present)
    assert not tally.carried or 2 * tally.for_ >= (room.roll if room.of_roll else len(present))
