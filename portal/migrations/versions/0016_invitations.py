"""Invitations to meetings, the mails that carry them, and the addresses they go to."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

STATES = "state IN ('waiting', 'sending', 'sent', 'unclear', 'dropped')"


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("email", sa.String(length=200), nullable=False, server_default=sa.text("''"))
    )
    _invitations()
    _told_before()
    _mails()


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name="fk_invitations_meeting_id"),
        sa.CheckConstraint("kind IN ('convened', 'changed', 'cancelled')", name="ck_invitations_kind"),
        sa.UniqueConstraint("meeting_id", "sequence", name="uq_invitations_meeting_id_sequence"),
    )


def _told_before() -> None:
    """The members know of a meeting that is convened: what changes from now on is told as a change."""
    names = ("meeting_id", "sequence", "kind", "held_on", "starts_at", "place", "made_at")
    moment = sa.DateTime(timezone=True)
    to = sa.table("invitations", *(sa.column(name) for name in names))
    meetings = sa.table(
        "meetings", *(sa.column(name) for name in ("id", "held_on", "starts_at", "place", "status"))
    )
    one = meetings.c
    rows = sa.select(
        one.id,
        sa.literal(0),
        sa.literal("convened"),
        one.held_on,
        one.starts_at,
        one.place,
        sa.literal(datetime.now(UTC), moment),
    )
    op.execute(to.insert().from_select(names, rows.where(one.status.in_(("convened", "open")))))


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("useless_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=20), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_mails_user_id"),
        sa.CheckConstraint(STATES, name="ck_mails_state"),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="ck_mails_sent"),
        sa.UniqueConstraint("user_id", "reference", name="uq_mails_user_id_reference"),
    )
    op.create_index("ix_mails_state_next_at", "mails", ["state", "next_at"])


def downgrade() -> None:
    raise RuntimeError("invitations are not thrown away")
