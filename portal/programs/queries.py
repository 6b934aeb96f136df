"""What is read of programs: a family's by child, one of them, the home tasks set now."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from portal import clock
from portal.accounts.models import User
from portal.db import db
from portal.families import queries as families
from portal.families.models import Family, FamilyMember
from portal.programs.models import HomeTask, Program, ProgramResult
from portal.programs.values import ProgramValues, Result
from portal.rules.names import FullName
from portal.rules.programs import is_active
from portal.settings import queries as settings


class Task(NamedTuple):
    """A home task set now, as a contact or a review of one names it."""

    id: int
    minor: str
    text: str
    author_id: int
    author: str


@dataclass(frozen=True)
class TaskLine:
    """A home task with its author."""

    task: HomeTask
    author: str
    position: str
    active: bool


@dataclass(frozen=True)
class ResultLine:
    """A direction of a program in words."""

    direction: str
    planned: str
    reached: str
    state: str | None


@dataclass
class Shown:
    """A program with its results."""

    program: Program
    results: list[ResultLine] = field(default_factory=list)


@dataclass
class Child:
    """A minor with the program of now, the earlier ones, and the home tasks of all of them."""

    member: FamilyMember
    current: Shown | None = None
    earlier: list[Shown] = field(default_factory=list)
    tasks: list[TaskLine] = field(default_factory=list)
    past_tasks: list[TaskLine] = field(default_factory=list)


def _own(user: Any, model: Any) -> Any:
    """Rows of families the user works with and may change."""
    query = select(model)
    if model is HomeTask:
        query = query.join(Program, Program.id == HomeTask.program_id)
    query = query.join(FamilyMember, FamilyMember.id == Program.member_id)
    return query.join(Family, Family.id == FamilyMember.family_id).where(families.work(user))


def get_program(user: Any, program_id: int) -> Program | None:
    """A program of a family the user works with, else None."""
    found: Program | None = db.session.scalar(_own(user, Program).where(Program.id == program_id))
    return found


def get_task(user: Any, task_id: int) -> HomeTask | None:
    """A home task of a family the user works with, else None."""
    found: HomeTask | None = db.session.scalar(_own(user, HomeTask).where(HomeTask.id == task_id))
    return found


def about(program_id: int) -> tuple[Family, FamilyMember]:
    """The family and the child of a program."""
    query = select(Family, FamilyMember).join(FamilyMember, FamilyMember.family_id == Family.id)
    row = db.session.execute(
        query.join(Program, Program.member_id == FamilyMember.id).where(Program.id == program_id)
    ).one()
    return row[0], row[1]


def minors_of(family_id: int) -> list[FamilyMember]:
    """The children of now."""
    here = (
        FamilyMember.family_id == family_id,
        FamilyMember.kind == "minor",
        FamilyMember.left_on.is_(None),
    )
    return list(db.session.scalars(select(FamilyMember).where(*here).order_by(FamilyMember.id)))


def of_family(family_id: int) -> list[Child]:
    """The children with their programs, in four queries; of those who have left, who has a program."""
    here = (FamilyMember.family_id == family_id, FamilyMember.kind == "minor")
    had = select(Program.id).where(Program.member_id == FamilyMember.id).exists()
    query = select(FamilyMember).where(*here, or_(FamilyMember.left_on.is_(None), had))
    order = (FamilyMember.left_on.is_not(None), FamilyMember.id)
    children = {one.id: Child(one) for one in db.session.scalars(query.order_by(*order))}
    results = _results(family_id)
    programs = select(Program).where(Program.member_id.in_(children))
    for program in db.session.scalars(programs.order_by(Program.starts_on.desc(), Program.id.desc())):
        child, shown = children[program.member_id], Shown(program, results[program.id])
        if program.current:
            child.current = shown
        else:
            child.earlier.append(shown)
    for member_id, line in _tasks(family_id):
        (children[member_id].tasks if line.active else children[member_id].past_tasks).append(line)
    return list(children.values())


def _results(family_id: int) -> dict[int, list[ResultLine]]:
    """By program, in the order of the directions."""
    places = {code: place for place, (code, *_rest) in enumerate(settings.word_list("directions"))}
    query = select(ProgramResult).join(Program, Program.id == ProgramResult.program_id)
    query = query.join(FamilyMember, FamilyMember.id == Program.member_id)
    rows = db.session.scalars(query.where(FamilyMember.family_id == family_id))
    found: dict[int, list[ResultLine]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: places.get(row.direction, len(places))):
        direction = settings.word("directions", row.direction)
        found[row.program_id].append(ResultLine(direction, row.planned, row.reached, row.state))
    return found


def _tasks(family_id: int) -> Iterator[tuple[int, TaskLine]]:
    """(the child's id, a home task), the oldest first."""
    today = clock.today()
    columns = (User.last_name, User.first_name, User.middle_name)
    query = select(HomeTask, Program.member_id, User.position, *columns)
    query = query.join(Program, Program.id == HomeTask.program_id).join(User, User.id == HomeTask.author_id)
    query = query.join(FamilyMember, FamilyMember.id == Program.member_id)
    query = query.where(FamilyMember.family_id == family_id).order_by(HomeTask.starts_on, HomeTask.id)
    for task, member_id, position, *name in db.session.execute(query):
        active = is_active(task.closed_on, task.ends_on, today)
        yield member_id, TaskLine(task, FullName(*name).short, position, active)


def results_of(program_id: int) -> dict[str, Result]:
    """Planned and reached by the code of the direction."""
    query = select(ProgramResult).where(ProgramResult.program_id == program_id)
    return {
        row.direction: Result(row.planned, row.reached, row.state or "") for row in db.session.scalars(query)
    }


def values_of(program: Program) -> ProgramValues:
    """The program's content as it is stored."""
    return ProgramValues(
        kind=program.kind,
        setting=program.setting,
        starts_on=program.starts_on,
        ends_on=program.ends_on,
        number=program.number,
        body=program.body,
        current=program.current,
        results=results_of(program.id),
    )


def home_tasks_of(family_id: int, day: date | None = None) -> list[Task]:
    """The home tasks set now (or on the day) to the family's children."""
    day = day or clock.today()
    columns = (HomeTask.id, HomeTask.body, HomeTask.author_id, FamilyMember.last_name)
    query = select(*columns, FamilyMember.first_name, FamilyMember.middle_name)
    query = query.add_columns(
        User.last_name.label("l"), User.first_name.label("f"), User.middle_name.label("m")
    )
    query = query.join(Program, Program.id == HomeTask.program_id).join(User, User.id == HomeTask.author_id)
    query = query.join(FamilyMember, FamilyMember.id == Program.member_id)
    query = query.where(FamilyMember.family_id == family_id, FamilyMember.left_on.is_(None))
    query = query.where(HomeTask.starts_on <= day, or_(HomeTask.ends_on.is_(None), HomeTask.ends_on >= day))
    query = query.where(or_(HomeTask.closed_on.is_(None), HomeTask.closed_on > day))
    return [
        Task(
            row.id,
            FullName(row.last_name, row.first_name, row.middle_name).full,
            row.body,
            row.author_id,
            FullName(row.l, row.f, row.m).short,
        )
        for row in db.session.execute(query.order_by(FamilyMember.id, HomeTask.id))
    ]
