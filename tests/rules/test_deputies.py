"""DOMAIN §4: who may stand in for whom, and when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import RuleBroken, deputies
from tests.refusals import refuses

TODAY = date(2026, 11, 23)


def day(offset):
    return TODAY + timedelta(offset)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (0, 0, None), (0, 14, None), (30, 366, None), (366, 370, None), (0, 366, None),
        (1, 0, "wrong_order"), (-1, 5, "past_start"), (0, 367, "too_long"), (367, 368, "too_long"),
    ],
)  # fmt: skip
def test_the_days(first, last, code):
    if code is None:
        deputies.check_period(day(first), day(last), TODAY)
    else:
        with refuses(code):
            deputies.check_period(day(first), day(last), TODAY)


@pytest.mark.parametrize(
    ("away_is_head", "themselves", "by_head", "by_admin", "code"),
    [
        (False, False, True, False, None),
        (True, True, True, False, None),
        (True, False, False, True, None),
        (True, False, True, False, "admin_names"),
        (False, False, False, True, "head_names"),
        (False, True, False, False, "head_names"),
        (True, False, False, False, "admin_names"),
    ],
)
def test_who_names_whom(away_is_head, themselves, by_head, by_admin, code):
    if code is None:
        deputies.check_maker(away_is_head, themselves, by_head, by_admin)
    else:
        with refuses(code):
            deputies.check_maker(away_is_head, themselves, by_head, by_admin)


@pytest.mark.parametrize(
    ("leads", "works", "same", "profession", "deputy_works", "dismissed", "code"),
    [
        (True, True, False, "social_pedagogue", True, False, None),
        (True, True, False, "social_work_specialist", True, False, None),
        (False, True, False, "psychologist", True, False, None),
        (True, True, False, "psychologist", True, False, "lead_profession"),
        (False, True, False, "psychologist", False, False, "not_a_specialist"),
        (False, True, False, "psychologist", True, True, "colleague_dismissed"),
        (False, True, True, "psychologist", True, False, "themselves"),
        (False, False, False, "psychologist", True, False, "nothing_to_take_over"),
    ],
)
def test_who_can(leads, works, same, profession, deputy_works, dismissed, code):
    facts = (leads, works, same, profession, deputy_works, dismissed)
    if code is None:
        deputies.check_able(*facts)
    else:
        with refuses(code):
            deputies.check_able(*facts)


@pytest.mark.parametrize(
    ("has_deputy", "deputy_away", "stands_in", "code"),
    [
        ([(day(-9), day(-1)), (day(8), day(9))], [(day(8), day(8))], [(day(-3), day(-1))], None),
        ([(day(7), day(9))], [], [], "overlap"),
        ([(day(-9), day(0))], [], [], "overlap"),
        ([(day(3), day(3))], [], [], "overlap"),
        ([], [(day(-5), day(20))], [], "deputy_away"),
        ([], [], [(day(7), day(7))], "stands_in"),
    ],
)
def test_one_at_a_time_and_no_deputies_of_deputies(has_deputy, deputy_away, stands_in, code):
    wanted = (day(0), day(7))
    if code is None:
        deputies.check_free(wanted, has_deputy, deputy_away, stands_in)
    else:
        with refuses(code):
            deputies.check_free(wanted, has_deputy, deputy_away, stands_in)


PERIODS = st.tuples(st.integers(0, 30), st.integers(0, 6)).map(lambda n: (day(n[0]), day(n[0] + n[1])))


@given(st.lists(PERIODS, max_size=12))
def test_no_day_ever_has_two_deputies(wanted):
    named: list[deputies.Period] = []
    for period in wanted:
        try:
            deputies.check_free(period, named, [], [])
        except RuleBroken:
            continue
        named.append(period)
    for offset in range(40):
        assert sum(first <= day(offset) <= last for first, last in named) <= 1


def test_only_what_runs_can_be_ended():
    deputies.check_running(TODAY, False, TODAY)
    for ends_on, ended in ((day(-1), False), (day(5), True)):
        with refuses("is_over"):
            deputies.check_running(ends_on, ended, TODAY)
