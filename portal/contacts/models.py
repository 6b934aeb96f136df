"""Contacts, and the days on which a patronage was suspended."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_AHEAD = text("state IN ('planned', 'confirmed')")


class Contact(Model):
    """A visit, call, video call or meeting at the center; `minutes` are planned until it is done, then real."""

    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))  # who goes or calls
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    starts_at: Mapped[time]
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500), default="")  # of a call instead of a visit
    channel: Mapped[str] = mapped_column(String(20), default="")  # of a call, where it is said (R11)
    why: Mapped[str] = mapped_column(String(500), default="")  # it was moved, cancelled, or failed
    notes: Mapped[str] = mapped_column(Text, default="")
    recommendations: Mapped[str] = mapped_column(Text, default="")
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), unique=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_contacts_patronage_id_day", "patronage_id", "day"),
        Index("ix_contacts_day_user_id", "day", "user_id"),
        Index(
            "uq_contacts_at_one_time",
            "user_id",
            "day",
            "starts_at",
            unique=True,
            sqlite_where=_AHEAD,
            postgresql_where=_AHEAD,
        ),
        CheckConstraint("kind IN ('visit', 'call', 'video', 'center')", name="kind"),
        CheckConstraint(
            "state IN ('planned', 'confirmed', 'done', 'not_at_home', 'not_admitted', 'refused',"
            " 'cancelled', 'moved')",
            name="state",
        ),
        CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes"),
        CheckConstraint("kind NOT IN ('call', 'video') OR reason <> ''", name="reason"),
        CheckConstraint("(closed_at IS NULL) = (state IN ('planned', 'confirmed'))", name="closed"),
    )


class ContactMember(Model):
    """Who of the family took part, or is to."""

    __tablename__ = "contact_members"
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), primary_key=True, index=True)


class Suspension(Model):
    """Days on which a patronage is suspended, both included; open while it lasts."""

    __tablename__ = "suspensions"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    __table_args__ = (
        Index(
            "uq_suspensions_open",
            "patronage_id",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )
