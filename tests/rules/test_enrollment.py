from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.enrollment import (
    Proposal,
    check_course,
    check_enrollment,
    check_lead,
    check_order,
    check_removal,
    check_term,
)

DAY = date(2026, 11, 22)
YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
GOOD = {
    "term": "short",
    "starts_on": DAY,
    "ends_on": date(2027, 5, 22),
    "course_ended_on": YESTERDAY,
    "course_reason": None,
    "lead_profession": "social_pedagogue",
}


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
    ("change", "code"),
    [
        ({}, None),
        ({"ends_on": None}, "term_needs_end"),
        ({"term": "long"}, "long_term_has_end"),
        ({"term": "long", "ends_on": None}, None),
        ({"course_ended_on": None}, "course_reason"),
        ({"course_ended_on": TOMORROW}, "course_reason"),
        ({"course_ended_on": None, "course_reason": "own request"}, None),
        ({"lead_profession": "educational_psychologist"}, "lead_profession"),
    ],
)
def test_a_proposal_is_checked_as_a_whole(change, code):
    assert code_of(check_enrollment, Proposal(**GOOD | change), DAY) == code


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


@pytest.mark.parametrize(
    ("consent", "enrolled", "removed", "code"),
    [
        (None, None, None, None),
        (DAY, DAY, DAY, None),
        (YESTERDAY, DAY, TOMORROW, None),
        (DAY, YESTERDAY, None, "enrolled_before_consent"),
        (None, DAY, YESTERDAY, "removed_before_enrolled"),
        (YESTERDAY, TOMORROW, DAY, "removed_before_enrolled"),
        (DAY, None, YESTERDAY, "removed_before_consent"),
        (DAY, None, TOMORROW, None),
    ],
)
def test_the_order_of_dates(consent, enrolled, removed, code):
    assert code_of(check_order, consent, enrolled, removed) == code


@given(*[st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 9))] * 3)
def test_dates_pass_exactly_when_the_known_ones_are_sorted(consent, enrolled, removed):
    known = [day for day in (consent, enrolled, removed) if day is not None]
    assert (code_of(check_order, consent, enrolled, removed) is None) == (known == sorted(known))
