"""What the database itself refuses, and the full-text index of families."""

from alembic import op

revision = "0002"
down_revision = "0001"

FROZEN = ("audit_entries", "votes", "decisions", "family_looks")
VOTABLE = """
    EXISTS (SELECT 1 FROM items i
            JOIN meetings m ON m.id = i.meeting_id AND m.status = 'open'
            JOIN meeting_seats s ON s.meeting_id = i.meeting_id AND s.user_id = NEW.user_id
            WHERE i.id = NEW.item_id AND i.status = 'voting' AND s.votes AND s.presence IN ('present', 'video'))
"""
DONE = "OLD.status IN ('carried', 'rejected') AND NEW.status <> OLD.status"


def upgrade() -> None:
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    statements = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, 'tr_{table}_frozen'); END"
        for table in FROZEN
        for verb in ("UPDATE", "DELETE")
    ]
    return [
        *statements,
        "CREATE TRIGGER votes_only_in_time BEFORE INSERT ON votes WHEN NOT "
        f"{VOTABLE} BEGIN SELECT RAISE(ABORT, 'tr_votes_in_time'); END",
        f"CREATE TRIGGER items_stay_closed BEFORE UPDATE OF status ON items WHEN {DONE}"
        " BEGIN SELECT RAISE(ABORT, 'tr_items_closed'); END",
        "CREATE VIRTUAL TABLE families_fts USING fts5"
        "(search, content='families', content_rowid='id', tokenize='trigram')",
        "CREATE TRIGGER families_fts_insert AFTER INSERT ON families"
        " BEGIN INSERT INTO families_fts (rowid, search) VALUES (NEW.id, NEW.search); END",
        "CREATE TRIGGER families_fts_delete AFTER DELETE ON families"
        " BEGIN INSERT INTO families_fts (families_fts, rowid, search) VALUES ('delete', OLD.id, OLD.search); END",
        "CREATE TRIGGER families_fts_update AFTER UPDATE OF search ON families BEGIN"
        " INSERT INTO families_fts (families_fts, rowid, search) VALUES ('delete', OLD.id, OLD.search);"
        " INSERT INTO families_fts (rowid, search) VALUES (NEW.id, NEW.search); END",
    ]


def _postgresql() -> list[str]:
    statements = [
        _refusing(
            "frozen",
            "RAISE EXCEPTION USING ERRCODE = '23514',"
            " CONSTRAINT = 'tr_' || TG_TABLE_NAME || '_frozen', MESSAGE = 'rows of this table stay';",
        ),
        _refusing(
            "vote_in_time",
            "PERFORM 1 FROM items WHERE id = NEW.item_id FOR SHARE;"  # a close under way is waited for
            f" IF NOT {VOTABLE} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
            " CONSTRAINT = 'tr_votes_in_time', MESSAGE = 'no vote now'; END IF; RETURN NEW;",
        ),
        _refusing(
            "item_stays_closed",
            f"IF {DONE} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
            " CONSTRAINT = 'tr_items_closed', MESSAGE = 'a closed item stays'; END IF; RETURN NEW;",
        ),
        "CREATE TRIGGER votes_only_in_time BEFORE INSERT ON votes FOR EACH ROW EXECUTE FUNCTION vote_in_time()",
        "CREATE TRIGGER items_stay_closed BEFORE UPDATE OF status ON items"
        " FOR EACH ROW EXECUTE FUNCTION item_stays_closed()",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "CREATE INDEX ix_families_search_trigram ON families USING gin (search gin_trgm_ops)",
    ]
    for table in FROZEN:
        statements.append(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION frozen()"
        )
    return statements


def _refusing(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def downgrade() -> None:
    raise RuntimeError("the guards are not taken away")
