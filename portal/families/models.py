"""Families: their members, categories, consents, and stored scans."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Model, Moment
from portal.rules.names import FullName


class Family(Model):
    """A family card. `search` holds the normalised names, phones and number of the whole family."""

    __tablename__ = "families"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    surname: Mapped[str] = mapped_column(String(100))
    sort_name: Mapped[str] = mapped_column(String(300), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    other_phones: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    course_ended_on: Mapped[date | None]
    search: Mapped[str] = mapped_column(Text, default="")
    imported_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    members: Mapped[list["FamilyMember"]] = relationship(order_by="FamilyMember.id", back_populates="family")
    categories: Mapped[list["FamilyCategory"]] = relationship(cascade="all, delete-orphan")
    __table_args__ = (Index("ix_families_sort_name_id", "sort_name", "id"),)


class FamilyMember(Model):
    """A legal representative or a minor. Of some minors only the year of birth is known."""

    __tablename__ = "family_members"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # representative | minor
    last_name: Mapped[str] = mapped_column(String(100))
    first_name: Mapped[str] = mapped_column(String(100), default="")
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    relation: Mapped[str] = mapped_column(String(60), default="")
    birth_date: Mapped[date | None]
    birth_year: Mapped[int | None]
    phone: Mapped[str] = mapped_column(String(20), default="")
    left_on: Mapped[date | None]
    family: Mapped[Family] = relationship(back_populates="members")
    __table_args__ = (CheckConstraint("kind IN ('representative', 'minor')", name="kind"),)

    @property
    def name(self) -> FullName:
        """The name in its parts."""
        return FullName(self.last_name, self.first_name, self.middle_name)

    @property
    def full_name(self) -> str:
        """«Иванова Мария Петровна»."""
        return self.name.full


class FamilyCategory(Model):
    """A category of a family, by its code in the word list."""

    __tablename__ = "family_categories"
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class StoredFile(Model):
    """An uploaded scan, sealed on the disk under a random name."""

    __tablename__ = "stored_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Moment)


class Consent(Model):
    """A written consent to patronage of one representative (R1); withdrawn at any time (R3)."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), index=True)
    representative_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"))
    given_on: Mapped[date]
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    imported: Mapped[bool] = mapped_column(default=False)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    representative: Mapped[FamilyMember] = relationship()
    signatures: Mapped[list["ConsentSignature"]] = relationship()
    __table_args__ = (
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= given_on", name="withdrawn_after_given"),
    )


class ConsentSignature(Model):
    """A minor of 14 or more who signed the consent too."""

    __tablename__ = "consent_signatures"
    consent_id: Mapped[int] = mapped_column(ForeignKey("consents.id"), primary_key=True)
    minor_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), primary_key=True)
