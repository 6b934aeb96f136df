"""Names in cases, as people corrected them: papers write these instead of what the rules of grammar give."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

CASES = "case_name IN ('genitive', 'dative', 'accusative', 'instrumental', 'prepositional')"


def upgrade() -> None:
    op.create_table(
        "name_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("case_name", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=310), nullable=False),
        sa.Column("of_name", sa.String(length=310), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_cases")),
        sa.ForeignKeyConstraint(["member_id"], ["family_members.id"], name=op.f("fk_name_cases_member_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_name_cases_user_id")),
        sa.CheckConstraint("(member_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_name_cases_of_one")),
        sa.CheckConstraint(CASES, name=op.f("ck_name_cases_case_name")),
        sa.UniqueConstraint("member_id", "case_name", name=op.f("uq_name_cases_member_id_case_name")),
        sa.UniqueConstraint("user_id", "case_name", name=op.f("uq_name_cases_user_id_case_name")),
    )


def downgrade() -> None:
    op.drop_table("name_cases")
