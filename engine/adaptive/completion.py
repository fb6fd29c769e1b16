"""Can a test that has come this far still be completed within its blueprint? Counting answers it exactly.

A set of numbers of items is a whole number used as bits: bit n is set when n items can be had.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

SETS_KEPT = 50_000  # a few megabytes; shared by all blueprints, as the function is of numbers alone


@dataclass(frozen=True, slots=True)
class Kind:
    """Units that count alike: one area, one size.

    Attributes
    ----------
    area : area index
    size : items in each unit
    """

    area: int
    size: int


@dataclass(frozen=True, slots=True)
class Step:
    """Taking one unit of a class.

    Attributes
    ----------
    area, size : of the unit
    takes : core units of each kind that are gone with it
    reaches : whether some of these are in other areas
    """

    area: int
    size: int
    takes: tuple[int, ...]
    reaches: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """What a whole test must hold.

    Attributes
    ----------
    length : number of items
    minimum, maximum : fewest and most items of each area
    kinds : kinds of units there are, in order of area
    sizes : their sizes
    kinds_of_area : first kind of each area, and the one after its last
    """

    length: int
    minimum: tuple[int, ...]
    maximum: tuple[int, ...]
    kinds: tuple[Kind, ...]
    sizes: tuple[int, ...] = field(init=False)
    kinds_of_area: tuple[tuple[int, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        areas = [kind.area for kind in self.kinds]
        spans = [(bisect_left(areas, area), bisect_right(areas, area)) for area in range(len(self.minimum))]
        object.__setattr__(self, "sizes", tuple(kind.size for kind in self.kinds))
        object.__setattr__(self, "kinds_of_area", tuple(spans))

    def steps_that_finish(self, counts: Sequence[int], available: Sequence[int], steps: Sequence[Step]) -> list[bool]:
        """Whether a test can still be completed after each of some possible steps.

        Parameters
        ----------
        counts, available
            As in `can_finish`, before the step.
        steps
            Units that could be taken next.
        """
        areas = range(len(counts))
        held = [self._held(area, counts[area], available) for area in areas]
        others = [self._sum([held[other] for other in areas if other != area]) for area in areas]
        verdict = []
        for step in steps:
            after = counts[step.area] + step.size
            if after > self.maximum[step.area]:
                verdict.append(False)
                continue
            left = [n - taken for n, taken in zip(available, step.takes, strict=True)]
            own = self._held(step.area, after, left)
            if step.reaches:  # an enemy elsewhere leaves the core with this unit
                rest = self._sum([self._held(area, counts[area], left) for area in areas if area != step.area])
            else:
                rest = others[step.area]
            verdict.append(bool(add(rest, own) >> self.length & 1))
        return verdict

    def can_finish(self, counts: Sequence[int], available: Sequence[int]) -> bool:
        """Whether some of the available units complete the test.

        Parameters
        ----------
        counts
            Items of each area given so far.
        available
            Units of each kind that are left, none of which excludes another.
        """
        held = [self._held(area, given, available) for area, given in enumerate(counts)]
        return bool(self._sum(held) >> self.length & 1)

    def _held(self, area: int, given: int, available: Sequence[int]) -> int:
        """Numbers of items of an area that a whole test can hold, within its bounds."""
        return self.reachable(area, given, available) & window(self.minimum[area], self.maximum[area])

    def _sum(self, held: Sequence[int]) -> int:
        """Numbers of items that some areas can hold together."""
        total = 1
        for bits in held:
            total = add(total, bits) & window(0, self.length)
        return total

    def reachable(self, area: int, given: int, available: Sequence[int]) -> int:
        """Numbers of items of an area that a whole test can hold, by its units alone."""
        first, last = self.kinds_of_area[area]
        return reachable(given, self.sizes[first:last], tuple(available[first:last]), self.length)


@lru_cache(maxsize=SETS_KEPT)
def reachable(given: int, sizes: tuple[int, ...], available: tuple[int, ...], most: int) -> int:
    """Numbers of items, up to ``most``, that units of some sizes add up to on top of what was given."""
    bits = 1 << given
    for size, n in zip(sizes, available, strict=True):
        n_fitting = max(min(n, most // size), 0)
        bits = add(bits, sum(1 << step for step in range(0, n_fitting * size + 1, size))) & window(0, most)
    return bits


def window(lowest: int, highest: int) -> int:
    """Bits lowest … highest; none when the window is empty."""
    return (1 << (highest + 1)) - (1 << lowest) if highest >= lowest else 0


def add(left: int, right: int) -> int:
    """All sums of a number from the left and one from the right."""
    if left.bit_count() < right.bit_count():
        left, right = right, left
    sums = 0
    while right:
        lowest = right & -right
        sums |= left * lowest
        right ^= lowest
    return sums


def numbers(bits: int) -> list[int]:
    """Return the numbers in a set."""
    return [number for number in range(bits.bit_length()) if bits >> number & 1]
