"""A wall between schools for scores and for what is looked up before a school is known; fingerprints of the keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_isolation"
down_revision = "0004_rights"
branch_labels = None
depends_on = None

OWN = "NULLIF(current_setting('peil.school', true), '')::uuid"

# Scores know a school by its identifier in the roster. A wave is visible whole once one of its runs holds the school,
# so that a run without the school counts as the last one here as it does on SQLite.
OF_SCORES = {
    "scoring_score": f"school = (SELECT sourced_id FROM delivery_school WHERE school_id = {OWN})",
    "scoring_wave": "EXISTS (SELECT FROM scoring_score WHERE scoring_score.wave = scoring_wave.wave)",
}

# Before a transaction has a school, staff sign in by their address, pupils come in by a room code, and the schools are
# listed: then every row is visible. Once it has one, only that school's are, and staff of no school at all.
BEFORE_A_SCHOOL = {
    "delivery_school": f"{OWN} IS NULL OR school_id = {OWN}",
    "delivery_staff": f"{OWN} IS NULL OR school_id IS NULL OR school_id = {OWN}",
    "delivery_room_code": f"{OWN} IS NULL OR school_id = {OWN}",
}


def upgrade() -> None:
    op.create_table(
        "peil_key_fingerprint",
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("purpose"),
    )
    if op.get_bind().dialect.name == "postgresql":
        build_walls()
        take_needless_rights()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in (*reversed(OF_SCORES), *BEFORE_A_SCHOOL):
            op.execute(f"DROP POLICY own_school ON {table}")
            op.execute(f"DROP POLICY owner ON {table}")
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute("GRANT INSERT, UPDATE ON delivery_school, delivery_staff, delivery_room_code TO peil_web")
        op.execute("GRANT SELECT ON delivery_staff, delivery_room_code TO peil_archive")
    op.drop_table("peil_key_fingerprint")


def build_walls() -> None:
    """Forced for the owner too, who gets a policy of its own: it scores whole waves and imports rosters."""
    for table, visible in (OF_SCORES | BEFORE_A_SCHOOL).items():
        writable = f"school_id = {OWN}" if table in BEFORE_A_SCHOOL else "false"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
        op.execute(
            f"CREATE POLICY own_school ON {table} TO peil_web, peil_archive USING ({visible}) WITH CHECK ({writable})"
        )


def take_needless_rights() -> None:
    """The web role makes no schools and no accounts and changes no room code; erasure needs neither of these lists."""
    op.execute("REVOKE INSERT, UPDATE ON delivery_school, delivery_staff FROM peil_web")
    op.execute("REVOKE UPDATE ON delivery_room_code FROM peil_web")
    op.execute("REVOKE SELECT ON delivery_staff, delivery_room_code FROM peil_archive")
