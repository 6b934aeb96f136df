"""Imports that were made, which rows each of them made, what headings mean; ids that are not given again."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Import(Model):
    """A file that was brought in. `file` names it sealed among the pending ones; `done` rows of `total` are read."""

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(40), unique=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)  # None: the command line
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default="running")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    doubles: Mapped[int] = mapped_column(default=0)
    accounts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (
        CheckConstraint("kind IN ('families', 'staff', 'contacts', 'sessions', 'attendance')", name="kind"),
        CheckConstraint("state IN ('running', 'done', 'undone')", name="state"),
        CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL) AND (undone_at IS NULL) = (undone_by_id IS NULL)",
            name="undone",
        ),
    )


class ImportRow(Model):
    """A row that an import made, or (with `former`) a place of a session that it marked.

    `digest` seals it as it was then; `key` says what it is, so that nobody brings the same in twice at once.
    """

    __tablename__ = "import_rows"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    line: Mapped[int]  # the row of the workbook
    digest: Mapped[str] = mapped_column(String(32))
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    former: Mapped[str] = mapped_column(String(10), default="")
    __table_args__ = (UniqueConstraint("table_name", "row_id"),)


class ImportHeading(Model):
    """What a heading, normalized, means in workbooks of a kind: a field, or nothing («not used»)."""

    __tablename__ = "import_headings"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    heading: Mapped[str] = mapped_column(String(200), primary_key=True)
    field: Mapped[str] = mapped_column(String(30), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class UsedId(Model):
    """The last id that an undone import had taken of a table: the logs name it, so no other row gets it."""

    __tablename__ = "used_ids"
    table_name: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_id: Mapped[int]
