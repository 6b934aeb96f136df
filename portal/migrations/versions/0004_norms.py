"""Versions of the contact norms by date, and exemptions of families from them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_REGIMES = ("emergency", "planned", "control")


def upgrade() -> None:
    counts = [
        column
        for name in _REGIMES
        for column in (
            sa.Column(f"{name}_count", sa.Integer(), nullable=False),
            sa.Column(f"{name}_unit", sa.String(length=10), nullable=False),
        )
    ]
    checks = [
        check
        for name in _REGIMES
        for check in (
            sa.CheckConstraint(f"{name}_count BETWEEN 0 AND 14", name=op.f(f"ck_norm_versions_{name}_count")),
            sa.CheckConstraint(
                f"{name}_unit IN ('week', 'month', 'quarter')", name=op.f(f"ck_norm_versions_{name}_unit")
            ),
        )
    ]
    op.create_table(
        "norm_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        *counts,
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *checks,
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_norm_versions_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_norm_versions")),
        sa.UniqueConstraint("starts_on", name=op.f("uq_norm_versions_starts_on")),
    )
    op.create_table(
        "exemptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_exemptions_order")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_exemptions_reason")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_exemptions_approved_by_id")),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_exemptions_patronage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemptions")),
    )
    op.create_index(op.f("ix_exemptions_patronage_id"), "exemptions", ["patronage_id"])


def downgrade() -> None:
    raise RuntimeError("norms and exemptions are not thrown away")
