"""The parameters that a calibration moves, as one value and as one vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.arrays import FloatArray
from engine.models import ItemParameters
from engine.quadrature import LOWER, N_NODES, UPPER, log_normal_weights

Model = Literal["rasch", "2pl"]

NODES_PER_SD = 3.0  # spacing of at most a third of the narrowest sd
SDS_COVERED = 5.0  # nodes out to five standard deviations of every group
LARGEST_N_NODES = 241
STEEPEST_SLOPE = 10.0  # beyond this an item is a step function on the grid
FLATTEST_SLOPE = 1e-3  # flatter ones are reported as this, so that -intercept / slope stays a number one can read
FARTHEST_INTERCEPT = 60.0
SMALLEST_SD, LARGEST_SD = 0.1, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Current slopes, intercepts and groups; ``logit P = slope theta + intercept``.

    Attributes
    ----------
    slope, intercept : (n_items,)
    mean, log_sd : (n_groups,)
    """

    slope: FloatArray
    intercept: FloatArray
    mean: FloatArray
    log_sd: FloatArray

    @property
    def vector(self) -> FloatArray:
        """All of them in a row: slopes, intercepts, means, logarithms of the sds."""
        return np.concatenate([self.slope, self.intercept, self.mean, self.log_sd])

    def of_vector(self, vector: FloatArray) -> Estimates:
        """Return the estimates that a vector of the same make stands for."""
        n_items, n_groups = self.slope.size, self.mean.size
        slope, intercept, mean, log_sd = np.split(vector, [n_items, 2 * n_items, 2 * n_items + n_groups])
        return Estimates(slope, intercept, mean, log_sd)

    def bounded(self) -> Estimates:
        """Return the estimates, brought back to where a probability can be worked out."""
        return Estimates(
            np.clip(self.slope, -STEEPEST_SLOPE, STEEPEST_SLOPE),
            np.clip(self.intercept, -FARTHEST_INTERCEPT, FARTHEST_INTERCEPT),
            self.mean,
            np.clip(self.log_sd, np.log(SMALLEST_SD), np.log(LARGEST_SD)),
        )

    def distance(self, other: Estimates) -> float:
        """Largest difference of a slope, intercept, mean or sd."""
        pairs = (
            (self.slope, other.slope),
            (self.intercept, other.intercept),
            (self.mean, other.mean),
            (np.exp(self.log_sd), np.exp(other.log_sd)),
        )
        return max(float(np.abs(mine - theirs).max()) for mine, theirs in pairs)

    def items(self) -> ItemParameters:
        """Return slopes, none flatter than FLATTEST_SLOPE, and difficulties ``b = -intercept / slope``."""
        flattest = np.copysign(FLATTEST_SLOPE, self.slope)
        slope = np.where(np.abs(self.slope) < FLATTEST_SLOPE, flattest, self.slope)
        return ItemParameters.two_parameter(slope, -self.intercept / slope)

    def log_prior(self, nodes: FloatArray) -> FloatArray:
        """Logarithm of every group's weights, shape (n_groups, n_nodes)."""
        pairs = zip(self.mean.tolist(), np.exp(self.log_sd).tolist(), strict=True)
        return np.stack([log_normal_weights(nodes, mean, sd) for mean, sd in pairs])

    def grid(self) -> FloatArray:
        """Nodes wide and fine enough for every group: 61 on [-6, 6], or more where a group needs it."""
        sd = np.exp(self.log_sd)
        lower = min(LOWER, float((self.mean - SDS_COVERED * sd).min()))
        upper = max(UPPER, float((self.mean + SDS_COVERED * sd).max()))
        spacing = min((UPPER - LOWER) / (N_NODES - 1), float(sd.min()) / NODES_PER_SD)
        n_nodes = min(int(np.ceil((upper - lower) / spacing - 1e-9)) + 1, LARGEST_N_NODES)
        return np.linspace(lower, upper, n_nodes)


@dataclass(frozen=True, slots=True)
class Freedom:
    """What a model estimates and what it holds fixed.

    Attributes
    ----------
    slopes : whether slopes are estimated
    first_sd : whether the sd of group 0 is estimated (its mean is 0 always)
    fewest_items : with fewer items, other parameters give the same probabilities: 2PL on 2 items has 4
        parameters for the 3 free proportions of 4 patterns, Rasch on 1 item 2 for 1
    """

    slopes: bool
    first_sd: bool
    fewest_items: int


FREEDOM: dict[str, Freedom] = {
    "2pl": Freedom(slopes=True, first_sd=False, fewest_items=3),
    "rasch": Freedom(slopes=False, first_sd=True, fewest_items=2),
}
