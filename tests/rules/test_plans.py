"""The law of the support plan: its life, what it must hold, who approves it, how two versions differ."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import plans
from portal.rules.plan_content import Content, Goal, Measure, Responsible, difference, keep_closed, shortened
from portal.rules.plans import IN_WORK, TRANSITIONS, State
from tests.refusals import refuses

TODAY = date(2026, 11, 18)
ANNA = Responsible("user", "1")


def measure(key="m1", days=7, **fields):
    return Measure(
        **(
            {"key": key, "text": "Пройти врача", "due_on": TODAY + timedelta(days), "responsible": ANNA}
            | fields
        )
    )


def goal(key="g1", *measures, **fields):
    return Goal(**({"key": key, "sphere": "health", "text": "Дети здоровы", "measures": measures} | fields))


MOVES = {  # DOMAIN §3: draft → agreed → in force → superseded | completed; back for mending, or thrown away
    ("draft", "agreed"), ("draft", "discarded"), ("agreed", "draft"), ("agreed", "in_force"),
    ("agreed", "discarded"), ("in_force", "superseded"), ("in_force", "completed"),
}  # fmt: skip


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("to", State)
def test_only_the_moves_of_the_table(state, to):
    if (state, to) in MOVES:
        plans.check_move(state, to)
    else:
        with refuses("wrong_state"):
            plans.check_move(state, to)
    assert (to in TRANSITIONS.get(state, ())) == ((state, to) in MOVES)


@pytest.mark.parametrize("state", State)
def test_only_what_is_in_work_is_written_on(state):
    if state in IN_WORK:
        plans.check_editable(state)
    else:
        with refuses("wrong_state"):
            plans.check_editable(state)


@pytest.mark.parametrize(
    ("status", "planning", "results"),
    [
        ("identified", "not_on_patronage", "not_on_patronage"),
        ("consented", "not_on_patronage", "not_on_patronage"),
        ("submitted", "not_on_patronage", "not_on_patronage"),
        ("enrolled", None, None),
        ("suspended", "suspended", None),
        ("removed", "not_on_patronage", "not_on_patronage"),
        ("declined", "not_on_patronage", "not_on_patronage"),
    ],
)
def test_what_goes_on_in_which_patronage(status, planning, results):
    for check, code in ((plans.check_planning, planning), (plans.check_on_books, results)):
        if code is None:
            check(status)
        else:
            with refuses(code):
                check(status)


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "past_due"), (0, None), (1, None), (731, None), (732, "far_due")]
)
def test_a_new_measure_is_due_today_or_later(days, code):
    content = Content(goals=(goal("g1", measure(days=days)),))
    if code is None:
        plans.check_dates(content, Content(), TODAY)
    else:
        with refuses(code):
            plans.check_dates(content, Content(), TODAY)


def test_a_day_set_earlier_stays_until_it_is_changed():
    before = Content(goals=(goal("g1", measure(days=-3)),))
    plans.check_dates(Content(goals=(goal("g1", measure(days=-3, text="Иначе")),)), before, TODAY)
    with refuses("past_due"):
        plans.check_dates(Content(goals=(goal("g1", measure(days=-2)),)), before, TODAY)
    plans.check_dates(Content(goals=(goal("g1", measure(days=-2, closed=True)),)), before, TODAY)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (Content(), "no_goal"),
        (Content(goals=(goal("g1"),)), "no_measure"),
        (Content(goals=(goal("g1", measure()), goal("g2"))), "no_measure"),
        (Content(goals=(goal("g1", measure(days=-1)),)), "past_due"),
        (Content(goals=(goal("g1", measure(days=-1, closed=True)),)), None),
        (Content(goals=(goal("g1", measure(days=0)),)), None),
    ],
)
def test_what_a_family_can_agree_to(content, code):
    if code is None:
        plans.check_complete(content, TODAY)
    else:
        with refuses(code):
            plans.check_complete(content, TODAY)


def test_the_talk_was_while_on_patronage():
    plans.check_agreed_on(TODAY, TODAY, TODAY)
    with refuses("future_day"):
        plans.check_agreed_on(TODAY + timedelta(1), TODAY, TODAY)
    for since in (None, TODAY + timedelta(1)):
        with refuses("before_enrollment"):
            plans.check_agreed_on(TODAY, TODAY, since)


def test_nobody_approves_their_own_plan():
    plans.check_approver(has_written=False)
    with refuses("own_plan"):
        plans.check_approver(has_written=True)


@pytest.mark.parametrize(
    ("who", "fine"),
    [
        (Responsible("user", "1"), True),
        (Responsible("user", "2"), False),
        (Responsible("member", "5"), True),
        (Responsible("member", "1"), False),
        (Responsible("body", "school"), True),
        (Responsible("body", "bank"), False),
        (Responsible("robot", "1"), False),
    ],
)
def test_who_can_answer_for_a_measure(who, fine):
    args = ({"1"}, {"5"}, {"school"})
    if fine:
        plans.check_responsible([measure(responsible=who)], *args)
    else:
        with refuses("not_responsible"):
            plans.check_responsible([measure(responsible=who)], *args)
    plans.check_responsible([measure(responsible=who, closed=True)], *args)


@pytest.mark.parametrize(
    ("outcome", "day", "text", "code"),
    [
        ("open", None, "", None),
        ("done", TODAY, "", None),
        ("done", None, "", "no_day"),
        ("done", TODAY + timedelta(1), "", "future_day"),
        ("done", TODAY - timedelta(31), "", "before_enrollment"),
        ("not_done", None, "Переехали", None),
        ("not_done", None, " ", "no_why"),
        ("dropped", None, "", "no_why"),
    ],
)
def test_what_a_result_needs(outcome, day, text, code):
    args = (outcome, day, text, TODAY, TODAY - timedelta(30))
    if code is None:
        plans.check_result(*args)
    else:
        with refuses(code):
            plans.check_result(*args)


def test_a_plan_is_completed_when_each_measure_has_its_result():
    plans.check_all_closed(["done", "not_done", "dropped"])
    with refuses("open_measures"):
        plans.check_all_closed(["done", "open"])


def test_difference_names_what_was_added_taken_out_and_changed():
    old = Content(aim="Было", goals=(goal("g1", measure("m1"), measure("m2")), goal("g2", measure("m3"))))
    new = Content(
        aim="Стало",
        goals=(
            goal("g1", measure("m1", days=9, responsible=Responsible("body", "school")), measure("m4")),
            goal("g3", measure("m5"), text="Новая цель"),
        ),
    )
    found = [(one.of, one.how, (one.new or one.old), one.fields) for one in difference(old, new)]
    assert [(of, how, getattr(row, "key", ""), fields) for of, how, row, fields in found] == [
        ("text", "changed", "", ("aim",)),
        ("measure", "changed", "m1", ("due_on", "responsible")),
        ("measure", "added", "m4", ()),
        ("goal", "added", "g3", ()),
        ("measure", "added", "m5", ()),
        ("measure", "removed", "m2", ()),
        ("goal", "removed", "g2", ()),
        ("measure", "removed", "m3", ()),
    ]


def test_a_result_is_no_difference():
    assert (
        difference(
            Content(goals=(goal("g1", measure()),)), Content(goals=(goal("g1", measure(closed=True)),))
        )
        == []
    )


def test_what_has_its_result_stays_whatever_is_typed():
    done = measure("m1", days=-5, closed=True)
    stored = Content(goals=(goal("g1", done, measure("m2")), goal("g2", replace(done, key="m3"))))
    typed = Content(
        aim="Новая", goals=(goal("g1", measure("m1", text="Подмена"), measure("m4"), text="Иначе"),)
    )
    kept = keep_closed(stored, typed)
    assert [one.key for one in kept.measures.values()] == ["m1", "m4", "m3"]
    assert kept.measures["m1"] == done
    assert [one.text for one in kept.goals] == ["Иначе", "Дети здоровы"]
    assert kept.aim == "Новая"


@st.composite
def contents(draw):
    """Some content: no key stands twice."""
    keys, goals = draw(st.permutations([f"k{n}" for n in range(6)])), []
    for number in range(draw(st.integers(0, 3))):
        own = [
            measure(keys.pop(), days=draw(st.integers(-3, 3)), closed=draw(st.booleans()))
            for _ in range(draw(st.integers(0, 2)))
            if keys
        ]
        goals.append(goal(f"g{number}", *own, text=draw(st.sampled_from(["А", "Б"]))))
    return Content(aim=draw(st.sampled_from(["", "Цель"])), goals=tuple(goals))


@given(contents(), contents())
def test_a_difference_counts_every_key_once_and_turns_round(old, new):
    there, back = difference(old, new), difference(new, old)
    assert (there == []) == (back == [])
    turned = {"added": "removed", "removed": "added", "changed": "changed"}

    def names(changes, turn=lambda how: how):
        return sorted((one.of, turn(one.how), getattr(one.new or one.old, "key", "")) for one in changes)

    assert names(there) == names(back, turned.get)
    assert len(set(names(there))) == len(there)
    assert difference(new, new) == []


@given(contents(), contents())
def test_keeping_what_is_closed_loses_no_result_and_doubles_nothing(stored, typed):
    kept = keep_closed(stored, typed)
    keys = [one.key for goal in kept.goals for one in goal.measures]
    assert len(keys) == len(set(keys))
    for key, one in stored.measures.items():
        if one.closed:
            assert kept.measures[key] == one


def test_a_long_text_is_named_by_its_beginning():
    assert shortened("коротко") == "коротко"
    assert shortened("а" * 61) == "а" * 59 + "…"
