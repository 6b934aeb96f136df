"""Referrals to bodies of prevention, and what may be written on an episode at all (BY; REG 3.2; DOMAIN R20).

A referral that passes personal data says on what ground: a consent in force on its day, or a provision of law.
A child in danger is reported to the juvenile commission at once, by law, whatever the family consents to.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.consent import Consent, check_consent
from portal.rules.lifecycle import check_open


class Kind(StrEnum):
    """An urgent one is a notice to the juvenile commission of a child in danger."""

    ORDINARY = "ordinary"
    URGENT = "urgent"


class Ground(StrEnum):
    """Why personal data may be passed on."""

    CONSENT = "consent"
    LAW = "law"


class State(StrEnum):
    """Where a referral is; `closed` is without an answer."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.ANSWERED, State.CLOSED, State.WITHDRAWN}),
    State.CLOSED: frozenset({State.ANSWERED}),  # an answer that comes late is an answer
    State.ANSWERED: frozenset({State.ANSWERED}),  # what was entered wrongly is corrected
}
ENDS = frozenset({State.CLOSED, State.WITHDRAWN})
USUAL = timedelta(14)  # our default for an answer: the form proposes it
LONGEST = timedelta(366)


def check_move(state: str, to: str) -> None:
    """Raises wrong_state for a step that the life of a referral does not have, and for an unknown one."""
    if to not in TRANSITIONS.get(State(state), ()):
        raise _closed()


def check_ended(state: str, to: str) -> None:
    """A referral ends without an answer as closed or withdrawn, and no other way. Raises wrong_state."""
    if to not in ENDS:
        raise _closed()
    check_move(state, to)


def check_waits(state: str) -> None:
    """Dates are changed while the answer is awaited. Raises wrong_state."""
    if state != State.OPEN:
        raise _closed()


def _closed() -> RuleBroken:
    return RuleBroken(
        "wrong_state", N_("This referral is closed already. Look at it again, or send another one.")
    )


def next_states(state: str) -> frozenset[State]:
    """What may become of the referral: its buttons."""
    return TRANSITIONS.get(State(state), frozenset())


def check_allowed(status: str | None, ground: str | None, suspended: bool) -> None:
    """R3, 120-FZ art. 9: of a suspended family only what the law demands is passed on. Raises over, suspended.

    `suspended`: whether the patronage was suspended on the day of the referral.
    """
    check_open(status)
    if suspended and ground != Ground.LAW:
        raise RuleBroken(
            "suspended",
            N_(
                "The consent is withdrawn, so help by agreement has stopped. "
                "A referral with the law as its ground stays possible, for a child in danger."
            ),
        )


def check_ground(kind: str, personal_data: bool, ground: str | None, law: str) -> None:
    """R20: who passes personal data says why they may. Raises urgent_by_law, no_ground, no_law."""
    if kind == Kind.URGENT and not (personal_data and ground == Ground.LAW):
        raise RuleBroken(
            "urgent_by_law",
            N_("An urgent notice names the child, and its ground is the law. Choose the law."),
        )
    if personal_data and ground not in tuple(Ground):
        raise RuleBroken(
            "no_ground",
            N_("Personal data are passed on with a ground alone: a consent in force, or a provision of law."),
        )
    if personal_data and ground == Ground.LAW and not law.strip():
        raise RuleBroken("no_law", N_("Say which provision of law lets these data be passed on."))


def check_consented(consents: Iterable[Consent], day: date) -> None:
    """R20, R3: the ground «consent» needs one that is in force on the day. Raises no_consent_to_pass."""
    try:
        check_consent(consents, (), day, None)
    except RuleBroken as broken:
        raise RuleBroken(
            "no_consent_to_pass",
            N_(
                "No consent of a legal representative was in force on %(day)s, so it is no ground for passing "
                "personal data. Record a consent first, or name the provision of law."
            ),
            day=day,
        ) from broken


def check_sent(sent_on: date, today: date) -> None:
    """Raises future_day, long_ago."""
    if sent_on > today:
        raise RuleBroken("future_day", N_("A referral is entered when it is sent: not later than today."))
    if sent_on < today - LONGEST:
        raise RuleBroken("long_ago", N_("This referral was sent more than a year ago. Check the year."))


def check_due(sent_on: date, due_on: date, remind_on: date) -> None:
    """An answer and the reminder come after the referral, within a year. Raises bad_due, bad_reminder."""
    if not sent_on <= due_on <= sent_on + LONGEST:
        raise RuleBroken(
            "bad_due",
            N_("The answer is due on the day of the referral at the earliest, in a year at the latest."),
        )
    if not sent_on <= remind_on <= sent_on + LONGEST:
        raise RuleBroken("bad_reminder", N_("The reminder comes after the referral, within a year."))


def check_answered(sent_on: date, answered_on: date, today: date) -> None:
    """Raises future_day, answer_too_early."""
    if answered_on > today:
        raise RuleBroken(
            "future_day", N_("This day is still to come: an answer is entered when it is there.")
        )
    if answered_on < sent_on:
        raise RuleBroken(
            "answer_too_early",
            N_("The referral was sent on %(sent_on)s: no answer came earlier."),
            sent_on=sent_on,
        )


def is_overdue(state: str, due_on: date, today: date) -> bool:
    """Whether the answer should have been there by yesterday."""
    return state == State.OPEN and due_on < today
