"""What a member has read of an item is kept with the reading: a proposal changed afterwards is read anew."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column(
        "item_reads", sa.Column("proposal", sa.String(16), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    raise RuntimeError("what was read is not forgotten")
