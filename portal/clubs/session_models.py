"""What gathers round a session: photos, feedback, and the changes its participants' specialists are told of."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class SessionPhoto(Model):
    """A picture of a session; who is on it was marked by the uploader (R15)."""

    __tablename__ = "session_photos"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("club_sessions.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    caption: Mapped[str] = mapped_column(String(200), default="")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(Moment)


class PhotoPerson(Model):
    """A recipient on a picture; the database refuses one without a consent in force."""

    __tablename__ = "photo_people"
    photo_id: Mapped[int] = mapped_column(ForeignKey("session_photos.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), primary_key=True, index=True)


class SessionFeedback(Model):
    """What somebody thought of a session (R16): without a name. `ticket` lets a browser speak once."""

    __tablename__ = "session_feedback"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("club_sessions.id"))
    source: Mapped[str] = mapped_column(String(10))  # recipient | staff | guest
    liked: Mapped[int]  # 1 to 5
    text: Mapped[str] = mapped_column(Text, default="")
    ticket: Mapped[str] = mapped_column(String(64))  # a digest
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # from paper
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("session_id", "ticket"),
        CheckConstraint("source IN ('recipient', 'staff', 'guest')", name="source"),
        CheckConstraint("liked BETWEEN 1 AND 5", name="liked"),
    )


class SessionChange(Model):
    """A session was cancelled or moved: the specialists of those who had a place are told."""

    __tablename__ = "session_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("club_sessions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    old_day: Mapped[date]
    old_starts_at: Mapped[time]
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (CheckConstraint("kind IN ('cancelled', 'moved')", name="kind"),)


class SessionChangeMember(Model):
    """A recipient who had a place then."""

    __tablename__ = "session_change_members"
    change_id: Mapped[int] = mapped_column(ForeignKey("session_changes.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), primary_key=True, index=True)
