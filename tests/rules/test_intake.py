from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import intake
from portal.rules.intake import Standing, State
from portal.rules.lifecycle import OPEN, Status
from portal.rules.workdays import BY_2026, RU_2026, Calendar
from tests.refusals import refuses

PLAIN = Calendar()
MONDAY = date(2026, 11, 16)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 20))


@pytest.mark.parametrize(
    ("calendar", "received_on", "days", "due"),
    [
        (RU_2026, date(2026, 11, 16), 3, date(2026, 11, 19)),
        (RU_2026, date(2026, 11, 20), 3, date(2026, 11, 25)),  # over a weekend
        (RU_2026, date(2026, 11, 21), 3, date(2026, 11, 25)),  # received on a Saturday
        (RU_2026, date(2026, 11, 3), 3, date(2026, 11, 9)),  # 4 November is off
        (RU_2026, date(2025, 12, 31), 3, date(2026, 1, 14)),  # 1–11 January are off
        (RU_2026, date(2026, 5, 8), 3, date(2026, 5, 14)),  # 9–11 May
        (BY_2026, date(2026, 4, 17), 3, date(2026, 4, 24)),  # 20–21 April are off
        (BY_2026, date(2026, 4, 23), 2, date(2026, 4, 25)),  # Saturday the 25th is worked
        (BY_2026, date(2026, 7, 2), 1, date(2026, 7, 6)),  # 3 July
        (RU_2026, date(2026, 11, 16), 1, date(2026, 11, 17)),
    ],
)
def test_a_survey_is_due_within_working_days_of_the_application(calendar, received_on, days, due):
    assert intake.due_on(received_on, days, calendar) == due


@pytest.mark.parametrize(
    ("today", "state", "days"),
    [
        (date(2026, 11, 16), State.DUE, 3),
        (date(2026, 11, 18), State.DUE, 1),
        (date(2026, 11, 19), State.TODAY, 0),
        (date(2026, 11, 20), State.LATE, 1),
        (date(2026, 11, 21), State.LATE, 1),  # the weekend adds nothing
        (date(2026, 11, 23), State.LATE, 2),
    ],
)
def test_how_a_survey_stands(today, state, days):
    due = date(2026, 11, 19)
    assert intake.standing(due, today, RU_2026) == Standing(state, due, days)


def test_a_weekend_after_the_day_is_late_already():
    assert intake.standing(date(2026, 11, 20), date(2026, 11, 21), PLAIN).days == 1


@given(DAYS, st.integers(1, 10), st.sampled_from([RU_2026, BY_2026, PLAIN]))
def test_the_last_late_day_parts_late_from_in_time(today, days, calendar):
    last = intake.last_late(days, today, calendar)
    assert intake.due_on(last, days, calendar) < today
    assert intake.due_on(last + timedelta(1), days, calendar) >= today


@pytest.mark.parametrize(
    ("done_on", "reason", "code"),
    [
        (MONDAY, "", None),
        (MONDAY + timedelta(3), "", None),
        (MONDAY + timedelta(4), "", "survey_late"),
        (MONDAY + timedelta(4), "  ", "survey_late"),
        (MONDAY + timedelta(4), "семья уезжала", None),
        (MONDAY - timedelta(1), "", "survey_date"),
        (MONDAY + timedelta(8), "поздно", "survey_date"),
    ],
)
def test_a_late_survey_says_why(done_on, reason, code):
    facts = (done_on, MONDAY, MONDAY + timedelta(3), reason, MONDAY + timedelta(7))
    if code is None:
        intake.check_survey(*facts)
    else:
        with refuses(code):
            intake.check_survey(*facts)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("is_there", [True, False])
def test_what_is_missing_may_be_entered_what_is_there_corrected_until_the_decision(status, is_there):
    if status not in OPEN:
        with refuses("wrong_state"):
            intake.check_enter(status, is_there)
    elif is_there and status in (Status.ENROLLED, Status.SUSPENDED):
        with refuses("decided"):
            intake.check_enter(status, is_there)
    else:
        intake.check_enter(status, is_there)


def test_a_survey_is_corrected_by_its_author_or_the_head():
    intake.check_corrector(1, 1, False)
    intake.check_corrector(1, 2, True)
    with refuses("not_author"):
        intake.check_corrector(1, 2, False)


def test_where_a_signal_came_from_and_when():
    intake.check_source("application", "")
    intake.check_source("signal", "school")
    with refuses("no_body"):
        intake.check_source("signal", "")
    intake.check_received(MONDAY, MONDAY)
    for day in (MONDAY + timedelta(1), date(1999, 12, 31)):
        with refuses("received_date"):
            intake.check_received(day, MONDAY)


def test_dates_of_an_agreement():
    intake.check_agreement(MONDAY, MONDAY)
    for day in (MONDAY + timedelta(1), date(1999, 12, 31)):
        with refuses("signed_date"):
            intake.check_agreement(day, MONDAY)
    intake.check_end(MONDAY, MONDAY, MONDAY)
    for day in (MONDAY - timedelta(1), MONDAY + timedelta(1)):
        with refuses("ended_date"):
            intake.check_end(day, MONDAY, MONDAY)


def test_what_is_missing_the_most_needed_first():
    everything = intake.missing(frozenset(), "identified")
    assert everything[:2] == ("consent", "minors") and set(everything[:2]) == intake.NEEDED
    assert {"intake", "survey", "agreement", "course", "phone", "address", "consent_scan"} < set(everything)
    assert intake.missing(frozenset(everything), "submitted") == ()
    assert intake.missing(frozenset({"consent", "minors"}), "consented") == everything[2:]


@pytest.mark.parametrize("status", ["enrolled", "suspended"])
def test_who_is_on_patronage_is_not_asked_for_what_was_before(status):
    lacking = intake.missing(frozenset(), status)
    assert lacking == ("phone", "address", "children", "birth_dates", "consent_scan")


@pytest.mark.parametrize("status", ["", "removed", "declined", "refused"])
def test_nothing_is_missing_when_the_patronage_is_over(status):
    assert intake.missing(frozenset(), status) == ()
