"""Metadata that have no column of their own: of items difficulty, description, sources of goals; all of passages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_metadata"
down_revision = "0010_assessments"
branch_labels = None
depends_on = None


TABLES = ("itembank_item_version", "itembank_stimulus_version")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("about", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_column(table, "about")
