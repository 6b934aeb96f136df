"""The life of a session by hand: what may be done when, and what is next."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import sessions
from portal.rules.sessions import AHEAD, LIFE, OVER, Next, Status
from tests.refusals import refuses

DAY, START = date(2026, 11, 23), time(15)
MORNING, GATHERED, BEGUN = (datetime(2026, 11, 23, *at) for at in ((9, 0), (14, 30), (15, 0)))


@pytest.mark.parametrize(
    ("status", "facts", "expected"),
    [
        ("planned", (0, 0, 0), "planned"),
        ("announced", (0, 0, 0), "announced"),
        ("held", (2, 2, 2), "held"),
        ("summed_up", (0, 0, 0), "summed_up"),
        ("summed_up", (2, 1, 0), "summed_up"),
        ("summed_up", (2, 2, 1), "journaled"),
        ("summed_up", (2, 2, 2), "checked"),
        ("cancelled", (0, 0, 0), "cancelled"),
    ],
)
def test_where_a_session_is(status, facts, expected):
    assert sessions.life(status, *facts) == expected


@pytest.mark.parametrize(
    ("where", "now", "booked", "expected"),
    [
        ("planned", MORNING, 0, Next.BOOK),
        ("planned", MORNING, 3, Next.ANNOUNCE),
        ("announced", MORNING, 3, Next.WAIT),
        ("announced", MORNING, 0, Next.BOOK),
        ("planned", GATHERED, 3, Next.MARK),
        ("announced", BEGUN, 0, Next.MARK),
        ("held", BEGUN, 3, Next.SUM_UP),
        ("summed_up", BEGUN, 3, Next.SUBMIT),
        ("journaled", BEGUN, 3, Next.CHECK),
        ("checked", BEGUN, 3, Next.NOTHING),
        ("cancelled", BEGUN, 0, Next.NOTHING),
    ],
)
def test_one_thing_is_next(where, now, booked, expected):
    assert sessions.next_step(where, DAY, START, now, booked) is expected


@given(st.sampled_from([str(one) for one in Status]), st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_a_session_is_always_somewhere(status, entries, submitted, checked):
    assert sessions.life(status, entries, submitted, checked) in (*LIFE, "cancelled")


def test_attendance_waits_until_the_participants_gather():
    for mark in ("came", "absent"):
        with refuses("too_early"):
            sessions.check_mark(mark, DAY, START, MORNING)
        sessions.check_mark(mark, DAY, START, GATHERED)
    sessions.check_mark("excused", DAY, START, MORNING)  # they rang up
    with refuses("too_early"):
        sessions.check_mark("excused", date(2026, 11, 24), START, MORNING)


def test_attendance_is_closed_once_and_not_before_the_session_began():
    for status in AHEAD:
        with refuses("not_begun"):
            sessions.check_close(status, DAY, START, GATHERED)
        sessions.check_close(status, DAY, START, BEGUN)
    for status in OVER:
        with refuses("already_held"):
            sessions.check_close(status, DAY, START, BEGUN)
    with refuses("session_cancelled"):
        sessions.check_close("cancelled", DAY, START, BEGUN)


@pytest.mark.parametrize(
    ("status", "today", "code"),
    [
        ("announced", DAY, "announced_already"),
        ("held", DAY, "session_over"),
        ("planned", date(2026, 11, 24), "session_over"),
        ("cancelled", DAY, "session_cancelled"),
    ],
)
def test_it_is_announced_once_and_before(status, today, code):
    with refuses(code):
        sessions.check_announce(status, DAY, today)
    sessions.check_announce("planned", DAY, DAY)


def test_an_announcement_is_taken_back_until_the_session_is_held():
    sessions.check_take_back("announced")
    for status in ("planned", "held", "summed_up", "cancelled"):
        with refuses("not_announced"):
            sessions.check_take_back(status)


def test_a_session_has_a_topic_and_a_goal():
    sessions.check_topic("Дружба", "Знакомство")
    for texts in (("", "Знакомство"), ("Дружба", "  ")):
        with refuses("no_topic"):
            sessions.check_topic(*texts)


def test_the_topic_stays_once_the_head_has_it():
    sessions.check_retold(0)
    with refuses("topic_submitted"):
        sessions.check_retold(1)


def test_who_came_goes_out_of_the_journal_with_a_reason():
    with refuses("no_reason"):
        sessions.check_mended("came", "absent", " ")
    sessions.check_mended("came", "absent", "ошибка")
    sessions.check_mended("absent", "came", "")


def test_steps_are_marked_until_the_summing_up_and_late_ones_after():
    sessions.check_step("held", False, False, "open")
    sessions.check_step("summed_up", True, True, "done")
    for facts in (("summed_up", True, True, "open"), ("summed_up", True, False, "done")):
        with refuses("frozen"):
            sessions.check_step(*facts)
    with refuses("frozen"):
        sessions.check_step("cancelled", False, True, "done")


def test_only_what_was_held_is_summed_up():
    for status in AHEAD:
        with refuses("not_held"):
            sessions.check_sum_up(status, "Прошло хорошо.")
    with refuses("no_analysis"):
        sessions.check_sum_up("held", " ")
    for status in OVER:
        sessions.check_sum_up(status, "Прошло хорошо.")
        with refuses("session_held"):
            sessions.check_ahead(status)
