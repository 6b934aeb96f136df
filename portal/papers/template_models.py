"""Templates of papers that a center has made itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_USED = text("is_used")


class PaperTemplate(Model):
    """A version of the center's own DOCX of a kind; the file is sealed, and only `is_used` ever changes (triggers).

    At most one of a kind is used; where none is, papers are made of the portal's own.
    """

    __tablename__ = "paper_templates"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    file: Mapped[str] = mapped_column(String(40))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    is_used: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        Index("uq_paper_templates_used", "kind", unique=True, sqlite_where=_USED, postgresql_where=_USED),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("size >= 1", name="size"),
    )
