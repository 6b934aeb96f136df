"""How a family came, the survey of its living conditions, and the service agreement: of one patronage each."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_IN_FORCE = text("ended_on IS NULL")


class Intake(Model):
    """The family's own application, or a signal from outside; `version` counts the changes."""

    __tablename__ = "intakes"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))  # application | signal
    body: Mapped[str] = mapped_column(
        String(40), default=""
    )  # who gave the signal: word list `bodies`, or person
    received_on: Mapped[date] = mapped_column(index=True)
    about: Mapped[str] = mapped_column(Text, default="")
    course_reason: Mapped[str] = mapped_column(Text, default="")  # why there is no finished course (R4)
    version: Mapped[int] = mapped_column(default=1)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    entered_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        CheckConstraint("kind IN ('application', 'signal')", name="kind"),
        CheckConstraint("(kind = 'signal') = (body <> '')", name="body"),
    )


class Survey(Model):
    """The survey of living conditions (R8). `due_on` is the day it was judged by: later calendars change nothing."""

    __tablename__ = "surveys"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), unique=True)
    due_on: Mapped[date]
    done_on: Mapped[date]
    conducted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    present: Mapped[str] = mapped_column(String(500), default="")
    housing: Mapped[str] = mapped_column(Text, default="")
    income: Mapped[str] = mapped_column(Text, default="")
    health: Mapped[str] = mapped_column(Text, default="")
    upbringing: Mapped[str] = mapped_column(Text, default="")
    relations: Mapped[str] = mapped_column(Text, default="")
    needs: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(Text)
    late_reason: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (CheckConstraint("done_on <= due_on OR late_reason <> ''", name="late"),)


class Agreement(Model):
    """An agreement on services free of charge (R19); one in force a patronage."""

    __tablename__ = "agreements"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    signed_on: Mapped[date]
    representative_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(default=1)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "uq_agreements_in_force",
            "patronage_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        CheckConstraint("ended_on IS NULL OR ended_on >= signed_on", name="order"),
    )
