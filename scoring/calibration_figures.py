"""What a calibration's report draws: abilities, observed shares by ability, information."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import Abilities, Calibration, ItemParameters, Responses, estimate_eap, normal_quadrature

FloatArray = npt.NDArray[np.float64]
N_BANDS = 10
N_NODES = 121
SPREADS = 4.0  # standard deviations on either side of every group's mean that curves show


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What persons of about the same ability answered, by item.

    Attributes
    ----------
    offset : (n_items + 1,) first row of each item in ``counts``
    counts : (n_rows, n_bands) answers by weight in each category, persons in bands of rising ability
    ability : (n_items, n_bands) mean ability of those who answered the item; NaN where nobody did
    """

    offset: npt.NDArray[np.int64]
    counts: FloatArray
    ability: FloatArray


def abilities_by_group(responses: Responses, calibration: Calibration) -> Abilities:
    """Expected abilities of persons (EAP), each with the distribution of its own group as prior.

    With covariates, a group's distribution is that of all its members together.

    Parameters
    ----------
    responses : with a category for every answer and without shares
    calibration : of the same items and groups
    """
    theta, error = np.empty(responses.n_persons), np.empty(responses.n_persons)
    for number, density in enumerate(calibration.densities):
        rows = np.flatnonzero(responses.group == number)
        prior = density
        if responses.covariates is not None:
            explained = responses.covariates[rows] @ calibration.coefficients
            group = calibration.groups[number]
            low, high = float(density.nodes[0]), float(density.nodes[-1])
            weight = responses.weight[rows]
            mean = float(np.average(explained, weights=weight))
            variance = float(np.average((explained - mean) ** 2, weights=weight))
            spread = float(np.sqrt(group.sd**2 + variance))
            prior = normal_quadrature(group.mean + mean, spread, lower=low, upper=high, n_nodes=density.n_nodes)
        found = estimate_eap(responses.select(rows), calibration.items, prior)
        theta[rows], error[rows] = found.theta, found.standard_error
    return Abilities(theta, error)


def reliability(responses: Responses, abilities: Abilities) -> float:
    """Share of the abilities' variance that is not error, over persons with answers (EAP reliability).

    The variance of the means over itself plus the mean posterior variance (Adams, 2005).
    """
    answered = np.diff(responses.start) > 0
    weight, theta = responses.weight[answered], abilities.theta[answered]
    spread = float(np.average((theta - np.average(theta, weights=weight)) ** 2, weights=weight))
    return spread / (spread + float(np.average(abilities.standard_error[answered] ** 2, weights=weight)))


def observed_by_ability(
    responses: Responses, theta: FloatArray, items: ItemParameters, n_bands: int = N_BANDS
) -> Observed:
    """Answers in every category, persons grouped by ability.

    Parameters
    ----------
    responses : with a category for every answer
    theta : (n_persons,) abilities
    items : what was calibrated
    n_bands
        Bands of about equally many persons; fewer where many have the same ability.
    """
    offset = np.concatenate([[0], np.cumsum(items.n_categories)]).astype(np.int64)
    answered = np.diff(responses.start) > 0
    edges = np.unique(np.quantile(theta[answered], np.linspace(0.0, 1.0, n_bands + 1)[1:-1]))
    band = np.searchsorted(edges, theta, side="right")[responses.person]
    weight = responses.weight[responses.person]
    size = (items.n_items, edges.size + 1)
    row = (offset[responses.item] + responses.category) * size[1] + band
    counts = np.bincount(row, weight, minlength=int(offset[-1]) * size[1]).reshape(-1, size[1])
    cell = responses.item.astype(np.int64) * size[1] + band
    total = np.bincount(cell, weight, minlength=size[0] * size[1])
    summed = np.bincount(cell, weight * theta[responses.person], minlength=size[0] * size[1])
    with np.errstate(invalid="ignore"):  # 0 / 0 where nobody answered is the NaN that says so
        ability = (summed / total).reshape(size)
    return Observed(offset, counts.astype(np.float64), ability)


def curve_nodes(calibration: Calibration) -> FloatArray:
    """Abilities at which curves are drawn: where the groups are."""
    low = min(group.mean - SPREADS * group.sd for group in calibration.groups)
    high = max(group.mean + SPREADS * group.sd for group in calibration.groups)
    return np.linspace(float(np.floor(low)), float(np.ceil(high)), N_NODES)
