"""Social diagnoses, the spheres of life, and the approval of closing analyses."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SPHERES = (
    ("housing", "жильё", "housing"),
    ("income", "доходы и работа", "income and work"),
    ("health", "здоровье", "health"),
    ("relations", "отношения в семье", "relations in the family"),
    ("upbringing", "воспитание детей", "upbringing"),
    ("education", "обучение ребёнка", "education of the child"),
    ("dependencies", "зависимости", "dependencies"),
    ("violence", "насилие и жестокое обращение", "violence"),
    ("rights", "документы и права", "documents and rights"),
    ("surroundings", "окружение", "surroundings"),
)
TEXTS = ("place_in_society", "surroundings", "family_relations", "problems", "causes", "crisis_nature")
MORE_TEXTS = ("risks", "strengths", "resources", "family_view", "conclusion")
_UNFINISHED = sa.text("state <> 'approved'")


def upgrade() -> None:
    _diagnoses()
    _scores()
    with op.batch_alter_table("closing_analyses") as table:
        table.add_column(sa.Column("approved_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_closing_analyses_approved_by_id"), "users", ["approved_by_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_closing_analyses_approval"), "(approved_by_id IS NULL) = (approved_at IS NULL)"
        )
        table.create_check_constraint(op.f("ck_closing_analyses_not_own"), "approved_by_id <> author_id")
    _words()
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _diagnoses() -> None:
    op.create_table(
        "diagnoses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.Column("crisis_depth", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in MORE_TEXTS),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'returned')", name=op.f("ck_diagnoses_state")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_diagnoses_number")),
        sa.CheckConstraint("crisis_depth BETWEEN 0 AND 4", name=op.f("ck_diagnoses_depth")),
        sa.CheckConstraint(
            "state IN ('draft', 'returned') OR crisis_depth IS NOT NULL", name=op.f("ck_diagnoses_complete")
        ),
        sa.CheckConstraint("state <> 'returned' OR remark <> ''", name=op.f("ck_diagnoses_remark")),
        sa.CheckConstraint(
            "(state = 'approved') = (approved_by_id IS NOT NULL)"
            " AND (approved_by_id IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_diagnoses_approval"),
        ),
        sa.CheckConstraint("approved_by_id <> author_id", name=op.f("ck_diagnoses_not_own")),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_diagnoses_patronage_id")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_diagnoses_author_id")),
        sa.ForeignKeyConstraint(
            ["copied_from_id"], ["diagnoses.id"], name=op.f("fk_diagnoses_copied_from_id")
        ),
        sa.ForeignKeyConstraint(["approved_by_id"], ["users.id"], name=op.f("fk_diagnoses_approved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnoses")),
        sa.UniqueConstraint("patronage_id", "number", name=op.f("uq_diagnoses_patronage_id_number")),
    )
    op.create_index(
        "uq_diagnoses_unfinished",
        "diagnoses",
        ["patronage_id"],
        unique=True,
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
    op.create_index("ix_diagnoses_state", "diagnoses", ["state"])


def _scores() -> None:
    op.create_table(
        "diagnosis_scores",
        sa.Column("diagnosis_id", sa.Integer(), nullable=False),
        sa.Column("sphere", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 4", name=op.f("ck_diagnosis_scores_score")),
        sa.ForeignKeyConstraint(
            ["diagnosis_id"], ["diagnoses.id"], name=op.f("fk_diagnosis_scores_diagnosis_id")
        ),
        sa.PrimaryKeyConstraint("diagnosis_id", "sphere", name=op.f("pk_diagnosis_scores")),
    )


def _words() -> None:
    """The spheres of life, for centers that have their word lists already; new ones are filled when prepared."""
    words = sa.table(
        "words",
        *(sa.column(name, sa.String) for name in ("list", "code", "label_ru", "label_en")),
        sa.column("position", sa.Integer),
        sa.column("active", sa.Boolean),
    )
    rows = [
        {"list": "spheres", "code": code, "label_ru": ru, "label_en": en, "position": place, "active": True}
        for place, (code, ru, en) in enumerate(SPHERES, 1)
    ]
    op.bulk_insert(words, rows)


def _of_approved(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM diagnoses d WHERE d.id = {row}.diagnosis_id AND d.state = 'approved')"


def _sqlite() -> list[str]:
    stay = "BEGIN SELECT RAISE(ABORT, 'tr_diagnoses_approved'); END"
    scores = {
        "INSERT": _of_approved("NEW"),
        "UPDATE": f"{_of_approved('OLD')} OR {_of_approved('NEW')}",
        "DELETE": _of_approved("OLD"),
    }
    return [
        *(
            f"CREATE TRIGGER diagnoses_no_{verb.lower()} BEFORE {verb} ON diagnoses"
            f" WHEN OLD.state = 'approved' {stay}"
            for verb in ("UPDATE", "DELETE")
        ),
        *(
            f"CREATE TRIGGER diagnosis_scores_no_{verb.lower()} BEFORE {verb} ON diagnosis_scores"
            f" WHEN {when} {stay}"
            for verb, when in scores.items()
        ),
    ]


def _postgresql() -> list[str]:
    stay = (
        "RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'tr_diagnoses_approved',"
        " MESSAGE = 'an approved diagnosis stays'"
    )
    returned = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    return [
        "CREATE FUNCTION diagnosis_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF OLD.state = 'approved' THEN {stay}; END IF; {returned} END $$",
        "CREATE FUNCTION diagnosis_score_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN IF {_of_approved('OLD')} THEN {stay}; END IF; END IF;"
        f" IF TG_OP <> 'DELETE' THEN IF {_of_approved('NEW')} THEN {stay}; END IF; END IF;"
        f" {returned} END $$",
        "CREATE TRIGGER diagnoses_stay BEFORE UPDATE OR DELETE ON diagnoses"
        " FOR EACH ROW EXECUTE FUNCTION diagnosis_stays()",
        "CREATE TRIGGER diagnosis_scores_stay BEFORE INSERT OR UPDATE OR DELETE ON diagnosis_scores"
        " FOR EACH ROW EXECUTE FUNCTION diagnosis_score_stays()",
    ]


def downgrade() -> None:
    raise RuntimeError("diagnoses are not thrown away")
