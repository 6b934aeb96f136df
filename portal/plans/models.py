"""Support plans, their goals and measures."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.audit import Event
from portal.db import Model, Moment

_IN_FORCE = text("state = 'in_force'")
_IN_WORK = text("state IN ('draft', 'agreed')")
WRITING = (Event.PLAN_STARTED, Event.PLAN_CHANGED)  # who did it has written the plan, and approves it not


class Plan(Model):
    """A version of the plan of a patronage. `revision` counts its changes, so that two writers notice each other."""

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    aim: Mapped[str] = mapped_column(Text, default="")
    resources: Mapped[str] = mapped_column(Text, default="")
    wishes: Mapped[str] = mapped_column(Text, default="")
    family_part: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")  # of the head who returned it
    revision: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    edited_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    edited_at: Mapped[datetime] = mapped_column(Moment)
    agreed_on: Mapped[date | None]
    agreed_with_id: Mapped[int | None] = mapped_column(ForeignKey("family_members.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("patronage_id", "version"),
        Index(
            "uq_plans_in_force",
            "patronage_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index(
            "uq_plans_in_work", "patronage_id", unique=True, sqlite_where=_IN_WORK, postgresql_where=_IN_WORK
        ),
        Index("ix_plans_state", "state"),
        CheckConstraint(
            "state IN ('draft', 'agreed', 'in_force', 'superseded', 'completed', 'discarded')", name="state"
        ),
        CheckConstraint(
            "state IN ('draft', 'discarded') OR (agreed_on IS NOT NULL AND agreed_with_id IS NOT NULL)",
            name="agreed",
        ),
        CheckConstraint(
            "(state IN ('in_force', 'superseded', 'completed'))"
            " = (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved",
        ),
        CheckConstraint("approved_by_id NOT IN (author_id, edited_by_id)", name="not_own"),
    )


class PlanGoal(Model):
    """What is to change in a sphere of life; `key` stays the same through the versions."""

    __tablename__ = "plan_goals"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    key: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    sphere: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(1000))
    __table_args__ = (UniqueConstraint("plan_id", "key"), UniqueConstraint("id", "plan_id"))


class PlanMeasure(Model):
    """What is done for a goal, by when, and by whom: a colleague, a member of the family, or a body."""

    __tablename__ = "plan_measures"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int]
    goal_id: Mapped[int] = mapped_column(index=True)
    key: Mapped[str] = mapped_column(String(32))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10), default="ordinary")
    text: Mapped[str] = mapped_column(String(1000))
    due_on: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("family_members.id"))
    body: Mapped[str | None] = mapped_column(String(40))
    family_part: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    result: Mapped[str] = mapped_column(Text, default="")
    done_on: Mapped[date | None]
    __table_args__ = (
        UniqueConstraint("plan_id", "key"),
        ForeignKeyConstraint(["goal_id", "plan_id"], ["plan_goals.id", "plan_goals.plan_id"]),
        Index("ix_plan_measures_state_due_on", "state", "due_on"),
        CheckConstraint("kind IN ('ordinary', 'leisure')", name="kind"),
        CheckConstraint("state IN ('open', 'done', 'not_done', 'dropped')", name="state"),
        CheckConstraint(
            "(CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN member_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN body IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_responsible",
        ),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on"),
        CheckConstraint("state NOT IN ('not_done', 'dropped') OR result <> ''", name="why"),
    )
