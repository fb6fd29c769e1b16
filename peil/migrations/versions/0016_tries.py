"""When wrong codes and networks of a room were noted last, so that they lapse; the web role clears what has lapsed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_tries"
down_revision = "0015_designs"
branch_labels = None
depends_on = None

TABLE = "delivery_try"
LONG_AGO = "1970-01-01 00:00:00+00"


def upgrade() -> None:
    # Of what was noted before nobody knows when: it has lapsed. A new row always says when.
    noted_at: sa.Column[object] = sa.Column(
        "noted_at", sa.DateTime(timezone=True), nullable=False, server_default=LONG_AGO
    )
    op.add_column(TABLE, noted_at)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT DELETE ON {TABLE} TO peil_web")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"REVOKE DELETE ON {TABLE} FROM peil_web")
    op.drop_column(TABLE, "noted_at")
