"""Banks that are made once."""

from __future__ import annotations

import numpy as np
import pytest

from engine import AdaptiveBank
from tests.engine.adaptive.sittings import Run, own_bank, run


@pytest.fixture(scope="session")
def bank() -> AdaptiveBank:
    return own_bank()


@pytest.fixture(scope="session")
def taken(bank: AdaptiveBank) -> Run:
    """Forty whole tests."""
    return run(bank, np.random.default_rng(5).normal(size=40), seed=6)
