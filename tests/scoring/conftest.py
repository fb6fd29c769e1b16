"""Records that scoring's tests share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest

from engine import ItemParameters
from scoring import AnswerRecord, CalibratedItems, SittingRecord

MakeSitting = Callable[..., SittingRecord]
NOON = datetime(2027, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def make_sitting() -> MakeSitting:
    """Return a maker of sittings from (item, category) pairs."""

    def make(number: int, answers: Sequence[tuple[str, int]], test: str = "wiskunde", **other: object) -> SittingRecord:
        kept = tuple(
            AnswerRecord(position, item, category, elapsed_ms=1000)
            for position, (item, category) in enumerate(answers, start=1)
        )
        facts = {
            "sitting": UUID(int=number),
            "pupil": f"pupil-{number}",
            "school": "school",
            "school_class": "4A",
            "test": test,
            "bank": "f" * 64,
            "calibration": "k1",
            "started_at": NOON,
            "sealed_at": NOON,
            "answers": kept,
        }
        return SittingRecord(**{**facts, **other})  # type: ignore[arg-type]  # the facts are of several types

    return make


@pytest.fixture
def three_items() -> CalibratedItems:
    """Three items of a calibration, easy to hard."""
    parameters = ItemParameters.two_parameter(np.array([1.0, 1.5, 0.8]), np.array([-1.0, 0.0, 1.2]))
    return CalibratedItems("k1", ("a@1", "b@1", "c@1"), parameters)
