"""What a simulation found, in words: for the page and for the screen."""

from __future__ import annotations

from collections.abc import Iterator

from engine import Behaviour
from peil.commands.saying import count
from peil.simulation.running import Outcome

ROUTES = {
    "plan": "from the plan",
    "solved": "from a plan solved anew",
    "pool": "from the pool",
    "pretest": "field test",
    "form": "from the form",
    "penalty": "least penalty (fall-back)",
    "any": "any item left (fall-back)",
}
MOST_RULES = 10
TOLERATED = 1.05
"""Share of a limit on exposure that may be reached: that of chance in some thousand tests."""


def route_words(route: str) -> str:
    """How an item was found, in words."""
    return ROUTES.get(route, route)


def behaviour_words(behaviour: Behaviour) -> str:
    """How persons depart from the model, in words."""
    said = []
    if behaviour.slips:
        said.append(f"{100.0 * behaviour.slips:g} % slips")
    if behaviour.rapid_persons:
        said.append(
            f"{100.0 * behaviour.rapid_persons:g} % of the persons guess rapidly after {behaviour.rapid_after} items"
        )
    if behaviour.unlucky:
        said.append(f"first {count(behaviour.unlucky, 'answer')} wrong")
    return "; ".join(said) or "as the model says"


def verdict(outcome: Outcome) -> str:
    """Say whether the tests met the blueprint, in a sentence or two."""
    summary, n = outcome.summary, outcome.summary.overall.n_persons
    if not summary.n_misses:
        said = f"All {n:,} tests meet the blueprint."
    else:
        broken = [rule for rule in summary.rules if rule.misses]
        worst = max(broken, key=lambda rule: rule.misses)
        said = (
            f"{count(len(broken), 'rule')} of the blueprint broken; most often {worst.name}, by {worst.misses:,} of "
            f"{n:,} tests."
        )
    if summary.n_fallbacks:
        said += f" In {summary.n_fallbacks:,} tests an item was found by a fall-back."
    return said


def remarks(outcome: Outcome) -> Iterator[str]:
    """Return what a reader should know."""
    yield from outcome.plan.notes
    limit, highest = outcome.plan.design.exposure.item_limit, outcome.summary.items.highest
    if highest > TOLERATED * limit:
        yield (
            f"the item given most is in {highest:.1%} of the tests, above the limit of {limit:.1%}: limits are kept "
            "for pupils of the design's prior who answer as the model says"
        )


def closing_lines(outcome: Outcome) -> Iterator[str]:
    """Return what was found, what a reader should know, and what to look at.

    Parameters
    ----------
    outcome
        What came out.
    """
    summary, use = outcome.summary, outcome.summary.items
    overall = summary.overall
    yield (
        f"{count(overall.n_persons, 'person')}, {overall.length:.1f} scored items each, {outcome.seconds:.2f} s; "
        f"RMSE {overall.rmse:.4f}, bias {overall.bias:+.4f}, mean standard error {overall.standard_error:.4f}, "
        f"95 % intervals hold {100.0 * overall.coverage:.1f} %"
    )
    yield (
        f"highest exposure {use.highest:.3f}, overlap {use.overlap:.3f}, {use.n_unused} of "
        f"{count(use.usable, 'item')} never used"
    )
    yield verdict(outcome)
    for note in remarks(outcome):
        yield f"note: {note}"
    broken = [rule for rule in summary.rules if rule.misses]
    for rule in broken[:MOST_RULES]:
        yield f"look at {rule.name}: broken by {count(rule.misses, 'test')}"
    if len(broken) > MOST_RULES:
        yield f"and {len(broken) - MOST_RULES} more rules: see blueprint.csv"
