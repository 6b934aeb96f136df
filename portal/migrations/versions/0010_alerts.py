"""Alerts to the head with what was decided on them, and who stands in for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_OPEN = sa.text("state = 'open'")
DECIDED_AGAIN = (
    "OLD.state <> 'open' AND (NEW.state = 'open' OR NEW.decision <> OLD.decision OR NEW.answer <> OLD.answer"
    " OR NEW.decided_by_id <> OLD.decided_by_id)"
)
SAME_DAYS = (
    "d.id <> NEW.id AND d.ended_at IS NULL AND d.starts_on <= NEW.ends_on AND d.ends_on >= NEW.starts_on"
)
TWO_DEPUTIES = f"EXISTS (SELECT 1 FROM deputies d WHERE d.user_id = NEW.user_id AND {SAME_DAYS})"
A_CHAIN = (
    "EXISTS (SELECT 1 FROM deputies d"
    f" WHERE (d.user_id = NEW.deputy_id OR d.deputy_id = NEW.user_id) AND {SAME_DAYS})"
)


def upgrade() -> None:
    _alerts()
    _deputies()
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("colleague_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('refusal', 'ignored', 'danger', 'late_survey')", name=op.f("ck_alerts_kind")
        ),
        sa.CheckConstraint("state IN ('open', 'decided', 'done')", name=op.f("ck_alerts_state")),
        sa.CheckConstraint(
            "decision IN ('visit', 'no_visit', 'review', 'notice', 'other')", name=op.f("ck_alerts_decision")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (decision IS NULL) AND (decision IS NULL) = (decided_at IS NULL)"
            " AND (decided_at IS NULL) = (decided_by_id IS NULL) AND (decision IS NULL OR answer <> '')",
            name=op.f("ck_alerts_decided"),
        ),
        sa.CheckConstraint(
            "state <> 'decided' OR (assignee_id IS NOT NULL AND due_on IS NOT NULL)",
            name=op.f("ck_alerts_task"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL) AND (done_at IS NULL) = (done_by_id IS NULL)",
            name=op.f("ck_alerts_done"),
        ),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_alerts_patronage_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_alerts_contact_id")),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], ["users.id"], name=op.f(f"fk_alerts_{name}_id"))
            for name in ("colleague", "raised_by", "assignee", "decided_by", "done_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    for name in ("patronage_id", "contact_id", "colleague_id", "raised_by_id", "assignee_id"):
        op.create_index(op.f(f"ix_alerts_{name}"), "alerts", [name])
    op.create_index("ix_alerts_state_raised_at", "alerts", ["state", "raised_at"])
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["contact_id", "kind"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _deputies() -> None:
    op.create_table(
        "deputies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("user_id <> deputy_id", name=op.f("ck_deputies_another")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_deputies_order")),
        sa.CheckConstraint(
            "reason IN ('leave', 'illness', 'trip', 'training', 'other')", name=op.f("ck_deputies_reason")
        ),
        *(
            sa.ForeignKeyConstraint([f"{name}_id"], ["users.id"], name=op.f(f"fk_deputies_{name}_id"))
            for name in ("user", "deputy", "made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputies")),
    )
    for name in ("user_id", "deputy_id"):
        op.create_index(op.f(f"ix_deputies_{name}"), "deputies", [name])


def _sqlite() -> list[str]:
    found = [
        f"CREATE TRIGGER alerts_stay_decided BEFORE UPDATE ON alerts WHEN {DECIDED_AGAIN}"
        " BEGIN SELECT RAISE(ABORT, 'tr_alerts_decided'); END"
    ]
    for name, broken in (("overlap", TWO_DEPUTIES), ("chain", A_CHAIN)):
        # after the row is there, when it has its id
        found += [
            f"CREATE TRIGGER deputies_{name}_{verb.lower()} AFTER {verb} ON deputies"
            f" WHEN NEW.ended_at IS NULL AND {broken}"
            f" BEGIN SELECT RAISE(ABORT, 'tr_deputies_{name}'); END"
            for verb in ("INSERT", "UPDATE")
        ]
    return found


def _postgresql() -> list[str]:
    def refuse(name: str, message: str) -> str:
        return f"RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{name}', MESSAGE = '{message}'"

    return [
        "CREATE FUNCTION alert_stays_decided() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {DECIDED_AGAIN} THEN {refuse('tr_alerts_decided', 'a decision stays')}; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER alerts_stay_decided BEFORE UPDATE ON alerts"
        " FOR EACH ROW EXECUTE FUNCTION alert_stays_decided()",
        # whoever names a deputy at the same moment is waited for, in the order of the accounts
        "CREATE FUNCTION one_deputy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.ended_at IS NOT NULL THEN RETURN NEW; END IF;"
        " PERFORM 1 FROM users WHERE id IN (NEW.user_id, NEW.deputy_id) ORDER BY id FOR NO KEY UPDATE;"
        f" IF {TWO_DEPUTIES} THEN {refuse('tr_deputies_overlap', 'one deputy at a time')}; END IF;"
        f" IF {A_CHAIN} THEN {refuse('tr_deputies_chain', 'no deputy of a deputy')}; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER deputies_one_at_a_time BEFORE INSERT OR UPDATE ON deputies"
        " FOR EACH ROW EXECUTE FUNCTION one_deputy()",
    ]


def downgrade() -> None:
    raise RuntimeError("alerts and deputies are not thrown away")
