"""One run of a rule program: the variables as they stand, and what is left of its budget of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from itembank.qti.nodes import Node
from itembank.qti.processing.declarations import BUILT_IN, Declaration
from itembank.qti.processing.values import Value

MAX_STEPS = 20_000
"""An item's rules take tens of steps; what needs more than this is no scoring rule."""
MOST_DRAWS = 100
"""Draws before the defaults are taken, where a template constraint does not hold (QTI 2.1, templateConstraint)."""
MAX_DRAW_STEPS = 5_000
"""Steps of all these draws together."""


class StopRulesError(Exception):
    """The budget is used up, or a rule says ``exitResponse``; never leaves the interpreter."""


class RedrawError(Exception):
    """A template constraint does not hold, so all is drawn anew; never leaves the interpreter."""


class SeededRandom:
    """Random numbers that are the same on every machine (mulberry32, T. Ettinger, public domain).

    Parameters
    ----------
    seed : any integer; its low 32 bits count
    """

    def __init__(self, seed: int) -> None:
        self._state = seed & 0xFFFFFFFF

    def random(self) -> float:
        """Return the next number in [0, 1)."""
        self._state = (self._state + 0x6D2B79F5) & 0xFFFFFFFF
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 15)) * (mixed | 1)) & 0xFFFFFFFF
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61))) & 0xFFFFFFFF
        return ((mixed ^ (mixed >> 14)) & 0xFFFFFFFF) / 4294967296.0


class Run:
    """The state of one run; made for one draw or response and thrown away.

    Parameters
    ----------
    declarations : variables by identifier
    seed : for random operators
    """

    def __init__(self, declarations: Mapping[str, Declaration], seed: int = 0) -> None:
        self.declarations = declarations
        self.random = SeededRandom(seed)
        self.n_draws = 0
        self._steps_left = MAX_STEPS
        self.reset()

    @property
    def steps_left(self) -> int:
        """What is left of the budget of steps; below 0 where it was not enough."""
        return self._steps_left

    def reset(self) -> None:
        """Give every variable what its declaration says."""
        self.values: dict[str, Value | None] = {**BUILT_IN}
        self.values.update((name, declared.initial()) for name, declared in self.declarations.items())
        self.correct = {name: declared.correct for name, declared in self.declarations.items()}
        self.defaults = {name: declared.default for name, declared in self.declarations.items()}

    def allow(self, steps: int) -> None:
        """Begin a budget of steps."""
        self._steps_left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps of the budget."""
        self._steps_left -= steps
        if self._steps_left < 0:
            raise StopRulesError

    def evaluate(self, node: Node) -> Value | None:
        """Return the value of an expression; sums that overflow are NULL, and so is what an older bank let through."""
        self.spend()
        meaning = OPERATORS.get(node.name)
        if meaning is None:
            return None
        try:
            value = meaning(self, node)
        except ArithmeticError:
            return None
        if value is not None and (value.cardinality != "single" or isinstance(value.scalar, str)):
            self.spend(value.weight)  # whoever works on it goes through all of it
        return value

    def operands(self, node: Node) -> list[Value | None]:
        """Return the values of all operands, in order."""
        return [self.evaluate(child) for child in node.children]


Operator: TypeAlias = Callable[[Run, Node], Value | None]
OPERATORS: dict[str, Operator] = {}
"""Every expression by its name; filled by the modules of `itembank.qti.processing.operators`."""


def operator(*names: str) -> Callable[[Operator], Operator]:
    """Register a function as the meaning of one or more operators."""

    def register(function: Operator) -> Operator:
        OPERATORS.update(dict.fromkeys(names, function))
        return function

    return register
