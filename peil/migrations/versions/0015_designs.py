"""Designs that were released, so that a test is known by its name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_designs"
down_revision = "0014_accounts"
branch_labels = None
depends_on = None

TABLE = "itembank_design"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("identifier", "version"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_is_kept BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION itembank_is_kept()"
        )
        op.execute(f"GRANT SELECT ON {TABLE} TO peil_web")
    else:
        op.execute(
            f"CREATE TRIGGER {TABLE}_is_kept BEFORE UPDATE ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {TABLE} are never changed'); END"
        )


def downgrade() -> None:
    op.drop_table(TABLE)
