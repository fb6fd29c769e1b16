"""Scores of a wave, run by run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_scoring"
down_revision = "0002_delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scoring_wave",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "run"),
    )
    op.create_table(
        "scoring_score",
        sa.Column("wave", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("sitting", sa.Uuid(), nullable=False),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("school_class", sa.String(), nullable=False),
        sa.Column("pupil", sa.String(), nullable=False),
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("theta", sa.Float(), nullable=False),
        sa.Column("standard_error", sa.Float(), nullable=False),
        sa.Column("scale_score", sa.Float(), nullable=False),
        sa.Column("scale_error", sa.Float(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("n_answers", sa.Integer(), nullable=False),
        sa.Column("calibration", sa.String(), nullable=False),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("wave", "run", "sitting"),
        sa.ForeignKeyConstraint(["wave", "run"], ["scoring_wave.wave", "scoring_wave.run"]),
    )
    op.create_index("ix_scoring_score_school", "scoring_score", ["school"])


def downgrade() -> None:
    op.drop_index("ix_scoring_score_school", table_name="scoring_score")
    op.drop_table("scoring_score")
    op.drop_table("scoring_wave")
