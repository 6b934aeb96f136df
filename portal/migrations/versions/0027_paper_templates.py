"""Templates of papers that the center has made itself: versions that stay, at most one of a kind in use."""

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0027"
down_revision = "0026"

TABLE = "paper_templates"
USED = sa.text("is_used")
KEPT = ("id", "kind", "version", "file", "sha256", "size", "made_by_id", "made_at")
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
GUARDS = (("UPDATE", CHANGED, "kept"), ("DELETE", "TRUE", "deleted"))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_paper_templates_version")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_paper_templates_size")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_paper_templates_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_templates")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_paper_templates_kind_version")),
    )
    op.create_index(
        "uq_paper_templates_used", TABLE, ["kind"], unique=True, sqlite_where=USED, postgresql_where=USED
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for guard in GUARDS:
        for statement in (_sqlite if sqlite else _postgresql)(*guard):
            op.execute(statement)


def _sqlite(verb: str, condition: str, name: str) -> list[str]:
    return [
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, 'tr_{TABLE}_{name}'); END"
    ]


def _postgresql(verb: str, condition: str, name: str) -> list[str]:
    row = "OLD" if verb == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {TABLE}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
        f" CONSTRAINT = 'tr_{TABLE}_{name}', MESSAGE = 'versions of templates stay'; END IF;"
        f" RETURN {row}; END $$",
        f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE}"
        f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_{name}()",
    ]


def downgrade() -> None:
    raise RuntimeError("templates of the center are not thrown away")
