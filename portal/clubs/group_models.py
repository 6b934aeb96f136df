"""The group of a club: who waits for a place, who is in inpatient care, who may be photographed."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_STAYING = text("ends_on IS NULL")
_IN_FORCE = text("withdrawn_on IS NULL")


class ClubWaiting(Model):
    """Who waits for a place in a club, in the order of `id`; the row goes when they get one or give up."""

    __tablename__ = "club_waiting"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    since: Mapped[datetime] = mapped_column(Moment)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (UniqueConstraint("club_id", "member_id"),)


class InpatientStay(Model):
    """A minor in the inpatient care of the center between two days, both included; open while it lasts (CLUB 4)."""

    __tablename__ = "inpatient_stays"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "uq_inpatient_stays_now",
            "member_id",
            unique=True,
            sqlite_where=_STAYING,
            postgresql_where=_STAYING,
        ),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
    )


class PhotoConsent(Model):
    """A written consent to photo and video of one member of a family (R15); withdrawn at any time."""

    __tablename__ = "photo_consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    given_by_id: Mapped[int] = mapped_column(
        ForeignKey("family_members.id")
    )  # who signed: themselves, or for a minor
    given_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "uq_photo_consents_now",
            "member_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= given_on", name="order"),
    )
