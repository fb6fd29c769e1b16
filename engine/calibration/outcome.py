"""From an estimation to what is returned: items in order, standard errors, groups, flags."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.errors import (
    Errors,
    covariance_of_free,
    errors_of,
    item_errors,
    report_covariance,
)
from engine.calibration.fitting import Outcome
from engine.calibration.flags import flag_groups, flag_items
from engine.calibration.information import observed_information
from engine.calibration.reporting import Reported, report
from engine.calibration.values import Calibration, Convergence, Covariance, GroupEstimate, no_errors
from engine.clusters import warnings_on_clusters
from engine.models import ItemParameters
from engine.quadrature import Quadrature
from engine.responses import Responses


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller asked for.

    Attributes
    ----------
    errors : kind of standard errors
    tolerance : largest change that counts as none
    models : of each item
    """

    errors: Errors
    tolerance: float
    models: tuple[str, ...]


def conclude(outcome: Outcome, responses: Responses, wanted: Wanted) -> Calibration:
    """Put everything together that a calibration returns.

    Parameters
    ----------
    outcome
        Fit on a checked grid.
    responses
        Those that were fitted.
    wanted
        What the caller asked for.
    """
    problem, fit = outcome.problem, outcome.fit
    estimates, population = fit.estimates, fit.estimates.population
    reported = tuple(report(block, values) for block, values in zip(problem.blocks, estimates.parameters, strict=True))
    items = _in_order(outcome, reported)
    covariance = _covariance(outcome, responses, reported, wanted.errors)
    errors = item_errors(items, covariance) if wanted.errors != "none" else no_errors(items)
    n_free = sum(block.n_free for block in problem.blocks) + population.n_free
    return Calibration(
        items=items,
        models=wanted.models,
        standard_errors=errors,
        covariance=covariance,
        groups=_groups(outcome, covariance),
        coefficients=population.beta,
        coefficient_errors=errors_of(covariance, "covariate", "coefficient", population.beta.size),
        densities=_densities(population.log_weights(problem.nodes), problem.nodes),
        log_likelihood=fit.counts.log_likelihood,
        log_posterior=fit.log_posterior,
        n_free=n_free,
        convergence=Convergence(
            history=tuple(problem.history),
            n_given_up=len(problem.given_up),
            is_histogram=population.log_histogram is not None,
            converged=fit.converged,
            distance=fit.distance,
            tolerance=wanted.tolerance,
            n_nodes=problem.nodes.size,
            lower=float(problem.nodes[0]),
            upper=float(problem.nodes[-1]),
            n_grids=outcome.n_grids,
            moved=outcome.moved,
        ),
        flags=flag_items(items, errors, np.array([model != "fixed" for model in wanted.models])),
        group_flags=flag_groups(problem.design.n, population),
        warnings=warnings_on_clusters(responses) if wanted.errors == "sandwich" else (),
    )


def _covariance(outcome: Outcome, responses: Responses, reported: tuple[Reported, ...], errors: Errors) -> Covariance:
    """Covariance on the reported scale, where standard errors are asked."""
    problem, fit = outcome.problem, outcome.fit
    if errors == "none":
        return Covariance((), np.zeros((0, 0)))
    with_scores = errors == "sandwich"
    information = observed_information(problem, responses, fit.estimates, fit.counts, with_scores=with_scores)
    covariance, loose = covariance_of_free(problem, fit.estimates, information, responses, errors)
    return report_covariance(problem, reported, covariance, loose, fit.estimates.population)


def _in_order(outcome: Outcome, reported: tuple[Reported, ...]) -> ItemParameters:
    """Items in the order of the data."""
    joined = ItemParameters.join([known.items for known in reported])
    place = np.concatenate([block.items for block in outcome.problem.blocks])
    return joined.take(np.argsort(place, kind="stable"))


def _groups(outcome: Outcome, covariance: Covariance) -> tuple[GroupEstimate, ...]:
    """Mean, sd and size of every group."""
    population, n = outcome.fit.estimates.population, outcome.problem.design.n
    mean, sd = population.mean, population.sd
    if population.log_histogram is not None:
        weights, nodes = np.exp(population.log_histogram), outcome.problem.nodes
        mean = weights @ nodes
        sd = np.sqrt(np.maximum(weights @ nodes**2 - mean**2, 0.0))
    errors = [errors_of(covariance, "group", name, n.size) for name in ("mean", "sd")]
    rows = zip(*(column.tolist() for column in (mean, sd, n, *errors)), strict=True)
    return tuple(GroupEstimate(*row) for row in rows)


def _densities(log_weights: FloatArray, nodes: FloatArray) -> tuple[Quadrature, ...]:
    """Ability distribution of every group on the grid."""
    weights = np.exp(log_weights)
    weights /= weights.sum(axis=1, keepdims=True)
    tiny = np.finfo(np.float64).tiny
    return tuple(Quadrature(nodes, np.maximum(row, tiny)) for row in weights)
