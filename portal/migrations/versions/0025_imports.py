"""Imports, the rows they made, headings mapped by hand; what an undone import leaves behind."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

LOOKS = "family_looks"
HELD = (
    "EXISTS (SELECT 1 FROM club_sessions s WHERE s.id = OLD.session_id AND s.status IN ('held', 'summed_up'))"
)
IMPORTED = "EXISTS (SELECT 1 FROM import_rows r WHERE r.table_name = 'bookings' AND r.row_id = OLD.id)"
CHECKS = {
    "kind": "kind IN ('families', 'staff', 'contacts', 'sessions', 'attendance')",
    "state": "state IN ('running', 'done', 'undone')",
    "undone": "(state = 'undone') = (undone_at IS NOT NULL) AND (undone_at IS NULL) = (undone_by_id IS NULL)",
}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    _imports()
    _rows()
    op.create_table(
        "import_headings",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("heading", sa.String(200), nullable=False),
        sa.Column("field", sa.String(30), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_import_headings_by_id")),
        sa.PrimaryKeyConstraint("kind", "heading", name=op.f("pk_import_headings")),
    )
    op.create_table(
        "used_ids",
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("table_name", name=op.f("pk_used_ids")),
    )
    _looks_stay(sqlite)
    for statement in _attendance(sqlite):
        op.execute(statement)


def _imports() -> None:
    counts = ("total", "done", "made", "known", "refused", "doubles", "accounts")
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file", sa.String(40), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_imports_{name}")) for name, sql in CHECKS.items()),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_imports_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_imports_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("file", name=op.f("uq_imports_file")),
    )
    op.create_index(op.f("ix_imports_by_id"), "imports", ["by_id"])


def _rows() -> None:
    op.create_table(
        "import_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("former", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("table_name", "row_id", name=op.f("uq_import_rows_table_name_row_id")),
        sa.UniqueConstraint("key", name=op.f("uq_import_rows_key")),
    )
    op.create_index(op.f("ix_import_rows_import_id"), "import_rows", ["import_id"])


def _looks_stay(sqlite: bool) -> None:
    """Who looked at a family stays in the log also when the import that had made it is undone (R20)."""
    constraint = op.f("fk_family_looks_family_id")
    if not sqlite:
        op.drop_constraint(constraint, LOOKS, type_="foreignkey")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {LOOKS}_no_{verb}")
    with op.batch_alter_table(LOOKS, recreate="always") as batch:
        batch.drop_constraint(constraint, type_="foreignkey")
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER {LOOKS}_no_{verb} BEFORE {verb.upper()} ON {LOOKS}"
            f" BEGIN SELECT RAISE(ABORT, 'tr_{LOOKS}_frozen'); END"
        )


def _attendance(sqlite: bool) -> list[str]:
    """A place at a session that was held stays, but for those that an import made and takes back."""
    if sqlite:
        return [
            "DROP TRIGGER bookings_held_delete",
            f"CREATE TRIGGER bookings_held_delete BEFORE DELETE ON bookings WHEN {HELD} AND NOT {IMPORTED}"
            " BEGIN SELECT RAISE(ABORT, 'tr_bookings_held'); END",
        ]
    return [
        "CREATE OR REPLACE FUNCTION bookings_held_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {HELD} AND NOT {IMPORTED} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
        " CONSTRAINT = 'tr_bookings_held', MESSAGE = 'the weekly rule refuses'; END IF; RETURN OLD; END $$"
    ]


def downgrade() -> None:
    raise RuntimeError("what was brought in is not forgotten")
