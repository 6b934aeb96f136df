"""Versions of the norms, and the days on which a family is exempt from them (R9)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

REGIMES = ("emergency", "planned", "control")
_UNITS = "IN ('week', 'month', 'quarter')"


class NormsRow(Model):
    """The norms in force from a day on, until the next version; a count of 0 owes nothing."""

    __tablename__ = "norm_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(unique=True)
    emergency_count: Mapped[int]
    emergency_unit: Mapped[str] = mapped_column(String(10))
    planned_count: Mapped[int]
    planned_unit: Mapped[str] = mapped_column(String(10))
    control_count: Mapped[int]
    control_unit: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(300))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        *(CheckConstraint(f"{name}_count BETWEEN 0 AND 14", name=f"{name}_count") for name in REGIMES),
        *(CheckConstraint(f"{name}_unit {_UNITS}", name=f"{name}_unit") for name in REGIMES),
    )


class Exemption(Model):
    """Days, both included, on which a family owes no contact: why, and who approved it."""

    __tablename__ = "exemptions"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="order"),
        CheckConstraint("reason <> ''", name="reason"),
    )
