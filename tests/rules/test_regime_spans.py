"""R9: history is judged by the regime of its day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.norms import DAY, History, RegimeSpan, Unit, judge, regime_spans

FIRST, END = date(2026, 1, 5), date(2026, 3, 31)
MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 6)
Change = tuple[date, str, str]


@pytest.mark.parametrize(
    ("changes", "last", "spans"),
    [
        ([], None, [(FIRST, None, "planned")]),
        ([(MARCH, "control", "planned")], None, [(FIRST, MARCH - DAY, "control"), (MARCH, None, "planned")]),
        ([(MARCH, "control", "planned")], END, [(FIRST, MARCH - DAY, "control"), (MARCH, END, "planned")]),
        ([(FIRST, "control", "planned")], None, [(FIRST, None, "planned")]),
        (  # several on one day: the last holds
            [(MARCH, "planned", "emergency"), (MARCH, "emergency", "control"), (APRIL, "control", "planned")],
            None,
            [(FIRST, MARCH - DAY, "planned"), (MARCH, APRIL - DAY, "control"), (APRIL, None, "planned")],
        ),
        (  # begun and ended on one day: nothing has changed
            [(MARCH, "planned", "emergency"), (MARCH, "emergency", "planned")],
            None,
            [(FIRST, None, "planned")],
        ),
        ([(APRIL, "control", "planned")], END, [(FIRST, END, "control")]),
    ],
)
def test_spans(changes: list[Change], last: date | None, spans: list[tuple[date, date | None, str]]) -> None:
    assert regime_spans(FIRST, last, "planned", changes) == [RegimeSpan(*one) for one in spans]


def test_a_register_is_judged_from_its_day_on() -> None:
    """What was before is not known, but the regime of that day is."""
    found = regime_spans(APRIL, None, "planned", [(MARCH, "control", "planned")])
    assert found == [RegimeSpan(APRIL, None, "planned")]


@given(
    days=st.lists(st.integers(0, 120), max_size=6).map(sorted),
    regimes=st.lists(st.sampled_from(["emergency", "planned", "control"]), min_size=7, max_size=7),
    length=st.none() | st.integers(0, 100),
)
def test_spans_cover_the_patronage_once(days: list[int], regimes: list[str], length: int | None) -> None:
    """Every day of the patronage lies in one span, and has the regime of the last change up to it."""
    changes = [(FIRST + n * DAY, regimes[at], regimes[at + 1]) for at, n in enumerate(days)]
    last = None if length is None else FIRST + length * DAY
    spans = regime_spans(FIRST, last, regimes[len(days)], changes)
    for n in range((100 if length is None else length) + 1):
        day = FIRST + n * DAY
        within = [one.regime for one in spans if one.first <= day and (one.last is None or day <= one.last)]
        so_far = [new for from_on, _former, new in changes if from_on <= day]
        assert within == [so_far[-1] if so_far else (changes[0][1] if changes else regimes[0])]


def test_a_change_within_a_period_counts_day_by_day() -> None:
    """Two weeks of emergency within a quiet quarter owe four contacts, whatever holds today."""
    changes = [(MARCH, "control", "emergency"), (MARCH + 14 * DAY, "emergency", "control")]
    history = History(regime_spans(FIRST, None, "control", changes))
    owed = [(one.unit, one.owed) for one in judge(history, [], MARCH, MARCH + 20 * DAY) if one.owed]
    assert owed == [(Unit.WEEK, 2), (Unit.WEEK, 2)]
