"""Sessions in the journal and in the procedures: one session for one client is one service (CLUB 4)."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

STATES = "state IN ('draft', 'submitted', 'returned', 'checked', 'void')"
CHECKS = {
    "state": STATES,
    "service": (
        "(kind = 'session') = (session_id IS NOT NULL) AND (session_id IS NULL) = (member_id IS NULL)"
        " AND (session_id IS NULL OR contact_id IS NULL)"
        " AND (session_id IS NOT NULL OR patronage_id IS NOT NULL)"
    ),
    "void": "(state = 'void') = (voided <> '') AND (state <> 'void' OR session_id IS NOT NULL)",
    "submitted": "state IN ('draft', 'void') OR (submitted_at IS NOT NULL AND signed_by_id IS NOT NULL)",
}
REFERS = {"session_id": "club_sessions", "member_id": "family_members", "family_id": "families"}
SERVED = sa.text("corrects_id IS NULL AND state <> 'void'")
UNCHECKED = (
    "EXISTS (SELECT 1 FROM journal_entries e WHERE e.year = NEW.year AND e.month = NEW.month"
    " AND e.state NOT IN ('checked', 'void'))"
)
BACK = "OLD.state = 'void' AND NEW.state <> 'void'"
KEPT = (
    "EXISTS (SELECT 1 FROM journal_entries e WHERE e.session_id = OLD.session_id AND e.member_id = OLD.member_id"
    " AND e.state = 'checked' AND e.corrects_id IS NULL) AND NEW.status <> OLD.status"
)
TEXTS = (
    "run_id",
    "position",
    "code",
    "stage",
    "choice",
    "text_ru",
    "text_en",
    "help_ru",
    "help_en",
    "required",
)
LATE = "OLD.stage = 'recording' OR OLD.code IN ('final_feedback', 'final_journal', 'final_system')"
ENDED = "(SELECT r.finished_at FROM runs r WHERE r.id = OLD.run_id) IS NOT NULL"
SPOILED = (
    " OR ".join(f"NEW.{name} <> OLD.{name}" for name in TEXTS)
    + f" OR ({ENDED} AND NOT (({LATE}) AND OLD.state = 'open' AND NEW.state = 'done'))"
)
REPLACED = {
    "journal_periods_checked": "journal_period_checked",
    "run_steps_copied_update": "run_steps_copied_update",
}
GUARDS = (  # trigger, event, the condition under which it is refused, code
    ("journal_periods_checked", "INSERT ON journal_periods", UNCHECKED, "tr_journal_unchecked"),
    ("journal_entries_stay_void", "UPDATE ON journal_entries", BACK, "tr_journal_void"),
    ("bookings_stay_checked", "UPDATE ON bookings", KEPT, "tr_bookings_checked"),
    ("run_steps_copied_update", "UPDATE ON run_steps", SPOILED, "tr_run_steps_copied_update"),
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    apart = _take_apart("journal_entries", "runs") if sqlite else {}
    _entries()
    _runs()
    for name in REPLACED:
        apart.pop(name, None)
    for statement in apart.values():
        op.execute(statement)
    op.create_table(
        "state_system_marks",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entries.id"], name=op.f("fk_state_system_marks_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["marked_by_id"], ["users.id"], name=op.f("fk_state_system_marks_marked_by_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_state_system_marks")),
    )
    for guard in GUARDS:
        for statement in (_sqlite if sqlite else _postgresql)(*guard):
            op.execute(statement)
    _earlier_sessions()


def _earlier_sessions() -> None:
    """What was held before the upgrade is entered as drafts; in a month that is closed already, in the present one."""
    bind, meta = op.get_bind(), sa.MetaData()
    sessions, bookings, clubs, members, patronages, entries, periods = (
        sa.Table(name, meta, autoload_with=bind)
        for name in ("club_sessions", "bookings", "clubs", "family_members", "patronages", "journal_entries",
                     "journal_periods")
    )  # fmt: skip
    episode = sa.select(sa.func.max(patronages.c.id)).where(
        patronages.c.family_id == members.c.family_id, patronages.c.enrolled_on <= sessions.c.day
    )
    came = (
        sa.select(sessions, bookings.c.member_id, clubs.c.leader_id, members.c.family_id)
        .add_columns(episode.scalar_subquery().label("patronage_id"))
        .join(bookings, bookings.c.session_id == sessions.c.id)
        .join(clubs, clubs.c.id == sessions.c.club_id)
        .join(members, members.c.id == bookings.c.member_id)
        .where(sessions.c.status == "held", bookings.c.status == "came")
        .order_by(sessions.c.day, sessions.c.starts_at, sessions.c.id, bookings.c.id)
    )
    closed = {tuple(row) for row in bind.execute(sa.select(periods.c.year, periods.c.month))}
    numbers = sa.select(entries.c.year, sa.func.max(entries.c.number)).group_by(entries.c.year)
    last: dict[int, int] = dict(map(tuple, bind.execute(numbers)))
    now = datetime.now(UTC)
    for row in bind.execute(came).all():
        year, month = (now if (row.day.year, row.day.month) in closed else row.day).timetuple()[:2]
        last[year] = last.get(year, 0) + 1
        values: dict[str, Any] = {
            **{name: getattr(row, name) for name in ("member_id", "family_id", "patronage_id", "day", "minutes")},
            **dict.fromkeys(("recommendations", "correction", "recipient", "refusal"), ""),
            "year": year, "month": month, "number": last[year], "session_id": row.id, "worker_id": row.leader_id,
            "kind": "session", "summary": "\n".join(filter(None, (row.topic, row.goal))), "state": "draft",
            "revision": 1, "created_at": now,
        }  # fmt: skip
        bind.execute(entries.insert().values(values))


def _take_apart(*tables: str) -> dict[str, str]:
    """SQLite makes a table anew only without the triggers on it and those that name it; gives them to be made again."""
    rows = op.get_bind().execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    found = {name: sql for name, sql in rows if any(table in sql for table in tables)}
    for name in found:
        op.execute(f"DROP TRIGGER {name}")
    return found


def _entries() -> None:
    table = "journal_entries"
    op.add_column(table, sa.Column("family_id", sa.Integer(), nullable=True))
    sqlite = op.get_bind().dialect.name == "sqlite"
    family = f"(SELECT p.family_id FROM patronages p WHERE p.id = {table}.patronage_id)"
    fill = f"UPDATE {table} SET family_id = {family}"
    locked = f"ALTER TABLE {table} {{}} TRIGGER USER"  # entries of closed months get their family too
    for statement in (fill,) if sqlite else (locked.format("DISABLE"), fill, locked.format("ENABLE")):
        op.execute(statement)
    with op.batch_alter_table(table, recreate="always" if sqlite else "never") as batch:
        for name in ("state", "submitted"):
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        for name in ("session_id", "member_id"):
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch.add_column(sa.Column("voided", sa.String(500), nullable=False, server_default=""))
        batch.alter_column("family_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("patronage_id", existing_type=sa.Integer(), nullable=True)
        for name, to in REFERS.items():
            batch.create_foreign_key(op.f(f"fk_{table}_{name}"), to, [name], ["id"])
        for name, rule in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), rule)
    op.create_index(op.f(f"ix_{table}_family_id"), table, ["family_id"])
    op.create_index(
        f"uq_{table}_of_session",
        table,
        ["session_id", "member_id"],
        unique=True,
        sqlite_where=SERVED,
        postgresql_where=SERVED,
    )


def _runs() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("runs", recreate="always" if sqlite else "never") as batch:
        batch.alter_column("contact_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("session_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_runs_session_id"), "club_sessions", ["session_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_runs_session_id"), ["session_id"])
        batch.create_check_constraint(op.f("ck_runs_whose"), "(contact_id IS NULL) <> (session_id IS NULL)")


def _sqlite(name: str, event: str, condition: str, code: str) -> list[str]:
    return [f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{code}'); END"]


def _postgresql(name: str, event: str, condition: str, code: str) -> list[str]:
    body = (
        f" IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{code}',"
        " MESSAGE = 'the journal refuses'; END IF; RETURN NEW; END $$"
    )
    if name in REPLACED:
        return [
            f"CREATE OR REPLACE FUNCTION {REPLACED[name]}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN{body}"
        ]
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN{body}",
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def downgrade() -> None:
    raise RuntimeError("the journal is not thrown away")
