"""From responses to a calibration version of the item bank: the engine estimates, the bank keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from engine import Calibration, Model, ResponseError, Responses, calibrate
from itembank import CalibratedItem, CalibrationVersion
from peil.calibration.limits import MAX_CYCLES
from scoring import SittingRecord


def calibrate_items(
    identifier: str,
    item_ids: Sequence[str],
    responses: Responses,
    groups: Sequence[str],
    *,
    points: Sequence[int],
    simulated: bool,
    records: Sequence[SittingRecord] = (),
    max_cycles: int = MAX_CYCLES,
    on_cycle: Callable[[int, float], None] | None = None,
) -> CalibrationVersion:
    """Calibrate: right or wrong as 2PL, points for parts as generalised partial credit; in the form the bank keeps.

    Parameters
    ----------
    identifier
        Name of the calibration version.
    item_ids
        Item versions in the order of the responses' items.
    responses
        Answers of n_persons persons to n_items items.
    groups
        Name of each group of persons; the first gives the scale its origin.
    points
        Most points of each item, in the same order; they say which model it gets.
    simulated
        Any of the persons is a simulee or a virtual pupil.
    records
        Sealed sittings that some of the responses come from; the provenance names their banks and their days.
    max_cycles
        Steps at most.
    on_cycle
        Called with number and log-likelihood after each step.

    Raises
    ------
    ResponseError
        If an item cannot be calibrated; names it by index. If nobody, or an impossible answer, reached the most points
        of an item; names it.
    """
    _require_reached(item_ids, responses, points)
    models: list[Model] = ["gpcm" if most > 1 else "2pl" for most in points]
    result = calibrate(responses, model=models, max_cycles=max_cycles, on_cycle=on_cycle)
    return CalibrationVersion(
        identifier=identifier,
        model="gpcm" if "gpcm" in models else "2pl",
        items=_calibrated_items(item_ids, responses, result),
        provenance={
            "simulated": simulated,
            "n_persons": responses.n_persons,
            "n_responses": responses.n_responses,
            "responses_sha256": digest(responses),
            **_sittings(records),
            "log_likelihood": result.log_likelihood,
            "iterations": result.n_cycles,
            "converged": result.converged,
            "groups": [
                {"name": name, "mean": group.mean, "sd": group.sd, "n": group.n}
                for name, group in zip(groups, result.groups, strict=True)
            ],
            "flags": [
                *({"item": item_ids[flag.item], "reason": flag.reason} for flag in result.flags),
                *({"group": groups[flag.group], "reason": flag.reason} for flag in result.group_flags),
            ],
        },
    )


def _require_reached(item_ids: Sequence[str], responses: Responses, points: Sequence[int]) -> None:
    """Refuse items of which the highest category is not their points: a step that nobody took cannot be estimated."""
    highest = np.zeros(responses.n_items, dtype=np.int64)
    np.maximum.at(highest, responses.item, responses.category.astype(np.int64))
    wrong = [
        f"{item} (worth {most}, at most {seen} earned)"
        for item, most, seen in zip(item_ids, points, highest.tolist(), strict=True)
        if seen != most and (most > 1 or seen > 1)  # what is right or wrong is the engine's to judge
    ]
    if wrong:
        why = "the step to the points that nobody earned cannot be estimated, and no answer can earn more"
        raise ResponseError(f"{', '.join(wrong)}: {why}. Collect more answers, or leave these items out.")


def _sittings(records: Sequence[SittingRecord]) -> dict[str, object]:
    """Where live answers come from: how many sittings, of which banks, sealed from which day to which."""
    if not records:
        return {}
    days = sorted(record.sealed_at.date().isoformat() for record in records)
    banks = sorted({record.bank for record in records})
    return {"n_sittings": len(records), "banks": banks, "sealed_from": days[0], "sealed_until": days[-1]}


def _calibrated_items(item_ids: Sequence[str], responses: Responses, result: Calibration) -> tuple[CalibratedItem, ...]:
    """One entry an item, with how many answers it rests on and the share of the points that they earned."""
    columns = (
        result.items.discrimination,
        result.items.difficulty,
        result.standard_errors.discrimination,
        result.standard_errors.difficulty,
        responses.n_answered(),
        responses.proportion_correct(),
    )
    rows = zip(item_ids, *(column.tolist() for column in columns), strict=True)
    return tuple(
        CalibratedItem(item, slope, location, slope_error, location_error, int(n), p, _steps(result, number))
        for number, (item, slope, location, slope_error, location_error, n, p) in enumerate(rows)
    )


def _steps(result: Calibration, item: int) -> tuple[float, ...]:
    """Steps of an item with points for parts; none of another."""
    return tuple(result.items.steps(item).tolist()) if result.items.is_polytomous[item] else ()


def digest(responses: Responses) -> str:
    """SHA-256 of the responses, hexadecimal: the same data, the same digest."""
    content = hashlib.sha256()
    for column, kind in (
        (responses.start, "<i8"),
        (responses.item, "<i4"),
        (responses.category, "<i1"),
        (responses.weight, "<f8"),
        (responses.group, "<i4"),
    ):
        content.update(np.ascontiguousarray(column).astype(kind).tobytes())
    return content.hexdigest()
