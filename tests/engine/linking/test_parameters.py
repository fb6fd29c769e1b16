"""Item parameters as one vector."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Covariance, ParameterError, covariance_for_link, parameter_names
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


def test_a_calibrations_covariance_is_put_in_the_order_of_the_link() -> None:
    names = (("group", 0, "mean"), ("item", 2, "difficulty"), ("item", 0, "discrimination"), ("item", 7, "step_1"))
    own = np.array([[9.0, 8.0, 7.0, 6.0], [8.0, 4.0, 3.0, 2.0], [7.0, 3.0, 5.0, 1.0], [6.0, 2.0, 1.0, 3.0]])
    matrix = covariance_for_link(Covariance(names, own), KINDS, [7, 2, 0])
    order = parameter_names(KINDS.take([7, 2, 0]))
    step, difficulty, slope = (
        order.index(entry) for entry in ((0, "step_1"), (1, "difficulty"), (2, "discrimination"))
    )
    assert matrix.shape == (len(order), len(order))
    assert matrix[np.ix_([step, difficulty, slope], [step, difficulty, slope])].tolist() == [
        [3.0, 2.0, 1.0],
        [2.0, 4.0, 3.0],
        [1.0, 3.0, 5.0],
    ]
    assert matrix.sum() == 24.0  # what was not estimated is 0


def test_a_common_item_that_is_not_determined_is_named() -> None:
    loose = Covariance((("item", 2, "difficulty"), ("item", 0, "difficulty")), np.diag([np.inf, 1.0]))
    with pytest.raises(ParameterError, match="do not determine common items 2: link without them"):
        covariance_for_link(loose, KINDS, [0, 2])
    assert covariance_for_link(loose, KINDS, [0]).sum() == 1.0
    with pytest.raises(ParameterError, match="no standard errors"):
        covariance_for_link(Covariance((), np.zeros((0, 0))), KINDS, [0])


def test_asymptotes_stay_in_their_range() -> None:
    assert value_of(changed(KINDS, 0, "guessing", -0.1), 0, "guessing") == 0.0
    assert value_of(changed(KINDS, 0, "upper", 0.1), 0, "upper") == 1.0
