"""How items are chosen, apart from what a test must look like."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite

from engine.assembly import ALONE_FIRST
from engine.classification import Classified, CutScores
from engine.errors import DesignError
from engine.exposure import Eligibility
from engine.selection import MaximumInformation, Rule
from engine.selection.points import STEP
from engine.stopping import StoppingRule


class Method(StrEnum):
    """How the blueprint is kept."""

    SHADOW = "shadow"
    PRIORITY = "priority"
    INFORMATION = "information"


class Estimator(StrEnum):
    """Estimate of ability that choices rest on."""

    EAP = "eap"
    MAP = "map"
    ML = "ml"
    WLE = "wle"


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """What ends tests before their full length.

    Attributes
    ----------
    rules : asked after every answer; the first that holds gives the reason
    minimum : scored items below which only the time ends a test
    until_complete : whether every rule of the blueprint must be met first

    Raises
    ------
    DesignError
        If the minimum is below 0, or two rules classify.
    """

    rules: tuple[StoppingRule, ...]
    minimum: int = 0
    until_complete: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))
        if self.minimum < 0:
            raise DesignError(f"a minimum length must be 0 or more, not {self.minimum}")
        if sum(isinstance(rule, Classified) for rule in self.rules) > 1:
            raise DesignError("a test is classified by one set of cut scores")

    @property
    def cuts(self) -> CutScores | None:
        """Cut scores of the rule that classifies; None where none does."""
        return next((rule.cuts for rule in self.rules if isinstance(rule, Classified)), None)


@dataclass(frozen=True, slots=True)
class Strategy:
    """Rules of choosing, each of which can be exchanged.

    Attributes
    ----------
    method : ``shadow`` keeps a whole plan that meets the blueprint, ``priority`` weighs items by how much room their
        rules have left, ``information`` looks at enemies only
    rule : what an item is worth
    best_k : one of so many best is drawn
    alone_first : no passage begins before so many items were given, as long as the plan has single items
    eligibility : who may be given which item; None holds nothing back
    estimator : ability that choices rest on
    ending : what ends tests early; None gives every test its full length
    start_step : logits that ML and WLE move with each answer while nothing has a maximum; see `estimate_points`
    solve_after : numbers of scored answers after which the plan is solved anew, not only swapped; `decide_ahead` does
        it while the pupil reads

    Raises
    ------
    DesignError
        If ``best_k`` is below 1, ``alone_first`` below 0, ``start_step`` not positive, or a plan is solved anew
        before the first answer.
    """

    method: Method = Method.SHADOW
    rule: Rule = field(default_factory=MaximumInformation)
    best_k: int = 1
    alone_first: int = ALONE_FIRST
    eligibility: Eligibility | None = None
    estimator: Estimator = Estimator.EAP
    ending: Ending | None = None
    start_step: float = STEP
    solve_after: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.best_k < 1 or self.alone_first < 0:
            raise DesignError(
                f"best_k must be 1 or more and alone_first 0 or more, not {self.best_k} and {self.alone_first}"
            )
        if not (isfinite(self.start_step) and self.start_step > 0.0):
            raise DesignError(f"a step of the estimate must be positive, not {self.start_step}")
        object.__setattr__(self, "solve_after", tuple(self.solve_after))
        if min(self.solve_after, default=1) < 1:
            raise DesignError(f"plans are solved anew after 1 answer or more, not after {self.solve_after}")
