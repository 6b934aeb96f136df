"""Intake: how a family came, the survey of living conditions, the agreement, and what the consilium still lacks.

BY: «в течение трех рабочих дней со дня обращения проводят обследование условий жизнедеятельности … с составлением
акта»; «на основании письменного заявления и договора оказания социальных услуг» (R8, R19).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.lifecycle import OPEN, Status
from portal.rules.workdays import Calendar

BEFORE = frozenset({Status.IDENTIFIED, Status.CONSENTED, Status.SUBMITTED})  # the consilium has not decided
EARLIEST = date(2000, 1, 1)
PRIVATE = "person"  # a signal of somebody who is no body: a relative, a neighbor


class Source(StrEnum):
    """How a family came: by its own application, or by a signal from outside."""

    APPLICATION = "application"
    SIGNAL = "signal"


class State(StrEnum):
    """Where a survey that is not carried out yet stands."""

    DUE = "due"
    TODAY = "today"
    LATE = "late"


@dataclass(frozen=True)
class Standing:
    """By when the survey is due; `days` are the working days left, or those it is late by."""

    state: State
    due_on: date
    days: int


def due_on(received_on: date, days: int, calendar: Calendar) -> date:
    """R8 (BY): the last day for the survey, working days counted from the day after the application."""
    return calendar.add_working_days(received_on, days)


def standing(due: date, today: date, calendar: Calendar) -> Standing:
    """R8: due in n working days, due today, or late by n working days (a weekend after the day is late by one)."""
    if today < due:
        return Standing(State.DUE, due, calendar.working_days(today, due))
    if today == due:
        return Standing(State.TODAY, due, 0)
    return Standing(State.LATE, due, max(1, calendar.working_days(due, today)))


def last_late(days: int, today: date, calendar: Calendar) -> date:
    """The latest day of an application whose survey is late today: so lists can ask by the day alone."""
    day = today - timedelta(1)
    while due_on(day, days, calendar) >= today:
        day -= timedelta(1)
    return day


def check_received(received_on: date, today: date) -> None:
    """An application is entered when it is there. Raises received_date."""
    if received_on > today:
        raise RuleBroken(
            "received_date",
            N_("It cannot have come later than today, %(today)s. Check the date."),
            today=today,
        )
    if received_on < EARLIEST:
        raise RuleBroken("received_date", N_("Check the year of this date."))


def check_source(kind: str, body: str) -> None:
    """A signal comes from somebody. Raises no_body."""
    if kind == Source.SIGNAL and not body:
        raise RuleBroken("no_body", N_("Say from whom the signal came."))


def check_survey(done_on: date, received_on: date, due: date, late_reason: str, today: date) -> None:
    """R8: carried out after the application and not in the future; a late one says why.

    Raises survey_date, survey_late.
    """
    if done_on > today:
        raise RuleBroken(
            "survey_date", N_("A survey is written up when it is over: no later than %(today)s."), today=today
        )
    if done_on < received_on:
        raise RuleBroken(
            "survey_date",
            N_("The survey follows the application or signal of %(received_on)s. Check the date."),
            received_on=received_on,
        )
    if done_on > due and not late_reason.strip():
        raise RuleBroken(
            "survey_late",
            N_("The survey was due by %(due)s: say why it was carried out later."),
            due=due,
        )


def check_enter(status: str, is_there: bool) -> None:
    """What is missing may be entered while the patronage is open; what is there, corrected until the decision.

    Raises decided, wrong_state.
    """
    if status not in OPEN:
        raise RuleBroken(
            "wrong_state", N_("This patronage is over. If the family needs help again, open a new one.")
        )
    if is_there and status not in BEFORE:
        raise RuleBroken("decided", N_("The consilium has decided by this paper: it stays as it is."))


def check_corrector(author_id: int, actor_id: int, is_head: bool) -> None:
    """A survey is corrected by its author or the head. Raises not_author."""
    if actor_id != author_id and not is_head:
        raise RuleBroken(
            "not_author", N_("A survey is corrected by its author or by the head of department.")
        )


def check_agreement(signed_on: date, today: date) -> None:
    """R19 (BY): an agreement is recorded when it is signed. Raises signed_date."""
    if signed_on > today:
        raise RuleBroken(
            "signed_date",
            N_("An agreement cannot be dated later than today, %(today)s. Check the date."),
            today=today,
        )
    if signed_on < EARLIEST:
        raise RuleBroken("signed_date", N_("Check the year of this date."))


def check_end(ended_on: date, signed_on: date, today: date) -> None:
    """An agreement ends after it was signed, and not in the future. Raises ended_date."""
    if not signed_on <= ended_on <= today:
        raise RuleBroken(
            "ended_date",
            N_("The agreement of %(signed_on)s ends between that day and today. Check the date."),
            signed_on=signed_on,
        )


NEEDED = frozenset({"consent", "minors"})  # R1: without them the consilium cannot decide
_ALWAYS = ("phone", "address", "children", "birth_dates", "consent_scan")
_BEFORE = ("consent", "minors", "intake", "survey", "agreement", "course")


def missing(present: frozenset[str], status: str) -> tuple[str, ...]:
    """What is not there yet, the most needed first: for the consilium until it has decided, of the card always.

    R1 consent and the signatures of minors, R4 course, R8 survey, R19 application and agreement. A family that is
    on patronage already is not asked for what was to be there before.
    """
    if status not in OPEN:
        return ()
    wanted = (*_BEFORE, *_ALWAYS) if status in BEFORE else _ALWAYS
    return tuple(code for code in wanted if code not in present)
