"""Persons who were sampled together."""

from __future__ import annotations

import numpy as np
import pytest

from engine import DesignError, Responses
from engine.clusters import cluster_sums, clusters_of, require_clusters, warnings_on_clusters

CODES = [[1], [0], [1], [0]]


def test_sums_are_over_the_clusters_whatever_their_numbers() -> None:
    schools = Responses.from_dense(CODES, cluster=[40, 7, 40, 12])
    assert clusters_of(schools).tolist() == [2, 0, 2, 1]
    assert (cluster_sums(schools) @ np.array([1.0, 2.0, 4.0, 8.0])).tolist() == [2.0, 8.0, 5.0]


def test_without_clusters_every_person_is_one() -> None:
    alone = Responses.from_dense(CODES)
    assert (cluster_sums(alone) @ np.arange(4.0)).tolist() == [0.0, 1.0, 2.0, 3.0]
    assert "4 persons, fewer than 20" in warnings_on_clusters(alone)[0]


@pytest.mark.parametrize(("n", "warned"), [(2, True), (19, True), (20, False), (300, False)])
def test_fewer_than_twenty_are_warned_of(n: int, warned: bool) -> None:
    responses = Responses.from_dense(np.ones((300, 1), dtype=np.int8), cluster=np.arange(300) % n)
    require_clusters(responses)
    assert bool(warnings_on_clusters(responses)) == warned


def test_one_cluster_is_refused() -> None:
    with pytest.raises(DesignError, match="compares clusters: it takes 2 or more, and there is 1"):
        require_clusters(Responses.from_dense(CODES, cluster=[3, 3, 3, 3]))
    with pytest.raises(DesignError, match="compares persons: it takes 2 or more, and there is 1"):
        require_clusters(Responses.from_dense([[1]]))
