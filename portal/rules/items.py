"""What may be put before the consilium, as one table: what each kind asks of the patronage and what it proposes.

DOMAIN §3: only the consilium enrolls and removes; regime and term change only by it; an emergency regime started by
the head is ratified or ended by the next meeting. REG 1.3, 1.4, 3.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.enrollment import Term, check_term
from portal.rules.lifecycle import Status
from portal.rules.workdays import check_year


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


def check_withdrawn(reason: str | None, status: str) -> None:
    """R3: who has a consent in force again is not removed for its withdrawal. Raises consent_in_force."""
    if reason == "consent_withdrawn" and status == Status.ENROLLED:
        raise RuleBroken(
            "consent_in_force",
            N_(
                "The family has a consent in force. Take the item off, or choose another reason of the removal."
            ),
        )


def check_regime(now: str | None, proposed: str | None, emergency_waits: bool) -> None:
    """A regime item proposes another regime than the one of now (DOMAIN §3).

    Raises no_regime, same_regime, and emergency_waits while a head's emergency start is neither ratified nor ended.
    """
    if not proposed:
        raise RuleBroken("no_regime", N_("Choose the regime."))
    if emergency_waits:
        raise RuleBroken(
            "emergency_waits",
            N_(
                "The head has started the emergency regime, and the consilium has not ratified it yet. "
                "Decide on that first: the item comes onto the next agenda by itself."
            ),
        )
    if proposed == now:
        raise RuleBroken(
            "same_regime", N_("The family has this regime already. Choose another one, or take the item off.")
        )


def check_new_term(
    now: tuple[str | None, date | None], term: str | None, ends_on: date | None, day: date
) -> None:
    """R5 (REG 1.4): another term than the one of now, and a whole one.

    Raises no_term, same_term, and as `check_term` does.
    """
    if not term:
        raise RuleBroken("no_term", N_("Choose the term."))
    check_term(term, day, ends_on)
    if (term, ends_on) == now:
        raise RuleBroken(
            "same_term", N_("The patronage has this term already. Choose another one, or take the item off.")
        )


def check_extension(now: tuple[str | None, date | None], ends_on: date | None, day: date) -> None:
    """R5 (REG 1.4): only a short term is extended, and to a later end than the one of now.

    Raises nothing_to_extend, end_not_later, and as `check_term` does.
    """
    term, ends_now = now
    if term != Term.SHORT:
        raise RuleBroken(
            "nothing_to_extend",
            N_("The patronage is long-term and has no end to extend. Take the item off."),
        )
    check_term(Term.SHORT, day, ends_on)
    if ends_on is not None and ends_now is not None and ends_on <= ends_now:
        raise RuleBroken(
            "end_not_later",
            N_("An extension ends later than the term does now, %(ends_on)s. Choose a later day."),
            ends_on=ends_now,
        )


def check_ratify(emergency_waits: bool) -> None:
    """There is an emergency start to ratify or to end (DOMAIN §3). Raises no_emergency."""
    if not emergency_waits:
        raise RuleBroken(
            "no_emergency",
            N_("No emergency start of this family waits for the consilium. Take the item off."),
        )


def check_place(place: str | None) -> None:
    """A family is handed over to a center that is named. Raises no_place."""
    if not (place or "").strip():
        raise RuleBroken("no_place", N_("Name the center that the family is handed over to."))


def check_question(text: str | None) -> None:
    """A free question has its words. Raises no_question."""
    if not (text or "").strip():
        raise RuleBroken("no_question", N_("Write the question."))


def check_emergency(regime: str | None, why: str) -> None:
    """A head starts the emergency regime at once, with the reason, where it is not in force yet (DOMAIN §3).

    Raises already_emergency, why_missing.
    """
    if regime == "emergency":
        raise RuleBroken(
            "already_emergency",
            N_("The family is under the emergency regime already. Look at its card again."),
        )
    if not why.strip():
        raise RuleBroken(
            "why_missing", N_("Say why the family needs help at once: the consilium will read it.")
        )


def check_deferral(why: str, until_on: date | None, today: date) -> None:
    """An item is put off with a word why, until a day that has not passed, or until the next meeting.

    Raises why_missing, far_year, until_in_past.
    """
    if not why.strip():
        raise RuleBroken("why_missing", N_("Say in a word why the item is put off."))
    if until_on is not None:
        check_year(until_on)
    if until_on is not None and until_on < today:
        raise RuleBroken(
            "until_in_past",
            N_("The day until which the item is put off has passed. Choose today or a later day."),
        )


_WHILE_VOTING = {  # facts whose ordinary advice, to change the item or to take it off, can't be followed any more
    "wrong_state": N_("The family's patronage has changed since: this item no longer fits it. Put it off."),
    "consent_in_force": N_("The family has a consent in force again. Put the item off."),
    "same_regime": N_("The family has this regime already. Put the item off."),
    "emergency_waits": N_("The head's emergency start is to be decided first. Put this item off."),
    "same_term": N_("The patronage has this term already. Put the item off."),
    "term_end_before_start": N_("The end of the term has passed. Put the item off."),
    "nothing_to_extend": N_("The patronage is long-term and has no end to extend. Put the item off."),
    "end_not_later": N_("The term ends no earlier than this item proposes. Put the item off."),
    "no_emergency": N_("No emergency start of this family waits for the consilium. Put the item off."),
    "lead_profession": N_("The lead proposed has another profession now. Put the item off."),
    "colleague_dismissed": N_("A colleague proposed no longer works here. Put the item off."),
    "not_a_specialist": N_("A colleague proposed has no role of a specialist any more. Put the item off."),
}


def while_voting(broken: RuleBroken) -> RuleBroken:
    """The same of an item that is being voted on: it stays as it is, so it is put off or waits for what it lacks."""
    return RuleBroken(broken.code, _WHILE_VOTING.get(broken.code, broken.message), **broken.params)
