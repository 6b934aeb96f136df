"""What the head has approved stays as it was approved: texts, goals and measures of a plan; results may come."""

from alembic import op

revision = "0014"
down_revision = "0013"

_STATES = "('in_force', 'superseded', 'completed')"
PLAN = ("patronage_id", "version", "aim", "resources", "wishes", "family_part", "agreed_on", "agreed_with_id",
        "author_id", "approved_by_id", "approved_at")  # fmt: skip
MEASURE = (
    "plan_id",
    "goal_id",
    "key",
    "kind",
    "text",
    "due_on",
    "user_id",
    "member_id",
    "body",
    "family_part",
)


def upgrade() -> None:
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _of_approved(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM plans p WHERE p.id = {row}.plan_id AND p.state IN {_STATES})"


def _changed(names: tuple[str, ...], differs: str) -> str:
    return "(" + " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in names) + ")"


def _sqlite() -> list[str]:
    stay = "BEGIN SELECT RAISE(ABORT, 'tr_plans_approved'); END"
    either = f"{_of_approved('OLD')} OR {_of_approved('NEW')}"
    when = {
        ("plans", "UPDATE"): f"OLD.state IN {_STATES} AND {_changed(PLAN, 'IS NOT')}",
        ("plans", "DELETE"): f"OLD.state IN {_STATES}",
        ("plan_goals", "INSERT"): _of_approved("NEW"),
        ("plan_goals", "UPDATE"): either,
        ("plan_goals", "DELETE"): _of_approved("OLD"),
        ("plan_measures", "INSERT"): _of_approved("NEW"),
        ("plan_measures", "UPDATE"): f"({either}) AND {_changed(MEASURE, 'IS NOT')}",
        ("plan_measures", "DELETE"): _of_approved("OLD"),
    }
    return [
        f"CREATE TRIGGER {table}_stay_{verb.lower()} BEFORE {verb} ON {table} WHEN {condition} {stay}"
        for (table, verb), condition in when.items()
    ]


def _postgresql() -> list[str]:
    stay = (
        "RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'tr_plans_approved',"
        " MESSAGE = 'an approved plan stays'"
    )
    returned = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    old, new = (
        f"IF {_of_approved('OLD')} THEN {stay}; END IF;",
        f"IF {_of_approved('NEW')} THEN {stay}; END IF;",
    )
    changed = _changed(MEASURE, "IS DISTINCT FROM")
    found = [
        "CREATE FUNCTION plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF OLD.state IN {_STATES} THEN IF TG_OP = 'DELETE' THEN {stay}; END IF;"
        f" IF {_changed(PLAN, 'IS DISTINCT FROM')} THEN {stay}; END IF; END IF; {returned} END $$",
        "CREATE FUNCTION plan_goal_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {old} END IF; IF TG_OP <> 'DELETE' THEN {new} END IF; {returned} END $$",
        "CREATE FUNCTION plan_measure_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' THEN IF {changed} THEN {old} {new} END IF; RETURN NEW; END IF;"
        f" IF TG_OP = 'DELETE' THEN {old} RETURN OLD; END IF; {new} RETURN NEW; END $$",
        "CREATE TRIGGER plans_stay BEFORE UPDATE OR DELETE ON plans"
        " FOR EACH ROW EXECUTE FUNCTION plan_stays()",
    ]
    for table, function in (("plan_goals", "plan_goal_stays"), ("plan_measures", "plan_measure_stays")):
        found.append(
            f"CREATE TRIGGER {table}_stay BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    return found


def downgrade() -> None:
    raise RuntimeError("what was approved stays")
