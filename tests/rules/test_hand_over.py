"""Who may take a family over, and from which day."""

from datetime import date

import pytest

from portal.rules import RuleBroken
from portal.rules.hand_over import check_colleague, check_day

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "profession", "specialist", "dismissed", "code"),
    [
        ("lead", "social_pedagogue", True, False, None),
        ("lead", "social_work_specialist", True, False, None),
        ("lead", "psychologist", True, False, "lead_profession"),
        ("lead", "other", True, False, "lead_profession"),
        ("involved", "psychologist", True, False, None),
        ("involved", "other", True, False, None),
        ("involved", "social_pedagogue", False, False, "not_a_specialist"),
        ("lead", "social_pedagogue", False, False, "not_a_specialist"),
        ("lead", "social_pedagogue", True, True, "colleague_dismissed"),
        ("involved", "psychologist", True, True, "colleague_dismissed"),
    ],
)
def test_who_may_be_given_a_family(kind, profession, specialist, dismissed, code):
    if code is None:
        return check_colleague(kind, profession, specialist, dismissed)
    with pytest.raises(RuleBroken) as refusal:
        check_colleague(kind, profession, specialist, dismissed)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("day", "began", "code"),
    [
        (TODAY, [], None),
        (TODAY, [TODAY], None),
        (date(2026, 11, 1), [date(2026, 11, 1), date(2026, 5, 1)], None),
        (date(2026, 11, 23), [], "change_in_future"),
        (date(2026, 10, 31), [date(2026, 11, 1)], "change_before_start"),
        (date(2026, 6, 1), [date(2026, 5, 1), date(2026, 11, 1)], "change_before_start"),
    ],
)
def test_from_which_day(day, began, code):
    if code is None:
        return check_day(day, began, TODAY)
    with pytest.raises(RuleBroken) as refusal:
        check_day(day, began, TODAY)
    assert refusal.value.code == code
