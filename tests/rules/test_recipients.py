"""Who may be served by clubs, how many go to one, and when stays meet."""

from datetime import date

import pytest

from portal.rules.recipients import check_served, check_stay, has_place
from tests.refusals import refuses


def test_patronage_or_inpatient_care_opens_the_clubs() -> None:
    check_served("enrolled", False)
    for status in ("enrolled", "suspended", "removed", None):
        check_served(status, True)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("suspended", "recipient_suspended"),
        ("removed", "recipient_not_enrolled"),
        (None, "recipient_not_enrolled"),
    ],
)
def test_others_are_refused(status: str | None, code: str) -> None:
    with refuses(code):
        check_served(status, False)


def test_a_club_made_smaller_has_no_place_until_some_have_left() -> None:
    assert [has_place(2, going) for going in (0, 1, 2, 3)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 3, 1), date(2026, 2, 28), "stay_order"),
        (date(1999, 3, 1), None, "stay_date"),
        (date(2026, 1, 1), date(2026, 1, 10), "stay_meets"),
        (date(2026, 1, 20), None, "stay_meets"),
        (date(2025, 1, 1), None, "stay_meets"),
    ],
)
def test_stays_that_cannot_be(first: date, last: date | None, code: str) -> None:
    with refuses(code):
        check_stay(first, last, [(date(2026, 1, 10), date(2026, 1, 20))])


def test_stays_beside_each_other_can() -> None:
    check_stay(date(2026, 1, 1), date(2026, 1, 9), [(date(2026, 1, 10), None)])
    check_stay(date(2026, 1, 21), None, [(date(2026, 1, 10), date(2026, 1, 20))])
