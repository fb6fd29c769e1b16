"""Items, passages and media as versions; calibrations; compiled banks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_item_bank"
down_revision = None
branch_labels = None
depends_on = None

VERSION = ("identifier", "version")
KEPT_FOR_EVER = (
    "itembank_item_version",
    "itembank_stimulus_version",
    "itembank_media",
    "itembank_calibration",
    "itembank_calibration_item",
    "itembank_release",
)


def upgrade() -> None:
    create_items()
    create_calibrations()
    if op.get_bind().dialect.name == "postgresql":
        forbid_changes_on_postgresql()
    else:
        forbid_changes_on_sqlite()


def downgrade() -> None:
    op.drop_table("itembank_release")
    op.drop_table("itembank_calibration_item")
    op.drop_table("itembank_calibration")
    op.drop_table("itembank_media")
    op.drop_table("itembank_stimulus_version")
    op.drop_table("itembank_item_version")
    op.drop_table("itembank_item")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION itembank_is_kept()")


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def texts(*names: str) -> list[sa.Column[str]]:
    return [text(name) for name in names]


def number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def measure(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=False)


def data(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def content(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def create_items() -> None:
    op.create_table("itembank_item", text("identifier"), number("latest"), sa.PrimaryKeyConstraint("identifier"))
    op.create_table(
        "itembank_item_version",
        text("identifier"),
        number("version"),
        *texts("digest", "title", "language", "area", "enemy", "licence"),
        data("goals"),
        data("keywords"),
        data("interactions"),
        number("maximum"),
        *texts("obstacle", "stimulus"),
        number("stimulus_version"),
        data("media"),
        text("file"),
        content("source"),
        instant("imported_at"),
        sa.PrimaryKeyConstraint(*VERSION),
        sa.ForeignKeyConstraint(["identifier"], ["itembank_item.identifier"]),
    )
    op.create_index("ix_itembank_item_version_area", "itembank_item_version", ["area"])
    op.create_table(
        "itembank_stimulus_version",
        text("identifier"),
        number("version"),
        *texts("digest", "title"),
        data("media"),
        text("file"),
        content("source"),
        instant("imported_at"),
        sa.PrimaryKeyConstraint(*VERSION),
    )
    op.create_table(
        "itembank_media",
        *texts("sha256", "media_type", "extension"),
        content("content"),
        sa.PrimaryKeyConstraint("sha256"),
    )


def create_calibrations() -> None:
    op.create_table(
        "itembank_calibration",
        *texts("identifier", "model"),
        data("provenance"),
        instant("added_at"),
        sa.PrimaryKeyConstraint("identifier"),
    )
    op.create_table(
        "itembank_calibration_item",
        *texts("calibration", "identifier"),
        number("version"),
        measure("discrimination"),
        measure("difficulty"),
        measure("discrimination_error"),
        measure("difficulty_error"),
        number("n"),
        measure("p_value"),
        sa.PrimaryKeyConstraint("calibration", *VERSION),
        sa.ForeignKeyConstraint(["calibration"], ["itembank_calibration.identifier"]),
        sa.ForeignKeyConstraint(VERSION, [f"itembank_item_version.{name}" for name in VERSION]),
    )
    op.create_table(
        "itembank_release",
        *texts("hash", "test", "title", "calibration"),
        content("content"),
        instant("released_at"),
        sa.PrimaryKeyConstraint("hash"),
        sa.ForeignKeyConstraint(["calibration"], ["itembank_calibration.identifier"]),
    )
    op.create_index("ix_itembank_release_test", "itembank_release", ["test"])


def forbid_changes_on_sqlite() -> None:
    for table in KEPT_FOR_EVER:
        op.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
        )


def forbid_changes_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION itembank_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
    )
    for table in KEPT_FOR_EVER:
        op.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION itembank_is_kept()"
        )
