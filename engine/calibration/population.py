"""Ability distributions: a mean and an sd for every group, and a regression on covariates where there are any."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.arrays import BoolArray, FloatArray
from engine.quadrature import LOWEST_LOG_WEIGHT, log_normal_weights

SMALLEST_SD, LARGEST_SD = 0.05, 20.0  # logits: no differences that a test could show, and nothing else; both flagged
LOWEST_LOG_SD, HIGHEST_LOG_SD = float(np.log(SMALLEST_SD)), float(np.log(LARGEST_SD))


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Abilities are normal within a group, around ``mean[group] + covariates @ beta``; or a histogram.

    Attributes
    ----------
    mean, log_sd : (n_groups,)
    beta : (n_covariates,)
    log_histogram : (n_groups, n_nodes) logarithms of weights that sum to 1; None for normal densities
    free_mean, free_sd : (n_groups,) what is estimated; group 0 gives the scale its origin, unless items do
    """

    mean: FloatArray
    log_sd: FloatArray
    beta: FloatArray
    free_mean: BoolArray
    free_sd: BoolArray
    log_histogram: FloatArray | None = None

    @property
    def n_groups(self) -> int:
        """Number of groups."""
        return self.mean.size

    @property
    def sd(self) -> FloatArray:
        """Standard deviations, (n_groups,)."""
        sd: FloatArray = np.exp(self.log_sd)
        return sd

    @property
    def is_at_bound(self) -> BoolArray:
        """Whose sd is estimated and ran to its bound, (n_groups,)."""
        if self.log_histogram is not None:
            return np.zeros(self.n_groups, dtype=np.bool_)
        return self.free_sd & ((self.log_sd <= LOWEST_LOG_SD) | (self.log_sd >= HIGHEST_LOG_SD))

    @property
    def n_free(self) -> int:
        """Number of free parameters.

        A histogram's weights sum to 1 in every group; and group 0's mean and sd are given where they set the scale.
        """
        if self.log_histogram is None:
            return self.pack().size
        n_given = int(not self.free_mean[0]) + int(not self.free_sd[0])
        return self.log_histogram.size - self.n_groups - n_given

    def pack(self) -> FloatArray:
        """Free parameters in a row: means, logarithms of sds, regression; or square roots of a histogram's weights."""
        parts = [self.mean[self.free_mean], self.log_sd[self.free_sd], self.beta]
        if self.log_histogram is not None:
            parts = [np.exp(0.5 * self.log_histogram).ravel()]
        return np.concatenate(parts)

    def unpack(self, vector: FloatArray) -> Population:
        """Return the population with the free parameters of a vector made by `pack`, brought back into bounds."""
        if self.log_histogram is not None:
            return self.with_histogram(vector.reshape(self.log_histogram.shape) ** 2)
        n_mean, n_sd = np.count_nonzero(self.free_mean), np.count_nonzero(self.free_sd)
        mean, log_sd = self.mean.copy(), self.log_sd.copy()
        mean[self.free_mean] = vector[:n_mean]
        log_sd[self.free_sd] = np.clip(vector[n_mean : n_mean + n_sd], LOWEST_LOG_SD, HIGHEST_LOG_SD)
        return replace(self, mean=mean, log_sd=log_sd, beta=vector[n_mean + n_sd :])

    def with_histogram(self, weights: FloatArray) -> Population:
        """Return the population with weights (n_groups, n_nodes) at the nodes, made to sum to 1."""
        share = weights / weights.sum(axis=1, keepdims=True)
        return replace(self, log_histogram=np.log(np.maximum(share, np.exp(LOWEST_LOG_WEIGHT))))

    def log_weights(self, nodes: FloatArray) -> FloatArray:
        """Logarithms of the weights of every group at the nodes, (n_groups, n_nodes), each summing to 1.

        With covariates these are the weights of a person whose regression is 0; the others' are shifted.
        """
        if self.log_histogram is not None:
            return self.log_histogram
        if self.beta.size:
            spacing = nodes[1] - nodes[0]
            z = (nodes - self.mean[:, np.newaxis]) / self.sd[:, np.newaxis]
            shift = np.log(spacing / np.sqrt(2.0 * np.pi)) - self.log_sd
            unbounded: FloatArray = -0.5 * z**2 + shift[:, np.newaxis]
            return unbounded
        pairs = zip(self.mean.tolist(), self.sd.tolist(), strict=True)
        return np.stack([log_normal_weights(nodes, mean, sd) for mean, sd in pairs])

    def reach(self, n_sds: float, shift: FloatArray) -> tuple[float, float]:
        """Lowest and highest ability within so many sds of a mean; ``shift`` is the persons' regression, (n,)."""
        low, high = (float(shift.min()), float(shift.max())) if shift.size else (0.0, 0.0)
        return (
            float((self.mean - n_sds * self.sd).min()) + low,
            float((self.mean + n_sds * self.sd).max()) + high,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What the expectation step says about the population, beside the counts at the nodes.

    Attributes
    ----------
    persons : (n_groups, n_nodes) expected persons of a group at a node
    products : (n_groups, n_covariates) sums over persons of covariate times expected ability
    """

    persons: FloatArray
    products: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Sums over persons that do not change while a calibration runs, weighted.

    Attributes
    ----------
    n : (n_groups,) persons
    sums : (n_groups, n_covariates) of the covariates
    squares : (n_groups, n_covariates, n_covariates) of their products
    """

    n: FloatArray
    sums: FloatArray
    squares: FloatArray


def fit_population(population: Population, moments: Moments, design: Design, nodes: FloatArray) -> Population:
    """Means, sds and regression that fit expected abilities best.

    The regression, given the sds, is generalised least squares over all groups; the sds follow from what it
    leaves (expectation-conditional maximisation: Meng & Rubin, 1993).

    Parameters
    ----------
    population
        Present values; what is not free stays.
    moments, design
        Sums over persons.
    nodes : (n_nodes,) abilities in logits
    """
    if population.log_histogram is not None:
        return population.with_histogram(moments.persons)
    first = moments.persons @ nodes
    mean, beta = _regress(population, moments, design, first)
    second = moments.persons @ nodes**2
    cross = first * mean + moments.products @ beta  # sum of fitted times expected ability
    fitted = design.n * mean**2 + 2.0 * mean * (design.sums @ beta)
    fitted += np.einsum("c,gcd,d->g", beta, design.squares, beta)
    variance = (second - 2.0 * cross + fitted) / design.n
    log_sd = np.clip(0.5 * np.log(np.maximum(variance, SMALLEST_SD**2)), LOWEST_LOG_SD, HIGHEST_LOG_SD)
    return replace(population, mean=mean, beta=beta, log_sd=np.where(population.free_sd, log_sd, population.log_sd))


def _regress(
    population: Population, moments: Moments, design: Design, first: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Means and regression weights by generalised least squares; fixed means are taken off first."""
    if not population.beta.size:
        return np.where(population.free_mean, first / design.n, population.mean), population.beta
    precision = population.sd**-2
    free = np.flatnonzero(population.free_mean)
    n_free, n_covariates = free.size, population.beta.size
    known = np.where(population.free_mean, 0.0, population.mean)
    matrix = np.zeros((n_free + n_covariates, n_free + n_covariates))
    matrix[np.arange(n_free), np.arange(n_free)] = (precision * design.n)[free]
    matrix[:n_free, n_free:] = (precision[:, np.newaxis] * design.sums)[free]
    matrix[n_free:, :n_free] = matrix[:n_free, n_free:].T
    matrix[n_free:, n_free:] = np.einsum("g,gcd->cd", precision, design.squares)
    right = np.concatenate(
        [
            (precision * (first - design.n * known))[free],
            precision @ (moments.products - design.sums * known[:, np.newaxis]),
        ]
    )
    solution = np.linalg.solve(matrix, right)
    mean = population.mean.copy()
    mean[free] = solution[:n_free]
    return mean, solution[n_free:]
