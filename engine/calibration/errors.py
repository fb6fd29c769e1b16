"""Standard errors: the covariance of the free parameters, carried over to the scale on which people read them."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from scipy import linalg, sparse

from engine.arrays import BoolArray, FloatArray
from engine.calibration.information import Information
from engine.calibration.maximisation import bounds
from engine.calibration.population import Population
from engine.calibration.problem import Estimates, Problem
from engine.calibration.reporting import Reported
from engine.calibration.values import Covariance, ItemStandardErrors
from engine.clusters import cluster_sums
from engine.models import ItemParameters
from engine.responses import Responses

Errors = Literal["information", "sandwich", "none"]
ERRORS: tuple[Errors, ...] = get_args(Errors)

FLAT = 1e-10  # a direction this much flatter than the steepest says nothing
SHARE = 1e-6  # of such a direction, beyond which a parameter is not determined


def covariance_of_free(
    problem: Problem, estimates: Estimates, information: Information, responses: Responses, errors: Errors
) -> tuple[FloatArray, BoolArray]:
    """Covariance of the free parameters, and which of them the data do not determine.

    ``information`` is the inverse of the observed information. ``sandwich`` is robust to a model that is not
    quite right and to persons who come in clusters: ``I^-1 (sum over clusters of s s') I^-1`` with s the
    weighted score of a cluster (White, 1982; Binder, 1983); where no clusters are given a person is one.

    Parameters
    ----------
    problem, estimates, responses
        What was estimated from what.
    information
        Observed information, and scores of persons.
    errors
        ``information`` or ``sandwich``.
    """
    inner = _inner(problem, estimates)
    n = len(information.matrix)
    covariance, loose = np.zeros((n, n)), np.zeros(n, dtype=np.bool_)
    free = np.flatnonzero(inner)
    covariance[np.ix_(free, free)], loose[free] = _inverse(information.matrix[np.ix_(free, free)])
    if errors == "sandwich":
        summed = cluster_sums(responses) @ (sparse.diags_array(responses.weight) @ information.scores)
        covariance = covariance @ (summed.T @ summed).toarray() @ covariance
    return covariance, loose


def _inner(problem: Problem, estimates: Estimates) -> BoolArray:
    """Free parameters that did not run to a bound; one at its bound is taken as known."""
    parts = []
    for block, parameters in zip(problem.blocks, estimates.parameters, strict=True):
        lower, upper = bounds(block)
        inside = (parameters > lower) & (parameters < upper)
        parts.append(block.pack(inside.astype(np.float64)) > 0.0)
    population = estimates.population
    if population.log_histogram is None:
        means, rest = np.ones(np.count_nonzero(population.free_mean)), np.ones(population.beta.size)
        parts.append(np.concatenate([means, ~population.is_at_bound[population.free_sd], rest]) > 0.0)
    return np.concatenate(parts)


def _inverse(information: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Inverse of an information matrix, and which parameters the data do not determine."""
    steepest = float(np.diag(information).max(initial=0.0))
    try:
        inverse: FloatArray = linalg.cho_solve(linalg.cho_factor(information), np.eye(len(information)))
    except linalg.LinAlgError:
        inverse = np.full_like(information, np.inf)
    if np.diag(inverse).max(initial=0.0) * steepest * FLAT < 1.0:
        return inverse, np.zeros(len(information), dtype=np.bool_)
    values, vectors = np.linalg.eigh(information)
    flat = values <= values.max() * FLAT
    kept = vectors[:, ~flat]
    return (kept / values[~flat]) @ kept.T, (vectors[:, flat] ** 2).sum(axis=1) > SHARE


def report_covariance(
    problem: Problem, reported: tuple[Reported, ...], covariance: FloatArray, loose: BoolArray, population: Population
) -> Covariance:
    """Carry the covariance of the free parameters over to the reported ones (delta method).

    Parameters
    ----------
    problem
        What was estimated.
    reported
        Of each block what people read, with its derivatives.
    covariance, loose
        From `covariance_of_free`.
    population
        Its estimates; errors of logarithms of sds become errors of the sds.

    Returns
    -------
    Covariance
        Rows whose parameter was not estimated are left out.
    """
    names: list[tuple[str, int, str]] = []
    data, row, column = [], [], []
    first = 0
    for block, known in zip(problem.blocks, reported, strict=True):
        place = block.places(first)
        first += block.n_free
        moves = (known.jacobian != 0.0) & (place >= 0)[:, np.newaxis]
        for item in range(block.items.size):
            for number, name in enumerate(known.names):
                used = np.flatnonzero(moves[item, number])
                if used.size:
                    data.append(known.jacobian[item, number, used])
                    column.append(place[item, used])
                    row.append(np.full(used.size, len(names)))
                    names.append(("item", int(block.items[item]), name))
    for kind, index, name, place_of, slope in _population_rows(population, first):
        data.append(np.array([slope]))
        column.append(np.array([place_of]))
        row.append(np.array([len(names)]))
        names.append((kind, index, name))
    if not names:
        return Covariance((), np.zeros((0, 0)))
    jacobian = sparse.csr_array(
        (np.concatenate(data), (np.concatenate(row), np.concatenate(column))), shape=(len(names), len(covariance))
    )
    matrix = jacobian @ (jacobian @ covariance).T
    unknown = (abs(jacobian) @ loose.astype(np.float64)) > 0.0
    matrix[unknown, unknown] = np.inf
    return Covariance(tuple(names), matrix)


def _population_rows(population: Population, first: int) -> list[tuple[str, int, str, int, float]]:
    """Reported parameters of the population: kind, index, name, position among the free ones, derivative."""
    sd = population.sd
    if population.log_histogram is not None:
        return []
    rows: list[tuple[str, int, str, int, float]] = []
    for name, free, slope in (
        ("mean", population.free_mean, np.ones_like(sd)),
        ("sd", population.free_sd, sd),
    ):
        for group in np.flatnonzero(free).tolist():
            rows.append(("group", group, name, first + len(rows), float(slope[group])))
    n = len(rows)
    rows += [("covariate", c, "coefficient", first + n + c, 1.0) for c in range(population.beta.size)]
    return rows


def item_errors(items: ItemParameters, covariance: Covariance) -> ItemStandardErrors:
    """Standard errors of items in the form of their parameters; 0 where a parameter was not estimated."""
    flat = {name: np.zeros(items.n_items) for name in ("discrimination", "difficulty", "guessing", "upper")}
    steps = {name: np.zeros(items.step.size) for name in ("step", "slope", "intercept")}
    root = standard_error(covariance)
    for (kind, index, name), error in zip(covariance.names, root.tolist(), strict=True):
        if kind != "item":
            continue
        if name in flat:
            flat[name][index] = error
        else:
            what, _, number = name.rpartition("_")
            steps[what][items.step_start[index] + int(number) - 1] = error
    return ItemStandardErrors(
        **flat, step=steps["step"], category_slope=steps["slope"], category_intercept=steps["intercept"]
    )


def standard_error(covariance: Covariance) -> FloatArray:
    """Square roots of the diagonal, infinite where the data do not determine the parameter."""
    root: FloatArray = np.sqrt(np.maximum(np.diag(covariance.matrix), 0.0))
    return root


def errors_of(covariance: Covariance, kind: str, name: str, n: int) -> FloatArray:
    """Standard errors of one parameter of groups or covariates, (n,); 0 where it was not estimated.

    Parameters
    ----------
    covariance
        Of everything that was estimated.
    kind, name
        As in its names: ``"group"`` and ``"mean"``, say.
    n
        Number of groups or covariates.
    """
    found = np.zeros(n)
    for (what, index, label), error in zip(covariance.names, standard_error(covariance).tolist(), strict=True):
        if (what, label) == (kind, name):
            found[index] = error
    return found
