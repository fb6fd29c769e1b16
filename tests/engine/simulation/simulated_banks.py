"""Banks that simulated persons are tested from."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np

from engine import AdaptiveBank, Blueprint, Count, FirstItem, ItemParameters, Method, Pool, Pretest, Strategy, make_bank
from engine.arrays import FloatArray
from engine.exposure import Eligibility, all_eligible
from tests.engine.selection.random_banks import mixed_bank, three_parameter_bank

LENGTH = 35


def reference_module(shared_data: Path) -> ModuleType:
    """`make_bank.py` beside the reference bank: its bank, its pupils, their luck."""
    spec = importlib.util.spec_from_file_location("make_bank", shared_data / "adaptive" / "make_bank.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reference_items(reference: ModuleType) -> ItemParameters:
    bank = reference.make_bank()
    return ItemParameters(bank["a"], bank["b"], bank["c"], np.ones(reference.N_ITEMS))


def unconstrained(items: ItemParameters, length: int = LENGTH) -> AdaptiveBank:
    """Maximum information from all items, without a blueprint."""
    pool = Pool(items, np.full(items.n_items, -1))
    return make_bank(pool, Blueprint(length), Strategy(method=Method.INFORMATION))


def plain_bank(n_items: int = 300, length: int = LENGTH) -> AdaptiveBank:
    return unconstrained(three_parameter_bank(n_items), length)


def rich_pool(seed: int, n_items: int = 120) -> Pool:
    """Items of all models with enemies, also in the field test, labels and an accommodation's label."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(n_items)
    sets = [*np.arange(30).reshape(10, 3), [0, 40], [3, 41], [50, 51, 72], [52, 73], [53, 74], [54, 75]]
    return Pool(
        items=mixed_bank(rng, n_items),
        passage=np.full(n_items, -1),
        enemies=tuple(tuple(order[members].tolist()) for members in sets),
        labels={
            "area": tuple(rng.choice(["number", "space"], n_items).tolist()),
            "speech": tuple("yes" if spoken else "" for spoken in rng.random(n_items) < 0.6),
        },
        pretest=np.isin(np.arange(n_items), order[50:70]),
    )


def rich_blueprint(length: int) -> Blueprint:
    return Blueprint(
        length,
        counts=(Count({"area": "number"}, length // 3, length - length // 3),),
        first=FirstItem(hardest=0.2, easiest=0.9),
        pretest=Pretest(2, 3, length + 2),
        pools={"spoken": ("speech", "yes")},
    )


def some_eligibility(n_items: int, seed: int, lowest: float = 0.01) -> Eligibility:
    """Probabilities that let few items through, by units of two items and four intervals of ability."""
    unit = np.arange(n_items) // 2
    everything = all_eligible(unit, np.array([-1.0, 0.0, 1.0]))
    rng = np.random.default_rng(seed)
    drawn: FloatArray = np.maximum(rng.random(everything.probability.shape) ** 8, lowest)
    return everything.with_probability(drawn)
