"""Jobs: work in the background."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

UNSEEN = sa.text("state IN ('done', 'failed') AND seen_at IS NULL")
RUNNING = sa.text("state = 'running'")
ENDED = "('done', 'failed', 'cancelled')"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "total", "tries")),
        sa.Column("claim", sa.String(32), nullable=False),
        sa.Column("claimed_at", MOMENT),
        sa.Column("file", sa.String(32), nullable=False),
        sa.Column("file_name", sa.String(80), nullable=False),
        sa.Column("file_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("families", sa.Text(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(40), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        *(sa.Column(name, MOMENT) for name in ("began_at", "finished_at", "seen_at")),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_jobs_user_id"),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name=op.f("ck_jobs_state")
        ),
        sa.CheckConstraint(f"(state IN {ENDED}) = (finished_at IS NOT NULL)", name=op.f("ck_jobs_finished")),
        sa.CheckConstraint("(state = 'running') = (claim <> '')", name=op.f("ck_jobs_claimed")),
        sa.CheckConstraint("file = '' OR state = 'done'", name=op.f("ck_jobs_file")),
        sa.CheckConstraint("(state = 'failed') = (problem <> '')", name=op.f("ck_jobs_problem")),
    )
    op.create_index("ix_jobs_user_id", "jobs", ["user_id"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_index("ix_jobs_unseen", "jobs", ["user_id"], sqlite_where=UNSEEN, postgresql_where=UNSEEN)
    op.create_index(
        "uq_jobs_running", "jobs", ["user_id"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


ANEW = f"OLD.state IN {ENDED} AND NEW.state <> OLD.state"


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER jobs_ended_update BEFORE UPDATE ON jobs WHEN {ANEW}"
        " BEGIN SELECT RAISE(ABORT, 'tr_jobs_ended'); END"
    ]


def _postgresql() -> list[str]:
    return [
        "CREATE FUNCTION jobs_ended_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {ANEW} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
        " CONSTRAINT = 'tr_jobs_ended', MESSAGE = 'a job that has ended does not begin anew'; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER jobs_ended_update BEFORE UPDATE ON jobs FOR EACH ROW"
        " EXECUTE FUNCTION jobs_ended_update()",
    ]


def downgrade() -> None:
    raise RuntimeError("jobs are not thrown away")
