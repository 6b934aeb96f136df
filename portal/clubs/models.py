"""Clubs: their weekly times, sessions, participants and bookings."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_NOW = text("left_on IS NULL")


class Club(Model):
    """A club with its leader and room."""

    __tablename__ = "clubs"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    leader_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    room: Mapped[str] = mapped_column(String(80), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    closed_on: Mapped[date | None]
    capacity: Mapped[int] = mapped_column(default=12)  # places in the group
    audience: Mapped[str] = mapped_column(String(10), default="mixed")  # minors | parents | mixed
    age_from: Mapped[int | None]
    age_to: Mapped[int | None]
    changed_at: Mapped[datetime | None] = mapped_column(
        Moment
    )  # weekly times or topics; who was told before: of the old
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 1 AND 100", name="capacity"),
        CheckConstraint("audience IN ('minors', 'parents', 'mixed')", name="audience"),
        CheckConstraint("age_from IS NULL OR age_to IS NULL OR age_from <= age_to", name="ages"),
    )


class ClubInterest(Model):
    """What a club is about, by the code of an interest: who wished for it may be asked to join."""

    __tablename__ = "club_interests"
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)


class ClubTime(Model):
    """A weekly time of a club: two at most (CLUB 4)."""

    __tablename__ = "club_times"
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[int]  # 0 = Monday
    starts_at: Mapped[time]
    minutes: Mapped[int]
    __table_args__ = (
        CheckConstraint("slot IN (1, 2)", name="weekly"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )


class ClubSession(Model):
    """A session of a club. `week` is its Monday, `slot` 1 or 2: so a club has two a week at most (R14)."""

    __tablename__ = "club_sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    week: Mapped[date]
    slot: Mapped[int | None]
    starts_at: Mapped[time]
    minutes: Mapped[int]
    room: Mapped[str] = mapped_column(String(80), default="")
    topic: Mapped[str] = mapped_column(String(300), default="")
    goal: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(10), default="planned")
    cancel_reason: Mapped[str] = mapped_column(String(500), default="")
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("club_topics.id"), index=True)
    equipment: Mapped[str] = mapped_column(Text, default="")
    consumables: Mapped[str] = mapped_column(Text, default="")
    analysis: Mapped[str] = mapped_column(Text, default="")
    announced_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("uq_club_sessions_club_id_week_slot", "club_id", "week", "slot", unique=True),
        CheckConstraint("slot IN (1, 2)", name="weekly"),
        CheckConstraint("(status = 'cancelled') = (slot IS NULL)", name="slot_unless_cancelled"),
        CheckConstraint(
            "status IN ('planned', 'announced', 'held', 'summed_up', 'cancelled')", name="status"
        ),
        CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes"),
    )


class ClubParticipant(Model):
    """A member of a family who goes to a club."""

    __tablename__ = "club_participants"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    told_at: Mapped[datetime | None] = mapped_column(
        Moment
    )  # of schedule and topics (CLUB 5, stage 2, step 4)
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (
        Index(
            "uq_club_participants_now",
            "club_id",
            "member_id",
            unique=True,
            sqlite_where=_NOW,
            postgresql_where=_NOW,
        ),
    )


class Booking(Model):
    """A recipient's place at a session. One session is one service; `slot`: 1 or 2 of their week (R14).

    Booked and came hold a slot; excused, absent and cancelled give it back.
    """

    __tablename__ = "bookings"
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("club_sessions.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    week: Mapped[date]
    slot: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(10), default="booked")
    booked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    booked_at: Mapped[datetime] = mapped_column(Moment)
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (
        Index("uq_bookings_member_id_week_slot", "member_id", "week", "slot", unique=True),
        Index("uq_bookings_session_id_member_id", "session_id", "member_id", unique=True),
        CheckConstraint("slot IN (1, 2)", name="weekly"),
        CheckConstraint("status IN ('booked', 'came', 'excused', 'absent', 'cancelled')", name="status"),
        CheckConstraint("(status IN ('booked', 'came')) = (slot IS NOT NULL)", name="slot_when_served"),
    )
