"""What is drawn when a test starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import Blueprint, DesignError, Method, Pretest, Strategy, make_bank
from engine.adaptive import draw_field_test
from tests.engine.adaptive.sittings import make_pool

KEY = np.random.default_rng(1).random(200)
FIELD = [200, 201, 202, 203]
PLAIN = Strategy(method=Method.INFORMATION)


def test_field_test_items_suit_the_pupil() -> None:
    pool = make_pool()
    speech = tuple("yes" if item < 200 or item in {200, 202} else "no" for item in range(240))
    pool = replace(pool, pretest=np.isin(np.arange(240), FIELD), labels={**pool.labels, "speech": speech})
    bank = make_bank(pool, Blueprint(10, pretest=Pretest(2, 3, 9), pools={"voorlezen": ("speech", "yes")}), PLAIN)
    everyone, spoken = (draw_field_test(bank, number, KEY) for number in (0, 1))
    assert set(everyone.item.ravel().tolist()) == set(FIELD)
    assert set(spoken.item.ravel().tolist()) == {200, 202}
    assert (everyone.position.min(), everyone.position.max()) == (3, 9)
    with pytest.raises(DesignError, match="2 field-test items a sitting, but the pool has 0"):
        draw_field_test(replace(bank, pool=replace(pool, pretest=np.zeros(240, dtype=np.bool_))), 0, KEY)


def test_a_test_without_a_field_test_draws_none() -> None:
    drawn = draw_field_test(make_bank(make_pool(), Blueprint(10), PLAIN), 0, KEY)
    assert drawn.item.shape == drawn.position.shape == (200, 0)
