"""Social diagnoses and the scores of the spheres of life in them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import Event
from portal.db import Model, Moment

TEXTS = (
    *("place_in_society", "surroundings", "family_relations", "problems", "causes", "crisis_nature"),
    *("risks", "strengths", "resources", "family_view", "conclusion"),
)
_UNFINISHED = text("state <> 'approved'")
WRITING = (Event.DIAGNOSIS_STARTED, Event.DIAGNOSIS_SAVED)  # who did it has written it, and approves it not


class Diagnosis(Model):
    """A social diagnosis (R18). `author` is who saved it last; an approved one never changes (a trigger refuses)."""

    __tablename__ = "diagnoses"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"))
    number: Mapped[int]  # within the patronage, from 1 on
    day: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(
        default=1
    )  # grows with each save: the second editor learns of the first
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("diagnoses.id"))
    place_in_society: Mapped[str] = mapped_column(Text, default="")
    surroundings: Mapped[str] = mapped_column(Text, default="")
    family_relations: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[str] = mapped_column(Text, default="")
    causes: Mapped[str] = mapped_column(Text, default="")
    crisis_nature: Mapped[str] = mapped_column(Text, default="")
    crisis_depth: Mapped[int | None]  # 0 no crisis … 4 acute
    risks: Mapped[str] = mapped_column(Text, default="")
    strengths: Mapped[str] = mapped_column(Text, default="")
    resources: Mapped[str] = mapped_column(Text, default="")
    family_view: Mapped[str] = mapped_column(Text, default="")
    conclusion: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    remark: Mapped[str] = mapped_column(Text, default="")  # of the head who returned it
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("patronage_id", "number"),
        Index(
            "uq_diagnoses_unfinished",
            "patronage_id",
            unique=True,
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_diagnoses_state", "state"),
        CheckConstraint("state IN ('draft', 'submitted', 'approved', 'returned')", name="state"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("crisis_depth BETWEEN 0 AND 4", name="depth"),
        CheckConstraint("state IN ('draft', 'returned') OR crisis_depth IS NOT NULL", name="complete"),
        CheckConstraint("state <> 'returned' OR remark <> ''", name="remark"),
        CheckConstraint(
            "(state = 'approved') = (approved_by_id IS NOT NULL)"
            " AND (approved_by_id IS NULL) = (approved_at IS NULL)",
            name="approval",
        ),
        CheckConstraint("approved_by_id <> author_id", name="not_own"),
    )


class DiagnosisScore(Model):
    """How a sphere of life is: 0 all well … 4 critical (the word list `spheres`)."""

    __tablename__ = "diagnosis_scores"
    diagnosis_id: Mapped[int] = mapped_column(ForeignKey("diagnoses.id"), primary_key=True)
    sphere: Mapped[str] = mapped_column(String(40), primary_key=True)
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 4", name="score"),)
