"""Coming in: wrong codes by network, devices that wait for a click, reserve seats, seats that got another pupil."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012_entry_a"
down_revision = "0011_metadata"
branch_labels = None
depends_on = None

OWN = "school_id = NULLIF(current_setting('peil.school', true), '')::uuid"
TABLES = ("delivery_try", "delivery_waiting", "delivery_reassignment")
OF_A_SITTING = ("delivery_waiting", "delivery_reassignment")


def upgrade() -> None:
    guarded: sa.Column[bool] = sa.Column("guarded", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("delivery_administration", guarded)
    op.add_column("delivery_seat", sa.Column("reserve", sa.Integer(), nullable=False, server_default="0"))
    let_seats_be_without_a_pupil(nullable=True)
    create_tables()
    if op.get_bind().dialect.name == "postgresql":
        build_walls()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    remove_seats_without_a_pupil()
    let_seats_be_without_a_pupil(nullable=False)
    op.drop_column("delivery_seat", "reserve")
    op.drop_column("delivery_administration", "guarded")


def remove_seats_without_a_pupil() -> None:
    """In every school: row-level security is forced for the owner too, who would see none of them."""
    is_walled = op.get_bind().dialect.name == "postgresql"
    if is_walled:
        op.execute("ALTER TABLE delivery_seat NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM delivery_seat WHERE pupil_id IS NULL")
    if is_walled:
        op.execute("ALTER TABLE delivery_seat FORCE ROW LEVEL SECURITY")


def let_seats_be_without_a_pupil(*, nullable: bool) -> None:
    with op.batch_alter_table("delivery_seat") as seat:
        seat.alter_column("pupil_id", existing_type=sa.Uuid(), nullable=nullable)


def column(name: str, kind: type[sa.types.TypeEngine[Any]], *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, kind(), nullable=nullable)


def instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def reference(columns: list[str], table: str) -> sa.ForeignKeyConstraint:
    """Foreign key to the columns of the same name."""
    return sa.ForeignKeyConstraint(columns, [f"{table}.{name}" for name in columns])


def create_tables() -> None:
    room, sitting = ["school_id", "administration_id"], ["school_id", "sitting_id"]
    op.create_table(
        "delivery_try",
        *(column(name, sa.Uuid) for name in room),
        column("network", sa.LargeBinary),
        column("n_wrong", sa.Integer),
        column("is_known", sa.Boolean),
        sa.PrimaryKeyConstraint(*room, "network"),
        reference(room, "delivery_administration"),
    )
    op.create_table(
        "delivery_waiting",
        *(column(name, sa.Uuid) for name in sitting),
        column("device", sa.LargeBinary),
        column("number", sa.Integer),
        instant("asked_at"),
        instant("admitted_at", nullable=True),
        sa.PrimaryKeyConstraint(*sitting, "device"),
        reference(sitting, "delivery_sitting"),
    )
    op.create_table(
        "delivery_reassignment",
        *(column(name, sa.Uuid) for name in ("school_id", "link", "sitting_id")),
        column("reason", sa.String),
        column("staff_id", sa.String),
        sa.PrimaryKeyConstraint("school_id", "link", "sitting_id"),
        reference(sitting, "delivery_sitting"),
    )


def build_walls() -> None:
    """What the web role and erasure may do, and only with the rows of one school."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {', '.join(TABLES)} TO peil_web")
    op.execute(f"GRANT DELETE ON {', '.join(OF_A_SITTING)} TO peil_web")
    op.execute(f"GRANT SELECT, DELETE ON {', '.join(OF_A_SITTING)} TO peil_archive")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_school ON {table} USING ({OWN}) WITH CHECK ({OWN})")
