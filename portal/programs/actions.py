"""What changes programs and home tasks."""

from datetime import date
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.accounts.models import RoleGrant, User
from portal.audit import Event
from portal.db import atomic
from portal.families.models import FamilyMember
from portal.patronage.models import Patronage
from portal.patronage.queries import SPECIALISTS
from portal.programs.models import HomeTask, Program, ProgramResult
from portal.programs.values import ProgramValues, Result, TaskValues
from portal.rules import N_, RuleBroken, check_seen, programs
from portal.rules.lifecycle import Status, check_open

PLAIN = ("kind", "setting", "starts_on", "ends_on", "number", "body", "current")
UNTOLD = ("body",)  # the audit log keeps that it changed, not what it says


def create_program(member_id: int, actor_id: int, values: ProgramValues) -> int:
    """Enter the program of a minor; a current one takes the place of the one before. Gives its id.

    Raises over, not_a_minor, bad_course.
    """
    programs.check_course(values.starts_on, values.ends_on, clock.today())
    with atomic() as s:
        member = s.get_one(FamilyMember, member_id)
        check_open(_status(s, member_id))
        if member.kind != "minor" or member.left_on is not None:
            raise RuleBroken("not_a_minor", N_("A program is of a child of this family. Choose a child."))
        if values.current:
            _step_back(s, member_id)
        program = Program(
            member_id=member_id,
            created_by_id=actor_id,
            created_at=clock.now(),
            **{name: getattr(values, name) for name in PLAIN},
        )
        s.add(program)
        s.flush()
        _keep_results(s, program.id, values)
        audit.record(s, Event.PROGRAM_CREATED, actor_id, program, new=_told(_content(s, program)))
        return program.id


def change_program(program_id: int, actor_id: int, values: ProgramValues, seen: int) -> None:
    """Change a program. `seen` is the version that the form was filled from.

    Raises changed_meanwhile, over, bad_course.
    """
    programs.check_course(values.starts_on, values.ends_on, clock.today())
    with atomic() as s:
        program = s.get_one(Program, program_id, with_for_update=True, populate_existing=True)
        check_open(_status(s, program.member_id))
        message = N_(
            "Somebody has changed this program meanwhile. Compare below; saving again keeps your text."
        )
        check_seen(program.version, seen, message)
        old = _content(s, program)
        if values.current and not program.current:
            _step_back(s, program.member_id)
        for name in PLAIN:
            setattr(program, name, getattr(values, name))
        program.version += 1
        s.execute(delete(ProgramResult).where(ProgramResult.program_id == program.id))
        _keep_results(s, program.id, values)
        new = _content(s, program)
        changed = {name for name in old | new if old.get(name) != new.get(name)}
        audit.record(
            s,
            Event.PROGRAM_CHANGED,
            actor_id,
            program,
            old=_told({name: old[name] for name in changed & old.keys()}),
            new=_told({name: new[name] for name in changed & new.keys()}),
        )


def set_task(program_id: int, actor_id: int, values: TaskValues) -> int:
    """Set the family a home task. Gives its id. Raises over, suspended (R3), not_a_colleague, bad_task."""
    programs.check_task(values.starts_on, values.ends_on, clock.today())
    with atomic() as s:
        program = s.get_one(Program, program_id)
        _check_tasks(s, program.member_id)
        _check_author(s, values.author_id)
        task = HomeTask(
            program_id=program_id,
            author_id=values.author_id,
            direction=values.direction,
            body=values.body,
            how_often=values.how_often,
            starts_on=values.starts_on,
            ends_on=values.ends_on,
            created_by_id=actor_id,
            created_at=clock.now(),
        )
        s.add(task)
        audit.record(s, Event.HOME_TASK_SET, actor_id, task, new=_facts(task))
        return task.id


def close_task(task_id: int, actor_id: int) -> None:
    """The task is done with, at any time. Raises wrong_state."""
    with atomic() as s:
        task = s.get_one(HomeTask, task_id, with_for_update=True, populate_existing=True)
        if task.closed_on is not None:
            raise RuleBroken("wrong_state", N_("This home task is closed already."))
        task.closed_on = clock.today()
        audit.record(s, Event.HOME_TASK_CLOSED, actor_id, task, new=_facts(task))


def reopen_task(task_id: int, actor_id: int) -> None:
    """The task goes on, without a last day when that is over. Raises over, suspended (R3), wrong_state."""
    with atomic() as s:
        task = s.get_one(HomeTask, task_id, with_for_update=True, populate_existing=True)
        if programs.is_active(task.closed_on, task.ends_on, clock.today()):
            raise RuleBroken("wrong_state", N_("This home task is set already."))
        _check_tasks(s, s.get_one(Program, task.program_id).member_id)
        old = _facts(task)
        task.closed_on = None
        if task.ends_on is not None and task.ends_on < clock.today():
            task.ends_on = None
        audit.record(s, Event.HOME_TASK_REOPENED, actor_id, task, old=old, new=_facts(task))


def _status(s: Session, member_id: int) -> str | None:
    """The status of the latest episode of the member's family, held until the transaction ends."""
    query = select(Patronage).join(FamilyMember, FamilyMember.family_id == Patronage.family_id)
    query = query.where(FamilyMember.id == member_id, Patronage.latest)
    found = s.scalar(query.with_for_update(of=Patronage).execution_options(populate_existing=True))
    return found.status if found else None


def _check_tasks(s: Session, member_id: int) -> None:
    status = _status(s, member_id)
    check_open(status)
    programs.check_may_task(status == Status.SUSPENDED)


def _check_author(s: Session, user_id: int) -> None:
    """A task is set by a specialist of the center, whether or not assigned to the family."""
    query = select(User.id).join(RoleGrant).where(User.id == user_id, RoleGrant.role.in_(SPECIALISTS))
    if s.scalar(query.where(User.dismissed_on.is_(None)).limit(1)) is None:
        raise RuleBroken("not_a_colleague", N_("Choose the specialist who has set the task."))


def _step_back(s: Session, member_id: int) -> None:
    """The program that was current is an earlier one now."""
    others = (Program.member_id == member_id, Program.current)
    s.execute(update(Program).where(*others).values(current=False, version=Program.version + 1))


def _keep_results(s: Session, program_id: int, values: ProgramValues) -> None:
    s.add_all(
        ProgramResult(
            program_id=program_id,
            direction=code,
            planned=one.planned,
            reached=one.reached,
            state=one.state or None,
        )
        for code, one in values.results.items()
        if not one.empty
    )
    s.flush()


def _content(s: Session, program: Program) -> dict[str, Any]:
    """All of a program, flat: its fields, and its results by direction."""
    rows = s.scalars(select(ProgramResult).where(ProgramResult.program_id == program.id))
    results = {f"result {row.direction}": Result(row.planned, row.reached, row.state or "") for row in rows}
    return {name: getattr(program, name) for name in PLAIN} | results


def _told(content: dict[str, Any]) -> dict[str, Any]:
    """What the audit log keeps: facts, and of texts their length."""
    return {name: _short(name, value) for name, value in content.items()}


def _short(name: str, value: Any) -> Any:
    if isinstance(value, Result):
        return [value.state, len(value.planned), len(value.reached)]
    return len(value) if name in UNTOLD else value


def _facts(task: HomeTask) -> dict[str, Any]:
    days: dict[str, date | None] = {
        "starts_on": task.starts_on,
        "ends_on": task.ends_on,
        "closed_on": task.closed_on,
    }
    return days | {"program": task.program_id, "author": task.author_id, "direction": task.direction}
