"""The outbox: mails written in the transaction of what they tell of, and sent after it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Mail(Model):
    """A mail to a colleague: waiting → sending → sent; back to waiting where it failed.

    `unclear`: handed over without an answer (a power cut, a line that broke): it may have arrived, so that it is
    sent once more only when the administrator says so. `dropped`: of no use any more.
    The address is the colleague's at the time of sending. `reference` says what it is about: one mail each.
    """

    __tablename__ = "mails"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reference: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text, default="")  # a calendar file to attach
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    useless_at: Mapped[datetime] = mapped_column(Moment)  # when nobody needs it any more
    claim: Mapped[str] = mapped_column(String(32), default="")  # who is sending it
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str] = mapped_column(String(20), default="")  # why the last try failed, as a code
    written_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("user_id", "reference"),
        Index("ix_mails_state_next_at", "state", "next_at"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'unclear', 'dropped')", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
    )
