"""When opinions of a session are taken, and which."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.rules.feedback import MOST, check_answer, check_open, check_room
from tests.refusals import refuses

STARTS = datetime(2026, 5, 4, 15, tzinfo=UTC)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1), timedelta(14)])
def test_from_the_start_for_two_weeks(later: timedelta) -> None:
    check_open("planned", STARTS, STARTS + later)


@pytest.mark.parametrize(
    ("status", "later", "code"),
    [
        ("planned", timedelta(seconds=-1), "feedback_early"),
        ("held", timedelta(14, 1), "feedback_late"),
        ("cancelled", timedelta(1), "session_cancelled"),
    ],
)
def test_not_before_not_long_after_and_not_of_a_cancelled_one(
    status: str, later: timedelta, code: str
) -> None:
    with refuses(code):
        check_open(status, STARTS, STARTS + later)


def test_paper_is_never_too_late() -> None:
    check_open("held", STARTS, STARTS + timedelta(100), from_paper=True)


def test_answers() -> None:
    for liked in range(1, 6):
        check_answer("guest", liked)
    for source, liked, code in (("guest", 0, "feedback_liked"), ("guest", 6, "feedback_liked")):
        with refuses(code):
            check_answer(source, liked)
    with refuses("feedback_source"):
        check_answer("neighbor", 3)
    with refuses("feedback_full"):
        check_room(MOST)
