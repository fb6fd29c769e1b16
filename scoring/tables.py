"""Tables of stored scores; rows never leave this package."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, func
from sqlmodel import Field, SQLModel


class WaveRow(SQLModel, table=True):
    """One scoring run of a wave (*afnameperiode*); scoring again makes a new run and keeps the old one."""

    __tablename__ = "scoring_wave"

    wave: str = Field(primary_key=True)
    run: int = Field(primary_key=True)
    simulated: bool
    scored_at: datetime = Field(
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.now()},
        default=None,
    )


class ScoreRow(SQLModel, table=True):
    """One pupil's result on one test in one scoring run; rows are added, never changed."""

    __tablename__ = "scoring_score"
    __table_args__ = (ForeignKeyConstraint(["wave", "run"], ["scoring_wave.wave", "scoring_wave.run"]),)

    wave: str = Field(primary_key=True)
    run: int = Field(primary_key=True)
    sitting: UUID = Field(primary_key=True)
    school: str = Field(index=True)
    school_class: str
    pupil: str
    test: str
    theta: float
    standard_error: float
    scale_score: float
    scale_error: float
    level: str
    n_answers: int
    calibration: str
    algorithm: str
    simulated: bool
