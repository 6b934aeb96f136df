"""Patronage: an episode of a family, who is assigned to it, and its closing analysis."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_OPEN = text("status NOT IN ('removed', 'declined', 'refused')")
_LATEST = text("latest")
_LEAD_NOW = text("kind = 'lead' AND ends_on IS NULL")
_NOW = text("ends_on IS NULL")
_PENDING = text("outcome IS NULL")


class Patronage(Model):
    """One episode of one family (DOMAIN §3). The latest one is what lists show; one open at a time."""

    __tablename__ = "patronages"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default="identified")
    stage: Mapped[str | None] = mapped_column(String(20))
    regime: Mapped[str | None] = mapped_column(String(20))
    term: Mapped[str | None] = mapped_column(String(10))
    ground: Mapped[str | None] = mapped_column(String(40))
    latest: Mapped[bool] = mapped_column(default=True)
    opened_on: Mapped[date]
    enrolled_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    next_contact_on: Mapped[date | None] = mapped_column(index=True)  # due by then (R9)
    removed_on: Mapped[date | None]
    removal_reason: Mapped[str | None] = mapped_column(String(40))
    basis: Mapped[str] = mapped_column(String(200), default="")  # the protocol named in an imported register
    imported: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index("uq_patronages_open", "family_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "uq_patronages_latest", "family_id", unique=True, sqlite_where=_LATEST, postgresql_where=_LATEST
        ),
        Index("ix_patronages_status_latest", "status", "latest"),
        CheckConstraint(
            "status IN ('identified', 'consented', 'submitted', 'enrolled', 'suspended', 'removed',"
            " 'declined', 'refused')",
            name="status",
        ),
        CheckConstraint(
            "status NOT IN ('enrolled', 'suspended') OR (enrolled_on IS NOT NULL AND regime IS NOT NULL)",
            name="enrolled_complete",
        ),
        CheckConstraint("status <> 'removed' OR removed_on IS NOT NULL", name="removed_complete"),
        CheckConstraint(
            "removed_on IS NULL OR enrolled_on IS NULL OR removed_on >= enrolled_on", name="order"
        ),
    )


class Assignment(Model):
    """A specialist of a patronage between two dates: one lead, any number involved (R6)."""

    __tablename__ = "assignments"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # lead | involved
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (
        Index(
            "uq_assignments_lead",
            "patronage_id",
            unique=True,
            sqlite_where=_LEAD_NOW,
            postgresql_where=_LEAD_NOW,
        ),
        Index(
            "uq_assignments_person",
            "patronage_id",
            "user_id",
            unique=True,
            sqlite_where=_NOW,
            postgresql_where=_NOW,
        ),
        CheckConstraint("kind IN ('lead', 'involved')", name="kind"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
    )


class ClosingAnalysis(Model):
    """The analysis of the work with the family, without which nobody is removed (R2); approved by a head (R7)."""

    __tablename__ = "closing_analyses"
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(Moment)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approval"),
        CheckConstraint("approved_by_id <> author_id", name="not_own"),
    )


class RegimeChange(Model):
    """A change of the regime within a patronage, from a day on: history is judged by the regime of its day (R9).

    By a decision of the consilium, or at once by a head who starts the emergency regime.
    """

    __tablename__ = "regime_changes"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    from_on: Mapped[date]
    former: Mapped[str] = mapped_column(String(20))
    regime: Mapped[str] = mapped_column(String(20))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
    emergency_id: Mapped[int | None] = mapped_column(ForeignKey("emergencies.id"))
    __table_args__ = (CheckConstraint("former <> regime", name="changes"),)


class Emergency(Model):
    """An emergency regime that a head has started at once; the next meeting ratifies or ends it (DOMAIN §3)."""

    __tablename__ = "emergencies"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    former: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(Text)
    started_on: Mapped[date]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(10))  # ratified | ended | removed
    closed_on: Mapped[date | None]
    __table_args__ = (
        Index(
            "uq_emergencies_open",
            "patronage_id",
            unique=True,
            sqlite_where=_PENDING,
            postgresql_where=_PENDING,
        ),
        CheckConstraint("outcome IN ('ratified', 'ended', 'removed')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (closed_on IS NULL)", name="closed"),
    )
