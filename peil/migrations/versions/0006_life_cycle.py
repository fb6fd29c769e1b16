"""What happened to every item version, the state it is in, and the words that it is found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_life_cycle"
down_revision = "0005_isolation"
branch_labels = None
depends_on = None

VERSION = ("identifier", "version")
TABLES = ("itembank_change", "itembank_state", "itembank_words")
BY, WHY = "Peil", "It was in the bank before states were kept"


def upgrade() -> None:
    of_version = [f"itembank_item_version.{name}" for name in VERSION]
    op.create_table(
        "itembank_change",
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("by", "before", "after", "why")),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint(*VERSION, "number"),
        sa.ForeignKeyConstraint(VERSION, of_version),
    )
    op.create_table(
        "itembank_state",
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(*VERSION),
        sa.ForeignKeyConstraint(VERSION, of_version),
    )
    op.create_index("ix_itembank_state_state", "itembank_state", ["state"])
    op.create_table(
        "itembank_words",  # filled by whoever brings an item in, or searches first
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(*VERSION),
        sa.ForeignKeyConstraint(VERSION, of_version),
    )
    give_known_versions_a_state()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER itembank_change_is_kept BEFORE UPDATE ON itembank_change "
            "FOR EACH ROW EXECUTE FUNCTION itembank_is_kept()"
        )
        op.execute(f"GRANT SELECT ON {', '.join(TABLES)} TO peil_web")
    else:
        op.execute(
            "CREATE TRIGGER itembank_change_is_kept BEFORE UPDATE ON itembank_change "
            "BEGIN SELECT RAISE(ABORT, 'rows of itembank_change are never changed'); END"
        )


def give_known_versions_a_state() -> None:
    """What was calibrated last or tried out could be in a test, and goes on; what it replaced is retired."""
    calibrated = (
        "EXISTS (SELECT 1 FROM itembank_calibration_item held "
        "WHERE held.identifier = known.identifier AND held.version {} known.version)"
    )
    op.execute(
        sa.text(
            "INSERT INTO itembank_state (identifier, version, state) SELECT identifier, version, "
            f"CASE WHEN {calibrated.format('=')} AND {calibrated.format('>')} THEN 'retired' "
            f"WHEN {calibrated.format('=')} THEN 'operational' "
            "WHEN CAST(known.keywords AS VARCHAR) LIKE :tried THEN 'field_test' "
            "ELSE 'draft' END FROM itembank_item_version known"
        ).bindparams(tried="%state:field_test%")
    )
    op.execute(
        sa.text(
            'INSERT INTO itembank_change (identifier, version, number, "by", before, after, why) '
            "SELECT identifier, version, 1, :by, '', state, :why FROM itembank_state"
        ).bindparams(by=BY, why=WHY)
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
