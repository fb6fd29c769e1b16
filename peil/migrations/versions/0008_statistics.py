"""Classical statistics beside the parameters of a calibration; who signs in may move items through their life."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_statistics"
down_revision = "0007_frameworks"
branch_labels = None
depends_on = None

OF_ITEM = ("calibration", "identifier", "version")
TABLES = ("itembank_statistics", "itembank_statistics_part")
INDEX = "ix_itembank_calibration_item_version"
MOVES = {"itembank_change": "INSERT", "itembank_state": "INSERT, UPDATE"}


def upgrade() -> None:
    op.create_table(
        "itembank_statistics",
        *_key(),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("proportion", sa.Float(), nullable=False),
        sa.Column("item_rest", sa.Float(), nullable=True),
        sa.Column("n_compared", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("omitted", "median_ms")),
        sa.PrimaryKeyConstraint(*OF_ITEM),
        sa.ForeignKeyConstraint(OF_ITEM, [f"itembank_calibration_item.{name}" for name in OF_ITEM]),
    )
    op.create_table(
        "itembank_statistics_part",
        *_key(),
        sa.Column("place", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("field", "value")),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("correlation", "mean_rest")),
        sa.PrimaryKeyConstraint(*OF_ITEM, "place"),
        sa.ForeignKeyConstraint(OF_ITEM, [f"itembank_statistics.{name}" for name in OF_ITEM]),
    )
    op.create_index(INDEX, "itembank_calibration_item", ["identifier", "version"])
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        if is_postgresql:
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
    if is_postgresql:
        for table, rights in MOVES.items():
            op.execute(f"GRANT {rights} ON {table} TO peil_web")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, rights in MOVES.items():
            op.execute(f"REVOKE {rights} ON {table} FROM peil_web")
    op.drop_index(INDEX, "itembank_calibration_item")
    for table in reversed(TABLES):
        op.drop_table(table)


def _key() -> list[sa.Column[object]]:
    """Which calibration, and which version of which item."""
    return [sa.Column(name, sa.Integer() if name == "version" else sa.String(), nullable=False) for name in OF_ITEM]
