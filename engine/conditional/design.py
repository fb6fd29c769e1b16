"""Multistage designs: which modules a booklet has, and which scores route there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.arrays import IntArray, assign, own
from engine.errors import DesignError, name_indices

Routing = Literal["cumulative", "last"]
ROUTINGS: tuple[Routing, ...] = ("cumulative", "last")


@dataclass(frozen=True, slots=True, eq=False)
class MultistageBooklet:
    """One path through a multistage test.

    Attributes
    ----------
    modules : n_modules arrays of item indices, in the order in which the modules are given
    routes : n_modules - 1 pairs, the lowest and the highest score after each module but the last with which a person
        goes on to the next module of this booklet; both inclusive

    Raises
    ------
    DesignError
        If a module has no items, an item is there twice, or the ranges do not fit the modules.
    """

    modules: tuple[IntArray, ...]
    routes: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        modules = tuple(own(module, np.int64, "a module", 1, DesignError) for module in self.modules)
        if not modules or any(module.size == 0 for module in modules):
            raise DesignError("a booklet needs at least one module, and every module at least one item")
        items, times = np.unique(np.concatenate(modules), return_counts=True)
        if np.any(times > 1):
            raise DesignError(f"a booklet has an item once; items {name_indices(items[times > 1])} are there twice")
        if items[0] < 0:
            raise DesignError("items are numbered from 0")
        routes = tuple((int(lowest), int(highest)) for lowest, highest in self.routes)
        if len(routes) != len(modules) - 1:
            raise DesignError(f"{len(modules)} modules need {len(modules) - 1} ranges of scores, not {len(routes)}")
        empty = [route for route in routes if route[0] > route[1] or route[1] < 0]
        if empty:
            raise DesignError(f"no score is in the range {empty[0][0]} … {empty[0][1]}")
        assign(self, modules=modules, routes=routes)

    @property
    def items(self) -> IntArray:
        """Items of all modules, sorted."""
        return np.sort(np.concatenate(self.modules))


@dataclass(frozen=True, slots=True, eq=False)
class MultistageDesign:
    """All paths through one or more multistage tests.

    A linear booklet, which everybody took as a whole, is a path of one module.

    Attributes
    ----------
    booklets : the paths; two paths may have the same items if no pattern of scores leads to both
    routing : ``"cumulative"``: ranges are of the score on all modules so far; ``"last"``: of the score on the module
        just taken

    Raises
    ------
    DesignError
        If there is no booklet, or the routing is not known.

    References
    ----------
    Zwitser, R. J., & Maris, G. (2015). Conditional statistical inference with multistage testing designs.
    Psychometrika, 80, 65-84. Routing on all modules or on the last one, as in dexterMST (Bechger, Koops, Partchev &
    Maris, function create_mst_test).

    Examples
    --------
    >>> import numpy as np
    >>> start = np.array([0, 1, 2])
    >>> easy = MultistageBooklet((start, np.array([3, 4])), ((0, 1),))
    >>> hard = MultistageBooklet((start, np.array([5, 6])), ((2, 3),))
    >>> len(MultistageDesign((easy, hard)).booklets)
    2
    """

    booklets: Sequence[MultistageBooklet]
    routing: Routing = "cumulative"

    def __post_init__(self) -> None:
        if not self.booklets:
            raise DesignError("a multistage design needs at least one booklet")
        if self.routing not in ROUTINGS:
            raise DesignError(f"routing {self.routing!r} is not known; choose one of {', '.join(ROUTINGS)}")
        assign(self, booklets=tuple(self.booklets))
