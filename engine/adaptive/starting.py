"""What is drawn when a test starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.adaptive.bank import AdaptiveBank
from engine.arrays import FloatArray
from engine.assembly import suitable_items
from engine.exposure import PretestDraw, draw_pretest


def draw_field_test(bank: AdaptiveBank, accommodation: int, key: FloatArray) -> PretestDraw:
    """Field-test items, and their positions, of n_persons tests; none where the blueprint asks none.

    Parameters
    ----------
    bank : what the tests are chosen from
    accommodation : number of the pool of items that suits the pupils, 0 for everything
    key : (n_persons,) numbers in [0, 1), one a sitting, of no other use

    Raises
    ------
    DesignError
        If the pool has fewer field-test items than a test asks for.
    """
    asked, pool = bank.blueprint.pretest, bank.pool
    if asked is None:
        nothing = np.empty((len(key), 0), dtype=np.int64)
        return PretestDraw(nothing, nothing)
    suitable = suitable_items(pool, bank.blueprint, bank.accommodations[accommodation])
    return draw_pretest(replace(pool, pretest=pool.pretest & suitable), asked, key)
