"""The consilium: its roll, meetings, items, votes and decisions."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, Moment

_NOW = text("until_on IS NULL")
_CHAIR_NOW = text("until_on IS NULL AND seat = 'chair'")
_VOTING = text("status = 'voting'")
_LIVE = text("status IN ('waiting', 'voting')")


class RollSeat(Model):
    """A seat on the roll between two dates; the secretary's has no vote unless it is given one."""

    __tablename__ = "roll_seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    seat: Mapped[str] = mapped_column(String(10))  # chair | secretary | member
    votes: Mapped[bool] = mapped_column(default=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    __table_args__ = (
        Index("uq_roll_seats_user", "user_id", unique=True, sqlite_where=_NOW, postgresql_where=_NOW),
        Index(
            "uq_roll_seats_chair", "seat", unique=True, sqlite_where=_CHAIR_NOW, postgresql_where=_CHAIR_NOW
        ),
        CheckConstraint("seat IN ('chair', 'secretary', 'member')", name="seat"),
    )


class Meeting(Model):
    """A meeting: draft → convened → open → closed → signed; or cancelled, or no quorum.

    Its roll and its rules (quorum, majority, whether a vote needs its reason, the terms of minutes and extracts) are
    frozen when it opens.
    """

    __tablename__ = "meetings"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(13), default="regular")  # regular | extraordinary
    held_on: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[time]
    place: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10), default="draft")
    quorum_share: Mapped[str] = mapped_column(String(12), default="two_thirds")
    majority: Mapped[str] = mapped_column(String(7), default="present")  # of those present | of the roll
    reasons: Mapped[bool] = mapped_column(default=False)  # whether a vote needs its reason
    minutes_days: Mapped[int | None]  # working days; none: before there was a setting
    extract_days: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=0)  # grows with every change; the live page asks for it
    __table_args__ = (
        UniqueConstraint("year", "number"),
        CheckConstraint(
            "status IN ('draft', 'convened', 'open', 'closed', 'signed', 'cancelled', 'no_quorum')",
            name="status",
        ),
        CheckConstraint("kind IN ('regular', 'extraordinary')", name="kind"),
        CheckConstraint("majority IN ('present', 'roll')", name="majority"),
    )


class MeetingSeat(Model):
    """A member of the roll in one meeting, with presence."""

    __tablename__ = "meeting_seats"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seat: Mapped[str] = mapped_column(String(10))
    votes: Mapped[bool]
    presence: Mapped[str] = mapped_column(String(10), default="absent")  # absent | present | video | excused
    __table_args__ = (
        CheckConstraint("presence IN ('absent', 'present', 'video', 'excused')", name="presence"),
    )


class PresenceMark(Model):
    """A change of a member's presence; never changed, never deleted (a trigger refuses)."""

    __tablename__ = "presence_marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    presence: Mapped[str] = mapped_column(String(10))
    marked_at: Mapped[datetime] = mapped_column(Moment)
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    __table_args__ = (
        CheckConstraint("presence IN ('absent', 'present', 'video', 'excused')", name="presence"),
    )


class Item(Model):
    """A question of the agenda; of a family, or free. Kinds: `rules.items`.

    `regime`, `term`, `ends_on`, `lead_id`, `reason`, `place` are what is proposed, as the kind asks for it.
    """

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    patronage_id: Mapped[int | None] = mapped_column(ForeignKey("patronages.id"), index=True)
    question: Mapped[str] = mapped_column(String(300), default="")  # of a free one
    place: Mapped[str] = mapped_column(String(200), default="")  # the center a family is handed over to
    speaker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    after_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))  # the deferred item it goes on from
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    regime: Mapped[str | None] = mapped_column(String(20))
    term: Mapped[str | None] = mapped_column(String(10))
    ends_on: Mapped[date | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    course_reason: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    abstained: Mapped[int | None]
    present: Mapped[int | None]
    by_chair: Mapped[bool] = mapped_column(default=False)
    deferral: Mapped[str] = mapped_column(Text, default="")  # why it was put off
    asked: Mapped[str] = mapped_column(Text, default="")  # what is asked for until it comes back
    until_on: Mapped[date | None]  # when it comes back
    discussion: Mapped[str] = mapped_column(Text, default="")  # for the minutes: what was heard and said
    __table_args__ = (
        Index("uq_items_live", "patronage_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(
            "uq_items_one_voting", "meeting_id", unique=True, sqlite_where=_VOTING, postgresql_where=_VOTING
        ),
        CheckConstraint(
            "kind IN ('enroll', 'refuse', 'remove', 'regime', 'term', 'extend', 'ratify', 'transfer', 'question')",
            name="kind",
        ),
        CheckConstraint("(kind = 'question') = (patronage_id IS NULL)", name="family"),
        CheckConstraint(
            "status IN ('waiting', 'voting', 'carried', 'rejected', 'deferred', 'withdrawn')", name="status"
        ),
    )


class ItemSpecialist(Model):
    """An involved specialist proposed by an item to enroll."""

    __tablename__ = "item_specialists"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class ItemPaper(Model):
    """A file laid before the members with an item, sealed on the disk."""

    __tablename__ = "item_papers"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    file: Mapped[str] = mapped_column(String(64))
    file_type: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(Moment)


class ItemRead(Model):
    """A member has read the card of an item; `proposal` says in a word what stood there: `reading.proposal_of`."""

    __tablename__ = "item_reads"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(Moment)
    proposal: Mapped[str] = mapped_column(String(16), default="", server_default=text("''"))


class Recusal(Model):
    """A member who works with the family takes no part in the item: neither counted present nor voting."""

    __tablename__ = "recusals"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
    declared_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    declared_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("uq_recusals_item_id_user_id", "item_id", "user_id", unique=True),)


class Vote(Model):
    """One vote of one member on one item; never changed, never deleted (a trigger refuses).

    `entered_by_id`: the secretary, for a member without a device. `receipt`: what the voter is given.
    """

    __tablename__ = "votes"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    choice: Mapped[str] = mapped_column(String(10))
    cast_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    receipt: Mapped[str] = mapped_column(String(16), default="")
    __table_args__ = (
        Index("uq_votes_item_id_user_id", "item_id", "user_id", unique=True),
        CheckConstraint("choice IN ('for', 'against', 'abstain')", name="choice"),
    )


class ItemVoter(Model):
    """A member on an item when it closed: whether present, recused, and the vote that counted, if any.

    What the decision was counted from; never changed, never deleted (a trigger refuses).
    """

    __tablename__ = "item_voters"
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seat: Mapped[str] = mapped_column(String(10))
    present: Mapped[bool]
    recused: Mapped[bool]
    choice: Mapped[str | None] = mapped_column(String(10))
    __table_args__ = (
        CheckConstraint("choice IS NULL OR (present AND NOT recused)", name="counted"),
        CheckConstraint("choice IN ('for', 'against', 'abstain')", name="choice"),
    )


class Dissent(Model):
    """A member's dissenting opinion on a decision; never changed, never deleted (a trigger refuses)."""

    __tablename__ = "dissents"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(Text)
    stated_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (Index("uq_dissents_item_id_user_id", "item_id", "user_id", unique=True),)


class Decision(Model):
    """What an item decided, numbered in its year without gaps."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), unique=True)
    patronage_id: Mapped[int | None] = mapped_column(ForeignKey("patronages.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    carried: Mapped[bool]
    decided_on: Mapped[date]
    __table_args__ = (UniqueConstraint("year", "number"),)
