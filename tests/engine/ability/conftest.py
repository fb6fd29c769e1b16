"""Fixtures that tests of ability share."""

from __future__ import annotations

import pytest

from engine import ItemParameters
from tests.engine.ability.known_items import KINDS


@pytest.fixture
def all_kinds() -> ItemParameters:
    """Items of every kind (`KINDS`)."""
    return KINDS
