"""Steps of items with points for parts, beside their other parameters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_steps"
down_revision = "0008_statistics"
branch_labels = None
depends_on = None

TABLE = "itembank_calibration_item"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("steps", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column(TABLE, "steps")
