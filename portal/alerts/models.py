"""What the head must know of at once, what was decided, and what came of it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_OPEN = text("state = 'open'")


class Alert(Model):
    """Open until the head decides, decided until that is carried out (R12). A decision stays: a trigger says so."""

    __tablename__ = "alerts"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    colleague_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)  # whose home task
    text: Mapped[str] = mapped_column(Text, default="")
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    raised_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(8), default="open")
    decision: Mapped[str | None] = mapped_column(String(8))
    answer: Mapped[str] = mapped_column(Text, default="")
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)  # who carries it out
    due_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str] = mapped_column(Text, default="")
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_alerts_state_raised_at", "state", "raised_at"),
        Index(
            "uq_alerts_open",
            "contact_id",
            "kind",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("kind IN ('refusal', 'ignored', 'danger', 'late_survey')", name="kind"),
        CheckConstraint("state IN ('open', 'decided', 'done')", name="state"),
        CheckConstraint("decision IN ('visit', 'no_visit', 'review', 'notice', 'other')", name="decision"),
        CheckConstraint(
            "(state = 'open') = (decision IS NULL) AND (decision IS NULL) = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by_id IS NULL) AND (decision IS NULL OR answer <> '')",
            name="decided",
        ),
        CheckConstraint(
            "state <> 'decided' OR (assignee_id IS NOT NULL AND due_on IS NOT NULL)", name="task"
        ),
        CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL) AND (done_at IS NULL) = (done_by_id IS NULL)",
            name="done",
        ),
    )
