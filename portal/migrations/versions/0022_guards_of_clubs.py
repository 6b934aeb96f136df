"""R14 by the database itself: the week a place counts in is that of its session, and what was held stays held."""

from alembic import op

revision = "0022"
down_revision = "0021"

MONDAY = {
    True: "date(NEW.day, 'weekday 0', '-6 days')",
    False: "NEW.day - (EXTRACT(ISODOW FROM NEW.day)::int - 1)",
}
HELD = "OLD.status IN ('held', 'summed_up')"
OVER = (
    f"({HELD} AND NEW.status NOT IN ('held', 'summed_up')) OR ({HELD} AND NEW.day <> OLD.day)"
    " OR (OLD.status = 'cancelled' AND NEW.status <> 'cancelled')"
)
ELSEWHERE = (
    "NEW.slot IS NOT NULL AND NOT EXISTS (SELECT 1 FROM club_sessions s WHERE s.id = NEW.session_id"
    " AND s.week = NEW.week AND s.status <> 'cancelled')"
)
ENTERED = (
    "EXISTS (SELECT 1 FROM club_sessions s WHERE s.id = OLD.session_id AND s.status IN ('held', 'summed_up'))"
)
CANCELLED = "EXISTS (SELECT 1 FROM club_sessions s WHERE s.id = NEW.session_id AND s.status = 'cancelled')"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    week = f"NEW.week <> {MONDAY[sqlite]}"
    guards = (  # table, verb, the condition under which it is refused, name
        ("club_sessions", "INSERT", week, "week"),
        ("club_sessions", "UPDATE", week, "week"),
        ("club_sessions", "UPDATE", OVER, "over"),
        ("bookings", "INSERT", ELSEWHERE, "week"),
        ("bookings", "UPDATE", ELSEWHERE, "week"),
        ("bookings", "DELETE", ENTERED, "held"),
        ("session_feedback", "INSERT", CANCELLED, "cancelled"),
    )
    for guard in guards:
        for statement in (_sqlite if sqlite else _postgresql)(*guard):
            op.execute(statement)


def _sqlite(table: str, verb: str, condition: str, name: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_{name}_{verb.lower()} BEFORE {verb} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, 'tr_{table}_{name}'); END"
    ]


def _postgresql(table: str, verb: str, condition: str, name: str) -> list[str]:
    whole, row = f"{table}_{name}_{verb.lower()}", "OLD" if verb == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {whole}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
        f" CONSTRAINT = 'tr_{table}_{name}', MESSAGE = 'the weekly rule refuses'; END IF; RETURN {row}; END $$",
        f"CREATE TRIGGER {whole} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {whole}()",
    ]


def downgrade() -> None:
    raise RuntimeError("the weekly rule is not loosened")
