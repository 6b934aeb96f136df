"""The life of a session (CLUB 5, R15): when it may be announced, marked, closed and summed up; what is to be done next.

*Journaled* and *checked* follow from the session's entries in the service journal and are never stored.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.rules import N_, RuleBroken

GATHERING = timedelta(
    minutes=30
)  # before the start: participants gather (CLUB 5, stage 3, step 1). Our default


class Status(StrEnum):
    """Where a session is, as it is stored."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    HELD = "held"
    SUMMED_UP = "summed_up"
    CANCELLED = "cancelled"


AHEAD = (Status.PLANNED, Status.ANNOUNCED)
OVER = (Status.HELD, Status.SUMMED_UP)
LIFE = ("planned", "announced", "held", "summed_up", "journaled", "checked")


class Next(StrEnum):
    """The one thing to do next."""

    BOOK = "book"
    ANNOUNCE = "announce"
    WAIT = "wait"
    MARK = "mark"
    SUM_UP = "sum_up"
    SUBMIT = "submit"
    CHECK = "check"  # the head's turn
    NOTHING = "nothing"


def life(status: str, entries: int, submitted: int, checked: int) -> str:
    """One of LIFE, or cancelled: the status, and what became of the journal's entries of the session.

    `submitted` counts those the head has got, checked ones among them.
    """
    if status != Status.SUMMED_UP or not entries or submitted < entries:
        return str(status)
    return "checked" if checked >= entries else "journaled"


def opens_at(day: date, starts_at: time) -> datetime:
    """From when on it is marked who came: half an hour before the start."""
    return datetime.combine(day, starts_at) - GATHERING


def next_step(where: str, day: date, starts_at: time, now: datetime, booked: int) -> Next:
    """What is to be done with a session that is `where` in its life; `now` as the center's clock shows it."""
    turns = {"held": Next.SUM_UP, "summed_up": Next.SUBMIT, "journaled": Next.CHECK}
    if where not in AHEAD:
        return turns.get(where, Next.NOTHING)
    if now >= opens_at(day, starts_at):
        return Next.MARK
    if not booked:
        return Next.BOOK
    return Next.ANNOUNCE if where == Status.PLANNED else Next.WAIT


def check_announce(status: str, day: date, today: date) -> None:
    """CLUB 5, stage 2, step 1: recipients are told before the session. Raises announced_already, session_over."""
    check_not_cancelled(status)
    if status == Status.ANNOUNCED:
        raise RuleBroken("announced_already", N_("The recipients were told of this session already."))
    if status in OVER or day < today:
        raise RuleBroken("session_over", N_("This session is over: there is nobody to be told of it."))


def check_take_back(status: str) -> None:
    """An announcement is taken back until the session is held. Raises not_announced."""
    if status != Status.ANNOUNCED:
        raise RuleBroken(
            "not_announced", N_("This session stands as not announced, or is over. Look at it again.")
        )


def check_mark(mark: str, day: date, starts_at: time, now: datetime) -> None:
    """Attendance is marked from half an hour before the start on; who rings up that day may be excused before.

    Raises too_early.
    """
    opens = opens_at(day, starts_at)
    if now >= opens or (mark == "excused" and now.date() == day):
        return
    raise RuleBroken(
        "too_early",
        N_("Attendance is marked from %(time)s of %(day)s on, when the participants gather."),
        day=day,
        time=f"{opens:%H:%M}",
    )


def check_close(status: str, day: date, starts_at: time, now: datetime) -> None:
    """Attendance is closed once, when the session has begun. Raises session_cancelled, already_held, not_begun."""
    check_not_cancelled(status)
    if status in OVER:
        raise RuleBroken("already_held", N_("Attendance of this session is closed already."))
    if now < datetime.combine(day, starts_at):
        raise RuleBroken(
            "not_begun",
            N_("The session begins on %(day)s at %(time)s: attendance is closed after that."),
            day=day,
            time=f"{starts_at:%H:%M}",
        )


def check_topic(topic: str, goal: str) -> None:
    """R15: a session has a topic and a goal. Raises no_topic."""
    if not topic.strip() or not goal.strip():
        raise RuleBroken(
            "no_topic", N_("A session has a topic and a goal. Write both, then close the attendance.")
        )


def check_retold(submitted: int) -> None:
    """What the head has got of a session says its topic already. Raises topic_submitted."""
    if submitted:
        raise RuleBroken(
            "topic_submitted",
            N_("The journal of this session is submitted: its topic and goal stay as they are."),
        )


def check_mended(was: str, mark: str, why: str) -> None:
    """After the session is held, who came is taken out of the journal with a reason only. Raises no_reason."""
    if was == "came" and mark != "came" and not why.strip():
        raise RuleBroken(
            "no_reason",
            N_("This service stands in the journal already. Say first why the mark is changed."),
        )


def check_sum_up(status: str, analysis: str) -> None:
    """CLUB 5, stage 4, step 1: a session that was held is analyzed. Raises session_cancelled, not_held, no_analysis."""
    check_not_cancelled(status)
    if status not in OVER:
        raise RuleBroken("not_held", N_("Close the attendance first: what was held is summed up."))
    if not analysis.strip():
        raise RuleBroken("no_analysis", N_("Write how the session went: that is its analysis."))


def check_not_cancelled(status: str) -> None:
    """Raises session_cancelled."""
    if status == Status.CANCELLED:
        raise RuleBroken("session_cancelled", N_("This session is cancelled."))


def check_ahead(status: str) -> None:
    """What was held is not changed, moved or cancelled any more. Raises session_cancelled, session_over."""
    check_not_cancelled(status)
    if status in OVER:
        raise RuleBroken(
            "session_held", N_("This session was held: it stands in the journal and stays as it is.")
        )


def check_step(status: str, finished: bool, late: bool, mark: str) -> None:
    """Steps of a session are marked until it is summed up; then the `late` ones may still be ticked. Raises frozen."""
    if status == Status.CANCELLED:
        raise RuleBroken("frozen", N_("This session is cancelled: its steps stay as they are."))
    if finished and not (late and mark == "done"):
        raise RuleBroken("frozen", N_("The session is summed up: its steps stay as they are."))
