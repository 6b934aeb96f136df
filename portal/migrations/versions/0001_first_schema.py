"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_event"), "audit_entries", ["event"], unique=False)
    op.create_index("ix_audit_entries_kind_object_id", "audit_entries", ["kind", "object_id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "login_attempts",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_login_attempts")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("middle_name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.String(length=200), nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=200), nullable=False),
        sa.Column("search", sa.String(length=400), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("dismissed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_index(op.f("ix_users_search"), "users", ["search"], unique=False)
    op.create_table(
        "words",
        sa.Column("list", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label_ru", sa.String(length=200), nullable=False),
        sa.Column("label_en", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("list", "code", name=op.f("pk_words")),
    )
    op.create_table(
        "clubs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["leader_id"], ["users.id"], name=op.f("fk_clubs_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clubs")),
    )
    op.create_index(op.f("ix_clubs_leader_id"), "clubs", ["leader_id"], unique=False)
    op.create_table(
        "families",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("sort_name", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("other_phones", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("course_ended_on", sa.Date(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("imported_key", sa.String(length=64), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_families_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_families")),
        sa.UniqueConstraint("imported_key", name=op.f("uq_families_imported_key")),
        sa.UniqueConstraint("number", name=op.f("uq_families_number")),
    )
    op.create_index(op.f("ix_families_created_by_id"), "families", ["created_by_id"], unique=False)
    op.create_index("ix_families_sort_name_id", "families", ["sort_name", "id"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_login_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_sessions_token_hash")),
    )
    op.create_index(op.f("ix_login_sessions_user_id"), "login_sessions", ["user_id"], unique=False)
    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("quorum_share", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'convened', 'open', 'closed', 'cancelled')", name=op.f("ck_meetings_status")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name=op.f("fk_meetings_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_meetings_year_number")),
    )
    op.create_index(op.f("ix_meetings_held_on"), "meetings", ["held_on"], unique=False)
    op.create_table(
        "password_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_links_token_hash")),
    )
    op.create_index(op.f("ix_password_links_user_id"), "password_links", ["user_id"], unique=False)
    op.create_table(
        "role_grants",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_grants_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_role_grants")),
    )
    op.create_table(
        "roll_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=10), nullable=False),
        sa.Column("votes", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("seat IN ('chair', 'secretary', 'member')", name=op.f("ck_roll_seats_seat")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_roll_seats_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_seats")),
    )
    op.create_index(op.f("ix_roll_seats_user_id"), "roll_seats", ["user_id"], unique=False)
    op.create_index(
        "uq_roll_seats_chair",
        "roll_seats",
        ["seat"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL AND seat = 'chair'"),
        postgresql_where=sa.text("until_on IS NULL AND seat = 'chair'"),
    )
    op.create_index(
        "uq_roll_seats_user",
        "roll_seats",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_stored_files_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("name", name=op.f("uq_stored_files_name")),
    )
    op.create_table(
        "club_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=300), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("cancel_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(status = 'cancelled') = (slot IS NULL)", name=op.f("ck_club_sessions_slot_unless_cancelled")
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'held', 'cancelled')", name=op.f("ck_club_sessions_status")
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_club_sessions_minutes")),
        sa.CheckConstraint("slot IN (1, 2)", name=op.f("ck_club_sessions_weekly")),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name=op.f("fk_club_sessions_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_club_sessions")),
    )
    op.create_index(op.f("ix_club_sessions_club_id"), "club_sessions", ["club_id"], unique=False)
    op.create_index(op.f("ix_club_sessions_day"), "club_sessions", ["day"], unique=False)
    op.create_index(
        "uq_club_sessions_club_id_week_slot", "club_sessions", ["club_id", "week", "slot"], unique=True
    )
    op.create_table(
        "club_times",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("slot IN (1, 2)", name=op.f("ck_club_times_weekly")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_club_times_weekday")),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name=op.f("fk_club_times_club_id")),
        sa.PrimaryKeyConstraint("club_id", "slot", name=op.f("pk_club_times")),
    )
    op.create_table(
        "family_categories",
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_family_categories_family_id")),
        sa.PrimaryKeyConstraint("family_id", "code", name=op.f("pk_family_categories")),
    )
    op.create_index(op.f("ix_family_categories_code"), "family_categories", ["code"], unique=False)
    op.create_table(
        "family_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_family_looks_family_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_family_looks_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_looks")),
    )
    op.create_index(op.f("ix_family_looks_family_id"), "family_looks", ["family_id"], unique=False)
    op.create_index(op.f("ix_family_looks_user_id"), "family_looks", ["user_id"], unique=False)
    op.create_table(
        "family_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("last_name", sa.String(length=100), nullable=False),
        sa.Column("first_name", sa.String(length=100), nullable=False),
        sa.Column("middle_name", sa.String(length=100), nullable=False),
        sa.Column("relation", sa.String(length=60), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('representative', 'minor')", name=op.f("ck_family_members_kind")),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_family_members_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_members")),
    )
    op.create_index(op.f("ix_family_members_family_id"), "family_members", ["family_id"], unique=False)
    op.create_table(
        "meeting_seats",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(length=10), nullable=False),
        sa.Column("votes", sa.Boolean(), nullable=False),
        sa.Column("presence", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "presence IN ('absent', 'present', 'video', 'excused')", name=op.f("ck_meeting_seats_presence")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_seats_meeting_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_meeting_seats_user_id")),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", name=op.f("pk_meeting_seats")),
    )
    op.create_table(
        "patronages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("regime", sa.String(length=20), nullable=True),
        sa.Column("term", sa.String(length=10), nullable=True),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("removal_reason", sa.String(length=40), nullable=True),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "status <> 'removed' OR removed_on IS NOT NULL", name=op.f("ck_patronages_removed_complete")
        ),
        sa.CheckConstraint(
            "status IN ('identified', 'consented', 'submitted', 'enrolled', 'suspended', 'removed', 'declined', 'refused')",
            name=op.f("ck_patronages_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('enrolled', 'suspended') OR (enrolled_on IS NOT NULL AND regime IS NOT NULL)",
            name=op.f("ck_patronages_enrolled_complete"),
        ),
        sa.CheckConstraint(
            "removed_on IS NULL OR enrolled_on IS NULL OR removed_on >= enrolled_on",
            name=op.f("ck_patronages_order"),
        ),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_patronages_family_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patronages")),
    )
    op.create_index(op.f("ix_patronages_family_id"), "patronages", ["family_id"], unique=False)
    op.create_index("ix_patronages_status_latest", "patronages", ["status", "latest"], unique=False)
    op.create_index(
        "uq_patronages_latest",
        "patronages",
        ["family_id"],
        unique=True,
        sqlite_where=sa.text("latest"),
        postgresql_where=sa.text("latest"),
    )
    op.create_index(
        "uq_patronages_open",
        "patronages",
        ["family_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('removed', 'declined', 'refused')"),
        postgresql_where=sa.text("status NOT IN ('removed', 'declined', 'refused')"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('lead', 'involved')", name=op.f("ck_assignments_kind")),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_assignments_order")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_assignments_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["patronage_id"], ["patronages.id"], name=op.f("fk_assignments_patronage_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_patronage_id"), "assignments", ["patronage_id"], unique=False)
    op.create_index(op.f("ix_assignments_user_id"), "assignments", ["user_id"], unique=False)
    op.create_index(
        "uq_assignments_lead",
        "assignments",
        ["patronage_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'lead' AND ends_on IS NULL"),
        postgresql_where=sa.text("kind = 'lead' AND ends_on IS NULL"),
    )
    op.create_index(
        "uq_assignments_person",
        "assignments",
        ["patronage_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL"),
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('booked', 'came')) = (slot IS NOT NULL)", name=op.f("ck_bookings_slot_when_served")
        ),
        sa.CheckConstraint(
            "status IN ('booked', 'came', 'excused', 'absent', 'cancelled')", name=op.f("ck_bookings_status")
        ),
        sa.CheckConstraint("slot IN (1, 2)", name=op.f("ck_bookings_weekly")),
        sa.ForeignKeyConstraint(["booked_by_id"], ["users.id"], name=op.f("fk_bookings_booked_by_id")),
        sa.ForeignKeyConstraint(["marked_by_id"], ["users.id"], name=op.f("fk_bookings_marked_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["family_members.id"], name=op.f("fk_bookings_member_id")),
        sa.ForeignKeyConstraint(["session_id"], ["club_sessions.id"], name=op.f("fk_bookings_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index(op.f("ix_bookings_member_id"), "bookings", ["member_id"], unique=False)
    op.create_index(op.f("ix_bookings_session_id"), "bookings", ["session_id"], unique=False)
    op.create_index("uq_bookings_member_id_week_slot", "bookings", ["member_id", "week", "slot"], unique=True)
    op.create_index("uq_bookings_session_id_member_id", "bookings", ["session_id", "member_id"], unique=True)
    op.create_table(
        "closing_analyses",
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_closing_analyses_author_id")),
        sa.ForeignKeyConstraint(
            ["patronage_id"], ["patronages.id"], name=op.f("fk_closing_analyses_patronage_id")
        ),
        sa.PrimaryKeyConstraint("patronage_id", name=op.f("pk_closing_analyses")),
    )
    op.create_table(
        "club_participants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["clubs.id"], name=op.f("fk_club_participants_club_id")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["family_members.id"], name=op.f("fk_club_participants_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_club_participants")),
    )
    op.create_index(op.f("ix_club_participants_club_id"), "club_participants", ["club_id"], unique=False)
    op.create_index(op.f("ix_club_participants_member_id"), "club_participants", ["member_id"], unique=False)
    op.create_index(
        "uq_club_participants_now",
        "club_participants",
        ["club_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("left_on IS NULL"),
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("representative_id", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_reason", sa.Text(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on >= given_on", name=op.f("ck_consents_withdrawn_after_given")
        ),
        sa.ForeignKeyConstraint(["family_id"], ["families.id"], name=op.f("fk_consents_family_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["users.id"], name=op.f("fk_consents_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["representative_id"], ["family_members.id"], name=op.f("fk_consents_representative_id")
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["stored_files.id"], name=op.f("fk_consents_scan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_family_id"), "consents", ["family_id"], unique=False)
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("regime", sa.String(length=20), nullable=True),
        sa.Column("term", sa.String(length=10), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("course_reason", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("votes_for", sa.Integer(), nullable=True),
        sa.Column("votes_against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("by_chair", sa.Boolean(), nullable=False),
        sa.Column("deferral", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('enroll', 'remove')", name=op.f("ck_items_kind")),
        sa.CheckConstraint(
            "status IN ('waiting', 'voting', 'carried', 'rejected', 'deferred', 'withdrawn')",
            name=op.f("ck_items_status"),
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["users.id"], name=op.f("fk_items_lead_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_items_meeting_id")),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_items_patronage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index(op.f("ix_items_meeting_id"), "items", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_items_patronage_id"), "items", ["patronage_id"], unique=False)
    op.create_index(
        "uq_items_live",
        "items",
        ["patronage_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('waiting', 'voting')"),
        postgresql_where=sa.text("status IN ('waiting', 'voting')"),
    )
    op.create_index(
        "uq_items_one_voting",
        "items",
        ["meeting_id"],
        unique=True,
        sqlite_where=sa.text("status = 'voting'"),
        postgresql_where=sa.text("status = 'voting'"),
    )
    op.create_table(
        "consent_signatures",
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("minor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consents.id"], name=op.f("fk_consent_signatures_consent_id")
        ),
        sa.ForeignKeyConstraint(
            ["minor_id"], ["family_members.id"], name=op.f("fk_consent_signatures_minor_id")
        ),
        sa.PrimaryKeyConstraint("consent_id", "minor_id", name=op.f("pk_consent_signatures")),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("patronage_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_decisions_item_id")),
        sa.ForeignKeyConstraint(["patronage_id"], ["patronages.id"], name=op.f("fk_decisions_patronage_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("item_id", name=op.f("uq_decisions_item_id")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_decisions_year_number")),
    )
    op.create_index(op.f("ix_decisions_patronage_id"), "decisions", ["patronage_id"], unique=False)
    op.create_table(
        "item_specialists",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_specialists_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_item_specialists_user_id")),
        sa.PrimaryKeyConstraint("item_id", "user_id", name=op.f("pk_item_specialists")),
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name=op.f("ck_votes_choice")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_votes_item_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_votes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
    )
    op.create_index("uq_votes_item_id_user_id", "votes", ["item_id", "user_id"], unique=True)


def downgrade() -> None:
    raise RuntimeError("the first schema has nothing below it")
