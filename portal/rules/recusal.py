"""Recusal: who works with the family takes no part in its item (DOMAIN §2, "Consilium")."""

from portal.rules import N_, RuleBroken
from portal.rules.meetings import Item, Meeting

HELD = frozenset({Meeting.CONVENED, Meeting.OPEN})
AHEAD = frozenset({Item.WAITING, Item.VOTING})


def check_recusal(meeting: str, item: str, has_vote: bool, already: bool, reason: str) -> None:
    """A member with a vote, on an item not yet decided, with a reason, once.

    Raises not_now, item_fixed, not_a_member, already_recused, why_missing, in this order.
    """
    if meeting not in HELD:
        raise RuleBroken(
            "not_now", N_("Recusals are declared once the meeting is convened and until it is closed.")
        )
    if item not in AHEAD:
        raise RuleBroken("item_fixed", N_("This item is closed: nobody can be recused on it any more."))
    if not has_vote:
        raise RuleBroken("not_a_member", N_("Only members of this meeting who have a vote can be recused."))
    if already:
        raise RuleBroken("already_recused", N_("The recusal has been declared already."))
    if not reason.strip():
        raise RuleBroken("why_missing", N_("Say in a word what the recusal is for."))


def check_take_back(meeting: str, item: str, declared: bool, own: bool) -> None:
    """A recusal is taken back while the item waits; by the member, one that the member has declared.

    `own`: the member's own, or another's, taken back by whoever keeps the presence.
    Raises not_recused, item_fixed, not_own_recusal.
    """
    if not declared:
        raise RuleBroken("not_recused", N_("There is no such recusal any more. Reload the page."))
    if meeting not in HELD or item != Item.WAITING:
        raise RuleBroken(
            "item_fixed", N_("The item has been put to the vote: the recusal on it stays as it is.")
        )
    if not own:
        raise RuleBroken(
            "not_own_recusal",
            N_("The chair or the secretary has entered this recusal: ask them to take it back."),
        )
