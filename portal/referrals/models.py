"""Referrals of an episode to bodies of prevention, and the supporting links of a family."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment


class Referral(Model):
    """An inter-agency referral: to whom, what is asked, on what ground, by when, and what came of it."""

    __tablename__ = "referrals"
    id: Mapped[int] = mapped_column(primary_key=True)
    patronage_id: Mapped[int] = mapped_column(ForeignKey("patronages.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    body: Mapped[str] = mapped_column(String(40))  # of the word list «bodies»
    addressee: Mapped[str] = mapped_column(String(300))
    request: Mapped[str] = mapped_column(Text)
    personal_data: Mapped[bool]
    ground: Mapped[str | None] = mapped_column(String(10))
    law: Mapped[str] = mapped_column(String(300), default="")
    sent_on: Mapped[date]
    due_on: Mapped[date]
    remind_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="open")
    answered_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(String(500), default="")  # it was withdrawn or closed without an answer
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        Index("ix_referrals_state_due_on", "state", "due_on"),
        CheckConstraint("kind IN ('ordinary', 'urgent')", name="kind"),
        CheckConstraint("state IN ('open', 'answered', 'closed', 'withdrawn')", name="state"),
        CheckConstraint("ground IN ('consent', 'law')", name="ground"),
        CheckConstraint("NOT personal_data OR ground IS NOT NULL", name="has_ground"),
        CheckConstraint("ground IS NULL OR ground <> 'law' OR law <> ''", name="has_law"),
        CheckConstraint(
            "kind <> 'urgent' OR (personal_data AND ground IS NOT NULL AND ground = 'law')",
            name="urgent_by_law",
        ),
        CheckConstraint("due_on >= sent_on AND remind_on >= sent_on", name="order"),
        CheckConstraint("(answered_on IS NOT NULL) = (state = 'answered')", name="answered"),
        CheckConstraint("answered_on IS NULL OR answered_on >= sent_on", name="answer_order"),
        CheckConstraint("(closed_at IS NULL) = (state = 'open')", name="closed"),
    )


class SupportLink(Model):
    """Somebody who can take part in supporting the family (REG 3.2: «систем связей»)."""

    __tablename__ = "support_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    family_id: Mapped[int] = mapped_column(ForeignKey("families.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    who: Mapped[str] = mapped_column(String(100))  # grandmother, class teacher
    name: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    helps_with: Mapped[str] = mapped_column(String(1000), default="")
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        CheckConstraint("kind IN ('relative', 'neighbor', 'school', 'body', 'ngo', 'other')", name="kind"),
        CheckConstraint("who <> ''", name="who"),
    )
