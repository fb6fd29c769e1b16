"""Linking of separate calibrations through common items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, own
from engine.errors import ParameterError
from engine.linking.criteria import NO_LINK, Criterion
from engine.linking.moments import locations, mean_mean, mean_sigma
from engine.linking.parameters import changed, parameter_names, value_of
from engine.linking.values import Link, LinkMethod, check_common
from engine.models import ItemParameters
from engine.quadrature import Quadrature, normal_quadrature

SPREAD_TO_START = 0.01  # logits; of locations that differ less the ratio of sds says nothing
FARTHEST_SLOPE = np.log(20.0)  # from that of mean/mean: curves that fit so badly are matched at single nodes
ROUNDING = 1e-8  # of the largest entry of a covariance
STEP = 1e-5  # of central differences; what they err by is of the order of its square

Solver = Callable[[ItemParameters, ItemParameters], FloatArray]


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """What a link rests on beside the items.

    Attributes
    ----------
    on_base, on_linked
        Ability distributions that weight the differences of curves, on either scale. They play no part in moment
        methods.
    is_symmetric
        Whether curves are compared on both scales (Haebara, 1980; Kim & Kolen, 2007): then the link the other
        way, with the distributions exchanged, is the inverse. False compares on the base scale only, as Stocking
        & Lord (1983) did. Moment methods are symmetric as they are.
    is_slope_free
        False keeps the slope at 1, as for Rasch and partial-credit calibrations; mean/sigma refuses that.
    """

    on_base: Quadrature = field(default_factory=normal_quadrature)
    on_linked: Quadrature = field(default_factory=normal_quadrature)
    is_symmetric: bool = True
    is_slope_free: bool = True


def link_scales(
    linked: ItemParameters,
    base: ItemParameters,
    method: LinkMethod = LinkMethod.STOCKING_LORD,
    options: LinkOptions | None = None,
    *,
    linked_covariance: npt.ArrayLike | None = None,
    base_covariance: npt.ArrayLike | None = None,
) -> Link:
    """Link of one calibration's scale to another's through the items they have in common.

    Parameters
    ----------
    linked, base
        The same n_items items, of any kinds, in the same order, as each calibration estimated them: ``take`` the
        common ones first.
    method
        A `LinkMethod`.
    options
        Both directions, N(0, 1) on either scale and a free slope when not given.
    linked_covariance, base_covariance
        Covariance of the estimates of each calibration, independent of each other, in the order of
        `parameter_names`, as `covariance_for_link` takes it from a calibration; with one of them the other calibration
        counts as known. The delta method gives the link's (Ogasawara, 2000, for moments; 2001, for curves, through the
        implicit-function theorem).

    Raises
    ------
    ParameterError
        If items do not match (they are named by index), there are too few of them, their curves do not determine the
        link, or a covariance does not fit.

    Examples
    --------
    >>> new = ItemParameters.two_parameter([1.0, 2.0], [0.0, 1.0])
    >>> base = ItemParameters.two_parameter([0.5, 1.0], [0.3, 2.3])
    >>> link = link_scales(new, base, LinkMethod.MEAN_SIGMA)
    >>> round(link.slope, 6), round(link.intercept, 6)
    (2.0, 0.3)
    """
    check_common(linked, base)
    chosen = options or LinkOptions()
    link = _solve(linked, base, LinkMethod(method), chosen)
    if linked_covariance is None and base_covariance is None:
        return link
    given = ((linked, linked_covariance, "linked"), (base, base_covariance, "base"))
    total = np.zeros((2, 2))
    for (items, covariance, name), slopes in zip(given, _derivatives(linked, base, link, chosen), strict=True):
        if covariance is not None:
            total += slopes @ _own_covariance(covariance, items, name) @ slopes.T
    return replace(link, sampling_covariance=total)


def with_linking_error(
    link: Link,
    linked: ItemParameters,
    base: ItemParameters,
    options: LinkOptions | None = None,
    *,
    unit: npt.ArrayLike | None = None,
) -> Link:
    """A link with the error that stems from the choice of common items, by jackknife.

    The common items are seen as a sample of those that might have been: the link is made again without each of
    them in turn, and ``(n - 1) / n`` times the sum of squares of what changes is its covariance (Haberman, Lee &
    Qian, 2009; Monseur & Berezner, 2007). For the mean/mean link of Rasch items that is the linking error of PISA,
    the standard deviation of the shifts over √n.

    Parameters
    ----------
    link
        Of `link_scales`, with the same options.
    linked, base, options
        As there.
    unit : (n_items,) index of the unit that an item was chosen with, such as a passage; None: each alone

    Raises
    ------
    ParameterError
        If there are fewer than 3 units, or as in `link_scales`.
    """
    check_common(linked, base)
    labels = np.arange(linked.n_items) if unit is None else np.asarray(unit)
    if labels.shape != (linked.n_items,):
        raise ParameterError(f"unit must name one for each of {linked.n_items} items")
    units = np.unique(labels)
    if units.size < 3:
        raise ParameterError(f"the error by items takes 3 common items or units of them, not {units.size}")
    points = []
    for left_out in units:
        kept = np.flatnonzero(labels != left_out)
        one = _solve(linked.take(kept), base.take(kept), link.method, options or LinkOptions())
        points.append((one.slope, one.intercept))
    away = np.array(points) - np.mean(points, axis=0)
    return replace(link, item_covariance=(units.size - 1) / units.size * away.T @ away)


def _solve(linked: ItemParameters, base: ItemParameters, method: LinkMethod, options: LinkOptions) -> Link:
    """Slope and intercept by a method."""
    if method == LinkMethod.MEAN_SIGMA:
        if not options.is_slope_free:
            raise ParameterError("mean/sigma estimates the slope; take mean/mean to keep it at 1")
        return Link(*mean_sigma(linked, base), method)
    if method == LinkMethod.MEAN_MEAN:
        return Link(*mean_mean(linked, base, is_slope_free=options.is_slope_free), method)
    criterion = _criterion(linked, base, method, options)
    starts = [mean_mean(linked, base, is_slope_free=options.is_slope_free)]
    if options.is_slope_free and min(float(locations(one).std()) for one in (linked, base)) > SPREAD_TO_START:
        starts.append(mean_sigma(linked, base))
    return Link(*_lowest(criterion, starts), method)


def _lowest(criterion: Criterion, starts: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and intercept of the lowest minimum found from several starts, the first of them mean/mean's.

    One of them may lead nowhere, or to a slope that is none.
    """
    found, failed = [], []
    for start in starts:
        try:
            found.append(criterion.minimise(start))
        except ParameterError as error:
            failed.append(error)
    sound = [one for one in found if abs(np.log(one[0] / starts[0][0])) < FARTHEST_SLOPE]
    if not sound:
        raise failed[0] if failed else ParameterError(NO_LINK)
    slope, intercept, _ = min(sound, key=lambda one: one[2])
    return slope, intercept


def _criterion(linked: ItemParameters, base: ItemParameters, method: LinkMethod, options: LinkOptions) -> Criterion:
    """Sum of squares of a curve method."""
    is_summed = method == LinkMethod.STOCKING_LORD
    back = options.on_linked if options.is_symmetric else None
    return Criterion(linked, base, is_summed, options.on_base, back, options.is_slope_free)


def _derivatives(
    linked: ItemParameters, base: ItemParameters, link: Link, options: LinkOptions
) -> tuple[FloatArray, FloatArray]:
    """Derivatives of slope and intercept to the parameters of both calibrations, (2, n_parameters) each."""
    point = np.array([link.slope, link.intercept])
    if link.method in {LinkMethod.MEAN_MEAN, LinkMethod.MEAN_SIGMA}:

        def solve(one: ItemParameters, other: ItemParameters) -> FloatArray:
            found = _solve(one, other, link.method, options)
            return np.array([found.slope, found.intercept])

        return _differences(solve, linked, base)

    def gradient(one: ItemParameters, other: ItemParameters) -> FloatArray:
        return _criterion(one, other, link.method, options).gradient(point)

    criterion = _criterion(linked, base, link.method, options)
    steps = STEP * np.eye(2)
    bend = np.stack([criterion.gradient(point + s) - criterion.gradient(point - s) for s in steps], axis=1) / (2 * STEP)
    free = slice(0 if options.is_slope_free else 1, 2)
    solved = np.zeros((2, 2))
    if np.linalg.eigvalsh(bend[free, free] + bend[free, free].T).min() <= 0.0:
        raise ParameterError("the link has no standard error: its criterion is flat where it is lowest")
    solved[free, free] = np.linalg.inv(bend[free, free])
    by_linked, by_base = _differences(gradient, linked, base)
    return -solved @ by_linked, -solved @ by_base


def _differences(function: Solver, linked: ItemParameters, base: ItemParameters) -> tuple[FloatArray, FloatArray]:
    """Central differences of a function of both calibrations to each parameter, (2, n_parameters) each."""
    results = []
    for is_base, items in ((False, linked), (True, base)):
        columns = []
        for item, name in parameter_names(items):
            up, down = changed(items, item, name, STEP), changed(items, item, name, -STEP)
            width = value_of(up, item, name) - value_of(down, item, name)
            high, low = (function(linked, one) if is_base else function(one, base) for one in (up, down))
            columns.append((high - low) / width)
        results.append(np.stack(columns, axis=1))
    return results[0], results[1]


def _own_covariance(values: npt.ArrayLike, items: ItemParameters, name: str) -> FloatArray:
    """Covariance that fits the items."""
    matrix = own(values, np.float64, f"{name}_covariance", 2, ParameterError)
    n = len(parameter_names(items))
    if matrix.shape != (n, n) or not np.all(np.isfinite(matrix)):
        raise ParameterError(f"{name}_covariance must be finite, with {n} rows and columns, one for each parameter")
    variance = np.diag(matrix)
    largest = np.sqrt(np.outer(np.maximum(variance, 0.0), np.maximum(variance, 0.0)))
    rounding = ROUNDING * float(np.abs(matrix).max(initial=0.0))
    if np.any(np.abs(matrix - matrix.T) > rounding) or np.any(np.abs(matrix) > largest + rounding):
        raise ParameterError(f"{name}_covariance is none: it is not symmetric, or a variance is negative or too small")
    return matrix
