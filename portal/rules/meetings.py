"""The lives of a meeting and an agenda item (DOMAIN §3): every move stands in a table.

A move that is in no table is refused with wrong_state and a sentence on what to do instead.
"""

from datetime import date
from enum import StrEnum
from typing import NoReturn

from portal.rules import N_, RuleBroken


class Meeting(StrEnum):
    """Where a meeting of the consilium is."""

    DRAFT = "draft"
    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"
    SIGNED = "signed"
    CANCELLED = "cancelled"
    NO_QUORUM = "no_quorum"


class Item(StrEnum):
    """Where an item of the agenda is."""

    WAITING = "waiting"
    VOTING = "voting"
    CARRIED = "carried"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


LIVE = ("waiting", "voting")  # items the meeting has still to consider
DECIDED = ("carried", "rejected")  # items with a decision

MEETING_TRANSITIONS: dict[str, frozenset[Meeting]] = {
    Meeting.DRAFT: frozenset({Meeting.CONVENED, Meeting.CANCELLED}),
    Meeting.CONVENED: frozenset({Meeting.OPEN, Meeting.CANCELLED, Meeting.NO_QUORUM}),
    Meeting.OPEN: frozenset({Meeting.CLOSED, Meeting.NO_QUORUM}),
    Meeting.CLOSED: frozenset({Meeting.SIGNED}),
    Meeting.SIGNED: frozenset(),
    Meeting.CANCELLED: frozenset(),
    Meeting.NO_QUORUM: frozenset(),
}

ITEM_TRANSITIONS: dict[str, frozenset[Item]] = {
    Item.WAITING: frozenset({Item.VOTING, Item.DEFERRED, Item.WITHDRAWN}),
    Item.VOTING: frozenset({Item.CARRIED, Item.REJECTED, Item.DEFERRED, Item.WITHDRAWN}),
    Item.CARRIED: frozenset(),
    Item.REJECTED: frozenset(),
    Item.DEFERRED: frozenset(),
    Item.WITHDRAWN: frozenset(),
}

_MEETING_WHAT_TO_DO = {
    Meeting.DRAFT: N_("The meeting is a draft. Convene it first."),
    Meeting.CONVENED: N_("The meeting is convened. Open it first."),
    Meeting.OPEN: N_("The meeting is open. Close it first."),
    Meeting.CLOSED: N_(
        "The meeting is closed. Only its minutes are left to sign; plan a new meeting for the rest."
    ),
    Meeting.SIGNED: N_("The minutes of this meeting are signed. Plan a new meeting."),
    Meeting.CANCELLED: N_("This meeting is canceled. Plan a new meeting."),
    Meeting.NO_QUORUM: N_("This meeting was not held: there was no quorum. Plan a new meeting."),
}
_ITEM_WHAT_TO_DO = {
    Item.WAITING: N_("This item has not been put to the vote. Put it to the vote first."),
    Item.VOTING: N_("This item is being voted on. Close the vote first."),
}
_ITEM_DECIDED = N_("This item is closed and never reopens. Put a new item on an agenda.")


def move_meeting(status: str, to: str) -> Meeting:
    """`to`, if a meeting may go there: draft, convened, open, closed, signed; canceled before it opens; not held
    for want of a quorum.

    Raises wrong_state. DOMAIN §3.
    """
    if to not in MEETING_TRANSITIONS[status]:
        _refuse(_MEETING_WHAT_TO_DO[Meeting(status)], status, to)
    return Meeting(to)


def move_item(status: str, to: str) -> Item:
    """`to`, if an item may go there. Raises wrong_state. DOMAIN §2, §3: a closed item never reopens."""
    if to not in ITEM_TRANSITIONS[status]:
        _refuse(_ITEM_WHAT_TO_DO.get(Item(status), _ITEM_DECIDED), status, to)
    return Item(to)


def deciding_day(status: str, held_on: date, today: date) -> date:
    """The day that what waits in a meeting is judged by: its own; today when it is open, or its own has passed."""
    return today if status == Meeting.OPEN else max(held_on, today)


def check_without_quorum(status: str, held_on: date, today: date, quorate: bool, decided: bool) -> Meeting:
    """NO_QUORUM, if a meeting may end so: its day has come, it has no quorum and has decided nothing.

    Raises wrong_state, too_early, has_decided, has_quorum. DOMAIN §2: without quorum nothing is put to the vote.
    """
    moved = move_meeting(status, Meeting.NO_QUORUM)
    if today < held_on:
        raise RuleBroken(
            "too_early", N_("The day of the meeting has not come. Call it off if it is not to be held.")
        )
    if decided:
        raise RuleBroken(
            "has_decided", N_("This meeting has decided something: close it, the rest is put off.")
        )
    if quorate:
        raise RuleBroken("has_quorum", N_("There is a quorum: the meeting can go on."))
    return moved


def _refuse(message: str, status: str, to: str) -> NoReturn:
    raise RuleBroken("wrong_state", message, status=str(status), event=str(to))
