"""DOMAIN §3: what becomes of meetings and of items, move by move."""

from itertools import product

import pytest

from portal.rules import RuleBroken
from portal.rules.meetings import Item, Meeting, move_item, move_meeting

MEETING_MOVES = {
    ("draft", "convened"),
    ("draft", "cancelled"),
    ("convened", "open"),
    ("convened", "cancelled"),
    ("open", "closed"),
    ("closed", "signed"),
    ("convened", "no_quorum"),
    ("open", "no_quorum"),
}
ITEM_MOVES = {
    ("waiting", "voting"),
    ("waiting", "deferred"),
    ("waiting", "withdrawn"),
    ("voting", "carried"),
    ("voting", "rejected"),
    ("voting", "deferred"),
    ("voting", "withdrawn"),
}


@pytest.mark.parametrize(
    ("move", "moves", "pair"),
    [(move_meeting, MEETING_MOVES, pair) for pair in product(map(str, Meeting), repeat=2)]
    + [(move_item, ITEM_MOVES, pair) for pair in product(map(str, Item), repeat=2)],
)
def test_every_move_of_meetings_and_items(move, moves, pair):
    if pair in moves:
        assert move(*pair) == pair[1]
        return
    with pytest.raises(RuleBroken) as broken:
        move(*pair)
    assert broken.value.code == "wrong_state"
    assert broken.value.params == {"status": pair[0], "event": pair[1]}
