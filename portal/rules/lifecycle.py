"""The lives of a patronage, a meeting and an agenda item (DOMAIN §3): every move stands in a table.

A move that is in no table is refused with wrong_state and a sentence on what to do instead.
"""

from enum import StrEnum
from typing import NoReturn

from portal.rules import N_, RuleBroken


class Status(StrEnum):
    """Where a patronage is."""

    IDENTIFIED = "identified"
    CONSENTED = "consented"
    SUBMITTED = "submitted"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    DECLINED = "declined"
    REFUSED = "refused"


class Stage(StrEnum):
    """REG 3: the stages of an enrolled patronage, in their order."""

    PREPARATORY = "preparatory"
    MAIN = "main"
    FINAL = "final"


class Event(StrEnum):
    """What happens to a patronage: `rejected` by the consilium, `declined` by the family."""

    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SUBMITTED = "submitted"
    ENROLLED = "enrolled"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REMOVED = "removed"
    DECLINED = "declined"


class Meeting(StrEnum):
    """Where a meeting of the consilium is."""

    DRAFT = "draft"
    CONVENED = "convened"
    OPEN = "open"
    CLOSED = "closed"
    SIGNED = "signed"
    CANCELLED = "cancelled"


class Item(StrEnum):
    """Where an item of the agenda is."""

    WAITING = "waiting"
    VOTING = "voting"
    CARRIED = "carried"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({Status.IDENTIFIED, Status.CONSENTED, Status.SUBMITTED, Status.ENROLLED, Status.SUSPENDED})

TRANSITIONS: dict[tuple[str, str], Status] = {
    (Status.IDENTIFIED, Event.CONSENT_GIVEN): Status.CONSENTED,
    (Status.IDENTIFIED, Event.DECLINED): Status.DECLINED,
    (Status.CONSENTED, Event.CONSENT_GIVEN): Status.CONSENTED,
    (Status.CONSENTED, Event.CONSENT_WITHDRAWN): Status.IDENTIFIED,
    (Status.CONSENTED, Event.SUBMITTED): Status.SUBMITTED,
    (Status.CONSENTED, Event.DECLINED): Status.DECLINED,
    (Status.SUBMITTED, Event.CONSENT_GIVEN): Status.SUBMITTED,
    (Status.SUBMITTED, Event.CONSENT_WITHDRAWN): Status.IDENTIFIED,
    (Status.SUBMITTED, Event.SUBMITTED): Status.SUBMITTED,  # a deferred one, on the next agenda
    (Status.SUBMITTED, Event.ENROLLED): Status.ENROLLED,
    (Status.SUBMITTED, Event.REJECTED): Status.REFUSED,
    (Status.SUBMITTED, Event.DEFERRED): Status.SUBMITTED,
    (Status.SUBMITTED, Event.DECLINED): Status.DECLINED,
    (Status.ENROLLED, Event.CONSENT_GIVEN): Status.ENROLLED,
    (Status.ENROLLED, Event.CONSENT_WITHDRAWN): Status.SUSPENDED,
    (Status.ENROLLED, Event.SUSPENDED): Status.SUSPENDED,  # away
    (Status.ENROLLED, Event.REMOVED): Status.REMOVED,
    (Status.SUSPENDED, Event.CONSENT_GIVEN): Status.ENROLLED,
    (Status.SUSPENDED, Event.CONSENT_WITHDRAWN): Status.SUSPENDED,
    (Status.SUSPENDED, Event.RESUMED): Status.ENROLLED,  # back; the consent is checked by check_consent
    (Status.SUSPENDED, Event.REMOVED): Status.REMOVED,
}

MEETING_TRANSITIONS: dict[str, frozenset[Meeting]] = {
    Meeting.DRAFT: frozenset({Meeting.CONVENED, Meeting.CANCELLED}),
    Meeting.CONVENED: frozenset({Meeting.OPEN, Meeting.CANCELLED}),
    Meeting.OPEN: frozenset({Meeting.CLOSED}),
    Meeting.CLOSED: frozenset({Meeting.SIGNED}),
    Meeting.SIGNED: frozenset(),
    Meeting.CANCELLED: frozenset(),
}

ITEM_TRANSITIONS: dict[str, frozenset[Item]] = {
    Item.WAITING: frozenset({Item.VOTING, Item.DEFERRED, Item.WITHDRAWN}),
    Item.VOTING: frozenset({Item.CARRIED, Item.REJECTED, Item.DEFERRED, Item.WITHDRAWN}),
    Item.CARRIED: frozenset(),
    Item.REJECTED: frozenset(),
    Item.DEFERRED: frozenset(),
    Item.WITHDRAWN: frozenset(),
}

_CLOSED = N_("This patronage is over. If the family needs help again, open a new one.")
_WHAT_TO_DO = {
    Status.IDENTIFIED: N_(
        "The family has no consent in force. Record the consent of a legal representative first."
    ),
    Status.CONSENTED: N_(
        "The consilium has not been asked about this family yet. Put the family on an agenda first."
    ),
    Status.SUBMITTED: N_("The family is before the consilium. Wait for its decision, or withdraw the item."),
    Status.ENROLLED: N_(
        "The family is on patronage. Only the consilium takes it off, by a vote on its removal."
    ),
    Status.SUSPENDED: N_(
        "The patronage is suspended. Record a new consent, or put the removal before the consilium."
    ),
    Status.REMOVED: _CLOSED,
    Status.DECLINED: _CLOSED,
    Status.REFUSED: _CLOSED,
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
}
_ITEM_WHAT_TO_DO = {
    Item.WAITING: N_("This item has not been put to the vote. Put it to the vote first."),
    Item.VOTING: N_("This item is being voted on. Close the vote first."),
}
_ITEM_DECIDED = N_("This item is closed and never reopens. Put a new item on an agenda.")


def after(status: str, event: str) -> Status:
    """The status of a patronage after the event. Raises wrong_state when it can't happen now.

    R3 (REG 1.1): a withdrawn consent takes an enrolled family to suspended, an earlier one back to
    identified; a new consent brings a suspended one back. R2 (REG 1.3): enrolled, rejected, deferred and
    removed are decisions of the consilium. A rejected or deferred removal changes nothing and is no event.
    """
    to = TRANSITIONS.get((status, event))
    if to is None:
        _refuse(_WHAT_TO_DO[Status(status)], status, event)
    return to


def possible(status: str) -> dict[Event, Status]:
    """What can happen to a patronage now, and its status then: what its card draws the buttons from."""
    return {Event(event): to for (at, event), to in TRANSITIONS.items() if at == status}


def check_enrolled(status: str) -> None:
    """Raises wrong_state unless the family is on patronage now, not suspended."""
    if status != Status.ENROLLED:
        raise RuleBroken("wrong_state", _WHAT_TO_DO[Status(status)], status=str(status))


def move_meeting(status: str, to: str) -> Meeting:
    """`to`, if a meeting may go there: draft, convened, open, closed, signed; canceled before it opens.

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


def check_open(status: str | None) -> None:
    """Nothing new is written on an episode that is over, or of a family without one. Raises over."""
    if status is None or status not in OPEN:
        raise RuleBroken(
            "over",
            N_(
                "The patronage is over, so nothing new is entered. If the family needs help again, open a new "
                "patronage; of a child in danger tell the juvenile commission by telephone at once."
            ),
        )


def _refuse(message: str, status: str, event: str) -> NoReturn:
    raise RuleBroken("wrong_state", message, status=str(status), event=str(event))
