"""Programs of clubs in versions, their topics; surveys of interests; the scale of communication skills."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_DRAFT = text("status = 'draft'")
_IN_FORCE = text("status = 'in_force'")


class ClubProgram(Model):
    """A version of a club's program (CLUB 5, stage 1). A draft is written; in force it stays as it is."""

    __tablename__ = "club_programs"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(10), default="draft")
    title: Mapped[str] = mapped_column(String(200))
    aims: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[str] = mapped_column(Text, default="")  # for whom, in words
    why: Mapped[str] = mapped_column(String(500), default="")  # what this version changes
    revision: Mapped[int] = mapped_column(default=1)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    in_force_on: Mapped[date | None]
    __table_args__ = (
        UniqueConstraint("club_id", "version"),
        Index("uq_club_programs_draft", "club_id", unique=True, sqlite_where=_DRAFT, postgresql_where=_DRAFT),
        Index(
            "uq_club_programs_in_force",
            "club_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("status IN ('draft', 'in_force', 'superseded')", name="status"),
        CheckConstraint("(status = 'draft') = (in_force_on IS NULL)", name="in_force"),
    )


class ClubTopic(Model):
    """A topic of a version, in its order."""

    __tablename__ = "club_topics"
    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[int] = mapped_column(ForeignKey("club_programs.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    goal: Mapped[str] = mapped_column(Text, default="")
    methods: Mapped[str] = mapped_column(Text, default="")
    props: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        UniqueConstraint("program_id", "position"),
        CheckConstraint("position BETWEEN 1 AND 200", name="position"),
    )


class InterestSurvey(Model):
    """What a recipient said they would like (CLUB 5, stage 1, step 1); the latest one counts."""

    __tablename__ = "interest_surveys"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    on_day: Mapped[date]
    wishes: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class InterestAnswer(Model):
    """An interest that was ticked, by its code."""

    __tablename__ = "interest_answers"
    survey_id: Mapped[int] = mapped_column(ForeignKey("interest_surveys.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)


class SkillAssessment(Model):
    """Communication skills of a participant before or after the club (CLUB 1)."""

    __tablename__ = "skill_assessments"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("family_members.id"), index=True)
    point: Mapped[str] = mapped_column(String(10))  # before | after
    on_day: Mapped[date]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("club_id", "member_id", "point"),
        CheckConstraint("point IN ('before', 'after')", name="point"),
    )


class SkillScore(Model):
    """A skill of the scale: 0 (not at all) to 4 (always)."""

    __tablename__ = "skill_scores"
    assessment_id: Mapped[int] = mapped_column(ForeignKey("skill_assessments.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    score: Mapped[int]
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 4", name="score"),)
