"""The order in which a pupil sees the choices of an item, where its author lets them be shuffled."""

from __future__ import annotations

import hashlib
from itertools import pairwise

from itembank.draws import draw_seed
from itembank.values import DeliveryView, Shuffle


def arranged(view: DeliveryView, key: str) -> str:
    """HTML of an item with its choices in the order of one sitting.

    It follows from its arguments alone: a reload, another laptop, another worker and a replay show the same.

    Parameters
    ----------
    view : the item; what is not shuffled is returned as it is
    key : the random key that the sitting pinned when it began
    """
    if not view.shuffles:
        return view.html
    parts, end = [], 0
    for number, shuffle in enumerate(view.shuffles):
        choices = [view.html[start:stop] for start, stop in pairwise(shuffle.bounds)]
        order = shown_order(shuffle, draw_seed(key, view.item, f"order of choices {number}"))
        parts += [view.html[end : shuffle.bounds[0]], *(choices[place] for place in order)]
        end = shuffle.bounds[-1]
    return "".join([*parts, view.html[end:]])


def shown_order(shuffle: Shuffle, seed: int) -> list[int]:
    """Numbers of the choices in the order in which they are shown; every order of the free ones is as likely.

    Parameters
    ----------
    shuffle : which choices there are, and which of them stay
    seed : what the order follows from
    """
    n_choices = len(shuffle.bounds) - 1
    free = [number for number in range(n_choices) if number not in shuffle.fixed]
    drawn = sorted(free, key=lambda number: hashlib.sha256(f"{seed}/{number}".encode()).digest())
    if shuffle.changes and drawn == free:
        drawn = [*drawn[1:], *drawn[:1]]
    rest = iter(drawn)
    return [number if number in shuffle.fixed else next(rest) for number in range(n_choices)]
