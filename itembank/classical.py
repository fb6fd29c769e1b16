"""Classical statistics of item versions: the pipeline pushes them beside a calibration; kept for ever, as that is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from itembank.calibrations import CalibratedItem
from itembank.errors import NotInBankError, ReleaseError
from itembank.release import calibrated_item
from itembank.store import split_name
from itembank.tables import StoredCalibratedItem, StoredCalibration, StoredPartStatistics, StoredStatistics


@dataclass(frozen=True, slots=True)
class PartStatistics:
    """What goes with one category of the score, or with one option.

    Attributes
    ----------
    field : response variable that the option belongs to; "" for a category of the score
    value : the category as a number; or the option, a pair, or a whole order as it was sent; "" for nothing chosen
    n : answers that have it
    share : of the answers of which it is known
    correlation : point-biserial, of having it with the rest score; None where that does not exist
    mean_rest : mean rest score of who has it, as a share of the most points; None where nobody has it
    """

    field: str
    value: str
    n: int
    share: float
    correlation: float | None
    mean_rest: float | None


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """Classical statistics of one item version, from the answers that one calibration rests on.

    Attributes
    ----------
    item : ``identifier@version``
    n : answers
    maximum : most points
    proportion : mean points as a share of the most (p, for right and wrong)
    item_rest : correlation of the points with the rest score; None where one of them does not vary
    n_compared : answers that correlations rest on: of persons whose form somebody else was given too
    omitted : share in which nothing was chosen; None where that is not known, because answers are typed
    median_ms : median working time in milliseconds; None where no time is known
    parts : categories of the score first, then options, field by field; no options where only scores are known
    """

    item: str
    n: int
    maximum: int
    proportion: float
    item_rest: float | None
    n_compared: int
    omitted: float | None
    median_ms: float | None
    parts: tuple[PartStatistics, ...]

    @property
    def categories(self) -> tuple[PartStatistics, ...]:
        """Parts of the score."""
        return tuple(part for part in self.parts if not part.field)

    @property
    def options(self) -> tuple[PartStatistics, ...]:
        """Parts of the response."""
        return tuple(part for part in self.parts if part.field)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one calibration says of an item version.

    Attributes
    ----------
    calibration, model : which
    provenance : what it rests on
    added_at : when it was pushed
    parameters : with their standard errors
    statistics : None where none were pushed beside it
    """

    calibration: str
    model: str
    provenance: Mapping[str, Any]
    added_at: datetime
    parameters: CalibratedItem
    statistics: ItemStatistics | None


def add_statistics(db: Session, calibration: str, statistics: Sequence[ItemStatistics]) -> None:
    """Keep classical statistics beside a calibration; they are never changed afterwards.

    Parameters
    ----------
    db : database session; the caller commits
    calibration : its identifier
    statistics : of item versions that it holds; where there are some already, they are accepted only if they are the
        same

    Raises
    ------
    NotInBankError
        If there is no such calibration, or it does not hold an item version.
    ReleaseError
        If an item is there twice, or the calibration has other statistics.
    """
    if db.get(StoredCalibration, calibration) is None:
        raise NotInBankError(f"there is no calibration {calibration!r}")
    if len({one.item for one in statistics}) < len(statistics):
        raise ReleaseError(f"statistics of calibration {calibration}: an item is in them twice")
    kept = load_statistics(db, calibration)
    if kept:
        if set(kept) != set(statistics):
            raise ReleaseError(f"calibration {calibration} has other statistics: give this calibration another name")
        return
    held = select(StoredCalibratedItem).where(StoredCalibratedItem.calibration == calibration)
    known = {f"{row.identifier}@{row.version}" for row in db.exec(held).all()}
    missing = [one.item for one in statistics if one.item not in known]
    if missing:
        raise NotInBankError(f"statistics of calibration {calibration} name {missing[0]}, which is not in it")
    db.add_all(_row(calibration, one) for one in statistics)
    db.flush()
    db.add_all(row for one in statistics for row in _part_rows(calibration, one))
    db.flush()


def load_statistics(db: Session, calibration: str) -> tuple[ItemStatistics, ...]:
    """Return the statistics beside a calibration, by item; none where none were pushed."""
    rows = db.exec(select(StoredStatistics).where(StoredStatistics.calibration == calibration)).all()
    chosen = select(StoredPartStatistics).where(StoredPartStatistics.calibration == calibration)
    return tuple(sorted(_statistics(rows, db.exec(chosen).all()), key=lambda one: one.item))


def measurements_of(db: Session, name: str) -> tuple[Measurement, ...]:
    """What every calibration that holds an item version says of it, the newest first.

    Parameters
    ----------
    db : database session
    name : ``identifier@version``
    """
    identifier, version = split_name(name)
    of_version = StoredStatistics.identifier == identifier, StoredStatistics.version == version
    rows = db.exec(select(StoredStatistics).where(*of_version)).all()
    parts = select(StoredPartStatistics).where(
        StoredPartStatistics.identifier == identifier, StoredPartStatistics.version == version
    )
    found = {row.calibration: one for row, one in zip(rows, _statistics(rows, db.exec(parts).all()), strict=True)}
    held = (
        select(StoredCalibration, StoredCalibratedItem)
        .join(StoredCalibratedItem, col(StoredCalibratedItem.calibration) == StoredCalibration.identifier)
        .where(StoredCalibratedItem.identifier == identifier, StoredCalibratedItem.version == version)
        .order_by(col(StoredCalibration.added_at).desc(), col(StoredCalibration.identifier).desc())
    )
    return tuple(
        Measurement(
            calibration=kept.identifier,
            model=kept.model,
            provenance=dict(kept.provenance),
            added_at=kept.added_at,
            parameters=calibrated_item(row),
            statistics=found.get(kept.identifier),
        )
        for kept, row in db.exec(held).all()
    )


_OF_ITEM = tuple(held.name for held in dataclasses.fields(ItemStatistics) if held.name not in {"item", "parts"})
_OF_PART = tuple(held.name for held in dataclasses.fields(PartStatistics))


def _row(calibration: str, one: ItemStatistics) -> StoredStatistics:
    """Return the row of one item version."""
    identifier, version = split_name(one.item)
    values = {name: getattr(one, name) for name in _OF_ITEM}
    return StoredStatistics(calibration=calibration, identifier=identifier, version=version, **values)


def _part_rows(calibration: str, one: ItemStatistics) -> Iterator[StoredPartStatistics]:
    """Rows of its categories and options, in their order."""
    identifier, version = split_name(one.item)
    for place, part in enumerate(one.parts):
        values = {name: getattr(part, name) for name in _OF_PART}
        yield StoredPartStatistics(
            calibration=calibration, identifier=identifier, version=version, place=place, **values
        )


def _statistics(
    rows: Sequence[StoredStatistics], part_rows: Sequence[StoredPartStatistics]
) -> Iterator[ItemStatistics]:
    """Values of rows, in their order, each with its parts."""
    parts: dict[tuple[str, str, int], list[PartStatistics]] = {}
    for part in sorted(part_rows, key=lambda row: row.place):
        value = PartStatistics(**{name: getattr(part, name) for name in _OF_PART})
        parts.setdefault((part.calibration, part.identifier, part.version), []).append(value)
    for row in rows:
        values = {name: getattr(row, name) for name in _OF_ITEM}
        own = parts.get((row.calibration, row.identifier, row.version), [])
        yield ItemStatistics(item=f"{row.identifier}@{row.version}", parts=tuple(own), **values)
