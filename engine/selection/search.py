"""The most informative free item by the rank lists: a threshold algorithm, equal to trying all items."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.grain import GRAIN, quantise
from engine.selection.information import information_of_all, information_of_one, information_of_pairs
from engine.selection.ranklists import CHUNK, RankLists
from engine.selection.scores import EXCLUDED, best_keys, items_of_keys, keys_of, keys_of_items
from engine.selection.tables import SelectionTables

PlaceArray = npt.NDArray[np.intp]
PERSONS_WITH_ALL = 256  # persons for whom all items are tried at one time
FEW = 2  # persons for whom valuing 1,000 items costs less than the calls of a search
LOOK_AHEAD = 64  # places of a list that are read at one time for one person
NONE_YET = -1

_CODES = np.arange(1 << CHUNK)
FIRST_FREE = np.full(_CODES.size, CHUNK, dtype=np.uint8)
"""Place of the first 0 among 16 bits, the highest bit first; 16 where all are 1."""
for _place in range(CHUNK - 1, -1, -1):
    FIRST_FREE[(_CODES >> (CHUNK - 1 - _place)) & 1 == 0] = _place
BEFORE = ((1 << CHUNK) - (1 << (CHUNK - np.arange(CHUNK)))).astype(np.intp)
"""Bits of the places before each place."""


def most_informative(tables: SelectionTables, theta: FloatArray, excluded: BoolArray) -> IntArray:
    """Item of each person with the highest information at the own ability, (n_persons,); -1 where none is free.

    Candidates are taken in the order of their bounds and valued exactly; the search ends when the best value
    is above the bound of the next one (the threshold algorithm of Fagin, Lotem & Naor, 2003,
    Journal of Computer and System Sciences 66, 614-656). Whoever is left at the end of the list has
    all items tried.

    Parameters
    ----------
    tables : the bank
    theta : (n_persons,) in logits
    excluded : (n_persons, n_items) what must not be chosen
    """
    if theta.size == 1:
        return np.array([_search_one(tables, theta.item(), excluded[0])])
    lists, end = tables.lists, tables.lists.n_listed
    interval, start = lists.bin_of(theta), np.arange(theta.size) * tables.n_items
    flat = excluded.reshape(-1)
    rank = _next_free(lists, interval, None, start, flat)
    rank[(theta < lists.lower) | (theta > lists.upper)] = end  # no bound holds there
    chosen, best = _value(tables, interval, rank, theta)
    person = np.flatnonzero(best <= _bound_after(lists, interval, rank))
    left = []
    while person.size:
        more = rank[person] < end
        left.append(person[~more])
        person = person[more]
        place = interval[person]
        rank[person] = _next_free(lists, place, rank[person] + 1, start[person], flat)
        item, value = _value(tables, place, rank[person], theta[person])
        better = (value > best[person]) | ((value == best[person]) & (item < chosen[person]))
        chosen[person] = np.where(better, item, chosen[person])
        best[person] = np.where(better, value, best[person])
        person = person[best[person] <= _bound_after(lists, place, rank[person])]
    _try_all(tables, theta, excluded, np.concatenate([*left, person]), chosen)
    return chosen


def _next_free(
    lists: RankLists, interval: PlaceArray, first: PlaceArray | None, start: PlaceArray, excluded: BoolArray
) -> PlaceArray:
    """Place in the list of the first free candidate from ``first`` on (None: from the beginning); n_listed for none.

    ``start`` is where each person's row begins in the flat ``excluded``.
    """
    found = np.full(interval.size, lists.n_listed, dtype=np.intp)
    chunk = np.zeros(interval.size, dtype=np.intp) if first is None else first // CHUNK
    row, last = interval * lists.n_chunks + chunk, interval * lists.n_chunks + lists.n_chunks
    masked = None if first is None else BEFORE[first % CHUNK]
    searching = np.flatnonzero(row < last)
    if searching.size < row.size:
        row, last, start = row[searching], last[searching], start[searching]
        masked = None if masked is None else masked[searching]
    while searching.size:
        candidate = lists.item.take(row, axis=0, mode="clip")
        candidate += start[:, np.newaxis]
        code = np.packbits(excluded.take(candidate, mode="clip"), axis=1).view(">u2")[:, 0].astype(np.intp)
        place = FIRST_FREE.take(code if masked is None else code | masked)
        found[searching] = (row - last + lists.n_chunks) * CHUNK + place
        row += 1
        going = np.flatnonzero(place == CHUNK)
        searching, row, last, start, masked = searching[going], row[going], last[going], start[going], None
        ended = row == last
        if ended.any():
            searching, row, last, start = searching[~ended], row[~ended], last[~ended], start[~ended]
    return found


def _value(
    tables: SelectionTables, interval: PlaceArray, rank: PlaceArray, theta: FloatArray
) -> tuple[IntArray, IntArray]:
    """Items at places of the lists and their exact information in 1e-9; -1 and -1 beyond the end."""
    end = tables.lists.n_listed
    beyond = rank >= end
    item = tables.lists.item.take(interval * end + np.minimum(rank, end - 1))
    value = quantise(information_of_pairs(tables, item, theta))
    if beyond.any():
        item[beyond], value[beyond] = NONE_YET, NONE_YET
    return item, value


def _bound_after(lists: RankLists, interval: PlaceArray, rank: PlaceArray) -> IntArray:
    """Bound of all that comes after a place, in 1e-9."""
    end = lists.n_listed
    return lists.bound.take(interval * (end + 1) + np.minimum(rank + 1, end))


def best_informative(tables: SelectionTables, theta: FloatArray, excluded: BoolArray, k: int) -> IntArray:
    """Keys of the k most informative free items of each person, (n_persons, k), best first; see `keys_of`.

    The lists are valued a chunk at a time, until the k-th best is above the bound of the next chunk. For a
    few persons all items are valued, which takes fewer calls.

    Parameters
    ----------
    tables : the bank
    theta, excluded
        As for `most_informative`.
    k : how many
    """
    lists, n = tables.lists, tables.n_items
    best = np.full((theta.size, k), EXCLUDED, dtype=np.int64)
    interval = lists.bin_of(theta)
    inside = (theta >= lists.lower) & (theta <= lists.upper) & (theta.size > FEW)
    left, person = [np.flatnonzero(~inside)], np.flatnonzero(inside)
    for chunk in range(lists.n_chunks):
        if not person.size:
            break
        place = interval[person]
        candidate = lists.item.take(place * lists.n_chunks + chunk, axis=0)  # (n, 16)
        value = information_of_pairs(tables, candidate.ravel(), theta[person].repeat(CHUNK)).reshape(candidate.shape)
        barred = excluded.reshape(-1).take(candidate + person[:, np.newaxis] * n)
        barred[:, max(n - chunk * CHUNK, 0) :] = True  # the list is filled up by repeating its last item
        key = keys_of_items(value, candidate, n, barred)
        best[person] = best_keys(np.concatenate([best[person], key], axis=1), k)
        after = lists.bound.take(place * (lists.n_listed + 1) + (chunk + 1) * CHUNK)
        person = person[best[person, -1] // n <= after]
    persons = np.concatenate([*left, person])
    for first in range(0, persons.size, PERSONS_WITH_ALL):
        part = persons[first : first + PERSONS_WITH_ALL]
        key = best_keys(keys_of(information_of_all(tables, theta[part]), excluded[part]), k)
        best[part, : key.shape[1]] = key
    return best


def _try_all(
    tables: SelectionTables, theta: FloatArray, excluded: BoolArray, persons: PlaceArray, chosen: IntArray
) -> None:
    """Overwrite the choice of some persons by the best of all items."""
    for first in range(0, persons.size, PERSONS_WITH_ALL):
        part = persons[first : first + PERSONS_WITH_ALL]
        chosen[part] = _best_of_all(tables, theta[part], excluded[part])


def _best_of_all(tables: SelectionTables, theta: FloatArray, excluded: BoolArray) -> IntArray:
    """Return what `most_informative` returns, by valuing every item."""
    key = keys_of(information_of_all(tables, theta), excluded)
    return items_of_keys(best_keys(key, 1), tables.n_items)[:, 0]


def _search_one(tables: SelectionTables, theta: float, excluded: BoolArray) -> int:
    """Choice of one person: the same search in plain arithmetic."""
    lists = tables.lists
    if not lists.lower <= theta <= lists.upper:
        return int(_best_of_all(tables, np.array([theta]), excluded[np.newaxis])[0])
    interval = min(int((theta - lists.lower) * lists.per_logit), lists.n_bins - 1)
    order = lists.item.reshape(lists.n_bins, -1)[interval]
    bound = lists.bound[interval]
    best = chosen = NONE_YET
    for first in range(0, order.size, LOOK_AHEAD):
        listed = order[first : first + LOOK_AHEAD]
        for rank in np.flatnonzero(~excluded[listed]).tolist():
            item = listed.item(rank)
            value = round(information_of_one(tables, item, theta) * GRAIN)
            if value > best or (value == best and item < chosen):
                best, chosen = value, item
            if best > bound.item(first + rank + 1):
                return chosen
    if best > bound.item(order.size):
        return chosen
    return int(_best_of_all(tables, np.array([theta]), excluded[np.newaxis])[0])
