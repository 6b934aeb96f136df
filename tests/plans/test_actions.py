"""Plans on a real database: written, agreed, approved, corrected, with results; what the database itself refuses."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import AuditEntry
from portal.check import broken_rules
from portal.contacts.queries import members_of
from portal.db import db, technical
from portal.plans import actions, drafts, lists, queries
from portal.plans.actions import Result, mark
from portal.plans.content import content_of, new_key, rows_of
from portal.plans.models import Plan
from portal.rules.plan_content import Content, Goal, Measure, Responsible
from tests.factories import make_assignment, make_family, make_patronage, make_plan, make_user, unguard_plans
from tests.refusals import refuses


@pytest.fixture
def lead(app):
    return make_user("specialist")


@pytest.fixture
def head(app):
    return make_user("head")


@pytest.fixture
def family(app):
    return make_family("Лесникова")


@pytest.fixture
def patronage(family, lead):
    return make_patronage(family, lead=lead)


def measure(user, days=7, **fields):
    due = clock.today() + timedelta(days)
    who = Responsible("user", str(user.id))
    return Measure(
        **({"key": new_key(), "text": "Записать к врачу", "due_on": due, "responsible": who} | fields)
    )


def content(*measures, **fields):
    return Content(goals=(Goal(new_key(), "health", "Дети здоровы", measures),), **fields)


def found(plan_id):
    db.session.rollback()
    return db.session.get_one(Plan, plan_id)


def stored(plan_id):
    plan = found(plan_id)
    return content_of(db.session(), plan)


def measures_of(plan_id):
    db.session.rollback()
    return rows_of(db.session(), plan_id)[1]


def entered(row, outcome, day=0, why=""):
    done_on = clock.today() + timedelta(day) if outcome == "done" else None
    return Result(row.id, outcome, done_on, why, mark(row))


def events():
    return [
        row.event
        for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if "plan." in row.event
    ]


def in_force(patronage, lead, head, *measures):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    drafts.save_plan(plan_id, lead.id, found(plan_id).revision, content(*(measures or (measure(lead),))))
    actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage))
    actions.approve_plan(plan_id, head.id, found(plan_id).revision)
    return plan_id


def _mother(patronage):
    return queries.representatives(patronage.family_id)[0][0]


def test_the_life_of_a_plan(patronage, lead, head):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    first = measure(lead)
    child = Responsible("member", str(members_of(patronage.family_id)[-1][0]))
    second = measure(lead, 0, responsible=child, kind="leisure", family_part="Мама ведёт")
    drafts.save_plan(plan_id, lead.id, 1, content(first, second, aim="Здоровье", wishes="Секция"))
    assert stored(plan_id).measures == {first.key: first, second.key: second}
    assert not queries.plan_in_force(patronage.id)
    actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage))
    actions.return_plan(plan_id, head.id, "Добавьте секцию")
    assert (found(plan_id).state, found(plan_id).remark, found(plan_id).agreed_on) == (
        "draft",
        "Добавьте секцию",
        None,
    )
    actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage))
    actions.approve_plan(plan_id, head.id, found(plan_id).revision)
    assert found(plan_id).state == "in_force" and queries.plan_in_force(patronage.id)
    with refuses("open_measures"):
        actions.complete_plan(plan_id, lead.id)
    rows = measures_of(plan_id)
    done, dropped = entered(rows[0], "done", -1, "Был"), entered(rows[1], "dropped", why="Не нужно")
    actions.enter_results(plan_id, lead.id, [done, dropped])
    actions.complete_plan(plan_id, lead.id)
    assert found(plan_id).state == "completed" and queries.plan_in_force(patronage.id)
    assert events() == [
        "plan.started", "plan.changed", "plan.agreed", "plan.returned", "plan.agreed", "plan.approved",
        "plan.results_entered", "plan.completed",
    ]  # fmt: skip
    log = "".join(row.data for row in db.session.scalars(select(AuditEntry)))
    assert not any(words in log for words in ("Секция", "Здоровье", "врачу", "секцию", "Не нужно"))


def test_a_correction_carries_results_and_supersedes(patronage, lead, head):
    first = in_force(patronage, lead, head, measure(lead), measure(lead, 1), measure(lead, 2))
    rows = measures_of(first)
    actions.enter_results(first, lead.id, [entered(rows[0], "done")])
    second = drafts.start_plan(patronage.id, lead.id)
    assert found(second).version == 2
    assert [row.state for row in measures_of(second)] == ["done", "open", "open"]
    actions.enter_results(first, lead.id, [entered(measures_of(first)[1], "not_done", why="Болели")])
    assert [row.state for row in measures_of(second)] == ["done", "not_done", "open"]  # written through
    before = stored(second)
    goal = before.goals[0]
    typed = Content(goals=(Goal(goal.key, goal.sphere, goal.text, (measure(lead, 30),)),))
    with refuses("changed_meanwhile"):
        drafts.save_plan(second, lead.id, 1, typed)  # the results counted as a change
    drafts.save_plan(second, lead.id, found(second).revision, typed)
    assert [row.state for row in measures_of(second)] == ["done", "not_done", "open"]
    assert measures_of(second)[2].key == typed.goals[0].measures[0].key
    actions.agree_plan(second, lead.id, clock.today(), _mother(patronage))
    actions.approve_plan(second, head.id, found(second).revision)
    assert [found(one).state for one in (first, second)] == ["superseded", "in_force"]
    with refuses("wrong_state"):
        actions.enter_results(first, lead.id, [entered(measures_of(first)[2], "done")])


def test_nobody_approves_what_they_wrote(patronage, head):
    make_assignment(patronage, head, "involved")
    plan_id = drafts.start_plan(patronage.id, head.id)
    drafts.save_plan(plan_id, head.id, 1, content(measure(head)))
    actions.agree_plan(plan_id, head.id, clock.today(), _mother(patronage))
    with refuses("own_plan"):
        actions.approve_plan(plan_id, head.id, found(plan_id).revision)
    with pytest.raises(IntegrityError), technical() as s:
        plan = s.get_one(Plan, plan_id)
        plan.state, plan.approved_by_id, plan.approved_at = "in_force", head.id, clock.now()


def test_nobody_approves_what_they_changed_last(patronage, lead, head):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    drafts.save_plan(plan_id, head.id, 1, content(measure(lead)))
    actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage))
    with refuses("own_plan"):
        actions.approve_plan(plan_id, head.id, found(plan_id).revision)
    actions.approve_plan(plan_id, make_user("head").id, found(plan_id).revision)


def test_nobody_approves_what_they_wrote_before_somebody_else_saved_it(patronage, lead, head):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    drafts.save_plan(plan_id, head.id, 1, content(measure(lead), aim="Всё это написал заведующий"))
    drafts.save_plan(plan_id, lead.id, 2, stored(plan_id))
    actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage))
    with refuses("own_plan"):
        actions.approve_plan(plan_id, head.id, found(plan_id).revision)
    assert lists.to_approve(head) == (0, [])
    other = make_user("head")
    assert lists.to_approve(other)[0] == 1
    actions.approve_plan(plan_id, other.id, found(plan_id).revision)
    db.session.rollback()
    unguard_plans()
    with technical() as s:
        s.get_one(Plan, plan_id).approved_by_id = head.id
    assert f"plan {plan_id} was approved by whoever wrote it" in {one["what"] for one in broken_rules()}


def test_two_writers(patronage, lead, head):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    drafts.save_plan(plan_id, lead.id, 1, content(measure(lead)))
    with refuses("changed_meanwhile"):
        drafts.save_plan(plan_id, head.id, 1, content())
    assert len(stored(plan_id).measures) == 1


def test_the_family_agrees_to_what_it_was_told_of(patronage, lead, head):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    drafts.save_plan(plan_id, lead.id, 1, content(measure(lead)))
    drafts.save_plan(plan_id, head.id, 2, content(measure(lead), measure(lead, 9)))
    with refuses("changed_meanwhile"):
        actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage), 2)
    actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage), 3)


def test_a_change_of_an_agreed_plan_asks_the_family_anew(patronage, lead, head):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    drafts.save_plan(plan_id, lead.id, 1, content(measure(lead)))
    actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage))
    seen = found(plan_id).revision
    drafts.save_plan(plan_id, lead.id, seen, content(measure(lead), aim="Иначе"))
    assert (found(plan_id).state, found(plan_id).agreed_with_id) == ("draft", None)
    with refuses("wrong_state"):
        actions.approve_plan(plan_id, head.id, seen)


def test_the_head_approves_what_they_have_read(patronage, lead, head):
    plan_id = make_plan(patronage, lead, "agreed", revision=5).id
    with refuses("changed_meanwhile"):
        actions.approve_plan(plan_id, head.id, 4)
    actions.approve_plan(plan_id, head.id, 5)


def test_results_of_two_people(patronage, lead, head):
    plan_id = make_plan(patronage, lead, "in_force", due=(1, 2)).id
    one, two = measures_of(plan_id)
    mine, theirs = entered(one, "done"), entered(two, "not_done", why="Уехали")
    untouched = Result(one.id, "open", None, "", mark(one))
    again = Result(one.id, "not_done", None, "Нет", mark(one))
    assert actions.enter_results(plan_id, lead.id, [mine]) == 1
    assert actions.enter_results(plan_id, head.id, [untouched, theirs]) == 1  # the other measure: no conflict
    assert [row.state for row in measures_of(plan_id)] == ["done", "not_done"]
    with refuses("changed_meanwhile"):
        actions.enter_results(plan_id, head.id, [again])
    with refuses("nothing_entered"):
        actions.enter_results(plan_id, head.id, [untouched, mine])
    assert [row.state for row in measures_of(plan_id)] == ["done", "not_done"]


def test_a_result_entered_by_mistake_is_taken_back(patronage, lead):
    plan_id = make_plan(patronage, lead, "in_force").id
    actions.enter_results(plan_id, lead.id, [entered(measures_of(plan_id)[0], "done", why="Был")])
    actions.enter_results(plan_id, lead.id, [entered(measures_of(plan_id)[0], "open")])
    row = measures_of(plan_id)[0]
    assert (row.state, row.done_on, row.result) == ("open", None, "")


@pytest.mark.parametrize(("status", "code"), [("suspended", "suspended"), ("removed", "not_on_patronage")])
def test_nothing_new_is_planned_off_patronage(family, lead, head, status, code):
    patronage = make_patronage(family, status, lead=lead)
    with refuses(code):
        drafts.start_plan(patronage.id, lead.id)
    plan_id = make_plan(patronage, lead).id
    with refuses(code):
        drafts.save_plan(plan_id, lead.id, 1, content(measure(lead)))
    with refuses(code):
        actions.agree_plan(plan_id, lead.id, clock.today(), _mother(patronage))
    mother = _mother(patronage)
    db.session.rollback()
    with technical() as s:
        plan = s.get_one(Plan, plan_id)
        plan.state, plan.agreed_on, plan.agreed_with_id = "agreed", clock.today(), mother
    with refuses(code):
        actions.approve_plan(plan_id, head.id, 1)
    drafts.discard_plan(plan_id, lead.id)
    plan_id = make_plan(patronage, lead, "in_force", version=2).id
    result = [entered(measures_of(plan_id)[0], "done")]
    if status == "removed":
        with refuses(code):
            actions.enter_results(plan_id, lead.id, result)
        with refuses(code):
            actions.complete_plan(plan_id, lead.id)
    else:
        assert actions.enter_results(plan_id, lead.id, result) == 1
        actions.complete_plan(plan_id, lead.id)


def test_bad_measures_and_bad_people_are_refused(patronage, lead):
    plan_id = drafts.start_plan(patronage.id, lead.id)
    stranger = make_family("Чужая")
    gone = make_user("specialist", dismissed_on=clock.today())
    for who in (Responsible("member", str(stranger.members[0].id)), Responsible("user", str(gone.id)),
                Responsible("body", "bank")):  # fmt: skip
        with refuses("not_responsible"):
            drafts.save_plan(plan_id, lead.id, 1, content(measure(lead, responsible=who)))
    with refuses("past_due"):
        drafts.save_plan(plan_id, lead.id, 1, content(measure(lead, -1)))
    drafts.save_plan(plan_id, lead.id, 1, content(measure(lead)))
    for member in (stranger.members[0].id, queries.representatives(patronage.family_id)[0][0] + 1, 999_999):
        with refuses("not_of_family"):
            actions.agree_plan(plan_id, lead.id, clock.today(), member)


def test_one_plan_in_work_and_one_in_force(patronage, lead, head):
    drafts.start_plan(patronage.id, lead.id)
    with refuses("in_work"):
        drafts.start_plan(patronage.id, head.id)
    with pytest.raises(IntegrityError):
        make_plan(patronage, lead, "agreed", version=2)
    make_plan(patronage, lead, "in_force", version=3)
    with pytest.raises(IntegrityError):
        make_plan(patronage, lead, "in_force", version=4)
    with pytest.raises(IntegrityError):
        make_plan(patronage, lead, "discarded", version=3)


def test_a_correction_is_finished_before_the_plan_is_completed(patronage, lead):
    plan_id = make_plan(patronage, lead, "in_force").id
    actions.enter_results(plan_id, lead.id, [entered(measures_of(plan_id)[0], "done")])
    draft = drafts.start_plan(patronage.id, lead.id)
    with refuses("correction_open"):
        actions.complete_plan(plan_id, lead.id)
    drafts.discard_plan(draft, lead.id)
    actions.complete_plan(plan_id, lead.id)
    assert drafts.start_plan(patronage.id, lead.id)  # a new plan begins empty
    assert stored(plan_id).goals


@pytest.mark.parametrize(
    "change",
    [
        "user_id = NULL",  # nobody answers
        "body = 'school'",  # two answer
        "state = 'done'",  # done on no day
        "state = 'not_done'",  # without a why
        "state = 'lost', done_on = NULL",
        "kind = 'other'",
        "goal_id = (SELECT max(id) FROM plan_goals)",  # a goal of another plan
    ],
)
def test_the_database_refuses_broken_measures(patronage, lead, change):
    plan_id = make_plan(patronage, lead).id
    make_plan(make_patronage(lead=lead), lead)
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(text(f"UPDATE plan_measures SET {change} WHERE plan_id = :id"), {"id": plan_id})


@pytest.mark.parametrize("state", ["agreed", "in_force", "completed", "superseded", "lost"])
def test_the_database_refuses_a_state_without_what_it_needs(patronage, lead, state):
    plan_id = make_plan(patronage, lead).id
    with pytest.raises(IntegrityError), technical() as s:
        s.execute(text("UPDATE plans SET state = :state WHERE id = :id"), {"state": state, "id": plan_id})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE plans SET aim = 'другая' WHERE id = :id",
        "DELETE FROM plan_measures WHERE plan_id = :id",
        "UPDATE plan_measures SET due_on = '2030-01-01' WHERE plan_id = :id",
        "UPDATE plan_measures SET text = 'другое' WHERE plan_id = :id",
        "UPDATE plan_goals SET text = 'другая' WHERE plan_id = :id",
        "INSERT INTO plan_goals (plan_id, key, position, sphere, text) VALUES (:id, 'k', 9, 'income', 'ещё')",
    ],
)
@pytest.mark.parametrize("state", ["in_force", "superseded", "completed", "draft"])
def test_the_database_keeps_what_was_approved(patronage, lead, state, change):
    plan = make_plan(patronage, lead, state)
    if state == "draft":
        with technical() as s:
            s.execute(text(change), {"id": plan.id})
        return
    with pytest.raises(IntegrityError, match=r"tr_plans_approved|an approved plan stays"), technical() as s:
        s.execute(text(change), {"id": plan.id})
    with technical() as s:  # results come
        s.execute(
            text("UPDATE plan_measures SET state = 'done', done_on = due_on WHERE plan_id = :id"),
            {"id": plan.id},
        )
