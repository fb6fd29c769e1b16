"""Frameworks of curriculum goals, edition after edition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_frameworks"
down_revision = "0006_life_cycle"
branch_labels = None
depends_on = None

TABLES = ("itembank_framework", "itembank_goal")


def upgrade() -> None:
    op.create_table(
        "itembank_framework",
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("title", "digest")),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("identifier", "edition"),
    )
    op.create_table(
        "itembank_goal",
        sa.Column("framework", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("code", "statement", "parent", "kind")),
        sa.PrimaryKeyConstraint("framework", "edition", "place"),
        sa.ForeignKeyConstraint(
            ["framework", "edition"], ["itembank_framework.identifier", "itembank_framework.edition"]
        ),
    )
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION itembank_is_kept()"
            )
            op.execute(f"GRANT SELECT ON {table} TO peil_web")
        else:
            op.execute(
                f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
