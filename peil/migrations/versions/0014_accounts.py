"""The account from which a change of an item was asked for, beside the name that was typed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_accounts"
down_revision = "0013_signatures"
branch_labels = None
depends_on = None

TABLE = "itembank_change"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("account", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column(TABLE, "account")
