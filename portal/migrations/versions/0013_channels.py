"""By which channel a family was called (R11)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "contacts", sa.Column("channel", sa.String(length=20), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    raise RuntimeError("channels are not thrown away")
