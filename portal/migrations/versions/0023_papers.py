"""The register of papers: numbers without gaps by kind and year; what was registered stays as it is."""

import sqlalchemy as sa
from alembic import op

from portal.db import Moment

revision = "0023"
down_revision = "0022"

VALID = sa.text("voided_at IS NULL")
YEAR = {True: "CAST(strftime('%Y', NEW.day) AS INTEGER)", False: "EXTRACT(YEAR FROM NEW.day)::int"}
LAST = "(SELECT COALESCE(MAX(p.number), 0) FROM papers p WHERE p.kind = NEW.kind AND p.year = NEW.year)"
KEPT = (
    *("id", "kind", "year", "number", "day", "object_id", "family_id", "facts"),
    *("file", "sha256", "made_by_id", "made_at"),
)
CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.Column("voided_at", Moment(timezone=True), nullable=True),
        sa.Column("voided_by_id", sa.Integer(), nullable=True),
        sa.Column("void_reason", sa.String(length=500), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_papers_number")),
        sa.CheckConstraint("(voided_at IS NULL) = (voided_by_id IS NULL)", name=op.f("ck_papers_voided")),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name=op.f("ck_papers_reason")),
        sa.CheckConstraint("(signed_on IS NULL) = (scan_id IS NULL)", name=op.f("ck_papers_signed")),
        sa.CheckConstraint("signed_on >= day", name=op.f("ck_papers_order")),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_papers_family_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_papers_made_by_id")),
        sa.ForeignKeyConstraint(["voided_by_id"], ["users.id"], name=op.f("fk_papers_voided_by_id")),
        sa.ForeignKeyConstraint(["scan_id"], ["stored_files.id"], name=op.f("fk_papers_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_papers_kind_year_number")),
    )
    op.create_index(op.f("ix_papers_family_id"), "papers", ["family_id"])
    op.create_index(
        "uq_papers_same",
        "papers",
        ["kind", "object_id", "facts"],
        unique=True,
        sqlite_where=VALID,
        postgresql_where=VALID,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    guards = (  # verb, the condition under which it is refused, name
        ("INSERT", f"NEW.number <> {LAST} + 1", "number"),
        ("INSERT", f"NEW.year <> {YEAR[sqlite]}", "year"),
        ("UPDATE", CHANGED, "kept"),
        ("UPDATE", "OLD.voided_at IS NOT NULL", "void"),
        ("DELETE", "TRUE", "deleted"),
    )
    for guard in guards:
        for statement in (_sqlite if sqlite else _postgresql)(*guard):
            op.execute(statement)


def _sqlite(verb: str, condition: str, name: str) -> list[str]:
    return [
        f"CREATE TRIGGER papers_{name} BEFORE {verb} ON papers WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, 'tr_papers_{name}'); END"
    ]


def _postgresql(verb: str, condition: str, name: str) -> list[str]:
    row = "OLD" if verb == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION papers_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
        f" CONSTRAINT = 'tr_papers_{name}', MESSAGE = 'the register of papers refuses'; END IF;"
        f" RETURN {row}; END $$",
        f"CREATE TRIGGER papers_{name} BEFORE {verb} ON papers FOR EACH ROW EXECUTE FUNCTION papers_{name}()",
    ]


def downgrade() -> None:
    raise RuntimeError("the register of papers is not given up")
