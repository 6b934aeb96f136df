"""Programs of rehabilitation, their results by direction, their home tasks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_CURRENT = text("current")


class Program(Model):
    """A program of one minor (ИПР, ИПСР); the current one is what a visit or a call looks at."""

    __tablename__ = "programs"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[str] = mapped_column(String(60), default="")
    setting: Mapped[str] = mapped_column(String(10))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    body: Mapped[str] = mapped_column(Text, default="")
    current: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "uq_programs_current",
            "member_id",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
        CheckConstraint("kind IN ('ipr', 'ipsr')", name="kind"),
        CheckConstraint("setting IN ('inpatient', 'semi', 'home')", name="setting"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
    )


class ProgramResult(Model):
    """What a program plans and reaches in one direction, by its code in the word list."""

    __tablename__ = "program_results"
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), primary_key=True)
    direction: Mapped[str] = mapped_column(String(40), primary_key=True)
    planned: Mapped[str] = mapped_column(Text, default="")
    reached: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str | None] = mapped_column(String(10))  # None: not judged yet
    __table_args__ = (CheckConstraint("state IN ('reached', 'partly', 'not', 'lost')", name="state"),)


class HomeTask(Model):
    """What a specialist has set the family to do with the child at home."""

    __tablename__ = "home_tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))  # the specialist who set it
    direction: Mapped[str | None] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    how_often: Mapped[str] = mapped_column(String(200), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
        CheckConstraint("body <> ''", name="body"),
    )
