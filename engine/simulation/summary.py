"""All that a simulation says about a design, in one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.assembly import Rules
from engine.simulation.accuracy import Accuracy, Levels, accuracy, accuracy_by_ability, accuracy_by_group, classify
from engine.simulation.persons import Persons
from engine.simulation.usage import ItemUse, RuleUse, use_of_items, use_of_rules
from engine.simulation.values import Simulation
from engine.stopping import StopReason


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """What tests of a design are like.

    Attributes
    ----------
    overall : accuracy of everyone
    groups, bands : accuracy by subgroup, and by bands of true ability
    items : how often each item is given
    rules : what the tests make of each rule of the blueprint
    reasons : why tests ended, in words → how many
    routes : how items were found → how many choices
    n_fallbacks : tests with a choice that was not made as planned
    n_lifted : tests in which eligibility was lifted
    information_share : information of the choices as a share of the highest that was free; 1 where it was the aim
    levels : how well persons are classified; None without cut scores
    """

    overall: Accuracy
    groups: tuple[Accuracy, ...]
    bands: tuple[Accuracy, ...]
    items: ItemUse
    rules: tuple[RuleUse, ...]
    reasons: Mapping[str, int]
    routes: Mapping[str, int]
    n_fallbacks: int
    n_lifted: int
    information_share: float
    levels: Levels | None

    @property
    def n_misses(self) -> int:
        """Rules that tests break, summed over the tests."""
        return sum(rule.misses for rule in self.rules)


def summarise(
    tests: Simulation, persons: Persons, rules: Rules, *, minimum: int = 0, cuts: Sequence[float] = ()
) -> Summary:
    """Summarise simulated tests.

    Parameters
    ----------
    tests, persons : of the same persons, in the same order
    rules : of the blueprint of the tests
    minimum : least length of a test; 0: every test has the blueprint's
    cuts : cut scores in logits; none: nobody is classified
    """
    words = {reason: reason.words for reason in StopReason} | {StopReason.GOING_ON: "no item was left"}
    reasons = {words[StopReason(value)]: int(np.sum(tests.reason == value)) for value in np.unique(tests.reason)}
    share = tests.information_share
    return Summary(
        overall=accuracy(tests, "all"),
        groups=accuracy_by_group(tests, persons),
        bands=accuracy_by_ability(tests),
        items=use_of_items(tests, rules),
        rules=use_of_rules(tests, rules, minimum),
        reasons=reasons,
        routes=dict(tests.routes),
        n_fallbacks=int(np.count_nonzero(tests.fallbacks)),
        n_lifted=int(np.count_nonzero(tests.lifted)),
        information_share=float(share.mean()) if share.size else 1.0,
        levels=classify(tests, cuts) if cuts else None,
    )
