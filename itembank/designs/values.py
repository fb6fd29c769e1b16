"""What a design of a test says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from engine.assembly import ALONE_FIRST, Blueprint
from engine.selection.points import STEP
from itembank.errors import DesignFileError

ADAPTIVE, LINEAR = "adaptive", "linear"
KINDS = (ADAPTIVE, LINEAR)
METHODS = ("shadow", "priority", "information")
"""How a choice keeps the blueprint: a whole test planned ahead, a penalty, or not at all."""
SELECTION_RULES = (
    "maximum_information",
    "posterior_information",
    "kullback_leibler",
    "point_kullback_leibler",
    "posterior_variance",
    "a_stratified",
    "progressive",
)
ESTIMATORS = ("eap", "map", "ml", "wle")
"""Provisional ability, which choices rest on."""
UNBOUNDED = ("ml", "wle")
"""Estimators that may have no maximum while all answers are right or all wrong."""
FARTHEST_SDS = 4.0  # from the prior's mean that a bound between intervals of ability may lie: 1 pupil in 31,000
EXPOSURES = ("none", "sympson_hetter", "eligibility")


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items of a bank a test may draw on.

    Attributes
    ----------
    only_counted : attributes of which an item needs a label that some count names
    goals : an item needs a curriculum goal that begins with one of these; empty takes all
    goals_of : (attribute, label) → the same, for items with that label
    """

    only_counted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    goals: tuple[str, ...] = ()
    goals_of: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def takes(self, labels: Mapping[str, str], goals: Sequence[str]) -> bool:
        """Whether an item may be in the test.

        Parameters
        ----------
        labels : attribute → label of the item
        goals : codes of its curriculum goals
        """
        wanted = [self.goals] if self.goals else []
        wanted += [starts for (name, label), starts in self.goals_of.items() if labels.get(name) == label]
        return all(labels.get(name) in known for name, known in self.only_counted.items()) and all(
            any(goal.startswith(starts) for goal in goals) for starts in wanted
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """How the next item of an adaptive test is chosen.

    Attributes
    ----------
    rule : one of `SELECTION_RULES`
    method : one of `METHODS`
    best_k : the item is drawn among the best k
    target_success : expected share of the highest score that items should have; 0 aims at none
    estimator : one of `ESTIMATORS`
    start_step : logits that the estimate moves with each answer, while nothing has a maximum because all answers are
        right or all wrong
    alone_first : no passage begins before so many items were given, as long as the plan has single items
    solve_after : numbers of scored answers, rising, after which the plan is solved anew
    """

    rule: str = SELECTION_RULES[0]
    method: str = METHODS[0]
    best_k: int = 1
    target_success: float = 0.0
    estimator: str = ESTIMATORS[0]
    start_step: float = STEP
    alone_first: int = ALONE_FIRST
    solve_after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Exposure:
    """How over-use of items is kept in bounds.

    Attributes
    ----------
    method : one of `EXPOSURES`
    item_limit : largest share of pupils that see an item, 1 for no limit
    overlap_limit : largest mean share of items that two pupils have in common, 1 for no limit
    intervals : abilities in logits, rising, that part the pupils: the limit of an item holds among those between two
        of them; none has one limit for all together
    """

    method: str = EXPOSURES[0]
    item_limit: float = 1.0
    overlap_limit: float = 1.0
    intervals: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Cuts:
    """Sequential classification (SPRT) against cut scores.

    Attributes
    ----------
    at : abilities in logits, rising
    alpha, beta : accepted shares of pupils placed too high, too low
    delta : half the width of the region of indifference, in logits
    """

    at: tuple[float, ...]
    alpha: float = 0.05
    beta: float = 0.05
    delta: float = 0.2


@dataclass(frozen=True, slots=True)
class Stopping:
    """What ends an adaptive test before its greatest length, once it has its least.

    Attributes
    ----------
    standard_error : it ends at this standard error in logits or less; 0 has no such rule
    change_of_information : it ends when an item adds less than this share of the information; 0 has no such rule
    time_ms : no item is given after so much working time; 0 has no such rule
    blueprint_complete : it ends only when every rule of the blueprint but the length is met
    cuts : it ends when the pupil's level is clear; None has no such rule
    predicted_reduction : it ends when the best item left would take less than so many logits off the standard error; 0
        has no such rule
    ends_when_complete : it ends as soon as every rule of the blueprint but the length is met
    """

    standard_error: float = 0.0
    change_of_information: float = 0.0
    time_ms: int = 0
    blueprint_complete: bool = False
    cuts: Cuts | None = None
    predicted_reduction: float = 0.0
    ends_when_complete: bool = False

    @property
    def ends_early(self) -> bool:
        """Whether a rule can end a test before its greatest length."""
        of_information = self.standard_error or self.change_of_information or self.predicted_reduction
        return bool(of_information or self.time_ms or self.cuts or self.ends_when_complete)


@dataclass(frozen=True, slots=True)
class Design:
    """A test as its makers describe it; data, so that a new subject needs no code.

    Attributes
    ----------
    identifier, title, subject : names
    kind : one of `KINDS`
    blueprint : length (the greatest one), content, start, accommodations and prior
    minimum_length : fewest scored items; equal to the length of the blueprint unless a stopping rule ends tests early
    filter : which items of a bank the test may draw on
    enemies : sets of item names besides those that the bank knows
    form : of a linear test whose items are chosen by hand: their names in order, else empty
    time_limit_ms : working time in milliseconds; 0 means none
    selection, exposure, stopping : of an adaptive test

    Raises
    ------
    DesignFileError
        If the lengths contradict each other or the stopping rules, or nobody of the prior lives in an interval.
    """

    identifier: str
    title: str
    subject: str
    kind: str
    blueprint: Blueprint
    minimum_length: int
    filter: ItemFilter = field(default_factory=ItemFilter)
    enemies: tuple[tuple[str, ...], ...] = ()
    form: tuple[str, ...] = ()
    time_limit_ms: int = 0
    selection: Selection = field(default_factory=Selection)
    exposure: Exposure = field(default_factory=Exposure)
    stopping: Stopping = field(default_factory=Stopping)

    def __post_init__(self) -> None:
        longest = self.blueprint.length
        if not 1 <= self.minimum_length <= longest:
            raise DesignFileError(f"length: needs 1 <= minimum <= maximum, not {self.minimum_length} and {longest}")
        if max(self.selection.solve_after, default=0) >= longest:
            raise DesignFileError(
                f"selection.solve_after: a plan is solved anew before the last item, so after fewer than {longest} "
                f"answers, not after {max(self.selection.solve_after)}"
            )
        if self.minimum_length < longest and not self.stopping.ends_early:
            raise DesignFileError(
                f"stopping: a test of {self.minimum_length} to {longest} items needs a rule that ends it early, such "
                "as standard_error; else make the length one number"
            )
        if self.minimum_length == longest and self.stopping.ends_early:
            raise DesignFileError(
                f"stopping: every test has {longest} items, so no rule can end it early; write length as a table with "
                "minimum and maximum, or leave the rule out"
            )
        if self.form and len(self.form) != longest:
            raise DesignFileError(f"form: names {len(self.form)} items, the length is {longest}")
        self._check_intervals()

    def _check_intervals(self) -> None:
        """Refuse intervals of ability that hold hardly anybody of the prior."""
        mean, reach = self.blueprint.prior_mean, FARTHEST_SDS * self.blueprint.prior_sd
        outside = [at for at in self.exposure.intervals if abs(at - mean) > reach]
        if outside:
            raise DesignFileError(
                f"exposure.intervals: {outside[0]:g} is too far from the prior's mean for anybody to live beyond it; "
                f"write abilities from {mean - reach:g} to {mean + reach:g}"
            )

    @property
    def labels(self) -> tuple[str, ...]:
        """Attributes with labels that the design asks of a bank, in order of name."""
        names = {name for count in self.blueprint.counts for name in count.where}
        names |= {name for name, _ in self.blueprint.pools.values()} | set(self.filter.only_counted)
        names |= {name for name, _ in self.filter.goals_of}
        names |= set(self.blueprint.first.where) if self.blueprint.first is not None else set()
        return tuple(sorted(names))

    @property
    def quantities(self) -> tuple[str, ...]:
        """Attributes with numbers that the design asks of a bank, in order of name."""
        return tuple(sorted(budget.quantity for budget in self.blueprint.budgets))


def rising(values: Sequence[float]) -> bool:
    """Whether each value is greater than the one before."""
    return all(one < other for one, other in pairwise(values))
