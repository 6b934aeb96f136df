"""Programs of rehabilitation with home tasks, referrals to bodies of prevention, supporting links."""

import sqlalchemy as sa
from alembic import op

from portal.settings.words import WORDS

revision = "0008"
down_revision = "0007"

_CURRENT = sa.text("current")
NO_MINOR = "NOT EXISTS (SELECT 1 FROM family_members m WHERE m.id = NEW.member_id AND m.kind = 'minor')"
OVER = (
    "EXISTS (SELECT 1 FROM patronages p WHERE p.id = NEW.patronage_id"
    " AND p.status IN ('removed', 'declined', 'refused'))"
)
NO_CONSENT = (
    "NEW.ground = 'consent' AND NOT EXISTS (SELECT 1 FROM consents c"
    " JOIN patronages p ON p.family_id = c.family_id"
    " JOIN family_members m ON m.id = c.representative_id"
    " WHERE p.id = NEW.patronage_id AND m.kind = 'representative' AND c.given_on <= NEW.sent_on"
    " AND (c.withdrawn_on IS NULL OR c.withdrawn_on > NEW.sent_on))"
)


def upgrade() -> None:
    _programs()
    _referrals()
    _links()
    _words()
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _programs() -> None:
    op.create_table(
        "programs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("setting", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('ipr', 'ipsr')", name=op.f("ck_programs_kind")),
        sa.CheckConstraint("setting IN ('inpatient', 'semi', 'home')", name=op.f("ck_programs_setting")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_programs_order")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_programs_created_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["family_members.id"], name=op.f("fk_programs_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programs")),
    )
    op.create_index(op.f("ix_programs_member_id"), "programs", ["member_id"])
    op.create_index(
        "uq_programs_current",
        "programs",
        ["member_id"],
        unique=True,
        sqlite_where=_CURRENT,
        postgresql_where=_CURRENT,
    )
    op.create_table(
        "program_results",
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=False),
        sa.Column("planned", sa.Text(), nullable=False),
        sa.Column("reached", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "state IN ('reached', 'partly', 'not', 'lost')", name=op.f("ck_program_results_state")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_program_results_program_id")),
        sa.PrimaryKeyConstraint("program_id", "direction", name=op.f("pk_program_results")),
    )
    op.create_table(
        "home_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=40), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("how_often", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_home_tasks_order")),
        sa.CheckConstraint("body <> ''", name=op.f("ck_home_tasks_body")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_home_tasks_author_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_home_tasks_created_by_id")),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_home_tasks_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_tasks")),
    )
    op.create_index(op.f("ix_home_tasks_program_id"), "home_tasks", ["program_id"])


def _referrals() -> None:
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("body", sa.String(length=40), nullable=False),
        sa.Column("addressee", sa.String(length=300), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("personal_data", sa.Boolean(), nullable=False),
        sa.Column("ground", sa.String(length=10), nullable=True),
        sa.Column("law", sa.String(length=300), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('ordinary', 'urgent')", name=op.f("ck_referrals_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'closed', 'withdrawn')", name=op.f("ck_referrals_state")
        ),
        sa.CheckConstraint("ground IN ('consent', 'law')", name=op.f("ck_referrals_ground")),
        sa.CheckConstraint("NOT personal_data OR ground IS NOT NULL", name=op.f("ck_referrals_has_ground")),
        sa.CheckConstraint(
            "ground IS NULL OR ground <> 'law' OR law <> ''", name=op.f("ck_referrals_has_law")
        ),
        sa.CheckConstraint(
            "kind <> 'urgent' OR (personal_data AND ground IS NOT NULL AND ground = 'law')",
            name=op.f("ck_referrals_urgent_by_law"),
        ),
        sa.CheckConstraint("due_on >= sent_on AND remind_on >= sent_on", name=op.f("ck_referrals_order")),
        sa.CheckConstraint(
            "(answered_on IS NOT NULL) = (state = 'answered')", name=op.f("ck_referrals_answered")
        ),
        sa.CheckConstraint(
            "answered_on IS NULL OR answered_on >= sent_on", name=op.f("ck_referrals_answer_order")
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (state = 'open')", name=op.f("ck_referrals_closed")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_referrals_created_by_id")),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_referrals_patronage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    op.create_index(op.f("ix_referrals_patronage_id"), "referrals", ["patronage_id"])
    op.create_index("ix_referrals_state_due_on", "referrals", ["state", "due_on"])


def _links() -> None:
    op.create_table(
        "support_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("who", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("helps_with", sa.String(length=1000), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('relative', 'neighbor', 'school', 'body', 'ngo', 'other')",
            name=op.f("ck_support_links_kind"),
        ),
        sa.CheckConstraint("who <> ''", name=op.f("ck_support_links_who")),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_support_links_created_by_id")),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_support_links_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_links")),
    )
    op.create_index(op.f("ix_support_links_family_id"), "support_links", ["family_id"])


def _words() -> None:
    """The directions of rehabilitation; new instances are filled when they are prepared."""
    names = ("list", "code", "label_ru", "label_en", "position", "active")
    words = sa.table("words", *(sa.column(name) for name in names))
    rows = [
        dict(zip(names, ("directions", code, ru, en, position, True), strict=True))
        for position, (code, ru, en) in enumerate(WORDS["directions"], 1)
    ]
    op.bulk_insert(words, rows)


def _sqlite() -> list[str]:
    return [
        *(
            f"CREATE TRIGGER referrals_{name}_{verb.split()[0].lower()} BEFORE {verb} ON referrals WHEN {wrong}"
            f" BEGIN SELECT RAISE(ABORT, 'tr_referrals_{name}'); END"
            for name, wrong in (("over", OVER), ("consent", NO_CONSENT))
            for verb in ("INSERT", "UPDATE OF patronage_id, ground, sent_on")
        ),
        *(
            f"CREATE TRIGGER programs_minor_{verb.split()[0].lower()} BEFORE {verb} ON programs WHEN {NO_MINOR}"
            " BEGIN SELECT RAISE(ABORT, 'tr_programs_minor'); END"
            for verb in ("INSERT", "UPDATE OF member_id")
        ),
    ]


def _postgresql() -> list[str]:
    def refuse(wrong: str, name: str) -> str:
        return (
            f" IF {wrong} THEN RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = '{name}',"
            f" MESSAGE = '{name}'; END IF;"
        )

    return [
        "CREATE FUNCTION referral_has_ground() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f"{refuse(OVER, 'tr_referrals_over')}{refuse(NO_CONSENT, 'tr_referrals_consent')} RETURN NEW; END $$",
        "CREATE TRIGGER referrals_ground BEFORE INSERT OR UPDATE OF patronage_id, ground, sent_on ON referrals"
        " FOR EACH ROW EXECUTE FUNCTION referral_has_ground()",
        "CREATE FUNCTION program_of_minor() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f"{refuse(NO_MINOR, 'tr_programs_minor')} RETURN NEW; END $$",
        "CREATE TRIGGER programs_minor BEFORE INSERT OR UPDATE OF member_id ON programs"
        " FOR EACH ROW EXECUTE FUNCTION program_of_minor()",
    ]


def downgrade() -> None:
    raise RuntimeError("programs and referrals are not thrown away")
