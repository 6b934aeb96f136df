"""What a meeting leaves: its minutes with their signatures, and what is done after its decisions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class FollowUp(Model):
    """What is done after a decision: the family told, its extract given to it."""

    __tablename__ = "follow_ups"
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    told_on: Mapped[date | None]
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    extract_on: Mapped[date | None]
    extract_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (
        CheckConstraint("(told_on IS NULL) = (told_by_id IS NULL)", name="told"),
        CheckConstraint("(extract_on IS NULL) = (extract_by_id IS NULL)", name="extract"),
    )


class Minutes(Model):
    """The minutes of a meeting as they are offered for signing; frozen with the first signature.

    `digest` is of all that the paper says, `chain` the head of the audit chain, both taken when it is offered.
    """

    __tablename__ = "minutes"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    heard: Mapped[str] = mapped_column(Text, default="")  # what was said besides the items
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(String(64), default="")
    chain: Mapped[str] = mapped_column(String(64), default="")
    chain_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (CheckConstraint("(offered_at IS NULL) = (digest = '')", name="offered"),)


class MinutesSignature(Model):
    """A signature under the minutes: with one's password, or on paper with the scan. Never changed or deleted.

    Of a member who does not sign it stands in its place, with the reason: refused, absent, or another.
    """

    __tablename__ = "minutes_signatures"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("minutes.meeting_id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    how: Mapped[str] = mapped_column(String(8))  # password | paper; refused | absent | other
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(Moment)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    scan: Mapped[str | None] = mapped_column(String(64))
    scan_type: Mapped[str | None] = mapped_column(String(60))
    scan_sha256: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(500))  # why there is no signature
    __table_args__ = (
        Index("uq_minutes_signatures_meeting_id_user_id", "meeting_id", "user_id", unique=True),
        CheckConstraint("how IN ('password', 'paper', 'refused', 'absent', 'other')", name="how"),
        CheckConstraint("(how = 'paper') = (scan IS NOT NULL)", name="scan"),
        CheckConstraint("(how IN ('password', 'paper')) = (reason IS NULL)", name="reason"),
    )
