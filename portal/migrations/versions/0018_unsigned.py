"""Who does not sign the minutes, with the reason; the terms of minutes and extracts are frozen in the meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

TABLE = "minutes_signatures"
HOW = "how IN ('password', 'paper', 'refused', 'absent', 'other')"
SIGNED = f"EXISTS (SELECT 1 FROM {TABLE} g WHERE g.meeting_id = OLD.meeting_id)"
MUST = (
    "NEW.how NOT IN ('password', 'paper') AND EXISTS (SELECT 1 FROM meeting_seats s WHERE s.user_id = NEW.user_id"
    " AND s.meeting_id = NEW.meeting_id AND s.seat IN ('chair', 'secretary'))"
)
WRITTEN = "(NEW.heard <> OLD.heard OR NEW.digest <> OLD.digest OR NEW.chain <> OLD.chain)"
NAMING = {  # triggers of other tables that name this one: SQLite can't make it anew beside them
    "items_stay_signed": (
        f"UPDATE OF discussion ON items WHEN NEW.discussion <> OLD.discussion AND {SIGNED}"
    ),
    "minutes_stay_signed": f"UPDATE ON minutes WHEN {WRITTEN} AND {SIGNED}",
    "minutes_stay": f"DELETE ON minutes WHEN {SIGNED}",
}


def upgrade() -> None:
    for name in ("minutes_days", "extract_days"):  # none: before there was a setting
        op.add_column("meetings", sa.Column(name, sa.Integer(), nullable=True))
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in NAMING if sqlite else ():
        op.execute(f"DROP TRIGGER {name}")
    with op.batch_alter_table(TABLE, recreate="always" if sqlite else "never") as batch:
        batch.drop_constraint(op.f(f"ck_{TABLE}_how"), type_="check")
        batch.add_column(sa.Column("reason", sa.String(500), nullable=True))
        batch.create_check_constraint(op.f(f"ck_{TABLE}_how"), HOW)
        batch.create_check_constraint(
            op.f(f"ck_{TABLE}_reason"), "(how IN ('password', 'paper')) = (reason IS NULL)"
        )
    for statement in _sqlite() if sqlite else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    def stop(name: str, when: str, code: str) -> str:
        return f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{code}'); END"

    frozen = [
        stop(f"{TABLE}_no_{verb}", f"{verb.upper()} ON {TABLE}", f"tr_{TABLE}_frozen")
        for verb in ("update", "delete")
    ]
    again = [stop(name, when, "tr_minutes_signed") for name, when in NAMING.items()]
    return [
        *frozen,
        *again,
        stop("minutes_must_sign", f"INSERT ON {TABLE} WHEN {MUST}", "tr_minutes_must_sign"),
    ]


def _postgresql() -> list[str]:
    return [
        "CREATE FUNCTION minutes_must_sign() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {MUST} THEN RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'tr_minutes_must_sign',"
        " MESSAGE = 'chair and secretary sign'; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER minutes_must_sign BEFORE INSERT ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION minutes_must_sign()",
    ]


def downgrade() -> None:
    raise RuntimeError("why somebody did not sign is not thrown away")
