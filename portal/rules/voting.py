"""How the consilium votes: quorum, who may vote, what is carried.

The regulation (REG 1.3) gives the decision to the consilium and is silent on how it votes; these are the
defaults of DOMAIN §2, "Consilium", taken from the practice of commissions. A member recused on an item is
left out of `present` by the caller.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.meetings import Item

LONGEST_REASON = 2_000  # characters


class Choice(StrEnum):
    """A vote, open and named."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@dataclass(frozen=True)
class Tally:
    """The votes of the members present, and what they decide; `by_chair` marks the casting vote."""

    for_: int
    against: int
    abstain: int
    present: int
    carried: bool
    by_chair: bool


def quorum(roll: int, share: str = "two_thirds") -> int:
    """How many of `roll` members must be present, never less than one.

    "two_thirds" is 2/3 of the roll, rounded up; "half" is 1/2, rounded up. Raises ValueError for any
    other share. DOMAIN §2: quorum 2/3 of the members, rounded up (or 1/2).
    """
    if share == "two_thirds":
        return max(1, -(-2 * roll // 3))
    if share == "half":
        return max(1, -(-roll // 2))
    raise ValueError(f"unknown share of the quorum: {share!r}")


def check_quorum(present: int, roll: int, share: str = "two_thirds", recused: int = 0) -> None:
    """Without quorum nothing can be put to the vote (DOMAIN §2). Raises no_quorum.

    `recused`: how many of those who are here take no part in the item; they are not among `present`.
    """
    needed = quorum(roll, share)
    if present < needed and recused:
        raise RuleBroken(
            "no_quorum",
            N_(
                "There is no quorum on this item: without the recused %(present)s are present, needed at least "
                "%(needed)s. Mark those who have come, or put the item off to the next meeting."
            ),
            present=present,
            needed=needed,
        )
    if present < needed:
        raise RuleBroken(
            "no_quorum",
            N_(
                "There is no quorum: present %(present)s, needed at least %(needed)s. "
                "Mark those who have come, or put the item off to the next meeting."
            ),
            present=present,
            needed=needed,
        )


def result(
    votes: Mapping[int, Choice], present: AbstractSet[int], chair_id: int | None, roll: int | None = None
) -> Tally:
    """Count the votes (by user id) of the members present and not recused; votes of the others never count.

    Carried by a majority of them, or of all `roll` members where that is the setting; an abstention or a silence
    weighs like a vote against. At exactly half the chair's vote decides: carried if the chair is present and voted
    for (DOMAIN §2). So one more "for", of a silent member or of a newcomer, never turns carried into rejected.
    """
    counted = [Choice(choice) for member, choice in votes.items() if member in present]
    for_ = counted.count(Choice.FOR)
    chair_is_for = chair_id is not None and chair_id in present and votes.get(chair_id) == Choice.FOR
    whole = len(present) if roll is None else roll
    by_chair = 2 * for_ == whole and chair_is_for
    return Tally(
        for_=for_,
        against=counted.count(Choice.AGAINST),
        abstain=counted.count(Choice.ABSTAIN),
        present=len(present),
        carried=2 * for_ > whole or by_chair,
        by_chair=by_chair,
    )


def check_vote(
    status_of_item: str, is_member: bool, is_present: bool, already_voted: bool, recused: bool = False
) -> None:
    """One vote of each present member who is not recused, while the item is voted on (DOMAIN §2).

    Raises item_not_open, not_a_member, recused, not_present, already_voted, in this order.
    """
    if status_of_item != Item.VOTING:
        raise RuleBroken(
            "item_not_open",
            N_(
                "This item is not being voted on: the vote has not begun or is already closed. "
                "A closed item never reopens; a mistake is mended by a new decision."
            ),
        )
    if not is_member:
        raise RuleBroken(
            "not_a_member",
            N_("Only members of the consilium vote. Ask the secretary whether you are on its roll."),
        )
    if recused:
        raise RuleBroken("recused", N_("You are recused on this item: you take no part in its vote."))
    if not is_present:
        raise RuleBroken(
            "not_present",
            N_("Only members marked present vote. Ask the secretary to mark you, then vote."),
        )
    if already_voted:
        raise RuleBroken(
            "already_voted",
            N_("You have already voted on this item. A vote can't be changed."),
        )


def check_close(votes_cast: int, present: int) -> None:
    """A vote on which nobody has voted can't be closed: there is nothing to count. Raises nobody_voted."""
    if votes_cast == 0:
        raise RuleBroken(
            "nobody_voted",
            N_(
                "Nobody of those present has voted on this item yet (present: %(present)s). "
                "Wait for the votes, or put the item off."
            ),
            present=present,
        )


_OF_ANOTHER = {
    "not_a_member": N_("Only members of the consilium with a vote vote. Choose one of the list."),
    "recused": N_("This member is recused on the item and takes no part in its vote."),
    "not_present": N_("This member is not marked present. Mark the member first, then enter the vote."),
    "already_voted": N_("This member has voted on the item already. A vote can't be changed."),
}


def check_entered(voter_id: int, actor_id: int, **facts: bool | str) -> None:
    """A vote entered for a member without a device: `facts` as `check_vote` takes them, said of the other person.

    Raises own_vote, and as `check_vote` does. DOMAIN §2: the secretary enters the votes of members without a device.
    """
    if voter_id == actor_id:
        raise RuleBroken("own_vote", N_("Cast your own vote yourself, on the page of the meeting."))
    try:
        check_vote(**facts)  # type: ignore[arg-type]
    except RuleBroken as broken:
        raise RuleBroken(broken.code, _OF_ANOTHER.get(broken.code, broken.message)) from broken


def check_reason(reason: str, demanded: bool) -> None:
    """A vote needs its reason where the setting says so. Raises reason_missing, reason_too_long."""
    if len(reason) > LONGEST_REASON:
        raise RuleBroken("reason_too_long", N_("The reason is too long: make it shorter."))
    if demanded and not reason.strip():
        raise RuleBroken(
            "reason_missing", N_("Say in a word why you vote so: in this meeting a vote needs its reason.")
        )
