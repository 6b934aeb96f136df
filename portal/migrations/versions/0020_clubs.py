"""Clubs complete: groups, programs, surveys, photos, feedback, changes told, calendar feeds."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

NAMED = "EXISTS (SELECT 1 FROM club_programs p WHERE p.id = {row}.program_id AND p.status <> 'draft')"
SHOWN = (
    "NOT EXISTS (SELECT 1 FROM photo_consents c JOIN session_photos p ON p.id = NEW.photo_id"
    " JOIN club_sessions s ON s.id = p.session_id WHERE c.member_id = NEW.member_id AND c.withdrawn_on IS NULL"
    " AND c.given_on <= s.day)"
)
TEXTS = " OR ".join(
    f"NEW.{name} <> OLD.{name}" for name in ("club_id", "version", "title", "aims", "audience", "why")
)
GUARDS = (  # table, verb, the condition under which it is refused
    ("club_topics", "INSERT", NAMED.format(row="NEW"), "program"),
    ("club_topics", "UPDATE", f"{NAMED.format(row='OLD')} OR {NAMED.format(row='NEW')}", "program"),
    ("club_topics", "DELETE", NAMED.format(row="OLD"), "program"),
    ("club_programs", "UPDATE", f"OLD.status <> 'draft' AND ({TEXTS} OR NEW.status = 'draft')", "program"),
    ("club_programs", "DELETE", "OLD.status <> 'draft'", "program"),
    ("photo_people", "INSERT", SHOWN, "consent"),
    ("photo_people", "UPDATE", "1 = 1", "consent"),
)


def upgrade() -> None:
    _groups()
    _programs()
    _round_sessions()
    _table(
        "calendar_feeds",
        _number("user_id"),
        _string("token_hash", 64),
        _moment("made_at"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
        key=("user_id",),
        refers={"user_id": "users"},
    )
    _old_tables()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, verb, condition, name in GUARDS:
        for statement in (_sqlite if sqlite else _postgresql)(table, verb, condition, name):
            op.execute(statement)


def _old_tables() -> None:
    with op.batch_alter_table("clubs") as batch:
        batch.add_column(sa.Column("capacity", sa.Integer(), nullable=False, server_default="12"))
        batch.add_column(sa.Column("audience", sa.String(10), nullable=False, server_default="mixed"))
        batch.add_column(sa.Column("age_from", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("age_to", sa.Integer(), nullable=True))
        batch.add_column(_moment("changed_at", none=True))
        for name, rule in {
            "capacity": "capacity BETWEEN 1 AND 100",
            "audience": "audience IN ('minors', 'parents', 'mixed')",
            "ages": "age_from IS NULL OR age_to IS NULL OR age_from <= age_to",
        }.items():
            batch.create_check_constraint(op.f(f"ck_clubs_{name}"), rule)
    with op.batch_alter_table("club_sessions") as batch:
        batch.drop_constraint(op.f("ck_club_sessions_status"), type_="check")
        batch.add_column(_number("topic_id", none=True))
        for name in ("equipment", "consumables", "analysis"):
            batch.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
        batch.add_column(_moment("announced_at", none=True))
        batch.create_foreign_key(op.f("fk_club_sessions_topic_id"), "club_topics", ["topic_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_club_sessions_status"),
            "status IN ('planned', 'announced', 'held', 'summed_up', 'cancelled')",
        )
    op.create_index(op.f("ix_club_sessions_topic_id"), "club_sessions", ["topic_id"])
    with op.batch_alter_table("club_participants") as batch:
        batch.add_column(_moment("told_at", none=True))
        batch.add_column(_number("told_by_id", none=True))
        batch.create_foreign_key(op.f("fk_club_participants_told_by_id"), "users", ["told_by_id"], ["id"])


def _groups() -> None:
    people = {"member_id": "family_members"}
    _table(
        "club_interests",
        *(_number("club_id"), _string("code", 20)),
        key=("club_id", "code"),
        refers={"club_id": "clubs"},
    )
    _table(
        "club_waiting",
        *(_number("id"), _number("club_id"), _number("member_id"), _moment("since"), _number("added_by_id")),
        sa.UniqueConstraint("club_id", "member_id", name=op.f("uq_club_waiting_club_id_member_id")),
        refers={"club_id": "clubs", "added_by_id": "users", **people},
    )
    _table(
        "inpatient_stays",
        *(_number("id"), _number("member_id"), _day("starts_on"), _day("ends_on", none=True)),
        *(_number("recorded_by_id"), _moment("recorded_at")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_inpatient_stays_order")),
        refers={"recorded_by_id": "users", **people},
    )
    _table(
        "photo_consents",
        *(_number("id"), _number("member_id"), _number("given_by_id"), _day("given_on")),
        *(_day("withdrawn_on", none=True), _number("scan_id", none=True)),
        *(_number("recorded_by_id"), _moment("recorded_at")),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on >= given_on", name=op.f("ck_photo_consents_order")
        ),
        refers={
            "given_by_id": "family_members",
            "scan_id": "stored_files",
            "recorded_by_id": "users",
            **people,
        },
    )
    _indexes("member_id", "club_waiting", "inpatient_stays", "photo_consents")
    _one("uq_inpatient_stays_now", "inpatient_stays", "member_id", "ends_on IS NULL")
    _one("uq_photo_consents_now", "photo_consents", "member_id", "withdrawn_on IS NULL")


def _programs() -> None:
    _table(
        "club_programs",
        *(
            _number("id"),
            _number("club_id"),
            _number("version"),
            _string("status", 10),
            _string("title", 200),
        ),
        *(_text("aims"), _text("audience"), _string("why", 500), _number("revision"), _number("made_by_id")),
        *(_moment("made_at"), _day("in_force_on", none=True)),
        sa.UniqueConstraint("club_id", "version", name=op.f("uq_club_programs_club_id_version")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_club_programs_version")),
        sa.CheckConstraint(
            "status IN ('draft', 'in_force', 'superseded')", name=op.f("ck_club_programs_status")
        ),
        sa.CheckConstraint(
            "(status = 'draft') = (in_force_on IS NULL)", name=op.f("ck_club_programs_in_force")
        ),
        refers={"club_id": "clubs", "made_by_id": "users"},
    )
    for status in ("draft", "in_force"):
        _one(f"uq_club_programs_{status}", "club_programs", "club_id", f"status = '{status}'")
    _table(
        "club_topics",
        *(_number("id"), _number("program_id"), _number("position"), _string("title", 300)),
        *(_text("goal"), _text("methods"), _text("props")),
        sa.UniqueConstraint("program_id", "position", name=op.f("uq_club_topics_program_id_position")),
        sa.CheckConstraint("position BETWEEN 1 AND 200", name=op.f("ck_club_topics_position")),
        refers={"program_id": "club_programs"},
    )
    _table(
        "interest_surveys",
        *(_number("id"), _number("member_id"), _day("on_day"), _text("wishes"), _number("recorded_by_id")),
        _moment("recorded_at"),
        refers={"member_id": "family_members", "recorded_by_id": "users"},
    )
    _table(
        "interest_answers",
        *(_number("survey_id"), _string("code", 20)),
        key=("survey_id", "code"),
        refers={"survey_id": "interest_surveys"},
    )
    _table(
        "skill_assessments",
        *(_number("id"), _number("club_id"), _number("member_id"), _string("point", 10), _day("on_day")),
        *(_number("author_id"), _moment("made_at")),
        sa.UniqueConstraint(
            "club_id", "member_id", "point", name=op.f("uq_skill_assessments_club_id_member_id_point")
        ),
        sa.CheckConstraint("point IN ('before', 'after')", name=op.f("ck_skill_assessments_point")),
        refers={"club_id": "clubs", "member_id": "family_members", "author_id": "users"},
    )
    _table(
        "skill_scores",
        *(_number("assessment_id"), _string("code", 20), _number("score")),
        sa.CheckConstraint("score BETWEEN 0 AND 4", name=op.f("ck_skill_scores_score")),
        key=("assessment_id", "code"),
        refers={"assessment_id": "skill_assessments"},
    )
    _indexes("member_id", "interest_surveys", "skill_assessments")
    _indexes("club_id", "skill_assessments")


def _round_sessions() -> None:
    of = {"session_id": "club_sessions"}
    _table(
        "session_photos",
        *(_number("id"), _number("session_id"), _number("file_id"), _string("caption", 200)),
        *(_number("added_by_id"), _moment("added_at")),
        refers={"file_id": "stored_files", "added_by_id": "users", **of},
    )
    _table(
        "photo_people",
        *(_number("photo_id"), _number("member_id")),
        key=("photo_id", "member_id"),
        refers={"photo_id": "session_photos", "member_id": "family_members"},
    )
    _table(
        "session_feedback",
        *(_number("id"), _number("session_id"), _string("source", 10), _number("liked"), _text("text")),
        *(_string("ticket", 64), _number("entered_by_id", none=True), _moment("at")),
        sa.UniqueConstraint("session_id", "ticket", name=op.f("uq_session_feedback_session_id_ticket")),
        sa.CheckConstraint(
            "source IN ('recipient', 'staff', 'guest')", name=op.f("ck_session_feedback_source")
        ),
        sa.CheckConstraint("liked BETWEEN 1 AND 5", name=op.f("ck_session_feedback_liked")),
        refers={"entered_by_id": "users", **of},
    )
    _table(
        "session_changes",
        *(_number("id"), _number("session_id"), _string("kind", 10), _day("old_day")),
        *(sa.Column("old_starts_at", sa.Time(), nullable=False), _moment("at"), _number("by_id")),
        sa.CheckConstraint("kind IN ('cancelled', 'moved')", name=op.f("ck_session_changes_kind")),
        refers={"by_id": "users", **of},
    )
    _table(
        "session_change_members",
        *(_number("change_id"), _number("member_id")),
        key=("change_id", "member_id"),
        refers={"change_id": "session_changes", "member_id": "family_members"},
    )
    _indexes("session_id", "session_photos", "session_changes")
    _indexes("member_id", "photo_people", "session_change_members")
    _indexes("at", "session_changes")


def _number(name: str, none: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=none)


def _string(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _day(name: str, none: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=none)


def _moment(name: str, none: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=none)


def _table(name: str, *parts: Any, refers: dict[str, str], key: tuple[str, ...] = ("id",)) -> None:
    references = [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}"))
        for column, to in refers.items()
    ]
    op.create_table(name, *parts, *references, sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))


def _indexes(column: str, *tables: str) -> None:
    for table in tables:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _one(name: str, table: str, column: str, where: str) -> None:
    op.create_index(
        name, table, [column], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


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
        f" CONSTRAINT = 'tr_{table}_{name}', MESSAGE = 'this stays as it is'; END IF; RETURN {row}; END $$",
        f"CREATE TRIGGER {whole} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {whole}()",
    ]


def downgrade() -> None:
    raise RuntimeError("what clubs have done is not thrown away")
