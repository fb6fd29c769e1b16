"""Can a test that has come this far still be completed within its blueprint? Counting answers it exactly.

A set of reachable numbers of items is a whole number used as bits: bit n is set when n items can be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
class Demand:
    """What a whole test must hold.

    Attributes
    ----------
    length : number of items
    minimum, maximum : fewest and most items of each area
    kinds : kinds of units there are
    """

    length: int
    minimum: tuple[int, ...]
    maximum: tuple[int, ...]
    kinds: tuple[Kind, ...]

    def can_finish(self, counts: Sequence[int], available: Sequence[int]) -> bool:
        """Whether some of the available units complete the test.

        Parameters
        ----------
        counts
            Items of each area given so far.
        available
            Units of each kind that are left, none of which excludes another.
        """
        remaining = self.length - sum(counts)
        if remaining < 0:
            return False
        total = 1
        for area, given in enumerate(counts):
            within = window(self.minimum[area] - given, self.maximum[area] - given)
            total = add(total, self.reachable(area, available, remaining) & within, remaining)
        return bool(total >> remaining & 1)

    def reachable(self, area: int, available: Sequence[int], most: int) -> int:
        """Numbers of further items, up to ``most``, that an area's whole units can give."""
        bits = 1
        for kind, units in zip(self.kinds, available, strict=True):
            if kind.area == area and units > 0:
                steps = range(0, min(units, most // kind.size) * kind.size + 1, kind.size)
                bits = add(bits, sum(1 << step for step in steps), most)
        return bits


def window(lowest: int, highest: int) -> int:
    """Bits lowest … highest; none when the window is empty."""
    lowest = max(lowest, 0)
    return (1 << (highest + 1)) - (1 << lowest) if highest >= lowest else 0


def add(left: int, right: int, most: int) -> int:
    """All sums, up to ``most``, of a number from the left and one from the right."""
    sums = 0
    while right:
        lowest = right & -right
        sums |= left * lowest
        right ^= lowest
    return sums & ((1 << (most + 1)) - 1)


def numbers(bits: int) -> list[int]:
    """Return the numbers in a set."""
    return [number for number in range(bits.bit_length()) if bits >> number & 1]
