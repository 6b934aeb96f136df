"""Minutes: the deadline by hand-worked days, who signs, and what may still be changed when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import minutes
from portal.rules.minutes import State
from portal.rules.workdays import BY_2026, RU_2026, Calendar
from tests.refusals import refuses


@pytest.mark.parametrize(
    ("calendar", "ended", "due"),
    [
        (RU_2026, date(2026, 11, 23), date(2026, 11, 30)),  # a Monday: Tuesday is the first day
        (RU_2026, date(2026, 11, 20), date(2026, 11, 27)),  # a Friday
        (RU_2026, date(2026, 11, 21), date(2026, 11, 27)),  # a Saturday
        (RU_2026, date(2026, 11, 2), date(2026, 11, 10)),  # over the 4th of November
        (RU_2026, date(2026, 4, 29), date(2026, 5, 7)),  # over the 1st of May
        (RU_2026, date(2026, 6, 11), date(2026, 6, 19)),
        (BY_2026, date(2026, 4, 17), date(2026, 4, 27)),  # 20–21 April off, Saturday the 25th worked
        (Calendar(), date(2026, 11, 23), date(2026, 11, 30)),
    ],
)
def test_five_working_days_from_the_next_day(calendar: Calendar, ended: date, due: date) -> None:
    assert minutes.due_on(calendar, ended) == due


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 11, 23), 5),
        (date(2026, 11, 26), 2),
        (date(2026, 11, 27), 1),
        (date(2026, 11, 29), 1),
        (date(2026, 11, 30), 0),
        (date(2026, 12, 1), -1),
        (date(2026, 12, 4), -4),
        (date(2026, 12, 5), -4),
    ],
)
def test_days_left_and_days_late(today: date, left: int) -> None:
    assert minutes.days_left(RU_2026, today, date(2026, 11, 30)) == left


def test_a_due_day_that_passed_over_a_weekend_is_late() -> None:
    assert minutes.days_left(RU_2026, date(2026, 11, 28), date(2026, 11, 27)) == -1


@given(st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 40))
def test_days_left_never_grow(ended: date, days: int) -> None:
    """Whatever the day, the next one leaves no more; only after the due day it is late."""
    due, day = minutes.due_on(RU_2026, ended), ended + timedelta(days)
    left = minutes.days_left(RU_2026, day, due)
    assert left >= minutes.days_left(RU_2026, day + timedelta(1), due)
    assert (left < 0) == (day > due)


@pytest.mark.parametrize(
    ("seat", "took_part", "signs"),
    [
        ("chair", True, True),
        ("chair", False, True),
        ("secretary", False, True),
        ("member", True, True),
        ("member", False, False),
    ],
)
def test_who_signs(seat: str, took_part: bool, signs: bool) -> None:
    assert minutes.signs(seat, took_part) is signs


@pytest.mark.parametrize(
    ("offered", "missing", "state"),
    [(False, 3, State.DRAFT), (False, 0, State.DRAFT), (True, 2, State.OFFERED), (True, 0, State.SIGNED)],
)
def test_states(offered: bool, missing: int, state: State) -> None:
    assert minutes.state(offered, missing) is state


@pytest.mark.parametrize(
    ("status", "offered", "signatures", "code"),
    [
        ("draft", False, 0, "not_now"),
        ("convened", False, 0, "not_now"),
        ("cancelled", False, 0, "not_now"),
        ("closed", True, 0, "minutes_offered"),
        ("closed", True, 1, "minutes_signed"),
        ("signed", True, 4, "minutes_signed"),
        ("no_quorum", True, 0, "minutes_offered"),
    ],
)
def test_when_the_text_may_not_be_changed(status: str, offered: bool, signatures: int, code: str) -> None:
    with refuses(code):
        minutes.check_write(status, offered, signatures)


@pytest.mark.parametrize("status", ["open", "closed", "no_quorum"])
def test_when_it_may(status: str) -> None:
    minutes.check_write(status, offered=False, signatures=0)


@pytest.mark.parametrize(
    ("offered", "seen", "now", "code"),
    [
        ("", "", "a", "not_offered"),
        ("a", "a", "b", "outdated"),
        ("a", "b", "b", "outdated"),
        ("a", "b", "a", "offered_anew"),
        ("a", "", "a", "offered_anew"),
    ],
)
def test_only_what_was_seen_and_offered_is_signed(offered: str, seen: str, now: str, code: str) -> None:
    minutes.check_sign("a", "a", "a")
    with refuses(code):
        minutes.check_sign(offered, seen, now)


def test_offering_and_taking_back() -> None:
    minutes.check_offer("closed", 0)
    minutes.check_offer("no_quorum", 0)
    minutes.check_take_back(offered=True, signatures=0)
    for status in ("draft", "convened", "open", "cancelled"):
        with refuses("not_closed"):
            minutes.check_offer(status, 0)
    with refuses("minutes_signed"):
        minutes.check_offer("closed", 1)
    with refuses("minutes_signed"):
        minutes.check_take_back(offered=True, signatures=1)
    with refuses("not_offered"):
        minutes.check_take_back(offered=False, signatures=0)


def test_each_signs_once_and_nobody_else() -> None:
    minutes.check_signer(must=True, has=False)
    with refuses("not_a_signer"):
        minutes.check_signer(must=False, has=False)
    with refuses("signed_already"):
        minutes.check_signer(must=True, has=True)
