"""What the members were told of a meeting."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Invitation(Model):
    """What the members were told, and when: the meeting convened, changed, called off; as it was to be then.

    `sequence` counts from 0 within a meeting: calendars replace an entry by the one with the higher number.
    """

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))  # convened | changed | cancelled
    held_on: Mapped[date]
    starts_at: Mapped[time]
    place: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("meeting_id", "sequence"),
        CheckConstraint("kind IN ('convened', 'changed', 'cancelled')", name="kind"),
    )
