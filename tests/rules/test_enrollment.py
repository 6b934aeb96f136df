from datetime import date, timedelta

import pytest

from portal.rules import RuleBroken
from portal.rules.enrollment import (
    check_course,
    check_lead,
    check_removal,
    check_term,
)

DAY = date(2026, 11, 22)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)


def code_of(check, *args):
    try:
        check(*args)
    except RuleBroken as broken:
        return broken.code
    return None


@pytest.mark.parametrize(
    ("term", "ends_on", "code"),
    [
        ("short", TOMORROW, None),
        ("short", None, "term_needs_end"),
        ("short", DAY, "term_end_before_start"),
        ("short", YESTERDAY, "term_end_before_start"),
        ("long", None, None),
        ("long", TOMORROW, "long_term_has_end"),
    ],
)
def test_only_a_short_term_ends(term, ends_on, code):
    assert code_of(check_term, term, DAY, ends_on) == code


def test_an_unknown_term_is_an_error():
    with pytest.raises(ValueError, match="eternal"):
        check_term("eternal", DAY, None)


@pytest.mark.parametrize(
    ("ended_on", "reason", "code"),
    [
        (YESTERDAY, None, None),
        (DAY, "", None),
        (TOMORROW, None, "course_reason"),
        (None, None, "course_reason"),
        (None, " \n", "course_reason"),
        (None, "a signal of the school", None),
        (TOMORROW, "a signal of the school", None),
    ],
)
def test_without_a_finished_course_a_reason_is_asked(ended_on, reason, code):
    assert code_of(check_course, ended_on, reason, DAY) == code


@pytest.mark.parametrize(
    ("profession", "code"),
    [
        ("social_pedagogue", None),
        ("social_work_specialist", None),
        ("educational_psychologist", "lead_profession"),
        ("paediatrician", "lead_profession"),
        ("", "lead_profession"),
        (None, "lead_profession"),
    ],
)
def test_who_may_lead(profession, code):
    assert code_of(check_lead, profession) == code


@pytest.mark.parametrize(
    ("has_analysis", "reason", "code"),
    [
        (True, "aims reached", None),
        (False, "aims reached", "no_analysis"),
        (False, None, "no_analysis"),
        (True, None, "no_reason"),
        (True, "  ", "no_reason"),
    ],
)
def test_a_removal_needs_an_analysis_and_a_reason(has_analysis, reason, code):
    assert code_of(check_removal, has_analysis, reason) == code
