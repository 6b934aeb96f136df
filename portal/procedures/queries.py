"""What is read of procedures: their versions, and the steps of a contact, marked or not yet."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from portal import clock
from portal.accounts.models import User
from portal.contacts.models import Contact
from portal.db import db
from portal.procedures.models import Procedure, ProcedureStep, Run, RunBranch, RunStep
from portal.rules import procedures as rules
from portal.rules.contacts import Kind
from portal.rules.names import FullName
from portal.rules.procedures import Step, Template

TEXTS = ("code", "stage", "choice", "text_ru", "text_en", "help_ru", "help_en", "required")


def get_procedure(_user: Any, procedure_id: int) -> Procedure | None:
    """A version, else None."""
    return db.session.get(Procedure, procedure_id)


def versions() -> list[Row[Any]]:
    """All versions, the latest first within each procedure: (Procedure, last, first, middle name of who made it)."""
    columns = (User.last_name, User.first_name, User.middle_name)
    query = select(Procedure, *columns).outerjoin(User, User.id == Procedure.made_by_id)
    return list(db.session.execute(query.order_by(Procedure.code, Procedure.version.desc())))


def template(s: Session, procedure: Procedure) -> Template:
    """The version as the rules take it."""
    query = select(ProcedureStep).where(ProcedureStep.procedure_id == procedure.id)
    rows = s.scalars(query.order_by(ProcedureStep.position))
    steps = tuple(Step(**{name: getattr(row, name) for name in TEXTS}) for row in rows)
    return Template(procedure.code, steps, minutes_of(procedure))


def minutes_of(procedure: Procedure) -> dict[str, int | None]:
    """The minutes of each phase; None where there is no limit."""
    return {
        "preparation": procedure.minutes_before,
        "contact": procedure.minutes_contact,
        "recording": procedure.minutes_after,
    }


def last_version(s: Session, code: str) -> Procedure:
    """The version with the highest number, in force already or not yet."""
    query = select(Procedure).where(Procedure.code == code).order_by(Procedure.version.desc())
    return s.scalars(query.limit(1)).one()


def version_of(s: Session, kind: str, day: date) -> Procedure:
    """The version that a contact of the kind goes through on the day."""
    return version_on(s, rules.PROCEDURE_OF[Kind(kind)], day)


def version_on(s: Session, code: str, day: date) -> Procedure:
    """The version of the procedure in force on the day."""
    here = Procedure.code == code
    known = s.execute(select(Procedure.version, Procedure.starts_on).where(here)).all()
    number = rules.version_on(day, [(row[0], row[1]) for row in known]) or 1
    return s.scalars(select(Procedure).where(here, Procedure.version == number)).one()


@dataclass
class Line:
    """A step as it is shown: in the reader's language, with its mark."""

    code: str
    stage: str
    choice: str
    text: str
    help: str
    required: bool
    state: str = "open"
    note: str = ""
    changes: int = 0
    at: datetime | None = None
    known: bool = False  # done, as the portal sees by itself

    @property
    def late(self) -> bool:
        """Whether it may still be ticked when the rest is finished."""
        return rules.is_late(self.code, self.stage)

    @property
    def branch(self) -> str | None:
        """The branch it belongs to."""
        return rules.branch_of(self.stage)


@dataclass
class Raised:
    """A branch that was raised, when, and whose recommendations it is about."""

    branch: str
    note: str
    at: datetime
    colleague: str | None


@dataclass
class Sheet:
    """The steps of a contact or session. `run` is None while none is marked: then those of the version of its day."""

    procedure: Procedure
    run: Run | None
    lines: list[Line]
    raised: dict[str, Raised] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether the contact was written up with these steps."""
        return self.run is not None and self.run.finished_at is not None

    @property
    def _in_play(self) -> list[str]:
        """The branches raised before the contact was written up."""
        end = self.run.finished_at if self.run else None
        return [name for name, one in self.raised.items() if end is None or one.at <= end]

    @property
    def progress(self) -> tuple[int, int]:
        """(behind us, of how many)."""
        return rules.progress(self.lines, self._in_play)

    @property
    def lacking(self) -> list[Line]:
        """The required steps still open."""
        return rules.lacks(self.lines, self._in_play)

    @property
    def spent(self) -> dict[str, int]:
        """Minutes of each phase so far."""
        marked = [(rules.phase_of(one.stage), clock.local(one.at)) for one in self.lines if one.at]
        return rules.spent(marked, None if self.finished else clock.local(clock.now()))

    @property
    def minutes(self) -> dict[str, int | None]:
        """What the procedure allows for each phase."""
        return minutes_of(self.procedure)

    def line(self, code: str) -> Line | None:
        """The step of the code, else None."""
        return next((one for one in self.lines if one.code == code), None)


def sheet(contact: Contact) -> Sheet:
    """The steps of the contact, in a number of queries that does not grow."""
    found = _found(Run.contact_id == contact.id)
    if found is None:
        procedure = version_of(db.session(), contact.kind, contact.day)
        return Sheet(procedure, None, _lines(ProcedureStep, "procedure_id", procedure.id))
    run, procedure = found
    return Sheet(procedure, run, _lines(RunStep, "run_id", run.id), _raised(run.id))


def session_sheet(session_id: int, day: date, known: Collection[str]) -> Sheet:
    """The steps of a session of a club; those that are `known` to be done stand as done."""
    found = _found(Run.session_id == session_id)
    if found is None:
        procedure = version_on(db.session(), rules.Code.CLUB, day)
        sheet = Sheet(procedure, None, _lines(ProcedureStep, "procedure_id", procedure.id))
    else:
        run, procedure = found
        sheet = Sheet(procedure, run, _lines(RunStep, "run_id", run.id))
    for line in sheet.lines:
        if line.state == rules.Mark.OPEN and line.code in known and (line.late or not sheet.finished):
            line.state, line.known = rules.Mark.DONE, True
    return sheet


def run_sheet(contact: Contact) -> Sheet | None:
    """The same of a contact whose steps somebody has begun to mark, else None."""
    found = _found(Run.contact_id == contact.id)
    if found is None:
        return None
    run, procedure = found
    return Sheet(procedure, run, _lines(RunStep, "run_id", run.id), _raised(run.id))


def _found(whose: ColumnElement[bool]) -> tuple[Run, Procedure] | None:
    query = select(Run, Procedure).join(Procedure, Procedure.id == Run.procedure_id)
    row = db.session.execute(query.where(whose)).first()
    return (row[0], row[1]) if row else None


def _lines(model: Any, owner: str, owner_id: int) -> list[Line]:
    rows = db.session.scalars(select(model).where(getattr(model, owner) == owner_id).order_by(model.position))
    russian = str(get_locale() or "ru") == "ru"
    return [_line(row, russian) for row in rows]


def _line(row: Any, russian: bool) -> Line:
    text = row.text_ru if russian else row.text_en or row.text_ru
    about = row.help_ru if russian else row.help_en or row.help_ru
    line = Line(row.code, row.stage, row.choice, text, about, row.required)
    if isinstance(row, RunStep):
        line.state, line.note, line.changes, line.at = row.state, row.note, row.changes, row.at
    return line


def _raised(run_id: int) -> dict[str, Raised]:
    names = (User.last_name, User.first_name, User.middle_name)
    query = select(RunBranch, *names).outerjoin(User, User.id == RunBranch.colleague_id)
    found = {}
    for row, *name in db.session.execute(query.where(RunBranch.run_id == run_id)):
        colleague = FullName(*name).short if name[0] else None
        found[row.branch] = Raised(row.branch, row.note, row.raised_at, colleague)
    return found


def step_codes(code: str) -> set[str]:
    """The codes that steps of any version of the procedure have had."""
    query = select(ProcedureStep.code).join(Procedure, Procedure.id == ProcedureStep.procedure_id)
    return set(db.session.scalars(query.where(Procedure.code == code).distinct()))
