"""Simulated persons in portions, which anyone can work out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, IntArray, own
from engine.errors import DesignError
from engine.models import ItemParameters
from engine.partition import over_parts
from engine.simulation.answering import Respondents, Source
from engine.simulation.behaviour import Behaviour
from engine.simulation.chance import Chance, Use
from engine.simulation.values import Simulation

GROUP = 16  # portions that are dealt out at one time, so that it is known how far the work is


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """Persons who are simulated together.

    Attributes
    ----------
    chance : theirs
    theta : (n,) true abilities in logits
    member : (n,) accommodation, or form
    number : (n, n_items) numbers that answers are drawn with; None draws them
    draws : (n, n_units) numbers that eligibility is drawn with; None draws them
    """

    chance: Chance
    theta: FloatArray
    member: IntArray
    number: FloatArray | None = None
    draws: FloatArray | None = None


def make_respondents(source: Source, behaviour: Behaviour, portion: Portion, n_positions: int) -> Respondents:
    """Persons with their luck and their behaviour."""
    number = portion.chance.numbers(Use.ANSWER, n_positions) if portion.number is None else portion.number
    odd = None if behaviour == Behaviour() else behaviour.draw(portion.chance, n_positions)
    return Respondents(source, portion.theta, number, odd)


def cut(
    theta: npt.ArrayLike,
    member: npt.ArrayLike | None,
    numbers: tuple[FloatArray | None, FloatArray | None],
    sizes: tuple[int, int, int],
) -> list[Portion]:
    """Persons in portions.

    Parameters
    ----------
    theta, member
        As for `simulate_adaptive`; members of accommodations, or of forms.
    numbers : that answers, and eligibility, are drawn with; None draws them
    sizes : seed, items of the bank, and persons at one time

    Raises
    ------
    DesignError
        If shapes do not fit, or an ability is no number.
    """
    ability = own(theta, np.float64, "theta", 1, DesignError)
    seed, n_items, at_once = sizes
    group = np.zeros(ability.size, dtype=np.int64)
    if member is not None:
        group = own(member, np.int64, "member", 1, DesignError)
    if ability.size == 0 or not np.all(np.isfinite(ability)):
        raise DesignError("a simulation needs persons with finite abilities")
    if group.shape != ability.shape:
        raise DesignError(f"{group.size} accommodations or forms do not fit {ability.size} persons")
    chance, draws = numbers
    if chance is not None and chance.shape != (ability.size, n_items):
        raise DesignError(f"chance must be persons x items, {(ability.size, n_items)}, not {chance.shape}")
    if draws is not None and len(draws) != ability.size:
        raise DesignError(f"{len(draws)} rows of draws do not fit {ability.size} persons")
    parts = [slice(first, min(first + at_once, ability.size)) for first in range(0, ability.size, at_once)]
    return [
        Portion(
            Chance(seed, part.start, part.stop - part.start),
            ability[part],
            group[part],
            None if chance is None else chance[part],
            None if draws is None else draws[part],
        )
        for part in parts
    ]


def require_same_categories(items: ItemParameters, generating: ItemParameters) -> None:
    """Refuse generating items that answer otherwise than those of the pool.

    Raises
    ------
    DesignError
        If numbers of items or of categories differ.
    """
    if generating.n_items != items.n_items:
        raise DesignError(f"{generating.n_items} generating items for a pool of {items.n_items}")
    other = np.flatnonzero(generating.n_categories != items.n_categories)
    if other.size:
        raise DesignError(f"item {other[0]} has another number of categories in the generating items than in the pool")


def gather(
    work: Callable[[Portion], Simulation],
    portions: list[Portion],
    executor: Executor | None,
    on_persons: Callable[[int], None] | None,
) -> Simulation:
    """Tests of all portions, in order, worked out by anyone."""
    done = []
    for first in range(0, len(portions), GROUP):
        for part in over_parts(work, portions[first : first + GROUP], executor):
            done.append(part)
            if on_persons is not None:
                on_persons(part.n_persons)
    return Simulation.join(done)
