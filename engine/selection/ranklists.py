"""For every small interval of ability the items that may be most informative there, best bound first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, IntArray
from engine.grain import GRAIN
from engine.models import ItemParameters
from engine.selection.bounds import information_bounds

N_BINS = 1200  # 0.01 logit on [-6, 6]: the first free candidate is then the best 92 times in 100
N_LISTED = 256
CHUNK = 16  # candidates looked up at a time; their freedom is one 16-bit number
BINS_AT_ONCE = 64  # times 1,000 items is 0.5 MB
NOTHING_LEFT = -1

PlaceArray = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class RankLists:
    """Candidates of n_bins intervals of equal width, in falling order of an upper bound of their information.

    Attributes
    ----------
    lower, upper : abilities between which the bins lie, in logits
    per_logit : bins to a logit
    item : (n_bins * n_chunks, 16) item index; a bin's list is n_chunks rows, filled up by repeating its last item
    bound : (n_bins, n_listed + 1) no item at this place of the list or after it has more information, in 1e-9;
        -1 where nothing comes after
    """

    lower: float
    upper: float
    per_logit: float
    item: PlaceArray
    bound: IntArray

    @property
    def n_listed(self) -> int:
        """Places of a list."""
        return int(self.bound.shape[1]) - 1

    @property
    def n_chunks(self) -> int:
        """Rows of ``item`` that a list takes."""
        return self.n_listed // CHUNK

    @property
    def n_bins(self) -> int:
        """Number of intervals."""
        return int(self.bound.shape[0])

    def bin_of(self, theta: FloatArray) -> PlaceArray:
        """Bin of each ability, of the same shape; the first or the last for one beyond them, where no bound holds."""
        place = ((theta - self.lower) * self.per_logit).astype(np.intp)
        clipped: PlaceArray = np.clip(place, 0, self.n_bins - 1, out=place)
        return clipped


def make_rank_lists(items: ItemParameters, lower: float, upper: float) -> RankLists:
    """Lists of a bank.

    Parameters
    ----------
    items : n_items items of any models
    lower, upper
        Range of abilities, in logits.
    """
    edges = np.linspace(lower, upper, N_BINS + 1)
    n_known = min(N_LISTED, items.n_items)
    n_listed = -(-n_known // CHUNK) * CHUNK
    item = np.empty((N_BINS, n_listed), dtype=np.intp)
    bound = np.full((N_BINS, n_listed + 1), NOTHING_LEFT, dtype=np.int64)
    for first in range(0, N_BINS, BINS_AT_ONCE):
        part = slice(first, min(first + BINS_AT_ONCE, N_BINS))
        bounds = information_bounds(items, edges[part.start : part.stop + 1])
        order = _highest(bounds, n_known + 1)
        item[part, :n_known] = order[:, :n_known]
        item[part, n_known:] = order[:, n_known - 1 : n_known]
        known = np.take_along_axis(bounds, order, axis=1)
        bound[part, : order.shape[1]] = np.floor(known * GRAIN).astype(np.int64) + 1
    item = item.reshape(-1, CHUNK)
    for array in (item, bound):
        array.flags.writeable = False
    return RankLists(lower, upper, N_BINS / (upper - lower), item, bound)


def _highest(bounds: FloatArray, n: int) -> PlaceArray:
    """Indices of the n highest of each row, or of all, the highest first and ties by index."""
    if n < bounds.shape[1]:
        some = np.sort(np.argpartition(-bounds, n - 1, axis=1)[:, :n], axis=1)
    else:
        some = np.broadcast_to(np.arange(bounds.shape[1]), bounds.shape)
    order = np.argsort(-np.take_along_axis(bounds, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)
