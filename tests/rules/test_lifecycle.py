from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken
from portal.rules.lifecycle import (
    OPEN,
    TRANSITIONS,
    Event,
    Stage,
    Status,
    after,
    check_enrolled,
    possible,
)

BY_HAND = """
identified consent_given     consented
identified declined          declined
consented  consent_given     consented
consented  consent_withdrawn identified
consented  submitted         submitted
consented  declined          declined
submitted  consent_given     submitted
submitted  consent_withdrawn identified
submitted  submitted         submitted
submitted  enrolled          enrolled
submitted  rejected          refused
submitted  deferred          submitted
submitted  declined          declined
enrolled   consent_given     enrolled
enrolled   consent_withdrawn suspended
enrolled   suspended         suspended
enrolled   removed           removed
suspended  consent_given     enrolled
suspended  consent_withdrawn suspended
suspended  resumed           enrolled
suspended  removed           removed
"""
ALLOWED = {(status, event): to for status, event, to in map(str.split, BY_HAND.split("\n")[1:-1])}


@pytest.mark.parametrize(("status", "event"), [*product(map(str, Status), map(str, Event))])
def test_every_event_in_every_status(status, event):
    if (status, event) in ALLOWED:
        assert after(status, event) == ALLOWED[status, event]
        return
    with pytest.raises(RuleBroken) as broken:
        after(status, event)
    assert broken.value.code == "wrong_state"
    assert broken.value.params == {"status": status, "event": event}
    assert len(broken.value.message) > 20


def test_the_table_has_no_line_more():
    assert {(str(status), str(event)) for status, event in TRANSITIONS} == ALLOWED.keys()


@pytest.mark.parametrize("status", [*map(str, Status)])
def test_what_can_happen_is_what_the_table_says(status):
    assert possible(status) == {event: to for (at, event), to in ALLOWED.items() if at == status}


def test_a_family_without_a_patronage_has_no_events():
    assert possible("") == {}


@pytest.mark.parametrize("status", [*map(str, Status)])
def test_only_an_enrolled_family_is_enrolled(status):
    if status == "enrolled":
        check_enrolled(status)
        return
    with pytest.raises(RuleBroken) as broken:
        check_enrolled(status)
    assert broken.value.code == "wrong_state"


def test_a_patronage_is_open_until_it_is_removed_declined_or_refused():
    assert set(Status) - OPEN == {"removed", "declined", "refused"}
    assert {status for status, _ in TRANSITIONS} == OPEN


def test_each_status_is_reached_from_the_first():
    assert {str(to) for to in TRANSITIONS.values()} == set(map(str, Status))


def test_the_story_of_a_family():
    status = Status.IDENTIFIED
    story = [
        "consent_given",
        "submitted",
        "deferred",
        "submitted",
        "enrolled",
        "consent_withdrawn",
        "removed",
    ]
    assert [status := after(status, event) for event in story] == [
        "consented",
        "submitted",
        "submitted",
        "submitted",
        "enrolled",
        "suspended",
        "removed",
    ]


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_nobody_is_enrolled_without_a_consent_and_a_decision(events):
    status, seen = Status.IDENTIFIED, []
    for event in events:
        try:
            status = after(status, event)
        except RuleBroken:
            continue
        seen.append(event)
        if status == Status.ENROLLED:
            assert Event.CONSENT_GIVEN in seen
            assert Event.ENROLLED in seen
        if status == Status.REMOVED:
            assert Event.ENROLLED in seen


def test_an_unknown_status_is_an_error():
    with pytest.raises(ValueError, match="asleep"):
        after("asleep", "enrolled")


def test_the_stages_stand_in_their_order():
    assert list(Stage) == ["preparatory", "main", "final"]
