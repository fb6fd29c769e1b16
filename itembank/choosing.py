"""From a compiled bank to what the engine chooses from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from engine import AdaptiveBank, ItemParameters, Method, Strategy, make_bank
from engine.adaptive import Ending, Estimator
from engine.classification import Classified, CutScores
from engine.exposure import Eligibility
from engine.selection import (
    AStratified,
    FixedOrder,
    KullbackLeibler,
    MaximumInformation,
    MinimumExpectedVariance,
    PosteriorKullbackLeibler,
    PosteriorWeightedInformation,
    Progressive,
    Rule,
    TargetSuccess,
)
from engine.stopping import (
    BlueprintComplete,
    PredictedReduction,
    StandardError,
    StoppingRule,
    TimeLimit,
    VarianceReduction,
)
from itembank.designs import Selection, Stopping
from itembank.values import CompiledBank

_RULES: dict[str, Callable[[ItemParameters, int], Rule]] = {
    "maximum_information": lambda _items, _length: MaximumInformation(),
    "posterior_information": lambda _items, _length: PosteriorWeightedInformation(),
    "kullback_leibler": lambda _items, _length: PosteriorKullbackLeibler(),
    "point_kullback_leibler": lambda _items, _length: KullbackLeibler(),
    "posterior_variance": lambda _items, _length: MinimumExpectedVariance(),
    "a_stratified": AStratified.by_slope,
    "progressive": lambda _items, length: Progressive(length),
}


class HowChosen(Protocol):
    """What a design, and a bank compiled by it, say of choosing."""

    @property
    def selection(self) -> Selection:
        """How items are chosen."""
        ...

    @property
    def stopping(self) -> Stopping:
        """What ends a test early."""
        ...

    @property
    def minimum_length(self) -> int:
        """Fewest scored items."""
        ...


def strategy_of(how: HowChosen, items: ItemParameters, length: int, eligibility: Eligibility | None = None) -> Strategy:
    """How the engine chooses, and when it stops.

    Parameters
    ----------
    how : a design, or a bank compiled by it
    items : of the pool
    length : scored items of a whole test
    eligibility : who may be given which item; None holds nothing back
    """
    selection = how.selection
    rule = _RULES[selection.rule](items, length)
    if selection.target_success:
        rule = TargetSuccess(selection.target_success)
    return Strategy(
        method=Method(selection.method),
        rule=rule,
        best_k=selection.best_k,
        alone_first=selection.alone_first,
        eligibility=eligibility,
        estimator=Estimator(selection.estimator),
        ending=_ending(how.stopping, how.minimum_length) if how.stopping.ends_early else None,
        start_step=selection.start_step,
        solve_after=selection.solve_after,
    )


def linear_strategy(names: Sequence[str], form: Sequence[str]) -> Strategy:
    """Give the items of a linear test one after the other.

    Parameters
    ----------
    names : of the items of the pool
    form : the same names in the order in which everybody gets them
    """
    places = {name: place for place, name in enumerate(form)}
    return Strategy(method=Method.INFORMATION, rule=FixedOrder(np.array([places[name] for name in names])))


def _ending(stopping: Stopping, minimum: int) -> Ending:
    """What ends a test early, as the engine asks it."""
    rules: list[StoppingRule] = []
    if stopping.cuts is not None:
        told = stopping.cuts
        rules.append(Classified(CutScores(np.array(told.at), told.delta, told.alpha, told.beta)))
    if stopping.standard_error:
        rules.append(StandardError(stopping.standard_error))
    if stopping.change_of_information:
        rules.append(VarianceReduction(stopping.change_of_information))
    if stopping.predicted_reduction:
        rules.append(PredictedReduction(stopping.predicted_reduction))
    if stopping.ends_when_complete:
        rules.append(BlueprintComplete())
    if stopping.time_ms:
        rules.append(TimeLimit(stopping.time_ms))
    return Ending(tuple(rules), minimum, stopping.blueprint_complete)


def adaptive_bank(bank: CompiledBank) -> AdaptiveBank:
    """Make a compiled bank ready for choosing; takes some tenths of a second for 1,000 items."""
    if bank.form:
        strategy = linear_strategy(bank.pool.name, bank.form)
    else:
        strategy = strategy_of(bank, bank.pool.items, bank.blueprint.length, bank.eligibility)
    return make_bank(bank.pool, bank.blueprint, strategy, bank.prepared)
