"""The consilium: its roll, meetings, items, votes and decisions."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_NOW = text("until_on IS NULL")
_CHAIR_NOW = text("until_on IS NULL AND seat = 'chair'")
_VOTING = text("status = 'voting'")
_LIVE = text("status IN ('waiting', 'voting')")


class RollSeat(Model):
    """A seat on the roll between two dates; the secretary's has no vote unless it is given one."""

    __tablename__ = "roll_seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    seat: Mapped[str] = mapped_column(String(10))  # chair | secretary | member
    votes: Mapped[bool] = mapped_column(default=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (
        Index("uq_roll_seats_user", "user_id", unique=True, sqlite_where=_NOW, postgresql_where=_NOW),
        Index(
            "uq_roll_seats_chair", "seat", unique=True, sqlite_where=_CHAIR_NOW, postgresql_where=_CHAIR_NOW
        ),
        CheckConstraint("seat IN ('chair', 'secretary', 'member')", name="seat"),
    )


class Meeting(Model):
    """A meeting: draft → convened → open → closed, or cancelled. Roll and quorum are frozen when it opens."""

    __tablename__ = "meetings"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    year: Mapped[int]
    held_on: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[time]
    place: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10), default="draft")
    quorum_share: Mapped[str] = mapped_column(String(12), default="two_thirds")
    note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=0)  # grows with every change; the live page asks for it
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint("status IN ('draft', 'convened', 'open', 'closed', 'cancelled')", name="status"),
    )


class MeetingSeat(Model):
    """A member of the roll in one meeting, with presence."""

    __tablename__ = "meeting_seats"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seat: Mapped[str] = mapped_column(String(10))
    votes: Mapped[bool]
    presence: Mapped[str] = mapped_column(String(10), default="absent")  # absent | present | video | excused
    __table_args__ = (
        CheckConstraint("presence IN ('absent', 'present', 'video', 'excused')", name="presence"),
    )


class Item(Model):
    """A question of the agenda: to enroll or to remove a family."""

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))  # enroll | remove
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    regime: Mapped[str | None] = mapped_column(String(20))
    term: Mapped[str | None] = mapped_column(String(10))
    ends_on: Mapped[date | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    course_reason: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    present: Mapped[int | None]
    by_chair: Mapped[bool] = mapped_column(default=False)
    deferral: Mapped[str] = mapped_column(Text, default="")  # why it was put off
    __table_args__ = (
        Index("uq_items_live", "patronage_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(
            "uq_items_one_voting", "meeting_id", unique=True, sqlite_where=_VOTING, postgresql_where=_VOTING
        ),
        CheckConstraint("kind IN ('enroll', 'remove')", name="kind"),
        CheckConstraint(
            "status IN ('waiting', 'voting', 'carried', 'rejected', 'deferred', 'withdrawn')", name="status"
        ),
    )


class ItemSpecialist(Model):
    """An involved specialist proposed by an item to enroll."""

    __tablename__ = "item_specialists"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class Vote(Model):
    """One vote of one member on one item; never changed, never deleted (a trigger refuses)."""

    __tablename__ = "votes"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    choice: Mapped[str] = mapped_column(String(10))
    cast_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("uq_votes_item_id_user_id", "item_id", "user_id", unique=True),
        CheckConstraint("choice IN ('for', 'against', 'abstain')", name="choice"),
    )


class Decision(Model):
    """What an item decided, numbered in its year without gaps."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), unique=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    carried: Mapped[bool]
    decided_on: Mapped[date]
    __table_args__ = (UniqueConstraint("year", "number"),)
