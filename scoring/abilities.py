"""Final abilities: EAP and its error per sitting, on the reporting scale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import ItemParameters, estimate_eap, normal_quadrature
from scoring.errors import RecordError
from scoring.matrix import build_responses
from scoring.records import ScoreRecord, SittingRecord
from scoring.standards import ReportingScale

if TYPE_CHECKING:
    from itembank.values import CompiledBank

ALGORITHM = "eap/1"
"""Name and version of the way abilities are estimated; raised when the same answers would give other scores."""


@dataclass(frozen=True, slots=True, eq=False)
class CalibratedItems:
    """The items of one test as a calibration knows them.

    Attributes
    ----------
    calibration : identifier of the calibration version
    item_ids : item versions, parallel to ``items``
    items : parameters of n_items items
    prior_mean, prior_sd : ability distribution assumed before any answer, in logits

    Raises
    ------
    RecordError
        If there are not as many item versions as parameters.
    """

    calibration: str
    item_ids: tuple[str, ...]
    items: ItemParameters
    prior_mean: float = 0.0
    prior_sd: float = 1.0

    def __post_init__(self) -> None:
        if len(self.item_ids) != self.items.n_items:
            raise RecordError(
                f"calibration {self.calibration}: {len(self.item_ids)} item versions but parameters of "
                f"{self.items.n_items}; they must run parallel"
            )

    @classmethod
    def from_bank(cls, bank: CompiledBank) -> CalibratedItems:
        """Items of a compiled bank with the bank's own parameters and prior."""
        return cls(
            calibration=bank.calibration,
            item_ids=tuple(view.item for view in bank.views),
            items=bank.pool.items,
            prior_mean=bank.blueprint.prior_mean,
            prior_sd=bank.blueprint.prior_sd,
        )

    @property
    def algorithm(self) -> str:
        """Algorithm with the prior it uses, stored with every score."""
        return f"{ALGORITHM} normal({self.prior_mean:g}, {self.prior_sd:g})"


def score_sittings(
    records: Sequence[SittingRecord],
    items: Mapping[str, CalibratedItems],
    scales: Mapping[str, ReportingScale],
) -> tuple[ScoreRecord, ...]:
    """Score sittings of any tests; the results come in the order of the records.

    The ability is the mean of the posterior distribution given *all* accepted answers (EAP; Bock &
    Mislevy, 1982), its error the posterior standard deviation. A sitting without a single answer that
    counts gets no score: its EAP would be the prior's mean, which says nothing about the pupil.

    Parameters
    ----------
    records
        Sealed sittings.
    items, scales
        Calibrated items and reporting scale by test identifier.

    Raises
    ------
    RecordError
        If a test has no items or no scale, or an answer does not fit the items.
    """
    by_test: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        by_test[record.test].append(place)
    scored: dict[int, ScoreRecord] = {}
    for test, places in by_test.items():
        for known, what in ((items, "calibrated items"), (scales, "reporting scale")):
            if test not in known:
                raise RecordError(f"test {test}: no {what} given; known are {', '.join(sorted(known)) or 'none'}")
        results = _score_test([records[place] for place in places], items[test], scales[test])
        scored.update((place, result) for place, result in zip(places, results, strict=True) if result.n_answers > 0)
    return tuple(scored[place] for place in sorted(scored))


def _score_test(
    records: Sequence[SittingRecord], calibrated: CalibratedItems, scale: ReportingScale
) -> list[ScoreRecord]:
    """Score the sittings of one test."""
    matrix = build_responses(records, calibrated.item_ids)
    prior = normal_quadrature(calibrated.prior_mean, calibrated.prior_sd)
    abilities = estimate_eap(matrix.responses, calibrated.items, prior)
    n_answers = (matrix.responses.start[1:] - matrix.responses.start[:-1]).tolist()
    rows = zip(records, abilities.theta.tolist(), abilities.standard_error.tolist(), n_answers, strict=True)
    return [_record(record, calibrated, scale, theta, error, n) for record, theta, error, n in rows]


def _record(
    record: SittingRecord, calibrated: CalibratedItems, scale: ReportingScale, theta: float, error: float, n: int
) -> ScoreRecord:
    """Make the score record of one sitting."""
    score = scale.score(theta)
    return ScoreRecord(
        sitting=record.sitting,
        pupil=record.pupil,
        school=record.school,
        school_class=record.school_class,
        test=record.test,
        theta=theta,
        standard_error=error,
        scale_score=score,
        scale_error=scale.error(error),
        level=scale.level(score),
        n_answers=n,
        calibration=calibrated.calibration,
        algorithm=calibrated.algorithm,
        simulated=record.simulated,
    )
