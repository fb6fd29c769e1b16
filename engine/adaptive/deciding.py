"""The choice of the next item: a pure function of the bank, what happened so far, and one number for chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.adaptive.bank import AdaptiveBank
from engine.adaptive.events import Answered, Chosen, Swaps
from engine.adaptive.picking import Found, by_priority, from_plans, from_pool
from engine.adaptive.scene import Scene, look
from engine.adaptive.state import AdaptiveState, fold
from engine.adaptive.strategy import Method
from engine.arrays import BoolArray, FloatArray, IntArray, own
from engine.errors import DesignError
from engine.stopping import ReasonArray

PERSONS_AT_ONCE = 512
PRETEST = "pretest"


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The next item of n_persons tests, and why.

    Attributes
    ----------
    item : (n_persons,) item index, -1 where the test is over
    swaps : of each person, ``(out, in)`` pairs that changed the plan first
    route : of each person, how the item was found: ``plan``, ``solved`` (a plan solved anew, because swaps could
        not keep it), ``pool``, ``penalty``, ``any``, ``pretest``, "" for none
    theta, standard_error : (n_persons,) ability estimate that the choice rests on, in logits
    best : (n_persons, 5) items that were best by the rule, of those that could be given now; -1 pads
    best_score : (n_persons, 5) what they are worth by the rule; 0 pads
    draw : (n_persons,) number in [0, 1) that chance was taken from
    binding : of each person, the rules that kept better items out; empty where it was not asked for
    lifted : (n_persons,) whether what was held back (by eligibility, or as an enemy of a field-test item) was given up,
        because nothing else was left
    reason : (n_persons,) `StopReason` of tests that are over, 0 for those that go on
    """

    item: IntArray
    swaps: tuple[Swaps, ...]
    route: tuple[str, ...]
    theta: FloatArray
    standard_error: FloatArray
    best: IntArray
    best_score: FloatArray
    draw: FloatArray
    binding: tuple[tuple[str, ...], ...]
    lifted: BoolArray
    reason: ReasonArray

    @property
    def event(self) -> Chosen:
        """What a log records of it, and `fold` repeats."""
        return Chosen(self.item.astype(np.int32), self.swaps)


def decide(
    bank: AdaptiveBank,
    state: AdaptiveState,
    draw: npt.ArrayLike,
    *,
    elapsed_ms: npt.ArrayLike | None = None,
    explain: bool = True,
) -> Decision:
    """Choose the next item of every test (van der Linden & Reese, 1998; van der Linden, 2005, ch. 9).

    A test never fails because of selection: where no plan can be kept, the item of least penalty is taken, and where
    that fails too, any that was not seen; ``route`` says so.

    Parameters
    ----------
    bank, state
        What to choose from, and n_persons tests so far; persons do not influence one another.
    draw : (n_persons,) numbers in [0, 1), the only source of chance
    elapsed_ms : (n_persons,) working time so far, for tests that time ends; None where nobody holds a clock
    explain
        Whether to work out ``best`` and ``binding``, which cost more than the choice.

    Raises
    ------
    DesignError
        If the state is not one of this bank, waits for an answer, or draw does not fit.
    """
    chance = own(draw, np.float64, "draw", 1, DesignError)
    _check(bank, state, chance)
    n = state.n_persons
    worked = None if elapsed_ms is None else own(elapsed_ms, np.int64, "elapsed_ms", 1, DesignError)
    if n <= PERSONS_AT_ONCE:
        return _decide_part(bank, state, chance, worked, explain)
    parts = [slice(first, first + PERSONS_AT_ONCE) for first in range(0, n, PERSONS_AT_ONCE)]
    return _joined(
        [
            _decide_part(bank, state.take(part), chance[part], None if worked is None else worked[part], explain)
            for part in parts
        ]
    )


def decide_ahead(bank: AdaptiveBank, state: AdaptiveState, draw: npt.ArrayLike) -> tuple[Decision, ...]:
    """Choose for every answer there can be to the items that persons are reading, before they answer.

    Parameters
    ----------
    bank, state
        As for `decide`; every person has an item that is not answered.
    draw : (n_persons,) numbers that the next choice will be drawn with

    Returns
    -------
    One decision a category, 0 upward, to be looked up when the answer comes: the same as deciding then, where time
    ends no test (how long somebody will read is not known yet). A person whose item has fewer categories has the
    decision after its highest one in the places beyond.

    Raises
    ------
    DesignError
        As `decide`, or if a person waits for an item.
    """
    _check_items(bank, state)
    n_given = state.n_given
    reading = state.item[np.arange(state.n_persons), np.maximum(n_given - 1, 0)]
    n_categories = bank.pool.items.n_categories[reading]
    decisions = []
    for category in range(int(n_categories.max(initial=0))):
        answered = Answered(np.minimum(category, n_categories - 1))
        decisions.append(decide(bank, fold(state, answered), draw))
    return tuple(decisions)


def _decide_part(
    bank: AdaptiveBank, state: AdaptiveState, draw: FloatArray, elapsed_ms: IntArray | None, explain: bool
) -> Decision:
    """Choose for as many persons as are held at one time."""
    scene = look(bank, state, draw, elapsed_ms)
    found = _FINDERS[bank.strategy.method](scene, explain)
    item, route = found.item, found.route
    if state.has_pretest:
        due = scene.pretest >= 0
        item = np.where(due, scene.pretest, item)
        route = tuple(PRETEST if now else how for now, how in zip(due.tolist(), route, strict=True))
    return Decision(
        item=item,
        swaps=found.swaps,
        route=route,
        theta=scene.standing.theta,
        standard_error=scene.standing.standard_error,
        best=found.best,
        best_score=found.best_score,
        draw=draw,
        binding=found.binding,
        lifted=found.lifted,
        reason=scene.reason,
    )


_FINDERS: dict[Method, Callable[[Scene, bool], Found]] = {
    Method.SHADOW: from_plans,
    Method.PRIORITY: by_priority,
    Method.INFORMATION: from_pool,
}


def _check(bank: AdaptiveBank, state: AdaptiveState, draw: FloatArray) -> None:
    """Refuse a state that is not one of this bank, or that waits for an answer."""
    n = state.n_persons
    if draw.size != n or (n and not 0.0 <= draw.min() <= draw.max() < 1.0):
        raise DesignError(f"draw must hold one number in [0, 1) for each of {n} persons")
    if state.n_positions != bank.n_positions:
        raise DesignError(f"the state has {state.n_positions} positions, a test of the bank {bank.n_positions}")
    _check_items(bank, state)
    if bank.strategy.method is Method.SHADOW and state.plan.shape[1] != bank.blueprint.length:
        raise DesignError(
            f"the state plans {state.plan.shape[1]} items, a test of the bank has {bank.blueprint.length}"
        )
    if state.category.max(initial=-1) > 1 and np.any(
        state.category >= bank.pool.items.n_categories[np.maximum(state.item, 0)]
    ):
        raise DesignError("the state holds a category that its item does not have")
    if (state.n_given > state.n_answered).any():
        raise DesignError("an item follows only after the answer to the last one")


def _check_items(bank: AdaptiveBank, state: AdaptiveState) -> None:
    """Refuse items and accommodations that the bank does not have."""
    held = (state.item, state.plan, state.pretest) if state.has_pretest else (state.item, state.plan)
    highest = max(array.max(initial=-1) for array in held)
    if highest >= bank.n_items:
        raise DesignError(f"the state holds item {highest}, the bank only {bank.n_items} items")
    if state.accommodation.max(initial=0) >= len(bank.accommodations):
        raise DesignError(f"the state has accommodation {state.accommodation.max()}, the bank {bank.accommodations}")


def _joined(parts: list[Decision]) -> Decision:
    """One decision of parts."""
    return Decision(
        item=np.concatenate([part.item for part in parts]),
        swaps=tuple(one for part in parts for one in part.swaps),
        route=tuple(one for part in parts for one in part.route),
        theta=np.concatenate([part.theta for part in parts]),
        standard_error=np.concatenate([part.standard_error for part in parts]),
        best=np.concatenate([part.best for part in parts]),
        best_score=np.concatenate([part.best_score for part in parts]),
        draw=np.concatenate([part.draw for part in parts]),
        binding=tuple(one for part in parts for one in part.binding),
        lifted=np.concatenate([part.lifted for part in parts]),
        reason=np.concatenate([part.reason for part in parts]),
    )
