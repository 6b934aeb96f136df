"""Referrals and programs: grounds, dates, states, and what an episode that has stopped lets be written."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import programs, referrals
from portal.rules.consent import Consent, in_force
from portal.rules.lifecycle import OPEN, Status, check_open
from portal.rules.referrals import State
from tests.refusals import refuses

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("kind", "personal_data", "ground", "law", "code"),
    [
        ("ordinary", False, None, "", None),
        ("ordinary", True, "consent", "", None),
        ("ordinary", True, "law", "120-ФЗ, ст. 9", None),
        ("ordinary", True, None, "", "no_ground"),
        ("ordinary", True, "", "120-ФЗ", "no_ground"),
        ("ordinary", True, "habit", "", "no_ground"),
        ("ordinary", True, "law", "", "no_law"),
        ("ordinary", True, "law", "  ", "no_law"),
        ("urgent", True, "law", "120-ФЗ, ст. 9", None),
        ("urgent", True, "law", "", "no_law"),
        ("urgent", True, "consent", "", "urgent_by_law"),
        ("urgent", False, None, "", "urgent_by_law"),
    ],
)
def test_who_passes_personal_data_says_why_they_may(kind, personal_data, ground, law, code):
    if code is None:
        referrals.check_ground(kind, personal_data, ground, law)
    else:
        with refuses(code):
            referrals.check_ground(kind, personal_data, ground, law)


@pytest.mark.parametrize(
    ("consents", "allowed"),
    [
        ([Consent(DAY)], True),
        ([Consent(DAY - timedelta(400))], True),
        ([Consent(DAY, DAY + timedelta(1))], True),
        ([Consent(DAY, DAY), Consent(DAY - timedelta(9))], True),
        ([], False),
        ([Consent(DAY + timedelta(1))], False),
        ([Consent(DAY - timedelta(9), DAY)], False),
        ([Consent(DAY, by_representative=False)], False),
    ],
)
def test_a_consent_is_a_ground_on_the_days_it_is_in_force(consents, allowed):
    if allowed:
        referrals.check_consented(consents, DAY)
    else:
        with refuses("no_consent_to_pass"):
            referrals.check_consented(consents, DAY)


days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(st.lists(st.tuples(days, st.none() | st.integers(0, 400)), max_size=4), days)
def test_no_day_without_a_consent_in_force_lets_data_pass_by_consent(given_consents, day):
    consents = [
        Consent(first, None if length is None else first + timedelta(length))
        for first, length in given_consents
    ]
    if any(in_force(one, day) for one in consents):
        referrals.check_consented(consents, day)
    else:
        with refuses("no_consent_to_pass"):
            referrals.check_consented(consents, day)


@pytest.mark.parametrize("status", [None, *Status])
def test_nothing_new_is_written_when_the_patronage_is_over(status):
    if status in OPEN:
        check_open(status)
        referrals.check_allowed(status, "law", suspended=False)
    else:
        with refuses("over"):
            check_open(status)
        for ground in ("law", "consent", None):
            with refuses("over"):
                referrals.check_allowed(status, ground, suspended=False)


def test_a_suspended_family_is_spoken_of_by_law_alone():
    referrals.check_allowed("suspended", "law", suspended=True)
    for ground in ("consent", None):
        with refuses("suspended"):
            referrals.check_allowed("suspended", ground, suspended=True)
    referrals.check_allowed("suspended", "consent", suspended=False)  # sent before it was suspended


@pytest.mark.parametrize(
    ("sent", "due", "remind", "code"),
    [
        (0, 0, 0, None),
        (0, 14, 14, None),
        (0, 14, 20, None),
        (0, 366, 1, None),
        (0, -1, 0, "bad_due"),
        (0, 367, 0, "bad_due"),
        (0, 5, -1, "bad_reminder"),
        (0, 5, 367, "bad_reminder"),
    ],
)
def test_days_stand_in_order(sent, due, remind, code):
    dates = [DAY + timedelta(n) for n in (sent, due, remind)]
    if code is None:
        referrals.check_due(*dates)
    else:
        with refuses(code):
            referrals.check_due(*dates)


def test_a_referral_and_its_answer_are_entered_when_they_are_there():
    referrals.check_sent(DAY, DAY)
    referrals.check_sent(DAY - timedelta(366), DAY)
    for sent, code in ((DAY + timedelta(1), "future_day"), (DAY - timedelta(367), "long_ago")):
        with refuses(code):
            referrals.check_sent(sent, DAY)
    referrals.check_answered(DAY, DAY, DAY)
    for answered, today, code in (
        (DAY - timedelta(1), DAY, "answer_too_early"),
        (DAY + timedelta(1), DAY, "future_day"),
    ):
        with refuses(code):
            referrals.check_answered(DAY, answered, today)


ALLOWED = {
    ("open", "answered"),
    ("open", "closed"),
    ("open", "withdrawn"),
    ("closed", "answered"),
    ("answered", "answered"),
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("to", list(State))
def test_the_life_of_a_referral(state, to):
    if (state, to) in ALLOWED:
        referrals.check_move(state, to)
    else:
        with refuses("wrong_state"):
            referrals.check_move(state, to)
    assert (to in referrals.next_states(state)) == ((state, to) in ALLOWED)


def test_a_referral_ends_without_an_answer_in_two_ways():
    for to in ("closed", "withdrawn"):
        referrals.check_ended("open", to)
        with refuses("wrong_state"):
            referrals.check_ended("answered", to)
    for to in ("answered", "open", "burnt"):
        with refuses("wrong_state"):
            referrals.check_ended("open", to)


def test_overdue_is_what_waits_after_its_day():
    assert not referrals.is_overdue("open", DAY, DAY)
    assert referrals.is_overdue("open", DAY, DAY + timedelta(1))
    assert not referrals.is_overdue("answered", DAY, DAY + timedelta(1))


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [
        (DAY, None, True),
        (DAY, DAY, True),
        (DAY, DAY - timedelta(1), False),
        (date(1999, 12, 31), None, False),
        (date(2032, 1, 1), None, False),
        (DAY, date(2032, 1, 1), False),
    ],
)
def test_a_course_has_its_days_in_order(first, last, fits):
    if fits:
        programs.check_course(first, last, DAY)
    else:
        with refuses("bad_course"):
            programs.check_course(first, last, DAY)


def test_a_home_task_is_not_over_when_it_is_set():
    programs.check_task(DAY, None, DAY)
    programs.check_task(DAY - timedelta(5), DAY, DAY)
    programs.check_task(DAY + timedelta(5), DAY + timedelta(9), DAY)
    for first, last in (
        (DAY, DAY - timedelta(1)),
        (DAY - timedelta(9), DAY - timedelta(1)),
        (date(1990, 1, 1), None),
    ):
        with refuses("bad_task"):
            programs.check_task(first, last, DAY)
    with refuses("suspended"):
        programs.check_may_task(suspended=True)
    programs.check_may_task(suspended=False)


def test_a_task_is_active_until_its_last_day_or_until_it_is_closed():
    assert programs.is_active(None, None, DAY)
    assert programs.is_active(None, DAY, DAY)
    assert not programs.is_active(None, DAY, DAY + timedelta(1))
    assert not programs.is_active(DAY, None, DAY)
