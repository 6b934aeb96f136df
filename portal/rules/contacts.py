"""Contacts: the life of a visit, call, video call or meeting at the center, and what may be entered when.

VISIT 4, 6.1: a visit is agreed by telephone first and lasts up to 90 minutes. CALL 3: a call replaces a visit
only with a reason; CALL 7: 60 minutes of talk. An attempt that failed is kept (DOMAIN §3).
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken
from portal.rules.timetable import meet


class Kind(StrEnum):
    """How a family is met."""

    VISIT = "visit"
    CALL = "call"
    VIDEO = "video"
    CENTER = "center"


class State(StrEnum):
    """Where a contact is; `moved` ones have a successor on another day."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    DONE = "done"
    NOT_AT_HOME = "not_at_home"
    NOT_ADMITTED = "not_admitted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    MOVED = "moved"


class Clash(StrEnum):
    """What gets in the way of a planned contact."""

    OVERLAP = "overlap"
    CLUB = "club"
    AWAY = "away"
    OFF = "off"


AHEAD = frozenset({State.PLANNED, State.CONFIRMED})
FAILED = frozenset({State.NOT_AT_HOME, State.NOT_ADMITTED, State.REFUSED})
TRANSITIONS: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.CONFIRMED, State.DONE, *FAILED, State.CANCELLED, State.MOVED}),
    State.CONFIRMED: frozenset({State.DONE, *FAILED, State.CANCELLED, State.MOVED}),
}
BY_TELEPHONE = frozenset({Kind.CALL, Kind.VIDEO})
WITHDRAWN, REMOVED, HANDED_OVER = (
    "consent_withdrawn",
    "removed",
    "handed_over",
)  # why contacts are called off without a person
FARTHEST = timedelta(days=366)
DOMESTIC = ("phone", "max", "vk", "telemost", "trueconf")
FOREIGN = (
    "whatsapp",
    "viber",
    "telegram",
    "skype",
    "zoom",
)  # 41-FZ of 2025 keeps public bodies of Russia off them
CHANNELS = {"ru": DOMESTIC, "by": DOMESTIC + FOREIGN}
OPENS, CLOSES = time(6), time(23)
SHORTEST, LONGEST = 1, 480  # minutes
BUDGET = {Kind.VISIT: 90, Kind.CALL: 60, Kind.VIDEO: 60}  # minutes; longer warns, never blocks (R10, R11)


def check_move(state: str, to: State) -> None:
    """Raises wrong_state for a step that the life of a contact does not have."""
    if to not in TRANSITIONS.get(State(state), ()):
        raise _closed()


def next_states(kind: str, state: str) -> frozenset[State]:
    """What may become of the contact: its buttons. Only at a door is one not admitted."""
    found = TRANSITIONS.get(State(state), frozenset())
    return found if kind == Kind.VISIT else found - {State.NOT_ADMITTED}


def check_failed(kind: str, state: str, outcome: str) -> State:
    """How an attempt failed, as a state. Raises wrong_state for what cannot become of this contact."""
    if outcome not in FAILED or State(outcome) not in next_states(kind, state):
        raise _closed()
    return State(outcome)


def _closed() -> RuleBroken:
    return RuleBroken(
        "wrong_state", N_("This contact is closed already. Look at it again, or enter another one.")
    )


def check_running(status: str) -> None:
    """Contacts are planned while a family is on patronage. Raises suspended (R3), not_on_patronage."""
    if status == "suspended":
        raise RuleBroken(
            "suspended",
            N_("The consent is withdrawn, so visits have stopped. They go on with a new consent."),
        )
    if status != "enrolled":
        raise RuleBroken("not_on_patronage", N_("The family is not on patronage: no contact is planned."))


def check_planned(day: date, starts_at: time, minutes: int, today: date) -> None:
    """A contact is planned for today or later, a year ahead at most. Raises past_day, far_day, bad_hours…"""
    if day < today:
        raise RuleBroken("past_day", N_("This day is over. Choose today or a later day."))
    if day > today + FARTHEST:
        raise RuleBroken("far_day", N_("Contacts are planned a year ahead at most. Check the year."))
    check_time(starts_at, minutes)


def check_time(starts_at: time, minutes: int) -> None:
    """Raises bad_length, bad_hours."""
    if not SHORTEST <= minutes <= LONGEST:
        raise RuleBroken(
            "bad_length",
            N_("A contact lasts from %(shortest)s to %(longest)s minutes."),
            shortest=SHORTEST,
            longest=LONGEST,
        )
    if not OPENS <= starts_at < CLOSES:
        raise RuleBroken("bad_hours", N_("Contacts begin between 06:00 and 23:00. Check the time."))


def check_took_place(
    day: date, today: date, enrolled_on: date | None, removed_on: date | None, suspended: bool
) -> None:
    """A contact took place while the family was on patronage. Raises future_day, before_enrollment…

    `suspended`: whether the patronage was suspended on the day (R3).
    """
    if day > today:
        raise RuleBroken("future_day", N_("This day is still to come: a contact is entered when it is over."))
    if enrolled_on is None or day < enrolled_on:
        raise RuleBroken("before_enrollment", N_("The family was not on patronage yet on this day."))
    if removed_on is not None and day > removed_on:
        raise RuleBroken("after_removal", N_("The family was no longer on patronage on this day."))
    if suspended:
        raise RuleBroken(
            "was_suspended", N_("The patronage was suspended on this day: there were no visits.")
        )


def check_begun(day: date, starts_at: time, now: datetime) -> None:
    """What is entered as done has begun by the clock of the center, `now`. Raises not_begun."""
    if datetime.combine(day, starts_at) > now.replace(tzinfo=None):
        raise RuleBroken(
            "not_begun",
            N_("By the clock it is %(now)s: a contact is entered when it is over. Check the time."),
            now=f"{now:%H:%M}",
        )


def check_reason(kind: str, reason: str) -> None:
    """CALL 3: a call replaces a visit only with a reason. Raises no_reason."""
    if kind in BY_TELEPHONE and not reason.strip():
        raise RuleBroken("no_reason", N_("Say why it is a call and not a visit."))


def check_channel(kind: str, channel: str, allowed: Collection[str]) -> None:
    """R11: calls go through the channels that the center allows; it need not be said which. Raises bad_channel."""
    if channel and (kind not in BY_TELEPHONE or channel not in allowed):
        raise RuleBroken(
            "bad_channel", N_("The center does not call families in this way. Choose another one.")
        )


def check_people(member_ids: set[int], family_ids: set[int]) -> None:
    """Only the family's own members are ticked. Raises other_family."""
    if not member_ids <= family_ids:
        raise RuleBroken("other_family", N_("One of those ticked does not belong to this family."))


def check_free(starts_at: time, minutes: int, others: list[tuple[time, int]]) -> None:
    """A specialist is at one place at a time; `others` are (start, minutes) of the same day. Raises overlap."""
    for other in others:
        if meet((starts_at, minutes), other):
            raise RuleBroken(
                "overlap",
                N_("The specialist has another contact at this time: it begins at %(start)s."),
                start=f"{other[0]:%H:%M}",
            )


def is_long(kind: str, minutes: int, allowed: int | None = None) -> bool:
    """R10, R11: whether it took longer than the procedure allows for; that warns and never blocks.

    `allowed`: the minutes of the version it went through, where it went through one.
    """
    return minutes > (allowed or BUDGET.get(Kind(kind), LONGEST))
