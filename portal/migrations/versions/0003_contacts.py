"""Contacts with families, suspended days, and by when the next contact must take place."""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

from portal.rules.norms import History, RegimeSpan, next_due

revision = "0003"
down_revision = "0002"

_AHEAD = sa.text("state IN ('planned', 'confirmed')")
_OPEN = sa.text("ends_on IS NULL")
RUNNING = "EXISTS (SELECT 1 FROM patronages p WHERE p.id = NEW.patronage_id AND p.status = 'enrolled')"
ON_PATRONAGE = (
    "EXISTS (SELECT 1 FROM patronages p WHERE p.id = NEW.patronage_id AND p.enrolled_on <= NEW.day"
    " AND (p.removed_on IS NULL OR NEW.day <= p.removed_on))"
)
IN_VAIN = f"(NEW.state IN ('planned', 'confirmed') AND NOT {RUNNING}) OR (NEW.state = 'done' AND NOT {ON_PATRONAGE})"


def upgrade() -> None:
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["patronage_id"], ["patronages.id"], name=op.f("fk_suspensions_patronage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
    )
    op.create_index(op.f("ix_suspensions_patronage_id"), "suspensions", ["patronage_id"])
    op.create_index(
        "uq_suspensions_open",
        "suspensions",
        ["patronage_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    _contacts()
    op.add_column("patronages", sa.Column("next_contact_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_patronages_next_contact_on"), "patronages", ["next_contact_on"])
    op.execute(
        "INSERT INTO suspensions (patronage_id, starts_on)"
        " SELECT id, suspended_on FROM patronages WHERE status = 'suspended' AND suspended_on IS NOT NULL"
    )
    op.drop_column("patronages", "suspended_on")
    _first_days()
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _first_days() -> None:
    """By when families that are on patronage already must be met: the portal knows of no contact so far."""
    patronages = sa.table(
        "patronages",
        sa.column("id", sa.Integer),
        sa.column("status", sa.String),
        sa.column("regime", sa.String),
        sa.column("enrolled_on", sa.Date),
        sa.column("next_contact_on", sa.Date),
    )
    bind, today = op.get_bind(), date.today()
    columns = (patronages.c.id, patronages.c.regime, patronages.c.enrolled_on)
    for row in bind.execute(sa.select(*columns).where(patronages.c.status == "enrolled")).all():
        history = History([RegimeSpan(max(row.enrolled_on, today), None, row.regime)])
        due = next_due(history, [], today, today + timedelta(200))
        bind.execute(patronages.update().where(patronages.c.id == row.id).values(next_contact_on=due))


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("recommendations", sa.Text(), nullable=False),
        sa.Column("moved_from_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('visit', 'call', 'video', 'center')", name=op.f("ck_contacts_kind")),
        sa.CheckConstraint(
            "state IN ('planned', 'confirmed', 'done', 'not_at_home', 'not_admitted', 'refused',"
            " 'cancelled', 'moved')",
            name=op.f("ck_contacts_state"),
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_contacts_minutes")),
        sa.CheckConstraint("kind NOT IN ('call', 'video') OR reason <> ''", name=op.f("ck_contacts_reason")),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (state IN ('planned', 'confirmed'))", name=op.f("ck_contacts_closed")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_contacts_created_by_id")),
        sa.ForeignKeyConstraint(["moved_from_id"], ["contacts.id"], name=op.f("fk_contacts_moved_from_id")),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_contacts_patronage_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_contacts_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("moved_from_id", name=op.f("uq_contacts_moved_from_id")),
    )
    op.create_index("ix_contacts_patronage_id_day", "contacts", ["patronage_id", "day"])
    op.create_index("ix_contacts_day_user_id", "contacts", ["day", "user_id"])
    op.create_index(
        "uq_contacts_at_one_time",
        "contacts",
        ["user_id", "day", "starts_at"],
        unique=True,
        sqlite_where=_AHEAD,
        postgresql_where=_AHEAD,
    )
    op.create_table(
        "contact_members",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_contact_members_contact_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["family_members.id"], name=op.f("fk_contact_members_member_id")
        ),
        sa.PrimaryKeyConstraint("contact_id", "member_id", name=op.f("pk_contact_members")),
    )
    op.create_index(op.f("ix_contact_members_member_id"), "contact_members", ["member_id"])


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER contacts_{verb.lower()}_on_patronage BEFORE {verb} ON contacts WHEN {IN_VAIN}"
        " BEGIN SELECT RAISE(ABORT, 'tr_contacts_on_patronage'); END"
        for verb in ("INSERT", "UPDATE")
    ]


def _postgresql() -> list[str]:
    return [
        "CREATE FUNCTION contact_on_patronage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {IN_VAIN} THEN RAISE EXCEPTION USING ERRCODE = '23514',"
        " CONSTRAINT = 'tr_contacts_on_patronage', MESSAGE = 'no contact off patronage';"
        " END IF; RETURN NEW; END $$",
        "CREATE TRIGGER contacts_on_patronage BEFORE INSERT OR UPDATE ON contacts"
        " FOR EACH ROW EXECUTE FUNCTION contact_on_patronage()",
    ]


def downgrade() -> None:
    raise RuntimeError("contacts are not thrown away")
