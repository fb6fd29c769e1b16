"""What every test drawn from a pool must look like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import IndexArray, assign, own
from engine.errors import BlueprintError


@dataclass(frozen=True, slots=True, eq=False)
class Blueprint:
    """Length, content and start of an adaptive test.

    Attributes
    ----------
    length : number of items of the test
    area_names : name of each of the n_areas content areas, as people know them
    area_minimum, area_maximum : (n_areas,) fewest and most items of each area
    best_k : choose at random among the k most informative feasible units; 1 always takes the best
    prior_mean, prior_sd : normal ability distribution before the first answer, in logits

    Raises
    ------
    BlueprintError
        If a number is out of range or the areas contradict each other or the length; the message names them.
    """

    length: int
    area_names: tuple[str, ...]
    area_minimum: IndexArray
    area_maximum: IndexArray
    best_k: int = 1
    prior_mean: float = 0.0
    prior_sd: float = 1.0

    def __post_init__(self) -> None:
        minimum = own(self.area_minimum, np.int32, "area_minimum", 1, BlueprintError)
        maximum = own(self.area_maximum, np.int32, "area_maximum", 1, BlueprintError)
        names = tuple(self.area_names)
        assign(self, area_names=names, area_minimum=minimum, area_maximum=maximum)
        if not len(names) == minimum.size == maximum.size or len(set(names)) < len(names) or not names:
            raise BlueprintError("every area needs its own name, one minimum and one maximum")
        if self.length < 1 or self.best_k < 1:
            raise BlueprintError(f"length and best_k must be 1 or more, not {self.length} and {self.best_k}")
        if not (np.isfinite(self.prior_mean) and np.isfinite(self.prior_sd) and self.prior_sd > 0.0):
            raise BlueprintError(f"the prior needs a finite mean and sd > 0, not {self.prior_mean} and {self.prior_sd}")
        wrong = [name for name, low, high in zip(names, minimum, maximum, strict=True) if not 0 <= low <= high]
        if wrong:
            raise BlueprintError(f"areas need 0 <= minimum <= maximum; {', '.join(wrong)} do not")
        if minimum.sum() > self.length or maximum.sum() < self.length:
            raise BlueprintError(
                f"a test of {self.length} items cannot hold the areas: their minima add up to {minimum.sum()}, "
                f"their maxima to {maximum.sum()}"
            )

    @property
    def n_areas(self) -> int:
        """Number of content areas."""
        return len(self.area_names)
