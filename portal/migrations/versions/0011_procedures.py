"""Procedures as data, their first versions, and the runs of contacts."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

from portal.procedures.texts import FIRST

revision = "0011"
down_revision = "0010"

BEGINNING = date(2000, 1, 1)  # version 1 is that of every contact before another one
STEP_TEXTS = ("code", "stage", "choice", "text_ru", "text_en", "help_ru", "help_en", "required")
TOO_MANY = "NEW.position > (SELECT p.size FROM procedures p WHERE p.id = NEW.procedure_id)"
OVER = "(SELECT r.finished_at FROM runs r WHERE r.id = {row}.run_id) IS NOT NULL"
STILL = "OLD.stage = 'recording' AND OLD.state = 'open' AND NEW.state = 'done'"
COPIED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in ("run_id", "position", *STEP_TEXTS))
STEP_SPOILED = f"{COPIED} OR ({OVER.format(row='OLD')} AND NOT ({STILL}))"
RUN_SPOILED = "OLD.finished_at IS NOT NULL OR NEW.procedure_id <> OLD.procedure_id"
FROZEN: dict[str, tuple[str, ...]] = {
    "procedures": ("UPDATE", "DELETE"),
    "procedure_steps": ("UPDATE", "DELETE"),
}
FROZEN |= {"runs": ("DELETE",), "run_steps": ("DELETE",), "run_branches": ("UPDATE", "DELETE")}
GUARDS = (  # table, when, condition, name
    ("procedure_steps", "INSERT", TOO_MANY, "size"),
    ("run_steps", "INSERT", OVER.format(row="NEW"), "over"),
    ("run_steps", "UPDATE", STEP_SPOILED, "copied"),
    ("runs", "UPDATE", RUN_SPOILED, "over"),
)


def upgrade() -> None:
    _procedures()
    _runs()
    _first_versions()
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _texts() -> list[sa.Column]:
    return [
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("text_ru", "text_en", "help_ru", "help_en")
        ),
        sa.Column("required", sa.Boolean(), nullable=False),
    ]


def _procedures() -> None:
    op.create_table(
        "procedures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=True),
        sa.Column("minutes_contact", sa.Integer(), nullable=True),
        sa.Column("minutes_after", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code IN ('visit', 'call', 'club')", name=op.f("ck_procedures_code")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_procedures_version")),
        sa.CheckConstraint("size BETWEEN 1 AND 80", name=op.f("ck_procedures_size")),
        sa.CheckConstraint(
            "COALESCE(minutes_before, 1) BETWEEN 1 AND 480 AND COALESCE(minutes_contact, 1) BETWEEN 1 AND 480"
            " AND COALESCE(minutes_after, 1) BETWEEN 1 AND 480",
            name=op.f("ck_procedures_minutes"),
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_procedures_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedures")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_procedures_code_version")),
    )
    op.create_table(
        "procedure_steps",
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts(),
        sa.CheckConstraint("position >= 1", name=op.f("ck_procedure_steps_position")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedures.id"], name=op.f("fk_procedure_steps_procedure_id")
        ),
        sa.PrimaryKeyConstraint("procedure_id", "position", name=op.f("pk_procedure_steps")),
        sa.UniqueConstraint("procedure_id", "code", name=op.f("uq_procedure_steps_procedure_id_code")),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_runs_contact_id")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedures.id"], name=op.f("fk_runs_procedure_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["users.id"], name=op.f("fk_runs_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("contact_id", name=op.f("uq_runs_contact_id")),
    )
    op.create_index(op.f("ix_runs_procedure_id"), "runs", ["procedure_id"])
    op.create_table(
        "run_steps",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *_texts(),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'skipped')", name=op.f("ck_run_steps_state")),
        sa.CheckConstraint("state = 'open' OR at IS NOT NULL", name=op.f("ck_run_steps_at")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_run_steps_by_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_steps_run_id")),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_run_steps")),
        sa.UniqueConstraint("run_id", "code", name=op.f("uq_run_steps_run_id_code")),
    )
    op.create_table(
        "run_branches",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("branch", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("colleague_id", sa.Integer(), nullable=True),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("branch IN ('ignored', 'refusal', 'danger')", name=op.f("ck_run_branches_branch")),
        sa.ForeignKeyConstraint(["colleague_id"], ["users.id"], name=op.f("fk_run_branches_colleague_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["users.id"], name=op.f("fk_run_branches_raised_by_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_branches_run_id")),
        sa.PrimaryKeyConstraint("run_id", "branch", name=op.f("pk_run_branches")),
    )


def _first_versions() -> None:
    """Version 1 of each procedure, for new instances and those that were there before."""
    procedures, steps = (
        sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
        for name in ("procedures", "procedure_steps")
    )
    bind = op.get_bind()
    for template in FIRST.values():
        values = {
            "code": template.code, "version": 1, "starts_on": BEGINNING, "size": len(template.steps), "note": "",
            "minutes_before": template.minutes["preparation"], "minutes_contact": template.minutes["contact"],
            "minutes_after": template.minutes["recording"], "made_at": datetime.now(UTC),
        }  # fmt: skip
        made = bind.execute(procedures.insert().values(values)).inserted_primary_key
        assert made is not None  # noqa: S101
        for position, step in enumerate(template.steps, 1):
            texts = {name: getattr(step, name) for name in STEP_TEXTS}
            bind.execute(steps.insert().values(procedure_id=made[0], position=position, **texts))


def _sqlite() -> list[str]:
    frozen = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'tr_{table}_frozen'); END"
        for table, verbs in FROZEN.items()
        for verb in verbs
    ]
    return frozen + [
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, 'tr_{table}_{name}'); END"
        for table, verb, condition, name in (
            (table, verb, condition, f"{name}_{verb.lower()}") for table, verb, condition, name in GUARDS
        )
    ]


def _postgresql() -> list[str]:
    statements = [
        f"CREATE TRIGGER {table}_frozen BEFORE {' OR '.join(verbs)} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION frozen()"
        for table, verbs in FROZEN.items()
    ]
    for table, verb, condition, name in GUARDS:
        whole = f"{table}_{name}_{verb.lower()}"
        statements += [
            f"CREATE FUNCTION {whole}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
            f" CONSTRAINT = 'tr_{whole}', MESSAGE = 'this stays as it is'; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {whole} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {whole}()",
        ]
    return statements


def downgrade() -> None:
    raise RuntimeError("procedures and their runs are not thrown away")
