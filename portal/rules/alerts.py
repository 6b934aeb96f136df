"""Alerts: what the head is told of at once, what may be decided on it, and by when that is carried out.

R12, CALL 7: refusal to talk or to show the home work: the head is told at once and decides on a visit. Ignored
recommendations: the head is told, and reviews them with the author of the task. «Ваше отношение к ребенку… вызывает
серьезное беспокойство»: the head is told, and the juvenile commission on the same day (120-ФЗ, art. 9: immediately).
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken


class Kind(StrEnum):
    """What has happened."""

    REFUSAL = "refusal"
    IGNORED = "ignored"
    DANGER = "danger"
    LATE_SURVEY = "late_survey"


class State(StrEnum):
    """Waits for the head; waits for whoever carries it out; over."""

    OPEN = "open"
    DECIDED = "decided"
    DONE = "done"


class Decision(StrEnum):
    """What the head says."""

    VISIT = "visit"
    NO_VISIT = "no_visit"
    REVIEW = "review"
    NOTICE = "notice"
    OTHER = "other"


TOLD = frozenset({"refused", "not_admitted"})  # outcomes of a contact the head is told of without being asked
BY_HAND = (Kind.DANGER, Kind.REFUSAL, Kind.IGNORED)
DECISIONS: dict[Kind, tuple[Decision, ...]] = {
    Kind.REFUSAL: (Decision.VISIT, Decision.NO_VISIT, Decision.OTHER),
    Kind.IGNORED: (Decision.REVIEW, Decision.VISIT, Decision.OTHER),
    Kind.DANGER: (Decision.NOTICE, Decision.VISIT, Decision.OTHER),
    Kind.LATE_SURVEY: (Decision.OTHER,),
}
LATEST = {  # days within which a decision is carried out; our defaults, but for the notice
    Decision.VISIT: 14,
    Decision.REVIEW: 14,
    Decision.NOTICE: 0,
    Decision.OTHER: 31,
}
PATIENCE = timedelta(days=1)  # after which an alert that nobody decided on is late; danger is late at once


def offered(kind: str, on_patronage: bool) -> tuple[Decision, ...]:
    """What the head can choose: visits are made to families on patronage only (R3)."""
    return tuple(one for one in DECISIONS[Kind(kind)] if on_patronage or one != Decision.VISIT)


def check_raised(kind: str, text: str) -> None:
    """Whoever tells the head says what has happened. Raises bad_kind, no_text."""
    if kind not in BY_HAND:
        raise RuleBroken("bad_kind", N_("Choose what has happened."))
    if not text.strip():
        raise RuleBroken("no_text", N_("Say what has happened: the head decides on your words."))


def check_open(state: str) -> None:
    """Nobody decides twice. Raises already_decided."""
    if state != State.OPEN:
        raise RuleBroken(
            "already_decided",
            N_("This has been decided already: your decision was not saved. See below what was decided."),
        )


def decided(
    kind: str, decision: str, answer: str, assignee_id: int | None, due_on: date | None, today: date
) -> State:
    """The state that a decision leads to: nobody carries out a visit that is not to be.

    Raises bad_decision, no_answer, no_assignee, no_due, past_due, far_due, notice_today.
    """
    if decision not in DECISIONS[Kind(kind)]:
        raise RuleBroken("bad_decision", N_("Choose what is to be done."))
    if not answer.strip():
        raise RuleBroken("no_answer", N_("Say in a few words why, and what to mind."))
    if not is_carried_out(decision, assignee_id):
        return State.DONE
    if assignee_id is None:
        raise RuleBroken("no_assignee", N_("Say who carries it out."))
    if due_on is None:
        raise RuleBroken("no_due", N_("Say by which day."))
    _check_due(Decision(decision), due_on, today)
    return State.DECIDED


def is_carried_out(decision: str, assignee_id: int | None) -> bool:
    """Whether something is to be done: another decision than those named is, when somebody is to do it."""
    if decision == Decision.OTHER:
        return assignee_id is not None
    return decision != Decision.NO_VISIT


def _check_due(decision: Decision, due_on: date, today: date) -> None:
    if decision == Decision.NOTICE and due_on != today:
        raise RuleBroken(
            "notice_today", N_("The juvenile commission is told today, on the day of the decision.")
        )
    if due_on < today:
        raise RuleBroken("past_due", N_("This day is over. Choose today or a later day."))
    if due_on > latest(decision, today):
        raise RuleBroken(
            "far_due",
            N_("That is too late: choose %(latest)s at the latest."),
            latest=latest(decision, today),
        )


def latest(decision: Decision, today: date) -> date:
    """The last day on which a decision of today may be carried out."""
    return today + timedelta(days=LATEST[decision])


def check_done(state: str, outcome: str) -> None:
    """Only what was decided is carried out, once, and says what came of it.

    Raises not_decided, already_done, no_outcome.
    """
    if state == State.OPEN:
        raise RuleBroken("not_decided", N_("The head has not decided yet."))
    if state == State.DONE:
        raise RuleBroken("already_done", N_("This is closed already: your outcome was not saved."))
    if not outcome.strip():
        raise RuleBroken("no_outcome", N_("Say what came of it."))


def is_late(
    kind: str, state: str, raised_at: datetime, due_on: date | None, now: datetime, today: date
) -> bool:
    """Whether the head, or whoever carries the decision out, is late."""
    if state == State.DECIDED:
        return due_on is not None and due_on < today
    return state == State.OPEN and (kind == Kind.DANGER or now - raised_at > PATIENCE)
