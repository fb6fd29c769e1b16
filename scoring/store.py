"""Storing scores and getting them back as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlmodel import Session, col, func, insert, select

from scoring.errors import StoreError
from scoring.records import ScoreRecord
from scoring.tables import ScoreRow, WaveRow


def store_scores(db: Session, wave: str, scores: Sequence[ScoreRecord]) -> int:
    """Store the scores of a wave as a new run; earlier runs stay as they are. The caller commits.

    Parameters
    ----------
    db
        Database session.
    wave
        Identifier of the wave (*afnameperiode*).
    scores
        Results, at most one per sitting; each carries the versions that produced it.

    Returns
    -------
    int
        Number of the run: 1 for the first, one more for each time the wave is scored again.

    Raises
    ------
    StoreError
        If there is nothing to store, the wave has no name, or a sitting occurs twice.
    """
    if not wave or not scores:
        raise StoreError(f"wave {wave!r} with {len(scores)} scores: both a name and at least one score are needed")
    sittings = {score.sitting for score in scores}
    if len(sittings) != len(scores):
        raise StoreError(f"wave {wave}: {len(scores)} scores for {len(sittings)} sittings; store one per sitting")
    run = last_run(db, wave) + 1
    db.add(WaveRow(wave=wave, run=run, simulated=any(score.simulated for score in scores)))
    db.flush()
    db.execute(insert(ScoreRow), [{"wave": wave, "run": run, **asdict(score)} for score in scores])
    return run


def load_scores(
    db: Session, wave: str, *, run: int | None = None, school: str | None = None
) -> tuple[ScoreRecord, ...]:
    """Scores of one run of a wave, ordered by school, class, test, pupil and sitting.

    Parameters
    ----------
    db
        Database session.
    wave
        Identifier of the wave.
    run
        Which run; the last one where it is None.
    school
        Only this school's scores.

    Raises
    ------
    StoreError
        If the wave has no such run.
    """
    runs = list(db.exec(select(WaveRow.run).where(WaveRow.wave == wave).order_by(col(WaveRow.run))))
    chosen = run if run is not None else max(runs, default=0)
    if chosen not in runs:
        raise StoreError(f"wave {wave!r} has no run {chosen}; stored runs: {runs or 'none'}")
    wanted = select(ScoreRow).where(ScoreRow.wave == wave, ScoreRow.run == chosen)
    if school is not None:
        wanted = wanted.where(ScoreRow.school == school)
    order = (ScoreRow.school, ScoreRow.school_class, ScoreRow.test, ScoreRow.pupil, ScoreRow.sitting)
    return tuple(_record(row) for row in db.exec(wanted.order_by(*(col(column) for column in order))))


def last_run(db: Session, wave: str) -> int:
    """Number of a wave's latest run; 0 when it was never scored."""
    return db.exec(select(func.max(WaveRow.run)).where(WaveRow.wave == wave)).one() or 0


def waves(db: Session, *, school: str | None = None) -> tuple[str, ...]:
    """Identifiers of the waves that have scores (of a school), in the order in which they were first scored."""
    wanted = select(WaveRow.wave).group_by(WaveRow.wave).order_by(func.min(WaveRow.scored_at), WaveRow.wave)
    if school is not None:
        own = select(ScoreRow.wave).where(ScoreRow.school == school)
        wanted = wanted.where(col(WaveRow.wave).in_(own))
    return tuple(db.exec(wanted))


def _record(row: ScoreRow) -> ScoreRecord:
    """Frozen value of a row."""
    return ScoreRecord(**{field.name: getattr(row, field.name) for field in fields(ScoreRecord)})
