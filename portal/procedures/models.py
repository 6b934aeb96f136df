"""Versions of procedures, and the runs of contacts through a frozen copy of one."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Procedure(Model):
    """A version; rows stay as they are. `size` is the number of its steps, so that none is added later."""

    __tablename__ = "procedures"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    starts_on: Mapped[date]
    size: Mapped[int]
    minutes_before: Mapped[int | None]
    minutes_contact: Mapped[int | None]
    minutes_after: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # none: the portal's own
    made_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("code IN ('visit', 'call', 'club')", name="code"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("size BETWEEN 1 AND 80", name="size"),
        CheckConstraint(
            "COALESCE(minutes_before, 1) BETWEEN 1 AND 480 AND COALESCE(minutes_contact, 1) BETWEEN 1 AND 480"
            " AND COALESCE(minutes_after, 1) BETWEEN 1 AND 480",
            name="minutes",
        ),
    )


class ProcedureStep(Model):
    """A step of a version, as `rules.procedures.Step` has it."""

    __tablename__ = "procedure_steps"
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30))
    stage: Mapped[str] = mapped_column(String(20))
    choice: Mapped[str] = mapped_column(String(20), default="")
    text_ru: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    help_ru: Mapped[str] = mapped_column(Text, default="")
    help_en: Mapped[str] = mapped_column(Text, default="")
    required: Mapped[bool]
    __table_args__ = (
        UniqueConstraint("procedure_id", "code"),
        CheckConstraint("position >= 1", name="position"),
    )


class Run(Model):
    """A contact or a club session on its way through a procedure; `why` required steps were left open at its end."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), unique=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("club_sessions.id"), unique=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedures.id"), index=True)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(String(500), default="")
    __table_args__ = (CheckConstraint("(contact_id IS NULL) <> (session_id IS NULL)", name="whose"),)


class RunStep(Model):
    """A copied step and what became of it; `changes` counts its notes, so that two editors notice each other."""

    __tablename__ = "run_steps"
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(30))
    stage: Mapped[str] = mapped_column(String(20))
    choice: Mapped[str] = mapped_column(String(20), default="")
    text_ru: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text, default="")
    help_ru: Mapped[str] = mapped_column(Text, default="")
    help_en: Mapped[str] = mapped_column(Text, default="")
    required: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10), default="open")
    note: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[int] = mapped_column(default=0)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("run_id", "code"),
        CheckConstraint("state IN ('open', 'done', 'skipped')", name="state"),
        CheckConstraint("state = 'open' OR at IS NOT NULL", name="at"),
    )


class RunBranch(Model):
    """A branch that was raised: once a contact (R12). The alert goes its own way."""

    __tablename__ = "run_branches"
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    branch: Mapped[str] = mapped_column(String(10), primary_key=True)
    note: Mapped[str] = mapped_column(Text)
    colleague_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    raised_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (CheckConstraint("branch IN ('ignored', 'refusal', 'danger')", name="branch"),)
