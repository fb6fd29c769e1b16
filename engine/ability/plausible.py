"""Plausible values: draws from each person's posterior, continuous, so that no two are the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.ability.grids import posterior_nodes
from engine.ability.parts import Part, part_slices, parts_of
from engine.ability.priors import AbilityPrior, Prior, check_prior, level_at, prior_of_part
from engine.ability.regression import RegressionPosterior, own_design
from engine.arrays import FloatArray, IntArray
from engine.errors import ParameterError
from engine.models import ItemParameters
from engine.partition import over_parts
from engine.responses import Responses
from engine.table import response_table

NODES_PER_SD = 3.0  # of the narrowest posterior; see draw_plausible_values for the error
WIDEST_SPACING = 0.1  # in logits
LOWEST_KEPT = -40.0  # logarithm of density, against the highest: beyond lies 1e-18 of a normal distribution
ORDINARY_WIDTH = 1.25  # times the median width
TINY = np.finfo(np.float64).tiny  # in place of a mass of 0, by which nothing can be divided
FLATTEST = 1e-12  # rise of a log-density over a cell: in a flatter one the share of its mass is the place


@dataclass(frozen=True, slots=True, eq=False)
class PlausibleValues:
    """Plausible values under a latent regression, with what was drawn first.

    Attributes
    ----------
    values : (n_persons, n_values) in logits
    coefficients : (n_values, n_columns) regression coefficients that each value was drawn under
    residual_variance : (n_values,) likewise, in logits²
    """

    values: FloatArray
    coefficients: FloatArray
    residual_variance: FloatArray


def draw_plausible_values(
    responses: Responses,
    items: ItemParameters,
    prior: Prior,
    *,
    n_values: int,
    rng: np.random.Generator,
    executor: Executor | None = None,
) -> FloatArray:
    """Draws from posteriors under a known ability distribution (Mislevy, 1991).

    The posterior density is known on nodes of spacing h, three or more to the sd of the narrowest posterior and
    at most 0.1. The mass of a cell is that of the cubic through the four densities around it (error of order
    h⁵); within a cell the density is log-linear, and its distribution function is inverted exactly, with a
    uniform number. So the distribution function is right to order h⁴ at every node; between nodes the density is
    off by a factor of at most ``exp(h² k / 8)`` for ``k`` the curvature of the log-posterior, 1.4 % at h = sd / 3,
    which averages out within the cell. Draws are continuous: two alike have probability 2⁻⁵³ or so.

    Parameters
    ----------
    responses : n_persons persons by n_items items; shares of responses count, weight and group play no part
    items : the same n_items items, of any kind
    prior : ability distribution of all, whose density is taken as log-linear to cubic between its nodes and 0
        outside; or normal of each person (`AbilityPrior.of_groups` for groups with a mean and sd of their own).
        Persons without answers are drawn from it
    n_values : draws a person
    rng : source of chance; a stream of its own is spawned for each part of the persons, so that the draws depend
        on the seed and the responses, not on the number of threads
    executor : works on parts of the persons

    Returns
    -------
    array of shape (n_persons, n_values), in logits

    Raises
    ------
    ResponseError
        If responses and items differ in number of items, or a category is not one of the item's.
    ParameterError
        If the prior is of other persons, or no value is asked for.
    """
    check_prior(prior, responses.n_persons)
    nodes = posterior_nodes(responses, items, prior, per_sd=NODES_PER_SD, widest=WIDEST_SPACING)
    priors = ([prior_of_part(prior, persons)] for persons in part_slices(responses.start))
    return _draw(responses, items, nodes, priors, n_values, rng, executor)


def draw_conditional_values(
    responses: Responses,
    items: ItemParameters,
    design: npt.ArrayLike,
    regression: RegressionPosterior,
    *,
    n_values: int,
    rng: np.random.Generator,
    executor: Executor | None = None,
) -> PlausibleValues:
    """Draws under a latent regression that is itself drawn, once for every value.

    For each value the residual variance is drawn, then the coefficients given it, then every person's ability
    given both, the person's covariates and answers (Mislevy, 1991; von Davier, Sinharay, Oranje & Beaton, 2006):
    what is computed from the values carries the uncertainty of the regression too.

    Parameters
    ----------
    responses, items, n_values, rng, executor
        As in `draw_plausible_values`.
    design : (n_persons, n_columns) the same columns as the regression's, a column of ones among them
    regression : what is known of coefficients and residual variance, of `fit_latent_regression` or supplied

    Raises
    ------
    ResponseError, ParameterError
        As in `draw_plausible_values`; ParameterError also if the design does not fit.
    """
    columns = own_design(design, responses.n_persons)
    if columns.shape[1] != regression.coefficients.size:
        raise ParameterError(
            f"the design has {columns.shape[1]} columns, the regression {regression.coefficients.size} coefficients"
        )
    coefficients, variance = regression.draw(n_values, rng)
    sd = np.sqrt(variance)
    means = [float(m) for part in part_slices(responses.start) for m in _ends(columns[part] @ coefficients.T)]
    extremes = AbilityPrior(np.array([*_ends(np.array([0.0, *means])), 0.0]), np.array([sd.max(), sd.max(), sd.min()]))
    nodes = posterior_nodes(responses, items, extremes, per_sd=NODES_PER_SD, widest=WIDEST_SPACING)
    priors = (
        [AbilityPrior(columns[persons] @ beta, one) for beta, one in zip(coefficients, sd, strict=True)]
        for persons in part_slices(responses.start)
    )
    return PlausibleValues(_draw(responses, items, nodes, priors, n_values, rng, executor), coefficients, variance)


def _draw(
    responses: Responses,
    items: ItemParameters,
    nodes: FloatArray,
    priors: Iterable[Sequence[Prior]],
    n_values: int,
    rng: np.random.Generator,
    executor: Executor | None,
) -> FloatArray:
    """Draws of all persons, part by part, each part from a stream of its own.

    ``priors`` gives for each part one prior for all values, or one for each.
    """
    if n_values < 1:
        raise ParameterError(f"one plausible value or more must be drawn, not {n_values}")
    table = response_table(items, nodes)
    parts = parts_of(responses, table.offset)
    streams = rng.spawn(len(part_slices(responses.start)))
    work = partial(_draw_part, table.log_probability, nodes, n_values)
    values = np.empty((responses.n_persons, n_values))
    first = 0
    for drawn in over_parts(work, zip(parts, priors, streams, strict=True), executor):
        values[first : first + drawn.shape[0]] = drawn
        first += drawn.shape[0]
    return values


def _draw_part(
    log_probability: FloatArray,
    nodes: FloatArray,
    n_values: int,
    part_priors_stream: tuple[Part, Sequence[Prior], np.random.Generator],
) -> FloatArray:
    """Draws of one part, (n, n_values)."""
    part, priors, stream = part_priors_stream
    log_likelihood = part.matrix @ log_probability
    uniform = stream.random((part.n_persons, n_values))
    values = np.empty_like(uniform)
    for persons, first, width in _windows(log_likelihood, priors, nodes):
        column = first[:, np.newaxis] + np.arange(width)
        inside = np.take_along_axis(log_likelihood[persons], column, axis=1)
        own_nodes = nodes[column]
        each = slice(None) if len(priors) == 1 else None
        for number, prior in enumerate(priors):
            log_density = inside + level_at(prior_of_part(prior, persons), own_nodes)
            which = each or slice(number, number + 1)
            values[persons, which] = invert(log_density, own_nodes, uniform[persons, which])
    return values


def _windows(
    log_likelihood: FloatArray, priors: Sequence[Prior], nodes: FloatArray
) -> Iterator[tuple[IntArray, IntArray, int]]:
    """Nodes on which posteriors are above exp(-40) of their highest: persons, their first nodes, and how many.

    Those of ordinary width together, and the others, such as persons without answers, together. With several
    priors the widest is taken, and what their means differ is added: a posterior moves less than its prior.
    """
    widest, moved = priors[0], 0
    if len(priors) > 1:
        means, sds = (np.array([getattr(prior, name) for prior in priors]) for name in ("mean", "sd"))
        widest = AbilityPrior(means.mean(axis=0), sds.max(axis=0))
        moved = int(np.ceil(np.abs(means - widest.mean).max(initial=0.0) / (nodes[1] - nodes[0])))
    level = log_likelihood + level_at(widest, nodes)
    level -= level.max(axis=1, keepdims=True)
    near = level > LOWEST_KEPT
    first = np.maximum(near.argmax(axis=1) - 1 - moved, 0)
    last = np.minimum(nodes.size - near[:, ::-1].argmax(axis=1) + 1 + moved, nodes.size)
    width = last - first
    ordinary = width <= ORDINARY_WIDTH * np.median(width)
    for chosen in (ordinary, ~ordinary):
        persons = np.flatnonzero(chosen)
        if persons.size:
            most = int(width[persons].max())
            yield persons, np.minimum(first[persons], nodes.size - most), most


def invert(log_density: FloatArray, nodes: FloatArray, uniform: FloatArray) -> FloatArray:
    """Quantiles of densities that are known on nodes.

    Parameters
    ----------
    log_density : (n, n_nodes) up to a constant for each of n densities; used up
    nodes : (n, n_nodes) equally spaced, the same spacing for all
    uniform : (n, n_values) probabilities, in [0, 1)

    Returns
    -------
    array of shape (n, n_values)
    """
    log_density -= log_density.max(axis=1, keepdims=True)
    mass = _cell_masses(np.exp(log_density))
    reached = np.cumsum(mass, axis=1)
    person, spacing = np.arange(mass.shape[0]), nodes[0, 1] - nodes[0, 0]
    values = np.empty_like(uniform)
    for number in range(uniform.shape[1]):
        target = uniform[:, number] * reached[:, -1]
        cell = np.count_nonzero(reached < target[:, np.newaxis], axis=1)
        inside = mass[person, cell]
        share = np.clip((target - (reached[person, cell] - inside)) / np.maximum(inside, TINY), 0.0, 1.0)
        rise = log_density[person, cell + 1] - log_density[person, cell]
        values[:, number] = nodes[person, cell] + spacing * _place_in_cell(share, rise)
    return values


def _cell_masses(density: FloatArray) -> FloatArray:
    """Integral over each cell of the cubic through the four densities around it, times 24 / h; not below 0."""
    mass = np.empty((density.shape[0], density.shape[1] - 1))
    np.add(density[:, :-1], density[:, 1:], out=mass)
    mass *= 13.0
    mass[:, 1:] -= density[:, :-2]
    mass[:, :-1] -= density[:, 2:]
    mass[:, 0] -= np.maximum(2.0 * density[:, 0] - density[:, 1], 0.0)
    mass[:, -1] -= np.maximum(2.0 * density[:, -1] - density[:, -2], 0.0)
    return np.maximum(mass, 0.0, out=mass)


def _place_in_cell(share: FloatArray, rise: FloatArray) -> FloatArray:
    """Where in a cell of width 1 a share of its mass is reached, when the log-density rises by so much over it.

    Of ``F(t) = (exp(rise t) - 1) / (exp(rise) - 1)``, from the heavier end, so that nothing overflows.
    """
    steep = np.maximum(np.abs(rise), FLATTEST)
    part = np.where(rise > 0.0, 1.0 - share, share)
    left = np.maximum(part * np.expm1(-steep), -1.0 + np.finfo(np.float64).eps)
    far = np.minimum(-np.log1p(left) / steep, 1.0)
    place: FloatArray = np.where(rise > 0.0, 1.0 - far, far)
    return place


def _ends(values: FloatArray) -> tuple[float, float]:
    """Lowest and highest value."""
    return float(values.min()), float(values.max())
