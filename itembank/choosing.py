"""From a compiled bank to what the engine chooses from."""

from __future__ import annotations

from collections.abc import Callable

from engine import AdaptiveBank, ItemParameters, Method, Strategy, make_bank
from engine.exposure import Eligibility
from engine.selection import (
    AStratified,
    MaximumInformation,
    MinimumExpectedVariance,
    PosteriorKullbackLeibler,
    PosteriorWeightedInformation,
    Progressive,
    Rule,
    TargetSuccess,
)
from itembank.designs import Selection
from itembank.values import CompiledBank

_RULES: dict[str, Callable[[ItemParameters, int], Rule]] = {
    "maximum_information": lambda _items, _length: MaximumInformation(),
    "posterior_information": lambda _items, _length: PosteriorWeightedInformation(),
    "kullback_leibler": lambda _items, _length: PosteriorKullbackLeibler(),
    "posterior_variance": lambda _items, _length: MinimumExpectedVariance(),
    "a_stratified": AStratified.by_slope,
    "progressive": lambda _items, length: Progressive(length),
}


def strategy_of(
    selection: Selection, items: ItemParameters, length: int, eligibility: Eligibility | None = None
) -> Strategy:
    """How the engine chooses, from what a design says.

    Parameters
    ----------
    selection : of the design
    items : of the pool
    length : scored items of a whole test
    eligibility : who may be given which item; None holds nothing back
    """
    rule = _RULES[selection.rule](items, length)
    if selection.target_success:
        rule = TargetSuccess(selection.target_success)
    return Strategy(method=Method(selection.method), rule=rule, best_k=selection.best_k, eligibility=eligibility)


def adaptive_bank(bank: CompiledBank) -> AdaptiveBank:
    """Make a compiled bank ready for choosing; takes some tenths of a second for 1,000 items."""
    strategy = strategy_of(bank.selection, bank.pool.items, bank.blueprint.length, bank.eligibility)
    return make_bank(bank.pool, bank.blueprint, strategy, bank.prepared)
