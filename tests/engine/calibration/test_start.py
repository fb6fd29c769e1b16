"""Where a calibration starts."""

from __future__ import annotations

import numpy as np

from engine import Responses
from engine.calibration.start import linked_difficulties


def test_links_find_difficulties_where_proportions_are_all_alike() -> None:
    """Everybody is given items near the own ability, and answers half of them well."""
    rng = np.random.default_rng(2)
    b = np.linspace(-3.0, 3.0, 120)
    theta = rng.normal(size=4000)
    near = np.clip(
        np.searchsorted(b, theta)[:, np.newaxis] + rng.permuted(np.tile(np.arange(-15, 15), (4000, 1)), axis=1)[:, :12],
        0,
        119,
    )
    pairs = np.unique(np.column_stack([np.repeat(np.arange(4000), 12), near.ravel()]), axis=0)
    person, item = pairs.T
    category = rng.random(person.size) < 1.0 / (1.0 + np.exp(b[item] - theta[person]))
    responses = Responses.from_triplets(person, item, category.astype(np.int8), n_persons=4000, n_items=120)
    proportions = responses.proportion_correct()
    found, _ = linked_difficulties(responses, np.ones(120, dtype=np.int64))
    middle = np.abs(b) < 2.0
    assert np.corrcoef(found[middle], b[middle])[0, 1] > 0.97
    assert abs(np.corrcoef(proportions[middle], b[middle])[0, 1]) < 0.9


def test_the_group_that_gives_the_scale_is_never_missed() -> None:
    """Group 0 stands in every second row, and of so many persons only the others are drawn."""
    n = 20_002
    rng = np.random.default_rng(3)
    item = np.sort(rng.permuted(np.tile(np.arange(12), (n, 1)), axis=1)[:, :4], axis=1)
    responses = Responses.from_triplets(
        np.repeat(np.arange(n), 4),
        item.ravel(),
        rng.integers(0, 2, n * 4),
        n_persons=n,
        n_items=12,
        group=1 - np.arange(n) % 2,
    )
    difficulty, slope = linked_difficulties(responses, np.ones(12, dtype=np.int64))
    assert np.all(np.isfinite(difficulty))
    assert np.isfinite(slope)
