"""The register of papers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_VALID = text("voided_at IS NULL")


class Paper(Model):
    """A paper that was given a number: without gaps by kind and year, for good (triggers refuse).

    `file` is the sealed PDF as it was registered; `facts` the seal of what it says, by which a second click and a
    change are told apart. A void one keeps its number, and changes no more.
    """

    __tablename__ = "papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    number: Mapped[int]
    day: Mapped[date]
    object_id: Mapped[int]  # of what the kind of paper is made
    family_id: Mapped[int | None] = mapped_column(ForeignKey("families.id"), index=True)
    facts: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    voided_at: Mapped[datetime | None] = mapped_column(Moment)
    voided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    void_reason: Mapped[str] = mapped_column(String(500), default="")
    signed_on: Mapped[date | None]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    __table_args__ = (
        UniqueConstraint("kind", "year", "number"),
        Index(
            "uq_papers_same",
            *("kind", "object_id", "facts"),
            unique=True,
            sqlite_where=_VALID,
            postgresql_where=_VALID,
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name="voided"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="reason"),
        CheckConstraint("(signed_on IS NULL) = (scan_id IS NULL)", name="signed"),
        CheckConstraint("signed_on >= day", name="order"),
    )
