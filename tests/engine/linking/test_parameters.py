"""Item parameters as one vector."""

from __future__ import annotations

import numpy as np
import pytest

from engine import parameter_names
from engine.linking.parameters import changed, value_of
from engine.table import response_table
from tests.engine.ability.known_items import KINDS


def test_every_parameter_of_every_kind_has_a_name() -> None:
    names = parameter_names(KINDS)
    assert len(set(names)) == len(names) == 7 * 4 + (1 + 3) + (1 + 2) + (1 + 3) + (1 + 2) + (2 + 2)
    assert [name for item, name in names if item == 11] == ["slope_1", "slope_2", "intercept_1", "intercept_2"]


@pytest.mark.parametrize("entry", parameter_names(KINDS))
def test_a_parameter_that_is_changed_changes_that_item_alone(entry: tuple[int, str]) -> None:
    item, name = entry
    amount = -0.01 if name == "upper" else 0.01
    then = changed(KINDS, item, name, amount)
    assert value_of(then, item, name) == pytest.approx(value_of(KINDS, item, name) + amount, abs=1e-12)
    before, after = (response_table(items, np.array([0.37])) for items in (KINDS, then))
    rows = np.flatnonzero(~np.isclose(before.log_probability[:, 0], after.log_probability[:, 0], atol=1e-9, rtol=0.0))
    own = np.arange(before.offset[item], before.offset[item + 1])
    assert rows.size
    assert np.isin(rows, own).all()


def test_asymptotes_stay_in_their_range() -> None:
    assert value_of(changed(KINDS, 0, "guessing", -0.1), 0, "guessing") == 0.0
    assert value_of(changed(KINDS, 0, "upper", 0.1), 0, "upper") == 1.0
