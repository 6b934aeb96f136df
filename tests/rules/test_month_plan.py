"""A proposed month: by hand, and whatever it is asked."""

from collections import Counter
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.rules.month_plan import MINUTES, Busy, Need, needs_of, propose, series
from portal.rules.norms import History, RegimeSpan, Span, judge
from portal.rules.timetable import meet
from portal.rules.workdays import BY_2026, RU_2026, Calendar

MONDAY = date(2026, 11, 2)
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def owed(regime, contacts=(), planned=(), first=FIRST, last=LAST, began=date(2026, 1, 1), lifted=()):
    history = History([RegimeSpan(began, None, regime)], lifted)
    return needs_of(7, judge(history, contacts, first, last), planned, first, last)


def test_a_planned_family_owes_one_contact_by_the_end_of_the_month():
    assert owed("planned") == [Need(7, FIRST, LAST)]
    assert owed("planned", contacts=[date(2026, 11, 5)]) == []
    assert owed("planned", planned=[date(2026, 11, 20)]) == []
    assert owed("planned", planned=[date(2026, 12, 1)]) == [Need(7, FIRST, LAST)]


def test_an_emergency_family_owes_two_a_week_also_in_the_week_that_reaches_over():
    found = owed("emergency")
    assert len(found) == 12  # six weeks touch November 2026
    assert Counter(one.last for one in found)[date(2026, 12, 6)] == 2
    assert found[0] == Need(7, FIRST, FIRST)  # the week that ends with the first of November


def test_a_quarter_is_planned_in_its_last_month():
    assert owed("control") == []
    december = (date(2026, 12, 1), date(2026, 12, 31))
    assert owed("control", first=december[0], last=december[1]) == [Need(7, *december)]


def test_what_is_lifted_is_not_planned():
    assert owed("planned", lifted=[Span(FIRST, LAST)]) == []


def test_nothing_is_planned_for_days_that_are_over():
    assert owed("planned", first=date(2026, 11, 25)) == [Need(7, date(2026, 11, 25), LAST)]


def test_days_off_are_left_out_and_the_load_is_even():
    needs = [Need(n, date(2026, 11, 2), date(2026, 11, 6)) for n in range(8)]
    found = propose(needs, [], RU_2026, 2)
    assert Counter(one.day for one in found) == {
        MONDAY: 2,
        date(2026, 11, 3): 2,
        date(2026, 11, 5): 2,
        date(2026, 11, 6): 2,
    }  # the fourth is a holiday in Russia
    by = propose(needs, [], BY_2026, 2)
    assert Counter(one.day for one in by)[date(2026, 11, 4)] == 2


def test_a_moved_working_saturday_is_used():
    saturday = date(2026, 4, 25)
    found = propose([Need(1, saturday, saturday)], [], BY_2026, 4)
    assert found[0].day == saturday
    assert propose([Need(1, saturday, saturday)], [], RU_2026, 4)[0].day is None


def test_two_contacts_with_one_family_are_two_days_apart_where_there_is_room():
    found = propose([Need(1, MONDAY, MONDAY + timedelta(6))] * 2, [], Calendar(), 4)
    days = sorted(one.day for one in found)
    assert (days[1] - days[0]).days >= 2


def test_what_is_planned_already_counts():
    busy = [Busy(MONDAY, time(9), 90, 1), Busy(MONDAY, time(11), 60)]
    found = propose([Need(2, MONDAY, MONDAY)], busy, Calendar(), 4)
    assert (found[0].day, found[0].starts_at) == (MONDAY, time(14))
    assert propose([Need(2, MONDAY, MONDAY)], busy, Calendar(), 2)[0].day is None
    assert propose([Need(1, MONDAY, MONDAY)], busy, Calendar(), 4)[0].day is None  # met that day already


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 27), st.integers(0, 10)), max_size=25),
    st.lists(st.tuples(st.integers(0, 29), st.integers(8, 18), st.integers(15, 120)), max_size=8),
    st.sets(st.integers(0, 35), max_size=12),
    st.integers(1, 5),
)
def test_proposals_keep_every_bound(wanted, taken, off, a_day):
    needs = [
        Need(family, FIRST + timedelta(n), FIRST + timedelta(n + length)) for family, n, length in wanted
    ]
    busy = [Busy(FIRST + timedelta(n), time(hour), minutes) for n, hour, minutes in taken]
    calendar = Calendar(frozenset(FIRST + timedelta(n) for n in off))
    found = propose(needs, busy, calendar, a_day)
    assert Counter(one.need for one in found) == Counter(needs)
    placed = [one for one in found if one.day]
    load = Counter(one.day for one in busy)
    for one in placed:
        assert one.need.first <= one.day <= one.need.last and calendar.is_working(one.day)
        others = [(b.starts_at, b.minutes) for b in busy if b.day == one.day]
        others += [(p.starts_at, MINUTES) for p in placed if p is not one and p.day == one.day]
        assert not any(meet((one.starts_at, MINUTES), other) for other in others)
        load[one.day] += 1
        assert load[one.day] <= a_day
    assert len({(one.need.family, one.day) for one in placed}) == len(placed)


def test_a_series_moves_from_days_off():
    friday = date(2026, 12, 18)
    off = Calendar(frozenset({date(2026, 12, 25)}))
    assert series(friday, "week", date(2027, 1, 1), off) == [date(2026, 12, 28), date(2027, 1, 1)]
    assert series(friday, "two_weeks", date(2026, 12, 31), off) == []
    assert series(friday, "four_weeks", date(2027, 1, 15), off) == [date(2027, 1, 15)]
    assert len(series(friday, "week", date(2036, 1, 1), off)) == 60
