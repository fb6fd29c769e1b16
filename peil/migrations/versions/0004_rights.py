"""What the web role may read of the item bank and of scores."""

from __future__ import annotations

from alembic import op

revision = "0004_rights"
down_revision = "0003_scoring"
branch_labels = None
depends_on = None

READ_BY_WEB = (
    "itembank_item",
    "itembank_item_version",
    "itembank_stimulus_version",
    "itembank_media",
    "itembank_calibration",
    "itembank_calibration_item",
    "itembank_release",
    "scoring_wave",
    "scoring_score",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"GRANT SELECT ON {', '.join(READ_BY_WEB)} TO peil_web")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"REVOKE SELECT ON {', '.join(READ_BY_WEB)} FROM peil_web")
