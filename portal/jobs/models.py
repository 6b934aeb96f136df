"""Jobs: what a user has asked to be made in the background."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_UNSEEN = text("state IN ('done', 'failed') AND seen_at IS NULL")
_RUNNING = text("state = 'running'")


class Job(Model):
    """A job: waiting → running → done | failed | cancelled; back to waiting where its worker stopped or was killed.

    `claim` says which worker has it, `claimed_at` when that gave the last sign of life. A result is sealed in the
    folder `results`; rows and results are dropped after some days, the audit log keeps who asked for what.
    """

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    params: Mapped[str] = mapped_column(Text)  # JSON: numbers, days and codes, never a name
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)  # 0: not known yet
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[str] = mapped_column(String(32), default="")
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    file: Mapped[str] = mapped_column(String(32), default="")
    file_name: Mapped[str] = mapped_column(String(80), default="")
    file_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes
    families: Mapped[str] = mapped_column(
        Text, default="[]"
    )  # JSON: the numbers of those whose content is in it
    missing: Mapped[int] = mapped_column(default=0)  # what could not be made; the result names each
    problem: Mapped[str] = mapped_column(String(40), default="")  # why it failed, as a code
    made_at: Mapped[datetime] = mapped_column(Moment)
    began_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)  # when its owner has seen how it ended
    __table_args__ = (
        Index("ix_jobs_user_id", "user_id"),
        Index("ix_jobs_state", "state"),
        Index("ix_jobs_unseen", "user_id", sqlite_where=_UNSEEN, postgresql_where=_UNSEEN),
        Index("uq_jobs_running", "user_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
        CheckConstraint(
            "(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)", name="finished"
        ),
        CheckConstraint("(state = 'running') = (claim <> '')", name="claimed"),
        CheckConstraint("file = '' OR state = 'done'", name="file"),
        CheckConstraint("(state = 'failed') = (problem <> '')", name="problem"),
    )
