"""R12: what may be decided on what the head was told, by when, and who is late."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken, alerts
from portal.rules.alerts import DECISIONS, LATEST, Decision, Kind, State
from tests.refusals import refuses

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "decision", "assignee", "days", "leads_to"),
    [
        ("refusal", "visit", 1, 0, State.DECIDED),
        ("refusal", "visit", 1, 14, State.DECIDED),
        ("refusal", "no_visit", None, None, State.DONE),
        ("refusal", "no_visit", 1, 0, State.DONE),
        ("refusal", "other", None, None, State.DONE),
        ("refusal", "other", 1, 31, State.DECIDED),
        ("ignored", "review", 1, 7, State.DECIDED),
        ("ignored", "visit", 1, 7, State.DECIDED),
        ("danger", "notice", 1, 0, State.DECIDED),
        ("danger", "visit", 1, 0, State.DECIDED),
        ("late_survey", "other", None, None, State.DONE),
        ("refusal", "review", 1, 0, "bad_decision"),
        ("refusal", "notice", 1, 0, "bad_decision"),
        ("ignored", "no_visit", None, None, "bad_decision"),
        ("danger", "no_visit", None, None, "bad_decision"),
        ("refusal", "made up", 1, 0, "bad_decision"),
        ("refusal", "visit", None, 0, "no_assignee"),
        ("refusal", "visit", 1, None, "no_due"),
        ("refusal", "visit", 1, -1, "past_due"),
        ("refusal", "visit", 1, 15, "far_due"),
        ("ignored", "review", 1, 15, "far_due"),
        ("refusal", "other", 1, 32, "far_due"),
        ("danger", "notice", 1, 1, "notice_today"),
        ("danger", "notice", 1, -1, "notice_today"),
    ],
)
def test_what_a_decision_leads_to(kind, decision, assignee, days, leads_to):
    due_on = None if days is None else TODAY + timedelta(days)
    if isinstance(leads_to, State):
        assert alerts.decided(kind, decision, "так", assignee, due_on, TODAY) == leads_to
    else:
        with refuses(leads_to):
            alerts.decided(kind, decision, "так", assignee, due_on, TODAY)


def test_a_decision_has_its_words():
    with refuses("no_answer"):
        alerts.decided("refusal", "no_visit", "  \n", None, None, TODAY)


@given(
    st.sampled_from(Kind), st.sampled_from(Decision), st.none() | st.just(5), st.integers(-3, 40) | st.none()
)
def test_what_is_to_be_carried_out_has_somebody_and_a_day_in_time(kind, decision, assignee, days):
    due_on = None if days is None else TODAY + timedelta(days)
    try:
        state = alerts.decided(kind, decision, "так", assignee, due_on, TODAY)
    except RuleBroken:
        return
    assert decision in DECISIONS[kind]
    if state == State.DECIDED:
        assert assignee is not None and 0 <= days <= LATEST[decision]
    else:
        assert decision == "no_visit" or (decision == "other" and assignee is None)


def test_every_kind_can_be_decided_without_the_author_of_a_task():
    assert set(DECISIONS) == set(Kind)
    assert all(Decision.OTHER in allowed for allowed in DECISIONS.values())


def test_a_visit_is_offered_to_families_on_patronage_only():
    for kind in Kind:
        assert alerts.offered(kind, True) == DECISIONS[kind]
        assert Decision.VISIT not in alerts.offered(kind, False) and alerts.offered(kind, False)


def test_nobody_decides_twice_and_closes_twice():
    alerts.check_open("open")
    for state in ("decided", "done"):
        with refuses("already_decided"):
            alerts.check_open(state)
    alerts.check_done("decided", "были дома")
    for state, outcome, code in (
        ("open", "были", "not_decided"), ("done", "были", "already_done"), ("decided", " ", "no_outcome"),
    ):  # fmt: skip
        with refuses(code):
            alerts.check_done(state, outcome)


@pytest.mark.parametrize(
    ("kind", "text", "code"), [("late_survey", "а", "bad_kind"), ("danger", " ", "no_text")]
)
def test_telling_by_hand_says_what_has_happened(kind, text, code):
    with refuses(code):
        alerts.check_raised(kind, text)


@pytest.mark.parametrize(
    ("kind", "state", "hours", "due", "late"),
    [
        ("refusal", "open", 23, None, False),
        ("refusal", "open", 25, None, True),
        ("danger", "open", 0, None, True),
        ("refusal", "decided", 99, 0, False),
        ("refusal", "decided", 1, -1, True),
        ("danger", "done", 99, -9, False),
    ],
)
def test_who_is_late(kind, state, hours, due, late):
    due_on = None if due is None else TODAY + timedelta(due)
    assert alerts.is_late(kind, state, NOW - timedelta(hours=hours), due_on, NOW, TODAY) is late
