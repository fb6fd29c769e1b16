"""Values that several tests of the engine start from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import ItemParameters, Responses
from engine.arrays import FloatArray


@dataclass(frozen=True)
class Reference:
    """Patterns that nobody here wrote, and what R mirt makes of them (``source`` in the file)."""

    raw: dict[str, Any]

    @property
    def responses(self) -> Responses:
        return Responses.from_dense(self.raw["patterns"], weight=self.raw["freq"])

    @property
    def log_likelihood(self) -> float:
        return float(self.raw["logLik"])

    def of_items(self, name: str, group: str = "all") -> FloatArray:
        rows = [p for p in self.raw["params"] if p["name"] == name and p["item"] != "GROUP" and p["group"] == group]
        return np.array([row["value"] for row in rows])

    def of_group(self, name: str, group: str = "all") -> float:
        rows = (p for p in self.raw["params"] if (p["item"], p["name"], p["group"]) == ("GROUP", name, group))
        return float(next(rows)["value"])

    def standard_errors(self, name: str) -> FloatArray:
        entries = [self.raw["se"][item] for item in self.raw["items"]]
        return np.array([entry["SE"][entry["names"].index(name)] for entry in entries], dtype=np.float64)


@pytest.fixture(scope="session")
def reference(shared_data: Path) -> Callable[[str], Reference]:
    """Read one reference calibration by name."""
    return lambda name: Reference(json.loads((shared_data / "calibration" / f"{name}.json").read_text()))


@pytest.fixture
def mixed_items() -> ItemParameters:
    """Six items with and without guessing and slipping."""
    return ItemParameters(
        np.array([0.6, 1.0, 1.4, 1.0, 1.8, 0.9]),
        np.array([-2.0, -1.0, 0.0, 0.5, 1.0, 2.5]),
        np.array([0.0, 0.2, 0.0, 0.25, 0.1, 0.0]),
        np.array([1.0, 1.0, 0.95, 1.0, 0.98, 1.0]),
    )
