"""The entries of the service journal, the remarks of those who check them, and the months that are closed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_FIRST = text("corrects_id IS NULL")
_SERVED = text("corrects_id IS NULL AND state <> 'void'")


class JournalEntry(Model):
    """A service as the journal keeps it (VISIT 7), with a text of its own: what is locked stays as it was signed.

    `year` and `month` say where it is kept, `number` counts within the year; `day` is the day of the service.
    """

    __tablename__ = "journal_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    month: Mapped[int]
    number: Mapped[int]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("club_sessions.id")
    )  # R14: one client, one service
    member_id: Mapped[int | None] = mapped_column(
        ForeignKey("family_members.id")
    )  # of a session: whose service
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), index=True)
    patronage_id: Mapped[int | None] = mapped_column(
        ForeignKey("patronages.id"), index=True
    )  # none: inpatient care
    worker_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(10))
    day: Mapped[date]
    minutes: Mapped[int]
    summary: Mapped[str] = mapped_column(Text, default="")
    recommendations: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"), unique=True)
    correction: Mapped[str] = mapped_column(String(500), default="")  # why it corrects another
    voided: Mapped[str] = mapped_column(String(500), default="")  # why there was no such service after all
    recipient: Mapped[str] = mapped_column(String(10), default="")  # how the recipient has signed
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("family_members.id"))
    refusal: Mapped[str] = mapped_column(String(500), default="")
    recipient_at: Mapped[datetime | None] = mapped_column(Moment)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))  # the drawing, or the scan
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # the worker, by submitting
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("year", "number"),
        Index(
            "uq_journal_entries_of_contact",
            "contact_id",
            unique=True,
            sqlite_where=_FIRST,
            postgresql_where=_FIRST,
        ),
        Index(
            "uq_journal_entries_of_session",
            "session_id",
            "member_id",
            unique=True,
            sqlite_where=_SERVED,
            postgresql_where=_SERVED,
        ),
        Index("ix_journal_entries_state_submitted_at", "state", "submitted_at"),
        Index("ix_journal_entries_worker_id_state", "worker_id", "state"),
        Index("ix_journal_entries_year_month", "year", "month"),
        CheckConstraint("month BETWEEN 1 AND 12 AND number > 0", name="number"),
        CheckConstraint("state IN ('draft', 'submitted', 'returned', 'checked', 'void')", name="state"),
        CheckConstraint(
            "(kind = 'session') = (session_id IS NOT NULL) AND (session_id IS NULL) = (member_id IS NULL)"
            " AND (session_id IS NULL OR contact_id IS NULL)"
            " AND (session_id IS NOT NULL OR patronage_id IS NOT NULL)",
            name="service",
        ),
        CheckConstraint(
            "(state = 'void') = (voided <> '') AND (state <> 'void' OR session_id IS NOT NULL)", name="void"
        ),
        CheckConstraint("recipient IN ('', 'drawn', 'paper', 'refused', 'remote')", name="recipient"),
        CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes"),
        CheckConstraint("recipient <> 'remote' OR kind IN ('call', 'video')", name="remote"),
        CheckConstraint("(recipient = 'refused') = (refusal <> '')", name="refusal"),
        CheckConstraint("recipient NOT IN ('drawn', 'paper') OR signer_id IS NOT NULL", name="signer"),
        CheckConstraint("recipient <> 'drawn' OR file_id IS NOT NULL", name="drawn"),
        CheckConstraint("(corrects_id IS NULL) = (correction = '')", name="correction"),
        CheckConstraint(
            "state IN ('draft', 'void') OR (submitted_at IS NOT NULL AND signed_by_id IS NOT NULL)",
            name="submitted",
        ),
        CheckConstraint("state NOT IN ('submitted', 'checked') OR recipient <> ''", name="signed"),
        CheckConstraint(
            "(state = 'checked') = (checked_at IS NOT NULL)"
            " AND (checked_at IS NULL) = (checked_by_id IS NULL)",
            name="checked",
        ),
        CheckConstraint("checked_by_id <> worker_id AND checked_by_id <> signed_by_id", name="not_own"),
    )


class JournalRemark(Model):
    """Why an entry was returned; remarks stay."""

    __tablename__ = "journal_remarks"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    remark: Mapped[str] = mapped_column(String(1000))


class JournalPeriod(Model):
    """A month that is closed; `digest` of its entries tells whether one was changed in spite of it."""

    __tablename__ = "journal_periods"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    month: Mapped[int]
    entries: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    closed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("year", "month"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
    )


class StateSystemMark(Model):
    """The day a service was entered into the state information system (R16, CLUB 5, stage 4, step 4)."""

    __tablename__ = "state_system_marks"
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"), primary_key=True)
    entered_on: Mapped[date]
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    marked_at: Mapped[datetime] = mapped_column(Moment)
