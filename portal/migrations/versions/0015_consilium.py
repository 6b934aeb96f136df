"""The consilium complete: all kinds of items, recusals, dissent, receipts, what was counted, minutes signed."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

KINDS = "kind IN ('enroll', 'refuse', 'remove', 'regime', 'term', 'extend', 'ratify', 'transfer', 'question')"
STATUSES = "status IN ('waiting', 'voting', 'carried', 'rejected', 'deferred', 'withdrawn')"
OF_MEETING = "status IN ('draft', 'convened', 'open', 'closed', 'signed', 'cancelled', 'no_quorum')"
CHECKS = {
    "items": {"kind": KINDS, "status": STATUSES, "family": "(kind = 'question') = (patronage_id IS NULL)"},
    "meetings": {
        "status": OF_MEETING,
        "kind": "kind IN ('regular', 'extraordinary')",
        "majority": "majority IN ('present', 'roll')",
    },
    "decisions": {},
}
OLD_CHECKS = {"items": ("kind", "status"), "meetings": ("status",), "decisions": ()}
REFERS = {
    "items": {"speaker_id": "users", "after_id": "items"},
    "meetings": {},
    "decisions": {},
}
FROZEN = ("presence_marks", "item_voters", "dissents", "minutes_signatures")  # and decisions, since 0002
VOTABLE = """
    EXISTS (SELECT 1 FROM items i
            JOIN meetings m ON m.id = i.meeting_id AND m.status = 'open'
            JOIN meeting_seats s ON s.meeting_id = i.meeting_id AND s.user_id = NEW.user_id
            WHERE i.id = NEW.item_id AND i.status = 'voting' AND s.votes AND s.presence IN ('present', 'video')
              AND NOT EXISTS (SELECT 1 FROM recusals r WHERE r.item_id = i.id AND r.user_id = NEW.user_id))
"""
DONE = "OLD.status IN ('carried', 'rejected') AND NEW.status <> OLD.status"
SIGNED = "EXISTS (SELECT 1 FROM minutes_signatures g WHERE g.meeting_id = {meeting})"
SAID = "NEW.discussion <> OLD.discussion"
WRITTEN = "(NEW.heard <> OLD.heard OR NEW.digest <> OLD.digest OR NEW.chain <> OLD.chain)"


def _id(name: str = "id") -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''"))


def _string(name: str, length: int, default: str | None = "") -> sa.Column:  # type: ignore[type-arg]
    if default is None:
        return sa.Column(name, sa.String(length=length), nullable=True)
    return sa.Column(name, sa.String(length=length), nullable=False, server_default=sa.text(f"'{default}'"))


def _moment(name: str, nullable: bool = False) -> sa.Column:  # type: ignore[type-arg]
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _new_columns(table: str) -> list[sa.Column]:  # type: ignore[type-arg]
    none = [sa.Column(name, sa.Integer(), nullable=True) for name in REFERS[table]]
    return {
        "items": [
            *(_string("question", 300), _string("place", 200), *none),
            *(_text("asked"), sa.Column("until_on", sa.Date(), nullable=True), _text("discussion")),
        ],
        "meetings": [
            *(_string("kind", 13, "regular"), _string("majority", 7, "present")),
            sa.Column("reasons", sa.Boolean(), nullable=False, server_default=sa.false()),
        ],
        "decisions": [],
    }[table]


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    _drop_triggers(sqlite)
    for table in ("meetings", "items", "decisions"):
        _change(table, sqlite)
    _votes(sqlite)
    _of_items()
    _of_minutes()
    _of_patronage()
    for statement in _sqlite() if sqlite else _postgresql():
        op.execute(statement)


def _drop_triggers(sqlite: bool) -> None:
    """Those that name the tables made anew; SQLite drops those on them with the tables."""
    on = {
        "votes_only_in_time": "votes",
        "items_stay_closed": "items",
        "decisions_no_update": "decisions",
        "decisions_no_delete": "decisions",
    }
    for name, table in on.items():
        if sqlite:
            op.execute(f"DROP TRIGGER {name}")
        elif table != "decisions":
            op.execute(f"DROP TRIGGER {name} ON {table}")


def _change(table: str, sqlite: bool) -> None:
    with op.batch_alter_table(table, recreate="always" if sqlite else "never") as batch:
        for name in OLD_CHECKS[table]:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        for column in _new_columns(table):
            batch.add_column(column)
        if table in ("items", "decisions"):
            batch.alter_column("patronage_id", existing_type=sa.Integer(), nullable=True)
        for name, target in REFERS[table].items():
            batch.create_foreign_key(op.f(f"fk_{table}_{name}"), target, [name], ["id"])
        for name, sql in CHECKS[table].items():
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sql)


def _votes(sqlite: bool) -> None:
    """Added to, not made anew: its triggers and rows stay as they are."""
    op.add_column("votes", _text("reason"))
    op.add_column("votes", _string("receipt", 16))
    refers = "INTEGER CONSTRAINT fk_votes_entered_by_id REFERENCES users (id)"
    op.execute(f"ALTER TABLE votes ADD COLUMN entered_by_id {refers}")


def _table(name: str, *columns: sa.Column, refers: dict[str, str], **more: object) -> None:  # type: ignore[type-arg]
    key, checks = more.get("key", ("id",)), more.get("checks", {})
    op.create_table(
        name,
        *columns,
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{name}_{one}")) for one, sql in checks.items()),  # type: ignore[attr-defined]
        *(
            sa.ForeignKeyConstraint([one], [target], name=op.f(f"fk_{name}_{one}"))
            for one, target in refers.items()
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),  # type: ignore[misc]
    )


def _index(table: str, *columns: str, unique: bool = False) -> None:
    kind = "uq" if unique else "ix"
    op.create_index(f"{kind}_{table}_{'_'.join(columns)}", table, list(columns), unique=unique)


def _of_items() -> None:
    choices = "choice IN ('for', 'against', 'abstain')"
    here = "presence IN ('absent', 'present', 'video', 'excused')"
    _table(
        "presence_marks",
        *(_id(), _id("meeting_id"), _id("user_id"), sa.Column("presence", sa.String(10), nullable=False)),
        *(_moment("marked_at"), _id("marked_by_id")),
        refers={"meeting_id": "meetings.id", "user_id": "users.id", "marked_by_id": "users.id"},
        checks={"presence": here},
    )
    _index("presence_marks", "meeting_id")
    _table(
        "item_papers",
        *(_id(), _id("item_id"), sa.Column("title", sa.String(200), nullable=False)),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in FILE.items()),
        *(_id("added_by_id"), _moment("added_at")),
        refers={"item_id": "items.id", "added_by_id": "users.id"},
    )
    _index("item_papers", "item_id")
    _table(
        "item_reads",
        *(_id("item_id"), _id("user_id"), _moment("read_at")),
        refers={"item_id": "items.id", "user_id": "users.id"},
        key=("item_id", "user_id"),
    )
    _table(
        "recusals",
        *(_id(), _id("item_id"), _id("user_id"), sa.Column("reason", sa.String(500), nullable=False)),
        *(_id("declared_by_id"), _moment("declared_at")),
        refers={"item_id": "items.id", "user_id": "users.id", "declared_by_id": "users.id"},
    )
    _index("recusals", "item_id", "user_id", unique=True)
    _table(
        "item_voters",
        *(_id("item_id"), _id("user_id"), sa.Column("seat", sa.String(10), nullable=False)),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("present", "recused")),
        sa.Column("choice", sa.String(10), nullable=True),
        refers={"item_id": "items.id", "user_id": "users.id"},
        key=("item_id", "user_id"),
        checks={"counted": "choice IS NULL OR (present AND NOT recused)", "choice": choices},
    )
    _table(
        "dissents",
        *(_id(), _id("item_id"), _id("user_id"), sa.Column("body", sa.Text(), nullable=False)),
        _moment("stated_at"),
        refers={"item_id": "items.id", "user_id": "users.id"},
    )
    _index("dissents", "item_id", "user_id", unique=True)


FILE = {"file": 64, "file_type": 60, "sha256": 64}


def _of_minutes() -> None:
    days = [sa.Column(name, sa.Date(), nullable=True) for name in ("told_on", "extract_on")]
    people = [sa.Column(name, sa.Integer(), nullable=True) for name in ("told_by_id", "extract_by_id")]
    _table(
        "follow_ups",
        *(_id("decision_id"), *days, *people),
        refers={"decision_id": "decisions.id", "told_by_id": "users.id", "extract_by_id": "users.id"},
        key=("decision_id",),
        checks={
            "told": "(told_on IS NULL) = (told_by_id IS NULL)",
            "extract": "(extract_on IS NULL) = (extract_by_id IS NULL)",
        },
    )
    _table(
        "minutes",
        *(_id("meeting_id"), sa.Column("heard", sa.Text(), nullable=False), _moment("offered_at", True)),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("digest", "chain")),
        *(sa.Column("chain_id", sa.Integer(), nullable=True), _id("version")),
        refers={"meeting_id": "meetings.id", "offered_by_id": "users.id"},
        key=("meeting_id",),
        checks={"offered": "(offered_at IS NULL) = (digest = '')"},
    )
    _table(
        "minutes_signatures",
        *(_id(), _id("meeting_id"), _id("user_id"), sa.Column("how", sa.String(8), nullable=False)),
        *(sa.Column("digest", sa.String(64), nullable=False), _moment("signed_at"), _id("entered_by_id")),
        *(_string("scan", 64, None), _string("scan_type", 60, None), _string("scan_sha256", 64, None)),
        refers={"meeting_id": "minutes.meeting_id", "user_id": "users.id", "entered_by_id": "users.id"},
        checks={"how": "how IN ('password', 'paper')", "scan": "(how = 'paper') = (scan IS NOT NULL)"},
    )
    _index("minutes_signatures", "meeting_id", "user_id", unique=True)


def _of_patronage() -> None:
    pending = sa.text("outcome IS NULL")
    _table(
        "emergencies",
        *(_id(), _id("patronage_id"), sa.Column("former", sa.String(20), nullable=False)),
        *(sa.Column("why", sa.Text(), nullable=False), sa.Column("started_on", sa.Date(), nullable=False)),
        *(_id("started_by_id"), _moment("started_at"), _string("outcome", 10, None)),
        sa.Column("closed_on", sa.Date(), nullable=True),
        refers={"patronage_id": "patronages.id", "started_by_id": "users.id"},
        checks={
            "outcome": "outcome IN ('ratified', 'ended', 'removed')",
            "closed": "(outcome IS NULL) = (closed_on IS NULL)",
        },
    )
    _index("emergencies", "patronage_id")
    op.create_index(
        "uq_emergencies_open",
        "emergencies",
        ["patronage_id"],
        unique=True,
        sqlite_where=pending,
        postgresql_where=pending,
    )
    _table(
        "regime_changes",
        *(_id(), _id("patronage_id"), sa.Column("from_on", sa.Date(), nullable=False)),
        *(sa.Column(name, sa.String(20), nullable=False) for name in ("former", "regime")),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("decision_id", "emergency_id")),
        refers={
            "patronage_id": "patronages.id",
            "decision_id": "decisions.id",
            "emergency_id": "emergencies.id",
        },
        checks={"changes": "former <> regime"},
    )
    _index("regime_changes", "patronage_id")


def _sqlite() -> list[str]:
    def stop(name: str, when: str, table: str, event: str, code: str) -> str:
        return (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{code}'); END"
        )

    frozen = [
        stop(f"{table}_no_{verb.lower()}", "", table, verb, f"tr_{table}_frozen")
        for table in (*FROZEN, "decisions")
        for verb in ("UPDATE", "DELETE")
    ]
    signed = SIGNED.format(meeting="OLD.meeting_id")
    return [
        *frozen,
        stop("votes_only_in_time", f"WHEN NOT {VOTABLE}", "votes", "INSERT", "tr_votes_in_time"),
        stop("items_stay_closed", f"WHEN {DONE}", "items", "UPDATE OF status", "tr_items_closed"),
        stop(
            "items_stay_signed",
            f"WHEN {SAID} AND {signed}",
            "items",
            "UPDATE OF discussion",
            "tr_minutes_signed",
        ),
        stop("minutes_stay_signed", f"WHEN {WRITTEN} AND {signed}", "minutes", "UPDATE", "tr_minutes_signed"),
        stop("minutes_stay", f"WHEN {signed}", "minutes", "DELETE", "tr_minutes_signed"),
    ]


def _postgresql() -> list[str]:
    refuse = "RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{code}', MESSAGE = 'this stays'"
    signed = SIGNED.format(meeting="OLD.meeting_id")
    stays = refuse.format(code="tr_minutes_signed")
    votable = (
        "CREATE OR REPLACE FUNCTION vote_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM 1 FROM items WHERE id = NEW.item_id FOR SHARE;"  # a close under way is waited for
        f" IF NOT {VOTABLE} THEN {refuse.format(code='tr_votes_in_time')}; END IF; RETURN NEW; END $$"
    )
    return [
        *(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION frozen()"
            for table in FROZEN
        ),
        votable,
        "CREATE TRIGGER votes_only_in_time BEFORE INSERT ON votes FOR EACH ROW EXECUTE FUNCTION vote_in_time()",
        "CREATE TRIGGER items_stay_closed BEFORE UPDATE OF status ON items"
        " FOR EACH ROW EXECUTE FUNCTION item_stays_closed()",
        "CREATE FUNCTION item_stays_signed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {SAID} AND {signed} THEN {stays}; END IF; RETURN NEW; END $$",
        "CREATE FUNCTION minutes_stay_signed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' THEN IF {signed} THEN {stays}; END IF; RETURN OLD; END IF;"
        f" IF {WRITTEN} AND {signed} THEN {stays}; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER items_stay_signed BEFORE UPDATE OF discussion ON items"
        " FOR EACH ROW EXECUTE FUNCTION item_stays_signed()",
        "CREATE TRIGGER minutes_stay_signed BEFORE UPDATE OR DELETE ON minutes"
        " FOR EACH ROW EXECUTE FUNCTION minutes_stay_signed()",
    ]


def downgrade() -> None:
    raise RuntimeError("what the consilium decided is not thrown away")
