"""The coordinator's signature under the report of a room: rows are added, never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_signatures"
down_revision = "0012_entry_a"
branch_labels = None
depends_on = None

TABLE = "delivery_signature"
OWN = "school_id = NULLIF(current_setting('peil.school', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("administration_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("heads", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "administration_id", "number"),
        sa.ForeignKeyConstraint(
            ["school_id", "administration_id"],
            ["delivery_administration.school_id", "delivery_administration.administration_id"],
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO peil_web")
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_school ON {TABLE} USING ({OWN}) WITH CHECK ({OWN})")
    else:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {TABLE}_no_{action.lower()} BEFORE {action} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )


def downgrade() -> None:
    op.drop_table(TABLE)
