"""Metadata of items that have no column of their own: difficulty, description, sources of goals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_metadata"
down_revision = "0008_assessments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("itembank_item_version", sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("itembank_item_version", "about")
