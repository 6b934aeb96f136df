"""Support plans with their goals and measures; the word list of prevention bodies."""

import sqlalchemy as sa
from alembic import op

from portal.settings.words import WORDS

revision = "0007"
down_revision = "0006"

_IN_FORCE = sa.text("state = 'in_force'")
_IN_WORK = sa.text("state IN ('draft', 'agreed')")


def upgrade() -> None:
    _plans()
    _goals()
    _measures()
    _words("bodies")


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("family_part", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_with_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'agreed', 'in_force', 'superseded', 'completed', 'discarded')",
            name=op.f("ck_plans_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'discarded') OR (agreed_on IS NOT NULL AND agreed_with_id IS NOT NULL)",
            name=op.f("ck_plans_agreed"),
        ),
        sa.CheckConstraint(
            "(state IN ('in_force', 'superseded', 'completed'))"
            " = (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
            name=op.f("ck_plans_approved"),
        ),
        sa.CheckConstraint("approved_by_id NOT IN (author_id, edited_by_id)", name=op.f("ck_plans_not_own")),
        sa.ForeignKeyConstraint(
            ["agreed_with_id"], ["family_members.id"], name=op.f("fk_plans_agreed_with_id")
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_plans_approved_by_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_plans_author_id")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["users.id"], name=op.f("fk_plans_edited_by_id")),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_plans_patronage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("patronage_id", "version", name=op.f("uq_plans_patronage_id_version")),
    )
    for name, where in (("uq_plans_in_force", _IN_FORCE), ("uq_plans_in_work", _IN_WORK)):
        op.create_index(
            name, "plans", ["patronage_id"], unique=True, sqlite_where=where, postgresql_where=where
        )
    op.create_index("ix_plans_state", "plans", ["state"])


def _goals() -> None:
    op.create_table(
        "plan_goals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sphere", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_goals_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_goals")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_plan_goals_plan_id_key")),
        sa.UniqueConstraint("id", "plan_id", name=op.f("uq_plan_goals_id_plan_id")),
    )


def _measures() -> None:
    op.create_table(
        "plan_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(length=40), nullable=True),
        sa.Column("family_part", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('ordinary', 'leisure')", name=op.f("ck_plan_measures_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'not_done', 'dropped')", name=op.f("ck_plan_measures_state")
        ),
        sa.CheckConstraint(
            "(CASE WHEN user_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN member_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN body IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_plan_measures_one_responsible"),
        ),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_plan_measures_done_on")),
        sa.CheckConstraint(
            "state NOT IN ('not_done', 'dropped') OR result <> ''", name=op.f("ck_plan_measures_why")
        ),
        sa.ForeignKeyConstraint(
            ["goal_id", "plan_id"],
            ["plan_goals.id", "plan_goals.plan_id"],
            name=op.f("fk_plan_measures_goal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["family_members.id"], name=op.f("fk_plan_measures_member_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_plan_measures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_measures")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_plan_measures_plan_id_key")),
    )
    op.create_index(op.f("ix_plan_measures_goal_id"), "plan_measures", ["goal_id"])
    op.create_index("ix_plan_measures_state_due_on", "plan_measures", ["state", "due_on"])


def _words(*lists: str) -> None:
    """Fill the word lists; what is there already stays."""
    table = sa.table(
        "words",
        *(sa.column(name, sa.String) for name in ("list", "code", "label_ru", "label_en")),
        sa.column("position", sa.Integer),
        sa.column("active", sa.Boolean),
    )
    bind = op.get_bind()
    query = sa.select(table.c.list, table.c.code).where(table.c.list.in_(lists))
    known = {(row.list, row.code) for row in bind.execute(query)}
    for name in lists:
        for position, (code, ru, en) in enumerate(WORDS[name], 1):
            if (name, code) not in known:
                row = {"list": name, "code": code, "label_ru": ru, "label_en": en}
                bind.execute(table.insert().values(**row, position=position, active=True))


def downgrade() -> None:
    raise RuntimeError("plans are not thrown away")
