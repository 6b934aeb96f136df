# ruff: noqa: E501 - a table reads better in lines
"""R9 by a table worked by hand, and beside a counter that knows nothing but days."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.rules.norms import (
    BY_LAW,
    GAPS,
    History,
    Norm,
    NormVersion,
    RegimeSpan,
    Span,
    Standing,
    Unit,
    days_without_contact,
    gap_warns,
    judge,
    late_by,
    period_of,
)


def d(text: str) -> date:
    return date.fromisoformat(text)


def span(text: str) -> Span:
    """`2026-03-02/2026-03-08`, or open at its end: `2026-03-02/`."""
    first, _, last = text.partition("/")
    return Span(d(first), d(last) if last else None)


def history(*regimes: str, lifted: tuple[str, ...] = (), versions=()) -> History:
    """Regimes as `emergency 2026-03-02/`."""
    spans = []
    for one in regimes:
        regime, _, days = one.partition(" ")
        found = span(days)
        spans.append(RegimeSpan(found.first, found.last, regime))
    return History(spans, [span(one) for one in lifted], [BY_LAW, *versions])


def owed(judged: History, day: str, unit: Unit) -> int:
    """What the period of the day owes."""
    first, last = period_of(unit, d(day))
    return next(
        (one.owed for one in judge(judged, [], first, last) if one.unit == unit and one.first == first), 0
    )


W, M, Q = Unit.WEEK, Unit.MONTH, Unit.QUARTER
TWICE_A_QUARTER = {"control": Norm(2, Q)}
CASES = [
    # an emergency week of which so many days are left: 2/7 of each day, in whole ones
    ("from Monday", history("emergency 2026-03-02/"), "2026-03-02", W, 2),
    ("from Tuesday", history("emergency 2026-03-03/"), "2026-03-02", W, 1),
    ("from Wednesday", history("emergency 2026-03-04/"), "2026-03-02", W, 1),
    ("from Thursday", history("emergency 2026-03-05/"), "2026-03-02", W, 1),
    ("from Friday", history("emergency 2026-03-06/"), "2026-03-02", W, 0),
    ("from Saturday", history("emergency 2026-03-07/"), "2026-03-02", W, 0),
    ("from Sunday", history("emergency 2026-03-08/"), "2026-03-02", W, 0),
    ("the week after", history("emergency 2026-03-08/"), "2026-03-09", W, 2),
    ("to Monday", history("emergency 2026-02-02/2026-03-02"), "2026-03-02", W, 0),
    ("to Tuesday", history("emergency 2026-02-02/2026-03-03"), "2026-03-02", W, 0),
    ("to Wednesday", history("emergency 2026-02-02/2026-03-04"), "2026-03-02", W, 0),
    ("to Thursday", history("emergency 2026-02-02/2026-03-05"), "2026-03-02", W, 1),
    ("to Friday", history("emergency 2026-02-02/2026-03-06"), "2026-03-02", W, 1),
    ("to Saturday", history("emergency 2026-02-02/2026-03-07"), "2026-03-02", W, 1),
    ("to Sunday", history("emergency 2026-02-02/2026-03-08"), "2026-03-02", W, 2),
    ("before it", history("emergency 2026-03-02/"), "2026-02-27", W, 0),
    ("after it", history("emergency 2026-02-02/2026-03-08"), "2026-03-09", W, 0),
    ("Tuesday to Friday", history("emergency 2026-03-03/2026-03-06"), "2026-03-02", W, 1),
    ("Tuesday to Thursday", history("emergency 2026-03-03/2026-03-05"), "2026-03-02", W, 0),
    # months and quarters: a part of one contact is none
    ("a whole month", history("planned 2026-04-01/"), "2026-04-15", M, 1),
    ("from the second", history("planned 2026-04-02/"), "2026-04-15", M, 0),
    ("from the last day", history("planned 2026-04-30/"), "2026-04-15", M, 0),
    ("the month after", history("planned 2026-04-30/"), "2026-05-15", M, 1),
    ("to its last day", history("planned 2026-01-01/2026-04-30"), "2026-04-15", M, 1),
    ("to the last day but one", history("planned 2026-01-01/2026-04-29"), "2026-04-15", M, 0),
    ("February", history("planned 2026-02-01/2026-02-28"), "2026-02-10", M, 1),
    ("February of a leap year, whole", history("planned 2028-02-01/2028-02-29"), "2028-02-10", M, 1),
    ("February of a leap year, a day short", history("planned 2028-02-01/2028-02-28"), "2028-02-10", M, 0),
    ("December", history("planned 2026-12-01/"), "2026-12-31", M, 1),
    ("January after", history("planned 2026-12-01/"), "2027-01-01", M, 1),
    ("a whole quarter", history("control 2026-01-01/"), "2026-02-01", Q, 1),
    ("from its second day", history("control 2026-01-02/"), "2026-02-01", Q, 0),
    ("to its last day", history("control 2025-06-01/2026-03-31"), "2026-02-01", Q, 1),
    ("to its last day but one", history("control 2025-06-01/2026-03-30"), "2026-02-01", Q, 0),
    ("the fourth quarter", history("control 2026-10-01/2026-12-31"), "2026-12-31", Q, 1),
    ("the first of the year after", history("control 2026-10-01/"), "2027-01-01", Q, 1),
    # the end of the year: one week of both years
    ("a week of two years", history("emergency 2026-12-01/"), "2027-01-01", W, 2),
    ("from New Year's Eve, a Thursday", history("emergency 2026-12-31/"), "2026-12-28", W, 1),
    ("from New Year's Day, a Friday", history("emergency 2027-01-01/"), "2026-12-28", W, 0),
    ("to New Year's Eve", history("emergency 2026-12-01/2026-12-31"), "2026-12-28", W, 1),
    ("to the Wednesday before", history("emergency 2026-12-01/2026-12-30"), "2026-12-28", W, 0),
    ("the 53rd week of 2026", history("emergency 2026-01-01/"), "2026-12-31", W, 2),
    # the regime changes within a period
    ("three days of emergency, then planned", history("emergency 2026-03-01/2026-03-04", "planned 2026-03-05/"), "2026-03-04", W, 0),
    ("four days of emergency, then planned", history("emergency 2026-03-01/2026-03-05", "planned 2026-03-06/"), "2026-03-04", W, 1),
    ("planned from within the month", history("emergency 2026-03-01/2026-03-05", "planned 2026-03-06/"), "2026-03-31", M, 0),
    ("planned the month after", history("emergency 2026-03-01/2026-03-05", "planned 2026-03-06/"), "2026-04-01", M, 1),
    ("planned to the middle of the month", history("planned 2026-01-01/2026-04-14", "emergency 2026-04-15/"), "2026-04-01", M, 0),
    ("emergency from a Wednesday", history("planned 2026-01-01/2026-04-14", "emergency 2026-04-15/"), "2026-04-15", W, 1),
    ("control from within the quarter", history("planned 2026-01-01/2026-05-31", "control 2026-06-01/"), "2026-06-30", Q, 0),
    ("control the quarter after", history("planned 2026-01-01/2026-05-31", "control 2026-06-01/"), "2026-07-01", Q, 1),
    ("off and on again in one week", history("emergency 2026-01-01/2026-03-03", "emergency 2026-03-06/"), "2026-03-04", W, 1),
    # suspended and exempt days
    ("two days suspended", history("emergency 2026-03-02/", lifted=("2026-03-03/2026-03-04",)), "2026-03-02", W, 1),
    ("four days suspended", history("emergency 2026-03-02/", lifted=("2026-03-03/2026-03-06",)), "2026-03-02", W, 0),
    ("the whole week suspended", history("emergency 2026-03-02/", lifted=("2026-03-02/2026-03-08",)), "2026-03-02", W, 0),
    ("suspended and exempt on the same days", history("emergency 2026-03-02/", lifted=("2026-03-02/2026-03-04", "2026-03-03/2026-03-04")), "2026-03-02", W, 1),
    ("suspended, then exempt, side by side", history("emergency 2026-03-02/", lifted=("2026-03-02/2026-03-03", "2026-03-04/2026-03-05")), "2026-03-02", W, 0),
    ("still suspended", history("emergency 2026-03-02/", lifted=("2026-03-06/",)), "2026-03-02", W, 1),
    ("the week after it began", history("emergency 2026-03-02/", lifted=("2026-03-06/",)), "2026-03-09", W, 0),
    ("suspended before the enrollment", history("emergency 2026-03-02/", lifted=("2026-02-01/2026-02-28",)), "2026-03-02", W, 2),
    ("a day of the month exempt", history("planned 2026-01-01/", lifted=("2026-04-10/2026-04-10",)), "2026-04-01", M, 0),
    ("exempt in the month before", history("planned 2026-01-01/", lifted=("2026-03-10/2026-03-31",)), "2026-04-01", M, 1),
    ("a day of the quarter exempt", history("control 2026-01-01/", lifted=("2026-05-10/2026-05-10",)), "2026-04-01", Q, 0),
    # a decree changes the norm
    ("twice a quarter from its middle: (45 + 47 × 2) / 92", history("control 2026-01-01/", versions=[NormVersion(d("2026-08-15"), TWICE_A_QUARTER)]), "2026-07-01", Q, 1),
    ("thrice from its middle: (45 + 47 × 3) / 92", history("control 2026-01-01/", versions=[NormVersion(d("2026-08-15"), {"control": Norm(3, Q)})]), "2026-07-01", Q, 2),
    ("twice from its first day", history("control 2026-01-01/", versions=[NormVersion(d("2026-07-01"), TWICE_A_QUARTER)]), "2026-07-01", Q, 2),
    ("the quarter before is judged by the old norm", history("control 2026-01-01/", versions=[NormVersion(d("2026-07-01"), TWICE_A_QUARTER)]), "2026-06-30", Q, 1),
    ("twice a month from the 16th: (15 + 15 × 2) / 30", history("planned 2026-01-01/", versions=[NormVersion(d("2026-04-16"), {"planned": Norm(2, M)})]), "2026-04-01", M, 1),
    ("thrice a month from the 11th: (10 + 20 × 3) / 30", history("planned 2026-01-01/", versions=[NormVersion(d("2026-04-11"), {"planned": Norm(3, M)})]), "2026-04-01", M, 2),
    ("by weeks from a Wednesday: the month's part", history("planned 2026-01-01/", versions=[NormVersion(d("2026-03-18"), {"planned": Norm(1, W)})]), "2026-03-01", M, 0),
    ("by weeks from a Wednesday: its week", history("planned 2026-01-01/", versions=[NormVersion(d("2026-03-18"), {"planned": Norm(1, W)})]), "2026-03-18", W, 0),
    ("by weeks from a Wednesday: the week after", history("planned 2026-01-01/", versions=[NormVersion(d("2026-03-18"), {"planned": Norm(1, W)})]), "2026-03-23", W, 1),
    ("a regime the decree leaves out", history("planned 2026-01-01/", versions=[NormVersion(d("2026-04-01"), {"emergency": Norm(2, W)})]), "2026-04-01", M, 0),
    ("two decrees: the later one holds", history("planned 2026-01-01/", versions=[NormVersion(d("2026-04-01"), {"planned": Norm(4, M)}), NormVersion(d("2026-03-01"), {"planned": Norm(2, M)})]), "2026-04-01", M, 4),
    # days off lift nothing: the norm is of calendar weeks, months and quarters
    ("Russia's holidays of January, 5–11", history("emergency 2026-01-01/"), "2026-01-05", W, 2),
    ("Belarus, Radunitsa 20–21 April, 25 April worked", history("emergency 2026-01-01/"), "2026-04-20", W, 2),
    ("May of both countries", history("planned 2026-01-01/"), "2026-05-09", M, 1),
]  # fmt: skip


@pytest.mark.parametrize(("judged", "day", "unit", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])  # fmt: skip
def test_what_a_period_owes_by_hand(judged, day, unit, expected):
    assert owed(judged, day, unit) == expected


def test_the_table_is_as_long_as_asked():
    assert len(CASES) >= 60


def test_a_year_of_53_weeks_owes_a_hundred_and_six():
    weeks = judge(history("emergency 2025-12-29/"), [], d("2025-12-29"), d("2027-01-03"))
    assert (len(weeks), sum(one.owed for one in weeks)) == (53, 106)


@pytest.mark.parametrize(
    ("contacts", "today", "standing"),
    [
        ([], "2026-03-04", Standing.DUE),
        ([], "2026-03-08", Standing.DUE),
        ([], "2026-03-09", Standing.MISSED),
        (["2026-03-02"], "2026-03-08", Standing.DUE),
        (["2026-03-02"], "2026-03-09", Standing.MISSED),
        (["2026-03-02", "2026-03-08"], "2026-03-08", Standing.MET),
        (["2026-03-02", "2026-03-02"], "2026-03-08", Standing.MET),
        (["2026-03-01", "2026-03-09"], "2026-03-09", Standing.MISSED),
    ],
)
def test_how_an_emergency_week_stands(contacts, today, standing):
    judged = history("emergency 2026-03-02/")
    week = judge(judged, map(d, contacts), d("2026-03-02"), d("2026-03-08"))[0]
    assert week.standing(d(today)) == standing


def test_a_week_that_owes_nothing_is_neither_met_nor_missed():
    week = judge(history("emergency 2026-03-06/"), [], d("2026-03-06"), d("2026-03-06"))[0]
    assert week.standing(d("2026-05-01")) == Standing.NOTHING_OWED


def test_contacts_off_patronage_count_nowhere_and_those_of_lifted_days_do():
    judged = history("emergency 2026-03-02/2026-03-15", lifted=("2026-03-05/2026-03-05",))
    days = [d("2026-02-27"), d("2026-03-05"), d("2026-03-16")]
    weeks = judge(judged, days, d("2026-02-23"), d("2026-03-22"))
    assert [one.took_place for one in weeks] == [[d("2026-03-05")], []]


def test_a_contact_counts_in_the_period_of_the_regime_of_its_day():
    judged = history("emergency 2026-03-02/2026-03-08", "planned 2026-03-09/")
    found = judge(judged, [d("2026-03-03"), d("2026-03-20")], d("2026-03-01"), d("2026-03-31"))
    assert [(one.unit, one.took_place) for one in found] == [(W, [d("2026-03-03")]), (M, [d("2026-03-20")])]


def test_there_is_time_until_the_last_day_that_owes():
    judged = history("emergency 2026-03-02/", lifted=("2026-03-07/2026-03-12",))
    weeks = judge(judged, [], d("2026-03-02"), d("2026-03-15"))
    assert [one.due_on for one in weeks] == [d("2026-03-06"), d("2026-03-15")]
    assert weeks[0].standing(d("2026-03-07")) == Standing.MISSED


def test_what_will_be_late_by_the_end_of_the_week():
    today, sunday = d("2026-03-25"), d("2026-03-29")
    monthly = judge(history("planned 2026-03-01/"), [], today, today)
    weekly = judge(history("emergency 2026-03-02/"), [d("2026-03-24")], today, today)
    missed = judge(history("emergency 2026-03-02/2026-03-22"), [], d("2026-03-16"), today)
    assert late_by(monthly, today, sunday) == []
    assert late_by(monthly, today, d("2026-03-31")) == monthly
    assert late_by(weekly, today, sunday) == weekly and weekly[0].lacking == 1
    assert late_by(missed, today, sunday) == missed


@pytest.mark.parametrize(
    ("judged", "contacts", "today", "days"),
    [
        (history("emergency 2026-03-02/"), [], "2026-03-02", 1),
        (history("emergency 2026-03-02/"), [], "2026-03-07", 6),
        (history("emergency 2026-03-02/"), ["2026-03-05"], "2026-03-07", 2),
        (history("emergency 2026-03-02/"), ["2026-03-07"], "2026-03-07", 0),
        (history("emergency 2026-03-02/"), ["2026-03-09"], "2026-03-07", 6),
        (history("emergency 2026-03-02/", lifted=("2026-03-04/2026-03-05",)), [], "2026-03-07", 4),
        (history("emergency 2026-03-02/2026-03-04"), [], "2026-03-07", 3),
        (history("planned 2026-01-01/"), ["2026-01-31"], "2026-03-17", 45),
        (history(), [], "2026-03-07", 0),
    ],
)
def test_days_without_a_contact(judged, contacts, today, days):
    assert days_without_contact(judged, list(map(d, contacts)), d(today)) == days


def test_a_gap_warns_besides_the_norm():
    assert [gap_warns(regime, days) for regime in GAPS for days in (GAPS[regime], GAPS[regime] + 1)] == [
        False,
        True,
    ] * 3
    assert not gap_warns("none", 1000)


# a counter that goes day by day

FIRST = date(2025, 11, 1)
DAYS = 500
day_numbers = st.integers(0, DAYS)
lengths = st.integers(0, 120)


@st.composite
def histories(draw) -> History:
    regimes, at = [], FIRST + timedelta(draw(st.integers(0, 200)))
    for _ in range(draw(st.integers(0, 4))):
        last = at + timedelta(draw(lengths))
        open_end = draw(st.integers(0, 5)) == 0
        regimes.append(
            RegimeSpan(
                at, None if open_end else last, draw(st.sampled_from(("emergency", "planned", "control")))
            )
        )
        if open_end:
            break
        at = last + timedelta(1 + draw(st.integers(0, 20)))
    lifted = [
        Span(
            start := FIRST + timedelta(draw(day_numbers)),
            draw(st.sampled_from((start + timedelta(draw(lengths)), None))),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    versions = [BY_LAW]
    for _ in range(draw(st.integers(0, 2))):
        norms = {
            regime: Norm(draw(st.integers(1, 4)), draw(st.sampled_from(Unit)))
            for regime in draw(st.sets(st.sampled_from(("emergency", "planned", "control"))))
        }
        versions.append(NormVersion(FIRST + timedelta(draw(day_numbers)), norms))
    unique = {version.starts_on: version for version in versions}
    return History(regimes, lifted, list(unique.values()))


def norm_of(judged: History, day: date) -> Norm | None:
    regime = [
        one.regime for one in judged.regimes if one.first <= day and (one.last is None or day <= one.last)
    ]
    version = max((one for one in judged.versions if one.starts_on <= day), key=lambda one: one.starts_on)
    return version.norms.get(regime[0]) if regime else None


def is_lifted(judged: History, day: date) -> bool:
    return any(one.first <= day and (one.last is None or day <= one.last) for one in judged.lifted)


@settings(max_examples=300, deadline=None)
@given(histories(), st.lists(day_numbers, max_size=30), day_numbers, st.integers(0, 100))
def test_periods_agree_with_a_counter_of_days(judged, numbers, start, length):
    contacts = [FIRST + timedelta(number) for number in numbers]
    first = FIRST + timedelta(start)
    last = first + timedelta(length)
    share: Counter[tuple[Unit, date]] = Counter()
    took_place: Counter[tuple[Unit, date]] = Counter()
    due: dict[tuple[Unit, date], date] = {}
    for offset in range(-100, length + 100):
        day = first + timedelta(offset)
        norm = norm_of(judged, day)
        if norm is None:
            continue
        begins, ends = period_of(norm.unit, day)
        if begins > last or ends < first:
            continue
        key = (norm.unit, begins)
        took_place[key] += contacts.count(day)
        share[key] += Fraction(0)
        if not is_lifted(judged, day):
            share[key] += Fraction(norm.count, (ends - begins).days + 1)
            due[key] = day
    found = {(one.unit, one.first): one for one in judge(judged, contacts, first, last)}
    assert {key: (one.owed, len(one.took_place), one.due_on) for key, one in found.items()} == {
        key: (int(share[key]), took_place[key], due.get(key)) for key in share
    }


@settings(max_examples=200, deadline=None)
@given(histories(), st.lists(day_numbers, max_size=10), day_numbers)
def test_days_without_a_contact_agree_with_a_counter_of_days(judged, numbers, now):
    contacts, today = [FIRST + timedelta(number) for number in numbers], FIRST + timedelta(now)
    counted, day = 0, today
    while day >= FIRST - timedelta(1) and day not in contacts:
        counted += norm_of(judged, day) is not None and not is_lifted(judged, day)
        day -= timedelta(1)
    assert days_without_contact(judged, contacts, today) == counted


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(Unit))
def test_periods_follow_each_other_without_a_hole(day, unit):
    first, last = period_of(unit, day)
    assert first <= day <= last
    assert period_of(unit, first - timedelta(1))[1] == first - timedelta(1)
    assert period_of(unit, last + timedelta(1))[0] == last + timedelta(1)
