"""What came with a family from another center, and stays as it came."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

TABLES = ("former_files", "former_rows", "former_papers")


def upgrade() -> None:
    _files()
    _rows()
    _papers()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite() if sqlite else _postgresql():
        op.execute(statement)


def _files() -> None:
    op.create_table(
        "former_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("center", sa.String(length=200), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("earlier_id", sa.Integer(), nullable=True),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_former_files"),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name="fk_former_files_family_id"),
        sa.ForeignKeyConstraint(["earlier_id"], ["former_files.id"], name="fk_former_files_earlier_id"),
        sa.ForeignKeyConstraint(["brought_by_id"], ["users.id"], name="fk_former_files_brought_by_id"),
    )
    op.create_index("ix_former_files_family_id", "former_files", ["family_id"])
    brought = sa.text("earlier_id IS NULL")
    op.create_index(
        "uq_former_files_digest",
        "former_files",
        ["digest"],
        unique=True,
        sqlite_where=brought,
        postgresql_where=brought,
    )


def _rows() -> None:
    op.create_table(
        "former_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_former_rows"),
        sa.ForeignKeyConstraint(["file_id"], ["former_files.id"], name="fk_former_rows_file_id"),
        sa.CheckConstraint("body <> ''", name="ck_former_rows_body"),
    )
    op.create_index("ix_former_rows_file_id", "former_rows", ["file_id"])


def _papers() -> None:
    op.create_table(
        "former_papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("stored_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_former_papers"),
        sa.ForeignKeyConstraint(["file_id"], ["former_files.id"], name="fk_former_papers_file_id"),
        sa.ForeignKeyConstraint(["stored_id"], ["stored_files.id"], name="fk_former_papers_stored_id"),
        sa.UniqueConstraint("file_id", "path", name="uq_former_papers_path"),
    )
    op.create_index("ix_former_papers_file_id", "former_papers", ["file_id"])


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'tr_{table}_frozen'); END"
        for table in TABLES
        for verb in ("UPDATE", "DELETE")
    ]


def _postgresql() -> list[str]:
    found = []
    for table in TABLES:
        found += [
            f"CREATE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'tr_{table}_frozen',"
            " MESSAGE = 'this stays'; END $$",
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_frozen()",
        ]
    return found


def downgrade() -> None:
    raise RuntimeError("what another center has handed over is not thrown away")
