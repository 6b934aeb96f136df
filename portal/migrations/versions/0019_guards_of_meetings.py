"""What a meeting must keep is kept by the database too: its rules and roll, what is voted on, what is closed."""

from alembic import op

revision = "0019"
down_revision = "0018"

# of an item: what is proposed, fixed when it comes to the vote; what came of it, fixed when it closes
PROPOSED = ("meeting_id", "kind", "patronage_id", "question", "place", "speaker_id", "after_id", "regime",
            "term", "ends_on", "lead_id", "course_reason", "reason", "note")  # fmt: skip
RESULT = ("status", "opened_at", "closed_at", "votes_for", "votes_against", "abstained", "present", "by_chair",
          "deferral", "asked", "until_on")  # fmt: skip
RULES = ("quorum_share", "majority", "reasons", "minutes_days", "extract_days", "opened_at")
SEAT = ("meeting_id", "user_id", "seat", "votes")
BACK = {  # where a meeting never goes from
    "open": "('draft', 'convened', 'cancelled', 'signed')",
    "closed": "('draft', 'convened', 'open', 'cancelled', 'no_quorum')",
    "signed": "('draft', 'convened', 'open', 'closed', 'cancelled', 'no_quorum')",
    "cancelled": "('draft', 'convened', 'open', 'closed', 'signed', 'no_quorum')",
    "no_quorum": "('draft', 'convened', 'open', 'closed', 'signed', 'cancelled')",
}


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _drop_narrower(sqlite):
        op.execute(statement)
    for code, table, verb, condition in _guards("IS NOT" if sqlite else "IS DISTINCT FROM"):
        for statement in (_sqlite if sqlite else _postgresql)(code, table, verb, condition):
            op.execute(statement)


def _drop_narrower(sqlite: bool) -> list[str]:
    """Those whose place is taken by the ones below."""
    if sqlite:
        return [
            f"DROP TRIGGER {name}" for name in ("items_stay_closed", "minutes_stay_signed", "minutes_stay")
        ]
    return [
        "DROP TRIGGER items_stay_closed ON items",
        "DROP FUNCTION item_stays_closed()",
        "DROP TRIGGER minutes_stay_signed ON minutes",
        "DROP FUNCTION minutes_stay_signed()",
    ]


def _guards(differs: str) -> list[tuple[str, str, str, str]]:
    """(code, table, verb, the condition under which it is refused)."""

    def changed(names: tuple[str, ...]) -> str:
        return "(" + " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in names) + ")"

    def item(row: str, *statuses: str) -> str:
        listed = ", ".join(f"'{one}'" for one in statuses)
        return f"EXISTS (SELECT 1 FROM items i WHERE i.id = {row}.item_id AND i.status IN ({listed}))"

    def meeting(row: str, moment: str) -> str:
        return f"EXISTS (SELECT 1 FROM meetings m WHERE m.id = {row}.meeting_id AND m.{moment} IS NOT NULL)"

    back = " OR ".join(f"(OLD.status = '{one}' AND NEW.status IN {to})" for one, to in BACK.items())
    last = "SELECT COALESCE(MAX(d.number), 0) FROM decisions d WHERE d.year = NEW.year"
    signed = "EXISTS (SELECT 1 FROM minutes_signatures g WHERE g.meeting_id = OLD.meeting_id)"
    seats, fixed = "tr_meeting_seats_frozen", "tr_items_fixed"
    return [
        (
            "tr_meetings_frozen",
            "meetings",
            "UPDATE",
            f"(OLD.opened_at IS NOT NULL AND {changed(RULES)})"
            f" OR (OLD.closed_at IS NOT NULL AND {changed(('closed_at',))}) OR {back}",
        ),
        (seats, "meeting_seats", "INSERT", meeting("NEW", "opened_at")),
        (seats, "meeting_seats", "DELETE", meeting("OLD", "opened_at")),
        (
            seats,
            "meeting_seats",
            "UPDATE",
            f"({meeting('OLD', 'opened_at')} AND {changed(SEAT)})"
            f" OR ({meeting('OLD', 'closed_at')} AND {changed(('presence',))})",
        ),
        ("tr_presence_marks_frozen", "presence_marks", "INSERT", meeting("NEW", "closed_at")),
        (
            "tr_items_closed",
            "items",
            "UPDATE",
            f"(OLD.status NOT IN ('waiting', 'voting') AND {changed((*RESULT, *PROPOSED))})"
            f" OR (OLD.status = 'voting' AND (NEW.status = 'waiting' OR {changed(PROPOSED)}))",
        ),
        ("tr_items_closed", "items", "DELETE", "1 = 1"),
        (fixed, "item_specialists", "INSERT", f"NOT {item('NEW', 'waiting')}"),
        (fixed, "item_specialists", "UPDATE", "1 = 1"),
        (fixed, "item_specialists", "DELETE", f"NOT {item('OLD', 'waiting')}"),
        (fixed, "item_papers", "UPDATE", "1 = 1"),
        (fixed, "item_papers", "DELETE", f"NOT {item('OLD', 'waiting')}"),
        (fixed, "recusals", "INSERT", f"NOT {item('NEW', 'waiting', 'voting')}"),
        (fixed, "recusals", "UPDATE", "1 = 1"),
        (fixed, "recusals", "DELETE", f"NOT {item('OLD', 'waiting')}"),
        ("tr_item_voters_frozen", "item_voters", "INSERT", f"NOT {item('NEW', 'voting')}"),
        ("tr_decisions_gap", "decisions", "INSERT", f"NEW.number <> 1 + ({last})"),
        ("tr_minutes_signed", "minutes", "UPDATE", signed),
        ("tr_minutes_signed", "minutes", "DELETE", signed),
    ]


def _sqlite(code: str, table: str, verb: str, condition: str) -> list[str]:
    name = f"{table}_guard_{verb.lower()}"
    return [
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN {condition}"
        f" BEGIN SELECT RAISE(ABORT, '{code}'); END"
    ]


def _postgresql(code: str, table: str, verb: str, condition: str) -> list[str]:
    name = f"{table}_guard_{verb.lower()}"
    stays = f"RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{code}', MESSAGE = 'this stays'"
    row = "OLD" if verb == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN {stays}; END IF; RETURN {row}; END $$",
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def downgrade() -> None:
    raise RuntimeError("the guards are not taken away")
