"""What may be put before the consilium, as one table: what each kind asks of the patronage and what it proposes.

DOMAIN §3: only the consilium enrolls and removes; regime and term change only by it; an emergency regime started by
the head is ratified or ended by the next meeting. REG 1.3, 1.4, 3.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.lifecycle import Status


class Kind(StrEnum):
    """What an item asks the consilium to decide."""

    ENROLL = "enroll"
    REFUSE = "refuse"
    REMOVE = "remove"
    REGIME = "regime"
    TERM = "term"
    EXTEND = "extend"
    RATIFY = "ratify"
    TRANSFER = "transfer"
    QUESTION = "question"


@dataclass(frozen=True)
class Asked:
    """`statuses`: of the patronage that may be decided on; `proposes`: the fields of an item that it fills."""

    statuses: frozenset[Status]
    proposes: tuple[str, ...]
    consent: bool = False  # R1: a consent in force on the day
    analysis: bool = False  # R2: the closing analysis


_ON = frozenset({Status.ENROLLED})
_ON_OR_STOPPED = frozenset({Status.ENROLLED, Status.SUSPENDED})
_BEFORE = frozenset({Status.SUBMITTED})
KINDS: Mapping[Kind, Asked] = {
    Kind.ENROLL: Asked(_BEFORE, ("regime", "term", "ends_on", "lead_id", "course_reason"), consent=True),
    Kind.REFUSE: Asked(_BEFORE, ()),
    Kind.REMOVE: Asked(_ON_OR_STOPPED, ("reason",), analysis=True),
    Kind.REGIME: Asked(_ON, ("regime",)),
    Kind.TERM: Asked(_ON, ("term", "ends_on")),
    Kind.EXTEND: Asked(_ON, ("ends_on",)),
    Kind.RATIFY: Asked(_ON, ()),
    Kind.TRANSFER: Asked(_ON_OR_STOPPED, ("place",), analysis=True),
    Kind.QUESTION: Asked(frozenset(), ("question",)),
}
REMOVING = frozenset({Kind.REMOVE, Kind.TRANSFER})


def check_status(kind: str, status: str) -> None:
    """Whether such an item can be decided on for a patronage of the status. Raises wrong_state."""
    if status not in KINDS[Kind(kind)].statuses:
        raise RuleBroken(
            "wrong_state",
            N_("The family's patronage has changed since: this item no longer fits it. Take the item off."),
            status=str(status),
            kind=str(kind),
        )
