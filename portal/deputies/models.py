"""Who stands in for whom, and from when until when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Deputy(Model):
    """A colleague who takes over another's families, tasks and checks on these days, both included.

    Triggers of the database refuse a second deputy for the same days, and deputies of deputies.
    """

    __tablename__ = "deputies"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)  # who is away
    deputy_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(10))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # before its time
    __table_args__ = (
        CheckConstraint("user_id <> deputy_id", name="another"),
        CheckConstraint("ends_on >= starts_on", name="order"),
        CheckConstraint("reason IN ('leave', 'illness', 'trip', 'training', 'other')", name="reason"),
    )
