"""The journal's rules, by table and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import journal
from portal.rules.journal import Signature, State
from tests.refusals import refuses

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def test_the_life_of_an_entry():
    allowed = {
        ("draft", "submitted"),
        ("submitted", "checked"),
        ("submitted", "returned"),
        ("returned", "submitted"),
        ("draft", "void"),
        ("submitted", "void"),
        ("returned", "void"),
    }
    for state in State:
        for to in State:
            if (state, to) in allowed:
                journal.check_move(state, to)
            else:
                with refuses("wrong_state"):
                    journal.check_move(state, to)


def test_a_service_is_void_until_it_is_checked_or_told_to_the_state():
    for state in ("draft", "submitted", "returned"):
        journal.check_voidable(state, False)
        with refuses("in_state_system"):
            journal.check_voidable(state, True)
    for state, code in (("checked", "checked"), ("void", "wrong_state")):
        with refuses(code):
            journal.check_voidable(state, False)


def test_what_is_submitted_or_checked_is_not_changed():
    for state in ("draft", "returned"):
        journal.check_editable(state)
    for state in ("submitted", "checked", "void"):
        with refuses("wrong_state"):
            journal.check_editable(state)


@pytest.mark.parametrize(
    ("kind", "how", "fields", "code"),
    [
        ("visit", "drawn", {}, None),
        ("center", "drawn", {}, None),
        ("visit", "paper", {"drawn": False}, None),
        ("visit", "refused", {"signer_id": None, "refusal": "спешат", "drawn": False}, None),
        ("visit", "refused", {"refusal": "спешат"}, None),
        ("call", "remote", {"signer_id": None, "drawn": False}, None),
        ("video", "remote", {"signer_id": None, "drawn": False}, None),
        ("call", "paper", {"drawn": False}, None),
        ("call", "refused", {"signer_id": None, "refusal": "положили трубку"}, None),
        ("call", "drawn", {}, "bad_signature"),
        ("visit", "remote", {}, "bad_signature"),
        ("visit", "", {}, "bad_signature"),
        ("visit", "a cross", {}, "bad_signature"),
        ("visit", "drawn", {"signer_id": None}, "no_signer"),
        ("visit", "paper", {"signer_id": None}, "no_signer"),
        ("visit", "drawn", {"signer_id": 9}, "other_family"),
        ("visit", "refused", {"signer_id": 9, "refusal": "спешат"}, "other_family"),
        ("visit", "refused", {"refusal": "  "}, "no_refusal"),
        ("visit", "drawn", {"drawn": False}, "no_drawing"),
    ],
)
def test_how_a_service_is_confirmed(kind, how, fields, code):
    values = {"signer_id": 1, "family_ids": {1, 2}, "refusal": "", "drawn": True} | fields
    if code is None:
        journal.check_signature(kind, how, **values)
        return
    with refuses(code):
        journal.check_signature(kind, how, **values)


def test_a_call_lacks_no_signature_and_a_visit_does():
    assert journal.lacks(journal.first_signature("call")) == ()
    assert journal.lacks(journal.first_signature("visit")) == ("recipient",)
    with refuses("unsigned"):
        journal.check_complete(Signature.NONE)
    for how in ("drawn", "paper", "refused", "remote"):
        journal.check_complete(how)


def test_nobody_checks_their_own():
    journal.check_not_own(1, 2, None)
    with refuses("own_entry"):
        journal.check_not_own(1, 1, None)
    with refuses("own_entry"):
        journal.check_not_own(1, 2, 1)


def test_a_checked_entry_is_corrected_once():
    journal.check_correctable("checked", None)
    with refuses("corrected"):
        journal.check_correctable("checked", 7)
    for state in ("draft", "submitted", "returned"):
        with refuses("wrong_state"):
            journal.check_correctable(state, None)


def test_only_what_was_seen_is_checked():
    journal.check_revision(3, 3)
    with refuses("changed"):
        journal.check_revision(2, 3)


TODAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("month", "closed", "unchecked", "code"),
    [
        ((2026, 11), set(), 0, None),
        ((2025, 12), set(), 0, None),
        ((2026, 12), set(), 0, "not_over"),
        ((2027, 1), set(), 0, "not_over"),
        ((2026, 11), set(), 1, "unchecked"),
        ((2026, 11), {(2026, 11)}, 0, "closed_already"),
        ((2026, 11), {(2025, 11)}, 0, None),
    ],
)
def test_which_month_is_closed(month, closed, unchecked, code):
    if code is None:
        journal.check_closing(month, TODAY, closed, unchecked)
        return
    with refuses(code):
        journal.check_closing(month, TODAY, closed, unchecked)


def test_an_entry_of_a_closed_month_is_locked():
    journal.check_unlocked((2026, 11), {(2026, 10)})
    with refuses("locked"):
        journal.check_unlocked((2026, 11), {(2026, 11)})


@given(DAYS, DAYS, st.sets(st.tuples(st.integers(2020, 2040), st.integers(1, 12))))
def test_an_entry_never_falls_into_a_closed_month(day, today, closed):
    day = min(day, today)
    over = {month for month in closed if month < journal.month_of(today)}  # others cannot be closed
    month = journal.period(day, today, over)
    assert month not in over
    assert month == journal.month_of(day) or journal.month_of(day) in over


@given(DAYS, st.integers(-3, 60))
def test_the_age_of_an_entry(since, days):
    age = journal.age(since, since + timedelta(days))
    assert age == max(0, days)
    assert journal.aging(age) == ("mute" if age < 3 else "warn" if age < 7 else "bad")
