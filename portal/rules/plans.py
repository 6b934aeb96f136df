"""The support plan: its life, what it must hold, who approves it, what becomes of its measures (R17).

BY: «перечень мероприятий … при активном участии членов семьи, с указанием конкретных сроков их выполнения и
ответственных исполнителей»; «план должен своевременно корректироваться». REG 3: the plan is drawn up in the
preparatory stage and approved by the head (DOMAIN §3); joint leisure events belong to the main one.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.plan_content import Content, Measure, shortened


class State(StrEnum):
    """Where a version of a plan is."""

    DRAFT = "draft"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    COMPLETED = "completed"
    DISCARDED = "discarded"


class Outcome(StrEnum):
    """What became of a measure; all but `open` close it."""

    OPEN = "open"
    DONE = "done"
    NOT_DONE = "not_done"
    DROPPED = "dropped"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.AGREED, State.DISCARDED}),
    State.AGREED: frozenset({State.DRAFT, State.IN_FORCE, State.DISCARDED}),
    State.IN_FORCE: frozenset({State.SUPERSEDED, State.COMPLETED}),
}
IN_WORK = frozenset({State.DRAFT, State.AGREED})
FARTHEST = timedelta(days=731)  # a plan looks two years ahead at most: beyond is a slip of the keyboard
_WHAT_TO_DO = {
    State.DRAFT: N_("This plan is a draft. Discuss it with the family first."),
    State.AGREED: N_("This plan waits for the approval of the head already."),
    State.IN_FORCE: N_("This plan is in force already. To change it, begin a correction."),
    State.SUPERSEDED: N_("A newer version has taken the place of this plan. Open that one."),
    State.COMPLETED: N_("This plan is completed. Write a new one."),
    State.DISCARDED: N_("This draft was thrown away. Begin a new one."),
}


def check_move(state: str, to: State) -> None:
    """Raises wrong_state for a step that the life of a plan does not have, with what to do instead."""
    if to not in TRANSITIONS.get(State(state), ()):
        raise RuleBroken("wrong_state", _WHAT_TO_DO[State(state)])


def check_editable(state: str) -> None:
    """Only what is in work is written on. Raises wrong_state."""
    if state not in IN_WORK:
        raise RuleBroken("wrong_state", _WHAT_TO_DO[State(state)])


def check_planning(status: str) -> None:
    """R3: nothing new is planned off patronage. Raises suspended, not_on_patronage."""
    if status == "suspended":
        raise RuleBroken(
            "suspended",
            N_("The consent is withdrawn, so nothing new is planned. It goes on with a new consent."),
        )
    if status != "enrolled":
        raise RuleBroken("not_on_patronage", N_("The family is not on patronage: its plan can only be read."))


def check_on_books(status: str) -> None:
    """Results are entered while the patronage lasts, suspended or not. Raises not_on_patronage."""
    if status != "suspended":
        check_planning(status)


def check_dates(content: Content, before: Content, today: date) -> None:
    """A measure is planned for today or later; one whose day was set earlier keeps it. Raises past_due, far_due."""
    known = before.measures
    for measure in content.measures.values():
        old = known.get(measure.key)
        if measure.closed or (old is not None and old.due_on == measure.due_on):
            continue
        _check_not_past(measure, today)
        if measure.due_on > today + FARTHEST:
            raise RuleBroken(
                "far_due",
                N_("«%(measure)s» is due in more than two years. Check the year."),
                measure=shortened(measure.text),
            )


def _check_not_past(measure: Measure, today: date) -> None:
    if measure.due_on < today:
        raise RuleBroken(
            "past_due",
            N_("«%(measure)s»: the day %(day)s is over. Set today or a later day."),
            measure=shortened(measure.text),
            day=measure.due_on,
        )


def check_complete(content: Content, today: date) -> None:
    """What the family agrees to and the head approves: a goal, measures for each, days to come.

    Raises no_goal, no_measure, past_due.
    """
    if not content.goals:
        raise RuleBroken("no_goal", N_("The plan has no goal yet. Write at least one, with its measures."))
    for goal in content.goals:
        if not goal.measures:
            raise RuleBroken(
                "no_measure",
                N_("The goal «%(goal)s» has no measure. Say what is to be done, by when and by whom."),
                goal=shortened(goal.text),
            )
    for measure in content.measures.values():
        if not measure.closed:
            _check_not_past(measure, today)


def check_agreed_on(day: date, today: date, enrolled_on: date | None) -> None:
    """The talk with the family took place while it was on patronage. Raises future_day, before_enrollment."""
    if day > today:
        raise RuleBroken("future_day", N_("This day is still to come: enter the day of the talk."))
    if enrolled_on is None or day < enrolled_on:
        raise RuleBroken("before_enrollment", N_("The family was not on patronage yet on this day."))


def check_approver(has_written: bool) -> None:
    """Nobody approves what they wrote, in whole or in part, before others or after. Raises own_plan."""
    if has_written:
        raise RuleBroken("own_plan", N_("You wrote this plan yourself: somebody else has to approve it."))


def check_responsible(
    measures: Iterable[Measure], users: Collection[str], members: Collection[str], bodies: Collection[str]
) -> None:
    """One colleague who works here, member of this family, or body answers for each. Raises not_responsible."""
    known = {"user": users, "member": members, "body": bodies}
    for measure in measures:
        who = measure.responsible
        if not measure.closed and who.ref not in known.get(who.kind, ()):
            raise RuleBroken(
                "not_responsible",
                N_("«%(measure)s»: choose who answers for it from the list."),
                measure=shortened(measure.text),
            )


def check_result(outcome: str, done_on: date | None, result: str, today: date, since: date | None) -> None:
    """What became of a measure. Raises no_day, future_day, before_enrollment, no_why."""
    if outcome == Outcome.DONE:
        if done_on is None:
            raise RuleBroken("no_day", N_("Say on which day it was done."))
        if done_on > today:
            raise RuleBroken(
                "future_day", N_("This day is still to come: a result is entered when it is there.")
            )
        if since is not None and done_on < since:
            raise RuleBroken("before_enrollment", N_("The family was not on patronage yet on this day."))
    elif outcome != Outcome.OPEN and not result.strip():
        raise RuleBroken("no_why", N_("Say why it was not done: the plan is corrected by that."))


def check_all_closed(outcomes: Iterable[str]) -> None:
    """A plan is completed when each measure has its result. Raises open_measures."""
    count = sum(outcome == Outcome.OPEN for outcome in outcomes)
    if count:
        raise RuleBroken(
            "open_measures",
            N_("Measures without a result: %(count)s. Enter what became of them first."),
            count=count,
        )
