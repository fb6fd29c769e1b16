"""Tables of the item bank; rows never leave the package. Versions are added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKeyConstraint, Index, LargeBinary, func
from sqlmodel import Field, SQLModel


def _recorded_at() -> Any:
    """Column that the database's clock fills."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now(), "nullable": False},
    )


def _plain_data() -> Any:
    """Column of plain data."""
    return Field(sa_type=JSON, nullable=False)


class StoredItem(SQLModel, table=True):
    """An item: its identifier and the number of its latest version."""

    __tablename__ = "itembank_item"

    identifier: str = Field(primary_key=True)
    latest: int


class StoredItemVersion(SQLModel, table=True):
    """One version of an item: the source as it came, and what is searched by."""

    __tablename__ = "itembank_item_version"

    identifier: str = Field(primary_key=True, foreign_key="itembank_item.identifier")
    version: int = Field(primary_key=True)
    digest: str
    title: str
    language: str
    area: str = Field(index=True)
    enemy: str
    licence: str
    about: dict[str, Any] = _plain_data()
    goals: list[str] = _plain_data()
    keywords: list[str] = _plain_data()
    interactions: list[str] = _plain_data()
    maximum: int
    obstacle: str
    stimulus: str
    stimulus_version: int
    media: dict[str, str] = _plain_data()
    file: str
    source: bytes = Field(sa_type=LargeBinary, nullable=False)
    imported_at: datetime = _recorded_at()


class StoredChange(SQLModel, table=True):
    """One step in the life of an item version; the last one says its state."""

    __tablename__ = "itembank_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["identifier", "version"], ["itembank_item_version.identifier", "itembank_item_version.version"]
        ),
    )

    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    by: str
    before: str
    after: str
    why: str
    account: str = ""
    at: datetime = _recorded_at()


class StoredState(SQLModel, table=True):
    """The state of an item version, for whoever searches; it follows from the changes."""

    __tablename__ = "itembank_state"
    __table_args__ = (
        ForeignKeyConstraint(
            ["identifier", "version"], ["itembank_item_version.identifier", "itembank_item_version.version"]
        ),
    )

    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    state: str = Field(index=True)


class StoredWords(SQLModel, table=True):
    """What an item version says, folded for searching; it follows from the source."""

    __tablename__ = "itembank_words"
    __table_args__ = (
        ForeignKeyConstraint(
            ["identifier", "version"], ["itembank_item_version.identifier", "itembank_item_version.version"]
        ),
    )

    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    words: str


class StoredFramework(SQLModel, table=True):
    """One edition of a framework of curriculum goals."""

    __tablename__ = "itembank_framework"

    identifier: str = Field(primary_key=True)
    edition: int = Field(primary_key=True)
    title: str
    digest: str
    added_at: datetime = _recorded_at()


class StoredGoal(SQLModel, table=True):
    """One goal of an edition, at its place."""

    __tablename__ = "itembank_goal"
    __table_args__ = (
        ForeignKeyConstraint(["framework", "edition"], ["itembank_framework.identifier", "itembank_framework.edition"]),
    )

    framework: str = Field(primary_key=True)
    edition: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    code: str
    statement: str
    parent: str
    kind: str


class StoredStimulusVersion(SQLModel, table=True):
    """One version of a passage."""

    __tablename__ = "itembank_stimulus_version"

    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    digest: str
    title: str
    about: dict[str, Any] = _plain_data()
    media: dict[str, str] = _plain_data()
    file: str
    source: bytes = Field(sa_type=LargeBinary, nullable=False)
    imported_at: datetime = _recorded_at()


class StoredAssessment(SQLModel, table=True):
    """One version of an assessment test: its files as they came, in base64, and the design made from it."""

    __tablename__ = "itembank_assessment"

    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    digest: str
    title: str
    file: str
    files: dict[str, str] = _plain_data()
    items: list[str] = _plain_data()
    design: str
    imported_at: datetime = _recorded_at()


class StoredDesign(SQLModel, table=True):
    """One version of the design of a test that was released from a file, as TOML."""

    __tablename__ = "itembank_design"

    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    text: str
    added_at: datetime = _recorded_at()


class StoredMedia(SQLModel, table=True):
    """One picture, under the hash of its content."""

    __tablename__ = "itembank_media"

    sha256: str = Field(primary_key=True)
    media_type: str
    extension: str
    content: bytes = Field(sa_type=LargeBinary, nullable=False)


class StoredCalibration(SQLModel, table=True):
    """One calibration and where it comes from."""

    __tablename__ = "itembank_calibration"

    identifier: str = Field(primary_key=True)
    model: str
    provenance: dict[str, Any] = _plain_data()
    added_at: datetime = _recorded_at()


class StoredCalibratedItem(SQLModel, table=True):
    """What one calibration says of one item version."""

    __tablename__ = "itembank_calibration_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["identifier", "version"], ["itembank_item_version.identifier", "itembank_item_version.version"]
        ),
        Index("ix_itembank_calibration_item_version", "identifier", "version"),
    )

    calibration: str = Field(primary_key=True, foreign_key="itembank_calibration.identifier")
    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    discrimination: float
    difficulty: float
    discrimination_error: float
    difficulty_error: float
    n: int
    p_value: float
    steps: list[float] = Field(default_factory=list, sa_type=JSON)


class StoredStatistics(SQLModel, table=True):
    """Classical statistics of one item version, from the answers of one calibration."""

    __tablename__ = "itembank_statistics"
    __table_args__ = (
        ForeignKeyConstraint(
            ["calibration", "identifier", "version"],
            [f"itembank_calibration_item.{name}" for name in ("calibration", "identifier", "version")],
        ),
    )

    calibration: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    n: int
    maximum: int
    proportion: float
    item_rest: float | None
    n_compared: int
    omitted: float | None
    median_ms: float | None


class StoredPartStatistics(SQLModel, table=True):
    """What goes with one category or option of an item version, at its place."""

    __tablename__ = "itembank_statistics_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["calibration", "identifier", "version"],
            [f"itembank_statistics.{name}" for name in ("calibration", "identifier", "version")],
        ),
    )

    calibration: str = Field(primary_key=True)
    identifier: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    field: str
    value: str
    n: int
    share: float
    correlation: float | None
    mean_rest: float | None


class StoredRelease(SQLModel, table=True):
    """One compiled bank, byte for byte."""

    __tablename__ = "itembank_release"

    hash: str = Field(primary_key=True)
    test: str = Field(index=True)
    title: str
    calibration: str = Field(foreign_key="itembank_calibration.identifier")
    content: bytes = Field(sa_type=LargeBinary, nullable=False)
    released_at: datetime = _recorded_at()
