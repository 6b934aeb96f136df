"""Versions of the norms, and exemptions from them."""

from datetime import date, timedelta

import pytest

from portal.rules import RuleBroken
from portal.rules.norm_changes import check_end, check_exemption, check_removable, check_version
from portal.rules.norms import Norm, Unit

TODAY = date(2026, 11, 22)
DAY = timedelta(1)


def refusal(check, *args):
    with pytest.raises(RuleBroken) as broken:
        check(*args)
    return broken.value.code


@pytest.mark.parametrize(
    ("starts_on", "count", "code"),
    [
        (TODAY, 2, None),
        (date(2000, 1, 1), 0, None),
        (TODAY + timedelta(3 * 366), 14, None),
        (date(1999, 12, 31), 2, "bad_start"),
        (TODAY + timedelta(3 * 366 + 1), 2, "bad_start"),
        (TODAY, 15, "bad_norm"),
        (TODAY, -1, "bad_norm"),
    ],
)
def test_versions(starts_on, count, code):
    args = (starts_on, {"planned": Norm(count, Unit.MONTH)}, TODAY)
    if code:
        assert refusal(check_version, *args) == code
    else:
        check_version(*args)


def test_only_norms_to_come_are_taken_back():
    check_removable(TODAY + DAY, TODAY)
    assert refusal(check_removable, TODAY, TODAY) == "in_force"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (TODAY, TODAY, None),
        (TODAY, TODAY + timedelta(365), None),
        (TODAY, TODAY + timedelta(366), "too_long"),
        (TODAY, TODAY - DAY, "wrong_order"),
        (date(2026, 1, 1), date(2026, 1, 31), "before_enrollment"),
        (date(2026, 1, 1), date(2026, 2, 1), None),
        (date(2026, 12, 1), date(2026, 12, 2), "after_removal"),
        (date(2026, 11, 30), date(2026, 12, 2), None),
    ],
)
def test_exemptions(first, last, code):
    args = (first, last, date(2026, 2, 1), date(2026, 11, 30))
    if code:
        assert refusal(check_exemption, *args) == code
    else:
        check_exemption(*args)


def test_nobody_is_exempt_who_was_never_on_patronage():
    assert refusal(check_exemption, TODAY, TODAY, None, None) == "before_enrollment"


def test_an_exemption_ends_earlier_only():
    check_end(TODAY, TODAY + DAY, TODAY)
    assert refusal(check_end, TODAY, TODAY + DAY, TODAY - DAY) == "wrong_order"
    assert refusal(check_end, TODAY, TODAY + DAY, TODAY + 2 * DAY) == "not_earlier"
