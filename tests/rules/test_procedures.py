"""Procedures: what a run lacks, which version a day has, what a new version may change; the texts of version 1."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.procedures.texts import FIRST
from portal.rules import procedures as rules
from portal.rules.procedures import BY_ALERT, BY_WRITE_UP, KEPT, STAGES, Branch, Step, Template
from tests.refusals import refuses

CALL, VISIT, CLUB = FIRST["call"], FIRST["visit"], FIRST["club"]
DAY = date(2026, 11, 23)


@dataclass
class Marked:
    code: str
    stage: str
    required: bool = True
    state: str = "open"
    choice: str = ""


def run_of(template, state="open"):
    return [Marked(one.code, one.stage, one.required, state, one.choice) for one in template.steps]


def codes(steps):
    return {one.code for one in steps}


@pytest.mark.parametrize("template", FIRST.values(), ids=list(FIRST))
def test_version_1_is_a_valid_template(template):
    assert template.steps == rules.in_order(template.code, template.steps)
    last = replace(template, steps=(*template.steps, Step("own_1", template.steps[0].stage, "Лишний шаг")))
    rules.check_template(template, last)
    assert codes(template.steps) >= KEPT[rules.Code(template.code)]
    assert {step.stage for step in template.steps} == set(STAGES[rules.Code(template.code)])
    for step in template.steps:
        assert step.text_ru and step.text_en, f"{step.code} is not in both languages"
        assert bool(step.help_ru) == bool(step.help_en), f"{step.code}: help in one language"
        assert len(step.code) <= 30 and len(step.text_ru) <= 500 and len(step.help_ru) <= 1000


def test_the_budgets_are_those_of_the_sources():
    assert CALL.minutes == {"preparation": 60, "contact": 60, "recording": 20}
    assert VISIT.minutes == {"preparation": None, "contact": 90, "recording": None}


def test_what_the_portal_does_itself_stands_in_the_templates():
    for branch, steps in BY_ALERT.items():
        for template in (CALL, VISIT):
            assert steps <= {one.code for one in template.steps if one.stage == branch}
    assert codes(CALL.steps) | codes(VISIT.steps) >= BY_WRITE_UP


def test_an_untouched_call_lacks_its_required_steps_but_no_branch_and_no_recording():
    lacking = codes(rules.lacks(run_of(CALL), ()))
    assert {"prep_program", "greet_hello", "first_show", "close_thanks", "close_goodbye"} <= lacking
    assert not lacking & {"second_check", "record_log", "refusal_reasons", "close_regret"}


def test_one_way_of_saying_goodbye_is_enough():
    steps = run_of(CALL, "done")
    for step in steps:
        if step.choice:
            step.state = "open"
    assert codes(rules.lacks(steps, ())) == {"close_thanks"}
    next(one for one in steps if one.code == "close_concern").state = "done"
    assert rules.lacks(steps, ()) == []
    done, everything = rules.progress(steps, ())
    assert done == everything


def test_a_raised_branch_asks_for_its_steps():
    steps = run_of(CALL, "done")
    for step in steps:
        if step.stage in set(Branch):
            step.state = "open"
    assert rules.lacks(steps, ()) == []
    assert codes(rules.lacks(steps, {"danger"})) == {"danger_facts", "danger_safety", "danger_report"}


def test_who_refused_to_talk_is_not_asked_for_the_home_work():
    lacking = codes(rules.lacks(run_of(CALL), {"refusal"}))
    assert "refusal_condition" in lacking and "close_thanks" in lacking
    assert not lacking & {"clarify_ready", "first_learned", "first_show"}


def test_skipped_is_behind_us():
    assert rules.lacks(run_of(VISIT, "skipped"), ()) == []


@given(st.data())
def test_lacking_and_progress_agree(data):
    template = data.draw(st.sampled_from([CALL, VISIT, CLUB]))
    raised = data.draw(st.sets(st.sampled_from([str(one) for one in Branch])))
    steps = run_of(template)
    for step in steps:
        step.state = data.draw(st.sampled_from(["open", "done", "skipped"]))
    done, everything = rules.progress(steps, raised)
    assert 0 <= done <= everything
    lacking = rules.lacks(steps, raised)
    assert len(lacking) <= everything - done
    if done == everything:
        assert lacking == []
    for step in steps:
        step.state = "done"
    assert rules.lacks(steps, raised) == [] and len(set(rules.progress(steps, raised))) == 1


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(1999, 12, 31), None),
        (DAY - timedelta(1), 1),
        (DAY, 2),
        (DAY + timedelta(6), 2),
        (DAY + timedelta(7), 4),  # two begin that day: the later one
    ],
)
def test_the_version_of_the_day(day, number):
    known = [(1, date(2000, 1, 1)), (2, DAY), (3, DAY + timedelta(7)), (4, DAY + timedelta(7))]
    assert rules.version_on(day, known) == number


@pytest.mark.parametrize(
    ("state", "finished", "stage", "mark", "fits"),
    [
        ("planned", False, "greeting", "done", True),
        ("confirmed", False, "greeting", "open", True),
        ("done", False, "greeting", "done", True),
        ("done", True, "greeting", "done", False),
        ("done", True, "recording", "done", True),
        ("done", True, "recording", "skipped", False),
        ("cancelled", False, "greeting", "done", False),
        ("refused", False, "greeting", "done", False),
        ("moved", False, "recording", "done", False),
    ],
)
def test_until_when_steps_are_marked(state, finished, stage, mark, fits):
    if fits:
        rules.check_open(state, finished, stage, mark)
    else:
        with refuses("frozen"):
            rules.check_open(state, finished, stage, mark)


def test_marks():
    rules.check_mark("done", True, "")
    rules.check_mark("skipped", False, "")
    rules.check_mark("skipped", True, "не понадобилось")
    with refuses("no_reason"):
        rules.check_mark("skipped", True, "  ")
    with refuses("bad_mark"):
        rules.check_mark("maybe", True, "")


@pytest.mark.parametrize(
    ("branch", "raised", "note", "colleague", "code"),
    [
        ("refusal", set(), "Не открыл камеру", False, None),
        ("ignored", set(), "Не занимались", True, None),
        ("ignored", {"refusal"}, "Не занимались", False, "no_colleague"),
        ("danger", {"danger"}, "Ещё раз", False, "raised_already"),
        ("danger", set(), " ", False, "no_note"),
        ("late_survey", set(), "текст", False, "bad_branch"),
    ],
)
def test_raising_a_branch(branch, raised, note, colleague, code):
    if code is None:
        rules.check_raise(branch, raised, note, colleague)
    else:
        with refuses(code):
            rules.check_raise(branch, raised, note, colleague)


def test_open_steps_need_a_sentence_and_never_more():
    lacking = rules.lacks(run_of(CALL), ())
    with refuses("steps_open"):
        rules.check_finish(lacking, " ")
    rules.check_finish(lacking, "Связь прервалась")
    rules.check_finish([], "")


def moment(hour, minute=0, days=0):
    return datetime(2026, 11, 23, hour, minute) + timedelta(days=days)


def test_time_spent_is_counted_day_by_day():
    marks = [("preparation", moment(9)), ("preparation", moment(9, 30)), ("contact", moment(15, 0, 1))]
    assert rules.spent(marks, moment(15, 20, 1)) == {"preparation": 30, "contact": 20, "recording": 0}
    assert rules.spent(marks, None) == {"preparation": 30, "contact": 0, "recording": 0}
    assert rules.spent(marks, moment(9, 0, 3))["contact"] == 0, "another day is not this contact's time"
    assert rules.spent([], moment(9)) == dict.fromkeys(rules.PHASES, 0)


def changed(template, **fields):
    return replace(template, **fields)


def without(template, code):
    return changed(template, steps=tuple(one for one in template.steps if one.code != code))


def test_what_a_new_version_may_not_do():
    with refuses("nothing_new"):
        rules.check_template(CALL, CALL)
    with refuses("no_steps"):
        rules.check_template(changed(CALL, steps=()), CALL)
    with refuses("many_steps"):
        rules.check_template(changed(CALL, steps=CALL.steps * 3), CALL)
    with refuses("twice"):
        rules.check_template(changed(CALL, steps=(*CALL.steps, CALL.steps[0])), CALL)
    with refuses("no_text"):
        rules.check_template(changed(CALL, steps=(*CALL.steps, Step("own_1", "closing", " "))), CALL)
    with refuses("bad_stage"):
        rules.check_template(changed(CALL, steps=(*CALL.steps, Step("own_1", "help", "Шаг"))), CALL)
    with refuses("bad_minutes"):
        rules.check_template(changed(CALL, minutes={**CALL.minutes, "contact": 481}), CALL)


@pytest.mark.parametrize(
    ("template", "code"), [(FIRST[key], step) for key in FIRST for step in sorted(KEPT[rules.Code(key)])]
)
def test_steps_that_rules_need_stay(template, code):
    with refuses("needed"):
        rules.check_template(without(template, code), template)
    at_will = tuple(replace(one, required=False) if one.code == code else one for one in template.steps)
    with refuses("needed"):
        rules.check_template(changed(template, steps=at_will), template)
    elsewhere = tuple(
        replace(one, stage=template.steps[0].stage) if one.code == code else one for one in template.steps
    )
    with refuses("needed"):
        rules.check_template(changed(template, steps=elsewhere), template)


def test_what_a_new_version_may_do():
    rules.check_template(without(CALL, "prep_place"), CALL)
    rules.check_template(changed(CALL, minutes={**CALL.minutes, "preparation": None}), CALL)
    words = tuple(
        replace(one, text_ru="Иначе") if one.code == "refusal_reasons" else one for one in CALL.steps
    )
    rules.check_template(changed(CALL, steps=words), CALL)


def test_a_version_begins_today_or_later_and_after_the_last():
    rules.check_start(DAY, DAY, date(2000, 1, 1))
    rules.check_start(DAY + timedelta(3), DAY, DAY + timedelta(3))
    for starts_on, last in ((DAY - timedelta(1), date(2000, 1, 1)), (DAY, DAY + timedelta(1))):
        with refuses("past_start"):
            rules.check_start(starts_on, DAY, last)


def test_changes_name_what_differs():
    new = without(CALL, "prep_place")
    new = changed(new, steps=(*new.steps, Step("own_1", "closing", "Новый")))
    new = changed(
        new, steps=tuple(replace(s, help_ru="") if s.code == "agree_call" else s for s in new.steps)
    )
    found = rules.changes(CALL, new)
    assert [one.code for one in found["added"]] == ["own_1"]
    assert [one.code for one in found["removed"]] == ["prep_place"]
    assert found["changed"] == []  # it had no help before
    assert isinstance(new, Template)
