"""Persons who were sampled together: their scores summed, and what few clusters mean for standard errors."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from engine.arrays import IntArray
from engine.errors import DesignError
from engine.responses import Responses

FEWEST_CLUSTERS = 20  # Cameron, Gelbach & Miller (2008): with fewer, sandwiches are clearly too small


def clusters_of(responses: Responses) -> IntArray:
    """Cluster of every person, 0, 1, … without gaps, (n_persons,); where none are given a person is one.

    Parameters
    ----------
    responses : of n_persons persons
    """
    if responses.cluster is None:
        return np.arange(responses.n_persons)
    which: IntArray = np.unique(responses.cluster, return_inverse=True)[1].ravel()
    return which


def require_clusters(responses: Responses) -> None:
    """Refuse a single cluster, whose scores sum to 0 at the maximum: every standard error would be 0.

    Raises
    ------
    DesignError
        If there are fewer than two clusters, or fewer than two persons where no clusters are given.
    """
    n = int(clusters_of(responses).max(initial=-1)) + 1
    if n < 2:
        what = "persons" if responses.cluster is None else "clusters"
        raise DesignError(f"a sandwich compares {what}: it takes 2 or more, and there is {n}")


def warnings_on_clusters(responses: Responses) -> tuple[str, ...]:
    """What a reader of a sandwich should know, in plain sentences; nothing where there are clusters enough.

    References
    ----------
    Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Bootstrap-based improvements for inference with clustered
    errors. Review of Economics and Statistics, 90, 414-427.
    """
    n = int(clusters_of(responses).max(initial=-1)) + 1
    if n >= FEWEST_CLUSTERS:
        return ()
    what = "persons" if responses.cluster is None else "clusters"
    return (
        f"Standard errors rest on {n} {what}, fewer than {FEWEST_CLUSTERS}: they are probably too small, and margins "
        "made from them too narrow.",
    )


def cluster_sums(responses: Responses) -> sparse.csr_array:
    """Matrix of zeros and ones that sums what persons have over each cluster, (n_clusters, n_persons).

    Parameters
    ----------
    responses : of n_persons persons
    """
    which = clusters_of(responses)
    return sparse.csr_array((np.ones(which.size), (which, np.arange(which.size))))
