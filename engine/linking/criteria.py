"""Links by characteristic curves: the differences whose squares Haebara's and Stocking and Lord's criteria sum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.arrays import FloatArray
from engine.errors import ParameterError
from engine.models import ItemParameters, blocks_of
from engine.quadrature import Quadrature
from engine.table import row_offset, rows_of

PRECISION = 1e-14  # relative, of the criterion and of slope and intercept
EVALUATIONS_AT_MOST = 500  # for two parameters; what takes more leads nowhere
NO_LINK = "the link does not converge: the common items' curves have too little in common"
LEAST_SLOPE = 1e-6  # of the differences, to the logarithm of the slope or to the intercept: less is flat
LEAST_RATIO = 1e-5  # of how they change in the direction that they say least of, to that they say most of


@dataclass(frozen=True, slots=True, eq=False)
class Criterion:
    """Sum of squares that a link minimises, as Kim & Kolen (2007) define it for both directions.

    Attributes
    ----------
    linked, base : the same n_items items on both scales
    is_summed : whether curves are summed to an expected score first (Stocking & Lord, 1983), or compared
        category by category (Haebara, 1980)
    on_base : abilities on the base scale at which the linked items, moved, are held against the base items
    on_linked : abilities on the linked scale at which the base items, moved back, are held against the linked
        ones; None: one direction only
    is_slope_free : False keeps the slope at 1
    """

    linked: ItemParameters
    base: ItemParameters
    is_summed: bool
    on_base: Quadrature
    on_linked: Quadrature | None
    is_slope_free: bool = True

    def differences(self, slope: float, intercept: float) -> tuple[FloatArray, FloatArray]:
        """Weighted differences (n,), and their derivatives to slope and intercept (n, 2)."""
        theta = self.on_base.nodes
        moved = (theta - intercept) / slope
        parts = [self._compared(self.base, theta, self.linked, moved, -moved / slope, -np.ones_like(theta) / slope)]
        weights = [self.on_base.weights]
        if self.on_linked is not None:
            theta = self.on_linked.nodes
            parts.append(
                self._compared(self.linked, theta, self.base, slope * theta + intercept, theta, np.ones_like(theta))
            )
            weights.append(self.on_linked.weights)
        roots = [np.sqrt(w) for w in weights]
        difference = np.concatenate([(d * w).ravel() for (d, _), w in zip(parts, roots, strict=True)])
        slopes = np.concatenate([(s * w).reshape(2, -1).T for (_, s), w in zip(parts, roots, strict=True)])
        return difference, slopes

    def _compared(
        self,
        still: ItemParameters,
        theta: FloatArray,
        moving: ItemParameters,
        moved: FloatArray,
        by_slope: FloatArray,
        by_intercept: FloatArray,
    ) -> tuple[FloatArray, FloatArray]:
        """Curves that stay minus curves that move, (m, n_nodes), and derivatives (2, m, n_nodes)."""
        here, _ = curves(still, theta)
        there, rise = curves(moving, moved)
        if self.is_summed:
            score = np.arange(here.shape[0]) - np.repeat(row_offset(still.n_categories)[:-1], still.n_categories)
            here, there, rise = (score[np.newaxis] @ values for values in (here, there, rise))
        return here - there, -np.stack([rise * by_slope, rise * by_intercept])

    def gradient(self, point: FloatArray) -> FloatArray:
        """Half the derivative of the criterion to slope and intercept, (2,)."""
        difference, slopes = self.differences(float(point[0]), float(point[1]))
        gradient: FloatArray = slopes.T @ difference
        return gradient

    def minimise(self, start: tuple[float, float]) -> tuple[float, float, float]:
        """Slope, intercept and criterion of the minimum nearest to a start; the slope stays positive.

        Raises
        ------
        ParameterError
            If there is none, or the curves are so flat there that it could as well be elsewhere.
        """
        # Not above: optimisers take 20 MB, and a server that only gives tests needs none.
        from scipy.optimize import least_squares

        free = 2 if self.is_slope_free else 1  # intercept first, then the logarithm of the slope

        both = lru_cache(maxsize=1)(self.differences)  # derivatives are asked for where differences were

        def difference(x: FloatArray) -> FloatArray:
            return both(float(np.exp(x[1])) if free == 2 else 1.0, float(x[0]))[0]

        def jacobian(x: FloatArray) -> FloatArray:
            slope = float(np.exp(x[1])) if free == 2 else 1.0
            by_slope, by_intercept = both(slope, float(x[0]))[1].T
            return np.stack([by_intercept, by_slope * slope][:free], axis=1)

        first = np.array([start[1], np.log(start[0])])[:free]
        found = least_squares(
            difference,
            first,
            jac=jacobian,
            xtol=PRECISION,
            ftol=PRECISION,
            gtol=PRECISION,
            max_nfev=EVALUATIONS_AT_MOST,
        )
        if not found.success:
            raise ParameterError(NO_LINK)
        spread = np.linalg.svd(np.asarray(found.jac, dtype=np.float64), compute_uv=False)
        if spread.size < free or spread[0] < LEAST_SLOPE or spread[-1] < LEAST_RATIO * spread[0]:
            raise ParameterError(
                "the common items do not determine the link: where the ability distributions lie their curves hardly "
                "change with slope and intercept"
            )
        return float(np.exp(found.x[1])) if free == 2 else 1.0, float(found.x[0]), float(found.cost)


def curves(items: ItemParameters, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Probabilities of all rows of the response table, and their derivatives to ability, (n_rows, n_nodes) each."""
    offset = row_offset(items.n_categories)
    p, rise = np.empty((offset[-1], nodes.size)), np.empty((offset[-1], nodes.size))
    for block in blocks_of(items):
        rows = rows_of(block, offset)
        log_p = block.family.log_probability(block.parameters, nodes)
        p[rows] = np.exp(log_p)
        rise[rows] = p[rows] * block.family.by_ability(block.parameters, nodes, log_p)[0]
    return p, rise
