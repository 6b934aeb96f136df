"""The service journal; contacts that took place before it get entries that wait for their signatures."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_FIRST = sa.text("corrects_id IS NULL")
CLOSED = "EXISTS (SELECT 1 FROM journal_periods p WHERE p.year = {row}.year AND p.month = {row}.month)"
CHECKED = "OLD.state = 'checked' AND NEW.state <> 'checked'"
UNCHECKED = (
    "EXISTS (SELECT 1 FROM journal_entries e WHERE e.year = NEW.year AND e.month = NEW.month"
    " AND e.state <> 'checked')"
)
CHECKS = {
    "number": "month BETWEEN 1 AND 12 AND number > 0",
    "state": "state IN ('draft', 'submitted', 'returned', 'checked')",
    "recipient": "recipient IN ('', 'drawn', 'paper', 'refused', 'remote')",
    "minutes": "minutes BETWEEN 1 AND 480",
    "remote": "recipient <> 'remote' OR kind IN ('call', 'video')",
    "refusal": "(recipient = 'refused') = (refusal <> '')",
    "signer": "recipient NOT IN ('drawn', 'paper') OR signer_id IS NOT NULL",
    "drawn": "recipient <> 'drawn' OR file_id IS NOT NULL",
    "correction": "(corrects_id IS NULL) = (correction = '')",
    "submitted": "state = 'draft' OR (submitted_at IS NOT NULL AND signed_by_id IS NOT NULL)",
    "signed": "state NOT IN ('submitted', 'checked') OR recipient <> ''",
    "checked": "(state = 'checked') = (checked_at IS NOT NULL) AND (checked_at IS NULL) = (checked_by_id IS NULL)",
    "not_own": "checked_by_id <> worker_id AND checked_by_id <> signed_by_id",
}
REFERS = {
    "contact_id": "contacts", "patronage_id": "patronages", "worker_id": "users", "file_id": "stored_files",
    "corrects_id": "journal_entries", "signer_id": "family_members", "signed_by_id": "users",
    "checked_by_id": "users",
}  # fmt: skip


def upgrade() -> None:
    _entries()
    op.create_table(
        "journal_remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_journal_remarks_author_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name=op.f("fk_journal_remarks_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_remarks")),
    )
    op.create_index(op.f("ix_journal_remarks_entry_id"), "journal_remarks", ["entry_id"])
    op.create_table(
        "journal_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_journal_periods_month")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_journal_periods_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_periods")),
        sa.UniqueConstraint("year", "month", name=op.f("uq_journal_periods_year_month")),
    )
    _earlier_contacts()
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _entries() -> None:
    columns: list[sa.Column[Any]] = [
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("year", "month", "number")),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("patronage_id", "worker_id")),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("recommendations", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("correction", sa.String(length=500), nullable=False),
        sa.Column("recipient", sa.String(length=10), nullable=False),
        sa.Column("signer_id", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.String(length=500), nullable=False),
        sa.Column("recipient_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]
    op.create_table(
        "journal_entries",
        *columns,
        *(sa.CheckConstraint(sql, name=op.f(f"ck_journal_entries_{name}")) for name, sql in CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_journal_entries_{name}"))
            for name, table in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_journal_entries_year_number")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_journal_entries_corrects_id")),
    )
    op.create_index(
        "uq_journal_entries_of_contact",
        "journal_entries",
        ["contact_id"],
        unique=True,
        sqlite_where=_FIRST,
        postgresql_where=_FIRST,
    )
    for name in ("contact_id", "patronage_id"):
        op.create_index(op.f(f"ix_journal_entries_{name}"), "journal_entries", [name])
    op.create_index("ix_journal_entries_state_submitted_at", "journal_entries", ["state", "submitted_at"])
    op.create_index("ix_journal_entries_worker_id_state", "journal_entries", ["worker_id", "state"])
    op.create_index("ix_journal_entries_year_month", "journal_entries", ["year", "month"])


def _earlier_contacts() -> None:
    """What took place before the upgrade is entered as a draft, numbered by its day."""
    bind, meta = op.get_bind(), sa.MetaData()
    contacts = sa.Table("contacts", meta, autoload_with=bind)
    entries = sa.Table("journal_entries", meta, autoload_with=bind)
    done = sa.select(contacts).where(contacts.c.state == "done")
    numbers: Counter[int] = Counter()
    for row in bind.execute(done.order_by(contacts.c.day, contacts.c.starts_at, contacts.c.id)).all():
        numbers[row.day.year] += 1
        values = {
            "year": row.day.year,
            "month": row.day.month,
            "number": numbers[row.day.year],
            "contact_id": row.id,
            "patronage_id": row.patronage_id,
            "worker_id": row.user_id,
            "kind": row.kind,
            "day": row.day,
            "minutes": row.minutes,
            "summary": row.notes,
            "recommendations": row.recommendations,
            "state": "draft",
            "revision": 1,
            "correction": "",
            "recipient": "remote" if row.kind in ("call", "video") else "",
            "refusal": "",
            "created_at": datetime.now(UTC),
        }
        bind.execute(entries.insert().values(values))


def _sqlite() -> list[str]:
    old, new = CLOSED.format(row="OLD"), CLOSED.format(row="NEW")
    refusing = [
        ("journal_entries_insert_unlocked", "INSERT ON journal_entries", new, "tr_journal_locked"),
        (
            "journal_entries_update_unlocked",
            "UPDATE ON journal_entries",
            f"{old} OR {new}",
            "tr_journal_locked",
        ),
        ("journal_entries_stay_checked", "UPDATE ON journal_entries", CHECKED, "tr_journal_checked"),
        ("journal_periods_checked", "INSERT ON journal_periods", UNCHECKED, "tr_journal_unchecked"),
        ("journal_entries_no_delete", "DELETE ON journal_entries", "1", "tr_journal_entries_frozen"),
    ]
    for table in ("journal_periods", "journal_remarks"):
        refusing += [
            (f"{table}_no_{verb.lower()}", f"{verb} ON {table}", "1", f"tr_{table}_frozen")
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE TRIGGER {name} BEFORE {event} WHEN {when} BEGIN SELECT RAISE(ABORT, '{said}'); END"
        for name, event, when, said in refusing
    ]


def _postgresql() -> list[str]:
    def refuse(when: str, name: str) -> str:
        return (
            f" IF {when} THEN RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{name}',"
            f" MESSAGE = 'the journal refuses'; END IF;"
        )

    old, new = CLOSED.format(row="OLD"), CLOSED.format(row="NEW")
    frozen = [
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION frozen()"
        for table in ("journal_periods", "journal_remarks")
    ]
    return [
        "CREATE FUNCTION journal_entry_unlocked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f"{refuse(new, 'tr_journal_locked')} RETURN NEW; END $$",
        "CREATE FUNCTION journal_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f"{refuse(f'{old} OR {new}', 'tr_journal_locked')}{refuse(CHECKED, 'tr_journal_checked')}"
        " RETURN NEW; END $$",
        "CREATE FUNCTION journal_period_checked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f"{refuse(UNCHECKED, 'tr_journal_unchecked')} RETURN NEW; END $$",
        "CREATE TRIGGER journal_entries_unlocked BEFORE INSERT ON journal_entries"
        " FOR EACH ROW EXECUTE FUNCTION journal_entry_unlocked()",
        "CREATE TRIGGER journal_entries_stay BEFORE UPDATE ON journal_entries"
        " FOR EACH ROW EXECUTE FUNCTION journal_entry_stays()",
        "CREATE TRIGGER journal_periods_checked BEFORE INSERT ON journal_periods"
        " FOR EACH ROW EXECUTE FUNCTION journal_period_checked()",
        "CREATE TRIGGER journal_entries_frozen BEFORE DELETE ON journal_entries"
        " FOR EACH ROW EXECUTE FUNCTION frozen()",
        *frozen,
    ]


def downgrade() -> None:
    raise RuntimeError("the journal is not thrown away")
