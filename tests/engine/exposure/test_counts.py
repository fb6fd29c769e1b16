from __future__ import annotations

import numpy as np
import pytest

from engine.errors import DesignError
from engine.exposure import (
    Eligibility,
    ExposureCounts,
    adapt_eligibility,
    all_eligible,
    count_exposure,
    exposure_rates,
    item_units,
)
from engine.selection import SelectionTables
from tests.engine.exposure.cohorts import give_tests
from tests.engine.selection.random_banks import three_parameter_bank


def counts(**changed: object) -> ExposureCounts:
    """100 sittings in one interval, with a passage of items 0 and 1 and a single item 2."""
    fields: dict[str, object] = {
        "persons": [100.0],
        "lifted": [0.0],
        "eligible": [[50.0, 80.0]],
        "administered": [[10.0, 40.0, 0.0]],
    }
    return ExposureCounts(**{**fields, **changed})  # type: ignore[arg-type] # lists are taken in as arrays


def passage_and_item() -> Eligibility:
    return Eligibility(np.empty(0), np.array([0, 0, 1]), np.array([[0.5, 0.8]]))


def test_probabilities_follow_from_counts_by_hand() -> None:
    """.2 x 50 / 40 for the passage, by its busiest item; an item that was not given is free."""
    adapted = adapt_eligibility(passage_and_item(), counts(), 0.2)
    assert adapted.probability.tolist() == [[0.25, 1.0]]


def test_lifted_sittings_tighten_the_others() -> None:
    """P(F) = .75: 1 - 1 / .75 + .2 (60 / 40) / .75."""
    adapted = adapt_eligibility(passage_and_item(), counts(lifted=[25.0], eligible=[[60.0, 80.0]]), 0.2)
    assert adapted.probability[0, 0] == pytest.approx(1.0 - 4.0 / 3.0 + 0.4)


def test_sittings_are_counted_where_they_ended() -> None:
    eligibility = Eligibility(np.array([0.0]), np.array([0, 0, 1]), np.array([[0.5, 0.8], [0.1, 1.0]]))
    draws = np.array([[0.4, 0.9], [0.4, 0.7], [0.05, 0.7]])
    item = np.array([[0, -1], [1, 2], [2, 0]])
    found = count_exposure(eligibility, draws, item, np.array([0, 1, 1]), np.array([False, True, False]))
    assert found.persons.tolist() == [1.0, 2.0]
    assert found.lifted.tolist() == [0.0, 1.0]
    assert found.eligible.tolist() == [[1.0, 0.0], [2.0, 2.0]]  # of the second sitting everything was
    assert found.administered.tolist() == [[1.0, 0.0, 0.0], [1.0, 1.0, 2.0]]


def test_counts_add_up_and_fade() -> None:
    both = (counts() + counts()).faded(0.5)
    assert both.administered.tolist() == counts().administered.tolist()
    assert both.persons.tolist() == [100.0]


def test_wrong_counts_are_refused_by_name() -> None:
    with pytest.raises(DesignError, match="lifted must hold counts of 0 or more"):
        counts(lifted=[-1.0])
    with pytest.raises(DesignError, match="administered counts more than there are persons"):
        counts(administered=[[10.0, 101.0, 0.0]])
    with pytest.raises(DesignError, match="eligible must hold one row an interval, 1, not 2"):
        counts(eligible=[[1.0, 1.0], [1.0, 1.0]])
    with pytest.raises(DesignError, match="different intervals, units or items"):
        counts() + counts(administered=[[1.0]])
    with pytest.raises(DesignError, match=r"share in \(0, 1\]"):
        counts().faded(0.0)
    with pytest.raises(DesignError, match="not of these intervals"):
        adapt_eligibility(all_eligible(item_units(3)), counts(), 0.2)
    with pytest.raises(DesignError, match="this is 0"):
        adapt_eligibility(passage_and_item(), counts(), 0.0)


def test_a_cohort_that_came_unexpected_is_brought_near_the_limit_between_administrations() -> None:
    """Everybody sees the best items at first; twelve administrations of 1,000 pupils later few do."""
    tables, rng = SelectionTables(three_parameter_bank(300)), np.random.default_rng(5)
    eligibility = all_eligible(item_units(300))
    known: ExposureCounts | None = None
    highest = []
    for _ in range(12):
        draws = rng.random((1000, 300))
        given = give_tests(tables, rng.standard_normal(1000) + 0.3, rng, eligibility, draws, length=15)
        highest.append(exposure_rates(given.tests.item, 300).max())
        nowhere = np.zeros(1000, dtype=np.int64)
        counted = count_exposure(eligibility, draws, given.tests.item, nowhere, given.tests.lifted)
        known = counted if known is None else known.faded(0.7) + counted
        eligibility = adapt_eligibility(eligibility, known, 0.25)
    assert highest[0] == 1.0
    # sampling: the highest of some 60 rates near .25 lies about 2.5 of its standard errors of .0137 above it
    assert max(highest[-3:]) <= 0.25 + 4.5 * 0.0137
