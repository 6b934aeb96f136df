"""Drafts of forms, sealed."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

LONGEST_PLACE = 200


class Draft(Model):
    """What one user has typed into the form at one address: a trace, no business row."""

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    place: Mapped[str] = mapped_column(String(LONGEST_PLACE))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Moment, index=True)
    __table_args__ = (UniqueConstraint("user_id", "place"),)
