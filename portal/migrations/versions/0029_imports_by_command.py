"""The command line brings a register in as an import too: nobody of the portal has made it."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("imports") as batch:
        batch.alter_column("by_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    raise RuntimeError("who brought a register in on the command line is nobody")
