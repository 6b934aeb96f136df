"""What another center has handed over with a family, and what of it is only read here."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_BROUGHT = text("earlier_id IS NULL")


class FormerFile(Model):
    """A family's file that came from another center. `people`: its colleagues, by name and position, as JSON."""

    __tablename__ = "former_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), index=True)
    center: Mapped[str] = mapped_column(String(200))
    handed_on: Mapped[date]
    number: Mapped[int]  # of the family there
    digest: Mapped[str] = mapped_column(String(64))  # of the manifest
    people: Mapped[str] = mapped_column(Text, default="[]")
    earlier_id: Mapped[int | None] = mapped_column(
        ForeignKey("former_files.id")
    )  # that brought this one along
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    brought_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "uq_former_files_digest",
            "digest",
            unique=True,
            sqlite_where=_BROUGHT,
            postgresql_where=_BROUGHT,
        ),
    )


class FormerRow(Model):
    """A row of the former center's work, to be read: its values as JSON, its table and key by name."""

    __tablename__ = "former_rows"
    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("former_files.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[int]  # its number in the file; 0 for rows that nothing names
    body: Mapped[str] = mapped_column(Text)
    __table_args__ = (CheckConstraint("body <> ''", name="body"),)


class FormerPaper(Model):
    """A scan, photo or paper that came with the file, sealed on the disk; `sha256` is of what the center had sent."""

    __tablename__ = "former_papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("former_files.id"), index=True)
    path: Mapped[str] = mapped_column(String(200))
    stored_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    __table_args__ = (UniqueConstraint("file_id", "path", name="uq_former_papers_path"),)
