"""Latent regression on known items: what responses and covariates say of coefficients and residual variance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigh, qr

from engine.ability.grids import posterior_nodes
from engine.ability.parts import Part, parts_of
from engine.ability.priors import AbilityPrior, level_at
from engine.arrays import FloatArray, assign, own
from engine.clusters import cluster_sums, require_clusters, warnings_on_clusters
from engine.errors import DesignError, ParameterError, name_indices
from engine.models import ItemParameters
from engine.partition import over_parts
from engine.responses import Responses
from engine.table import response_table

EM_FIRST = 2  # steps before Newton's are tried
STEPS_AT_MOST = 200  # an end to what never converges
DONE = 1e-9  # largest change of a coefficient or of the logarithm of the variance
NEWTON_DONE = 1e-6  # after a step of Newton's, whose error is the square of it
LEAST_INFORMATION = 1e-6  # in any direction, against that of abilities known exactly
NEWTON_RANGE = 4.0  # times or one in so many the variance before: a step beyond is not believed
NEGATIVE = -1e-10  # eigenvalue of a covariance that rounding may leave
COLLINEAR = 1e-9  # what is left of a column of length 1 once the others are taken out
LARGEST_FALL = 1e-9  # of the log-likelihood, relative: rounding

RegressionErrors = Literal["information", "sandwich"]
Result = TypeVar("Result")
_Given = tuple[Part, FloatArray, FloatArray, FloatArray]
"""A part, and of its persons the design, the expected abilities and the weights."""


@dataclass(frozen=True, slots=True, eq=False)
class RegressionPosterior:
    """Normal–inverse-gamma knowledge of a latent regression ``theta = x beta + e``, e normal.

    The residual variance is ``residual_variance df / chi²(df)``; the coefficients given it are normal around
    ``coefficients`` with ``covariance`` in proportion to it.

    Attributes
    ----------
    coefficients : (n_columns,) in logits per unit of the column
    covariance : (n_columns, n_columns) of the coefficients; zeros take them as known
    residual_variance : in logits², > 0
    degrees_of_freedom : behind the residual variance, > 0; infinite takes it as known
    warnings : what a reader of the standard errors should know, in plain sentences

    Raises
    ------
    ParameterError
        If the arrays do not fit together, the covariance is not one, or a variance is not positive.
    """

    coefficients: FloatArray
    covariance: FloatArray
    residual_variance: float
    degrees_of_freedom: float = np.inf
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        beta = own(self.coefficients, np.float64, "coefficients", 1, ParameterError)
        covariance = own(self.covariance, np.float64, "covariance", 2, ParameterError)
        if covariance.shape != (beta.size, beta.size) or not np.all(np.isfinite(beta)):
            raise ParameterError(f"{beta.size} finite coefficients need a covariance of as many rows and columns")
        if not np.all(np.isfinite(covariance)):
            raise ParameterError(
                "a covariance must be finite; take what answers do not determine out of the regression"
            )
        if not (np.allclose(covariance, covariance.T) and np.linalg.eigvalsh(covariance).min(initial=0.0) > NEGATIVE):
            raise ParameterError("a covariance is symmetric and has no negative eigenvalue")
        if not (0.0 < self.residual_variance < np.inf and self.degrees_of_freedom > 0.0):
            raise ParameterError("the residual variance and its degrees of freedom must be positive")
        assign(self, coefficients=beta, covariance=covariance)

    @property
    def standard_errors(self) -> FloatArray:
        """Of the coefficients, (n_columns,)."""
        return np.sqrt(np.diag(self.covariance))

    def draw(self, n_draws: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Coefficients (n_draws, n_columns) and residual variances (n_draws,), variances drawn first."""
        known = np.isinf(self.degrees_of_freedom)
        chi = np.ones(n_draws) if known else rng.chisquare(self.degrees_of_freedom, n_draws) / self.degrees_of_freedom
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        deviation = rng.standard_normal((n_draws, self.coefficients.size)) @ root.T
        return self.coefficients + deviation / np.sqrt(chi)[:, np.newaxis], self.residual_variance / chi


def own_design(design: npt.ArrayLike, n_persons: int) -> FloatArray:
    """Design that has one finite row a person; an error where it has not."""
    columns = own(design, np.float64, "design", 2, ParameterError)
    if columns.shape[0] != n_persons or columns.shape[1] == 0:
        raise ParameterError(f"the design must have one row for each of {n_persons} persons, not {columns.shape}")
    wrong = np.flatnonzero(~np.isfinite(columns).all(axis=1))
    if wrong.size:
        raise ParameterError(f"the design must be finite; rows {name_indices(wrong)} are not")
    return columns


def fit_latent_regression(
    responses: Responses,
    items: ItemParameters,
    design: npt.ArrayLike,
    *,
    errors: RegressionErrors = "information",
    executor: Executor | None = None,
) -> RegressionPosterior:
    """Marginal maximum likelihood of a latent regression, with observed information (Mislevy, 1984; Louis, 1982).

    A few EM steps, then Newton's with Louis' observed information of coefficients and variance together; a step
    that would lower the likelihood is taken back for one of EM. The covariance of the coefficients and the
    degrees of freedom of the variance (``2 variance² / its squared standard error``) are those of that
    information: persons who answered little count for little.

    Parameters
    ----------
    responses : n_persons persons by n_items items; weights and shares count, clusters for ``errors="sandwich"``
    items : the same n_items items, taken as known
    design : (n_persons, n_columns) covariates; a column of ones gives an intercept
    errors
        ``information``; or ``sandwich``, by cluster, or by person where there are none: ``I^-1 (sum over clusters of
        s s') I^-1`` with s the weighted score of a cluster (White, 1982; Binder, 1983), for persons who were sampled
        by school, or weighted. Fewer than 20 clusters are warned of.
    executor : works on parts of the persons; the estimates are the same to the bit with any number of threads

    Raises
    ------
    ResponseError
        If responses and items differ in number of items, or a category is not one of the item's.
    ParameterError
        If the design does not fit the persons, or the kind of errors is not known.
    DesignError
        If columns are collinear (they are named by index), the answers do not determine the regression, or a sandwich
        is asked of a single cluster.
    """
    if errors not in get_args(RegressionErrors):
        raise ParameterError(f"{errors!r} is not known; choose one of {', '.join(get_args(RegressionErrors))}")
    columns = own_design(design, responses.n_persons)
    _check_columns(columns, responses.weight)
    if errors == "sandwich":
        require_clusters(responses)
    beta, variance, sums = _maximum(responses, items, columns, executor)
    covariance = _inverse(variance, sums)
    if errors == "information":
        return _posterior(beta, variance, covariance)
    summed = cluster_sums(responses) @ _scores(responses, items, columns, beta, variance, executor) @ covariance
    return replace(_posterior(beta, variance, summed.T @ summed), warnings=warnings_on_clusters(responses))


def _maximum(
    responses: Responses, items: ItemParameters, columns: FloatArray, executor: Executor | None
) -> tuple[FloatArray, float, _Sums]:
    """Coefficients and variance at the maximum, and the sums over persons there."""
    beta, variance = np.zeros(columns.shape[1]), 1.0
    sums = _pass(responses, items, columns, beta, variance, executor)
    for number in range(STEPS_AT_MOST):
        step = None if number < EM_FIRST else _newton_step(sums, variance)
        then = _em_step(sums) if step is None else step
        after = _pass(responses, items, columns, beta + then[0], then[1], executor)
        if step is not None and after.log_likelihood < sums.log_likelihood - LARGEST_FALL * abs(sums.log_likelihood):
            then = _em_step(sums)
            after = _pass(responses, items, columns, beta + then[0], then[1], executor)
        change = max(float(np.abs(then[0]).max()), abs(float(np.log(then[1] / variance))))
        beta, variance, sums = beta + then[0], then[1], after
        if change < (DONE if step is None else NEWTON_DONE):
            return beta, variance, sums
    raise DesignError("the latent regression does not converge: the answers say too little about it")


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums over persons at given coefficients and variance.

    ``cross`` is X'WX, ``residual`` X'W E(e) and ``square`` the sum of w E(e²); ``gradient`` and ``information``
    are of coefficients and variance together.
    """

    log_likelihood: float
    weight: float
    cross: FloatArray
    residual: FloatArray
    square: float
    gradient: FloatArray
    information: FloatArray

    def __add__(self, other: _Sums) -> _Sums:
        names = ("log_likelihood", "weight", "cross", "residual", "square", "gradient", "information")
        return _Sums(*(getattr(self, name) + getattr(other, name) for name in names))


def _pass(
    responses: Responses,
    items: ItemParameters,
    columns: FloatArray,
    beta: FloatArray,
    variance: float,
    executor: Executor | None,
) -> _Sums:
    """One pass over all persons."""
    return reduce(_Sums.__add__, _over_persons(_part_sums, responses, items, columns, beta, variance, executor))


def _scores(
    responses: Responses,
    items: ItemParameters,
    columns: FloatArray,
    beta: FloatArray,
    variance: float,
    executor: Executor | None,
) -> FloatArray:
    """Weighted derivatives of each person's log-likelihood to coefficients and variance, (n_persons, n_columns + 1)."""
    return np.concatenate(list(_over_persons(_part_scores, responses, items, columns, beta, variance, executor)))


def _over_persons(
    work: Callable[[FloatArray, FloatArray, float, _Given], Result],
    responses: Responses,
    items: ItemParameters,
    columns: FloatArray,
    beta: FloatArray,
    variance: float,
    executor: Executor | None,
) -> Iterator[Result]:
    """Results of work on each part of the persons, in order."""
    mean, sd = columns @ beta, np.full(columns.shape[0], np.sqrt(variance))
    nodes = posterior_nodes(responses, items, AbilityPrior(mean, sd))
    table = response_table(items, nodes)
    parts = (
        (part, columns[part.persons], mean[part.persons], responses.weight[part.persons])
        for part in parts_of(responses, table.offset)
    )
    return over_parts(partial(work, table.log_probability, nodes, variance), parts, executor)


def _part_scores(log_probability: FloatArray, nodes: FloatArray, variance: float, given: _Given) -> FloatArray:
    """Scores of one part, (n, n_columns + 1)."""
    part, x, mean, weight = given
    m1, m2, _, _ = _moments(_posteriors(log_probability, nodes, variance, part, mean)[0], nodes, mean)
    both = np.column_stack([x * (m1 / variance)[:, np.newaxis], 0.5 * (m2 / variance - 1.0) / variance])
    return both * weight[:, np.newaxis]


def _posteriors(
    log_probability: FloatArray, nodes: FloatArray, variance: float, part: Part, mean: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Posteriors (n, n_nodes), and log-marginals (n,) up to a constant."""
    prior = AbilityPrior(mean, np.full(mean.size, np.sqrt(variance)))
    log_joint = part.matrix @ log_probability + level_at(prior, nodes)
    highest = log_joint.max(axis=1, keepdims=True)
    log_joint -= highest
    posterior = np.exp(log_joint, out=log_joint)
    total_mass = posterior.sum(axis=1, keepdims=True)
    posterior /= total_mass
    return posterior, (np.log(total_mass) + highest)[:, 0]


def _part_sums(log_probability: FloatArray, nodes: FloatArray, variance: float, given: _Given) -> _Sums:
    """Sums of one part (Louis, 1982): complete information, less the variance of the complete score."""
    part, x, mean, weight = given
    posterior, log_marginal = _posteriors(log_probability, nodes, variance, part, mean)
    m1, m2, m3, m4 = _moments(posterior, nodes, mean)
    t = variance
    of_beta = weight * (1.0 / t - (m2 - m1**2) / t**2)
    of_both = weight * (m1 / t**2 - (m3 - m1 * m2) / (2.0 * t**3))
    of_variance = weight * (m2 / t**3 - 0.5 / t**2 - (m4 - m2**2) / (4.0 * t**4))
    p = x.shape[1]
    information = np.empty((p + 1, p + 1))
    information[:p, :p] = (x * of_beta[:, np.newaxis]).T @ x
    information[:p, p] = information[p, :p] = x.T @ of_both
    information[p, p] = of_variance.sum()
    residual = x.T @ (weight * m1)
    square = float(weight @ m2)
    total = float(weight.sum())
    height = log_marginal - 0.5 * np.log(2.0 * np.pi * t) + np.log(nodes[1] - nodes[0])
    gradient = np.append(residual / t, 0.5 * (square / t - total) / t)
    cross = (x * weight[:, np.newaxis]).T @ x
    return _Sums(float(weight @ height), total, cross, residual, square, gradient, information)


def _moments(posterior: FloatArray, nodes: FloatArray, about: FloatArray) -> tuple[FloatArray, ...]:
    """First four moments of each posterior about a point of its own, (n,) each, from those about the grid's middle."""
    middle = 0.5 * (nodes[0] + nodes[-1])
    r1, r2, r3, r4 = (posterior @ (nodes - middle)[:, np.newaxis] ** np.arange(1, 5)).T
    c = about - middle
    return (
        r1 - c,
        r2 - 2.0 * c * r1 + c**2,
        r3 - 3.0 * c * r2 + 3.0 * c**2 * r1 - c**3,
        r4 - 4.0 * c * r3 + 6.0 * c**2 * r2 - 4.0 * c**3 * r1 + c**4,
    )


def _em_step(sums: _Sums) -> tuple[FloatArray, float]:
    """Change of the coefficients, and the variance then, by EM."""
    change: FloatArray = np.linalg.solve(sums.cross, sums.residual).astype(np.float64)
    return change, float(sums.square - change @ sums.residual) / sums.weight


def _newton_step(sums: _Sums, variance: float) -> tuple[FloatArray, float] | None:
    """Change of the coefficients, and the variance then, by Newton; None where the information is not positive."""
    try:
        step = cho_solve(cho_factor(sums.information), sums.gradient)
    except LinAlgError:
        return None
    then = variance + float(step[-1])
    return (step[:-1], then) if variance / NEWTON_RANGE < then < NEWTON_RANGE * variance else None


def _inverse(variance: float, sums: _Sums) -> FloatArray:
    """Inverse of the information; an error where there is next to none."""
    complete = np.zeros_like(sums.information)
    complete[:-1, :-1], complete[-1, -1] = sums.cross / variance, sums.weight / (2.0 * variance**2)
    if eigh(sums.information, complete, eigvals_only=True)[0] < LEAST_INFORMATION:
        raise DesignError("the answers do not determine the latent regression: there are too few")
    covariance = cho_solve(cho_factor(sums.information), np.eye(len(complete)))
    symmetric: FloatArray = 0.5 * (covariance + covariance.T)
    return symmetric


def _posterior(beta: FloatArray, variance: float, covariance: FloatArray) -> RegressionPosterior:
    """Estimates with the covariance of coefficients and variance together."""
    return RegressionPosterior(beta, covariance[:-1, :-1], variance, 2.0 * variance**2 / float(covariance[-1, -1]))


def _check_columns(columns: FloatArray, weight: FloatArray) -> None:
    """Refuse columns that others add up to."""
    if columns.shape[0] == 0:
        raise DesignError("nobody is there to regress on")
    weighted = columns * np.sqrt(weight)[:, np.newaxis]
    length = np.sqrt((weighted**2).sum(axis=0))
    gram = (weighted / np.where(length > 0.0, length, 1.0)).T @ (weighted / np.where(length > 0.0, length, 1.0))
    triangle, order = qr(gram, mode="r", pivoting=True)
    size = np.abs(np.diag(triangle))
    wrong = np.sort(order[size < COLLINEAR])
    if wrong.size:
        raise DesignError(f"columns {name_indices(wrong)} of the design are sums of multiples of others")
