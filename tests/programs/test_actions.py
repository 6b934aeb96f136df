"""Programs and home tasks on a real database."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.audit import AuditEntry
from portal.db import db, technical
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.programs import actions, queries
from portal.programs.models import HomeTask, Program
from portal.programs.values import ProgramValues, Result, TaskValues
from tests.factories import make_family, make_patronage, make_user
from tests.refusals import refuses


@pytest.fixture
def today(app):
    return clock.today()


@pytest.fixture
def lead(app):
    return make_user("specialist", last_name="Зимина")


@pytest.fixture
def patronage(lead):
    return make_patronage(make_family("Лесникова", children=2), lead=lead)


def members(patronage, kind="minor"):
    db.session.rollback()
    query = select(FamilyMember.id).where(
        FamilyMember.family_id == patronage.family_id, FamilyMember.kind == kind
    )
    return list(db.session.scalars(query.order_by(FamilyMember.id)))


def values(**fields):
    start = clock.today() - timedelta(90)
    results = {"psychology": Result("Называет чувства", "Называет три чувства", "partly")}
    given = {"kind": "ipr", "setting": "semi", "starts_on": start, "number": "12", "results": results}
    return ProgramValues(**(given | fields))


def task(lead, **fields):
    given = {"author_id": lead.id, "body": "Читать вслух", "starts_on": clock.today()}
    return TaskValues(**(given | fields))


def programs_of(member_id):
    db.session.rollback()
    query = select(Program).where(Program.member_id == member_id).order_by(Program.id)
    return list(db.session.scalars(query))


def ended(patronage, status="removed"):
    with technical() as s:
        fields = {"status": status, "removed_on": clock.today() if status == "removed" else None}
        s.execute(update(Patronage).where(Patronage.id == patronage.id).values(fields))


def test_one_program_is_current(patronage, lead):
    child = members(patronage)[0]
    actions.create_program(child, lead.id, values())
    actions.create_program(child, lead.id, values(number="13"))
    actions.create_program(child, lead.id, values(number="7", current=False))
    assert [(one.number, one.current) for one in programs_of(child)] == [
        ("12", False),
        ("13", True),
        ("7", False),
    ]
    first = programs_of(child)[0]
    actions.change_program(first.id, lead.id, values(), first.version)
    assert [one.current for one in programs_of(child)] == [True, False, False]


def test_a_program_is_changed_and_the_log_keeps_no_content(patronage, lead):
    program_id = actions.create_program(members(patronage)[0], lead.id, values(body="Долгая история"))
    results = {"psychology": Result("Называет чувства", "Утрачено", "lost"), "speech": Result()}
    actions.change_program(program_id, lead.id, values(results=results, body="Другая"), 1)
    db.session.rollback()
    assert queries.results_of(program_id) == {"psychology": results["psychology"]}
    rows = db.session.execute(select(AuditEntry.event, AuditEntry.data).where(AuditEntry.kind == "programs"))
    seen = {row.event: row.data for row in rows}
    assert set(seen) == {"program.created", "program.changed"}
    assert '"lost"' in seen["program.changed"] and "starts_on" not in seen["program.changed"]
    assert not any(word in "".join(seen.values()) for word in ("Называет", "Утрачено", "история", "Другая"))


def test_the_second_of_two_editors_is_told(patronage, lead):
    program_id = actions.create_program(members(patronage)[0], lead.id, values())
    actions.change_program(program_id, lead.id, values(number="14"), 1)
    with refuses("changed_meanwhile"):
        actions.change_program(program_id, lead.id, values(number="15"), 1)
    actions.change_program(program_id, lead.id, values(number="15"), 2)


def test_what_is_no_program(patronage, lead, today):
    child, adult = members(patronage)[0], members(patronage, "representative")[0]
    with refuses("not_a_minor"):
        actions.create_program(adult, lead.id, values())
    with refuses("bad_course"):
        actions.create_program(child, lead.id, values(ends_on=today - timedelta(200)))
    with technical() as s:
        s.execute(update(FamilyMember).where(FamilyMember.id == child).values(left_on=today))
    with refuses("not_a_minor"):
        actions.create_program(child, lead.id, values())


def test_tasks_are_set_closed_and_set_again(patronage, lead, today):
    child, brother = members(patronage)
    program_id = actions.create_program(child, lead.id, values())
    author = make_user("specialist", last_name="Ларина")
    task_id = actions.set_task(program_id, lead.id, task(author, direction="speech"))
    found = queries.home_tasks_of(patronage.family_id)
    assert [(one.id, one.text, one.author_id) for one in found] == [(task_id, "Читать вслух", author.id)]
    assert (found[0].minor, found[0].author) == ("Лесникова Вера0", "Ларина А. П.")
    with refuses("wrong_state"):
        actions.reopen_task(task_id, lead.id)
    actions.close_task(task_id, lead.id)
    with refuses("wrong_state"):
        actions.close_task(task_id, lead.id)
    db.session.rollback()
    assert queries.home_tasks_of(patronage.family_id) == []
    assert [len(one.past_tasks) for one in queries.of_family(patronage.family_id)] == [1, 0]
    actions.reopen_task(task_id, lead.id)
    later = actions.set_task(program_id, lead.id, task(lead, starts_on=today + timedelta(3)))
    db.session.rollback()
    assert [one.id for one in queries.home_tasks_of(patronage.family_id)] == [task_id]
    assert {one.id for one in queries.home_tasks_of(patronage.family_id, today + timedelta(3))} == {
        task_id,
        later,
    }
    assert brother


def test_a_task_past_its_last_day_is_over_and_can_be_set_again(patronage, lead, today):
    program_id = actions.create_program(members(patronage)[0], lead.id, values())
    task_id = actions.set_task(program_id, lead.id, task(lead, ends_on=today))
    with technical() as s:
        past = {"starts_on": today - timedelta(9), "ends_on": today - timedelta(1)}
        s.execute(update(HomeTask).where(HomeTask.id == task_id).values(past))
    db.session.rollback()
    assert queries.home_tasks_of(patronage.family_id) == []
    actions.reopen_task(task_id, lead.id)
    db.session.rollback()
    assert db.session.get_one(HomeTask, task_id).ends_on is None


def test_only_a_specialist_who_works_here_sets_tasks(patronage, lead, today):
    program_id = actions.create_program(members(patronage)[0], lead.id, values())
    for stranger in (make_user("member"), make_user("specialist", dismissed_on=today)):
        with refuses("not_a_colleague"):
            actions.set_task(program_id, lead.id, task(stranger))
    with refuses("bad_task"):
        actions.set_task(program_id, lead.id, task(lead, ends_on=today - timedelta(1)))


def test_a_suspended_family_gets_no_new_tasks_and_its_programs_are_kept_up(patronage, lead):
    child = members(patronage)[0]
    program_id = actions.create_program(child, lead.id, values())
    first, second = (actions.set_task(program_id, lead.id, task(lead)) for _ in range(2))
    actions.close_task(first, lead.id)
    ended(patronage, "suspended")
    with refuses("suspended"):
        actions.set_task(program_id, lead.id, task(lead))
    with refuses("suspended"):
        actions.reopen_task(first, lead.id)
    actions.close_task(second, lead.id)
    actions.change_program(program_id, lead.id, values(number="13"), 1)


def test_nothing_new_after_removal(patronage, lead):
    child = members(patronage)[0]
    program_id = actions.create_program(child, lead.id, values())
    first, second = (actions.set_task(program_id, lead.id, task(lead)) for _ in range(2))
    actions.close_task(first, lead.id)
    ended(patronage)
    for action in (
        lambda: actions.create_program(child, lead.id, values()),
        lambda: actions.change_program(program_id, lead.id, values(), 1),
        lambda: actions.set_task(program_id, lead.id, task(lead)),
        lambda: actions.reopen_task(first, lead.id),
    ):
        with refuses("over"):
            action()
    actions.close_task(second, lead.id)


def test_the_database_knows_it_too(patronage, lead, today):
    child, adult = members(patronage)[0], members(patronage, "representative")[0]
    row = {
        "member_id": child, "kind": "ipr", "number": "", "setting": "semi", "starts_on": today, "body": "",
        "current": True, "version": 1, "created_by_id": lead.id, "created_at": clock.now(),
    }  # fmt: skip
    for fields in (
        {"member_id": adult},
        {"kind": "plan"},
        {"setting": "moon"},
        {"ends_on": today - timedelta(1)},
    ):
        with pytest.raises(IntegrityError):
            db.session.execute(insert(Program).values(row | fields))
        db.session.rollback()
    db.session.execute(insert(Program).values(row))
    with pytest.raises(IntegrityError):
        db.session.execute(insert(Program).values(row))
    db.session.rollback()
    db.session.execute(insert(Program).values(row))
    program_id = db.session.scalar(select(Program.id))
    task_row = {
        "program_id": program_id, "author_id": lead.id, "body": "Читать", "how_often": "", "starts_on": today,
        "created_by_id": lead.id, "created_at": clock.now(),
    }  # fmt: skip
    for fields in ({"body": ""}, {"ends_on": today - timedelta(1)}):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(insert(HomeTask).values(task_row | fields))
    db.session.rollback()
