"""Small pools with a blueprint that at least one test meets: the bounds are drawn around a test of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from engine.arrays import FloatArray, IntArray
from engine.assembly import Blueprint, Budget, Count, Passages, PlanTables, Pool, Rules, make_rules, make_tables
from engine.models import ItemParameters

LABELS = {"area": ("number", "space", "chance"), "level": ("know", "apply")}


@dataclass(frozen=True)
class World:
    """A pool, what a test of it must look like, one such test, and what items are worth."""

    rules: Rules
    tables: PlanTables
    test: IntArray
    score: FloatArray


def make_world(seed: int, *, n_items: int = 40, length: int = 12, n_passages: int = 4) -> World:
    """Pool of n_items with passages of four, enemies, two attributes and a budget; all rules bind somewhere."""
    rng = np.random.default_rng(seed)
    passage = np.full(n_items, -1)
    members = rng.permutation(n_items)
    for number in range(n_passages):
        passage[members[4 * number : 4 * number + 4]] = number
    labels = {key: tuple(rng.choice(words, n_items).tolist()) for key, words in LABELS.items()}
    seconds = rng.integers(20, 90, n_items).astype(np.float64)
    held = int(rng.integers(0, 3)) if n_passages else 0
    test = [members[4 * number : 4 * number + rng.integers(2, 5)] for number in range(held)]
    alone = members[4 * n_passages :]
    items = np.concatenate([*test, alone[: length - sum(part.size for part in test)]])
    others = np.setdiff1d(np.flatnonzero(passage < 0), items)
    enemies = tuple((int(one), int(other)) for one, other in zip(items[-3:], others[:3], strict=False))
    counts = []
    for key, words in LABELS.items():
        for word in words:
            n = sum(labels[key][item] == word for item in items)
            if word in labels[key]:
                counts.append(Count({key: word}, max(0, n - int(rng.integers(0, 3))), n + int(rng.integers(0, 3))))
    pool = Pool(
        items=ItemParameters(np.ones(n_items), np.zeros(n_items), np.zeros(n_items), np.ones(n_items)),
        passage=passage,
        enemies=enemies,
        labels=labels,
        quantities={"sec": seconds},
    )
    total = float(seconds[items].sum())
    blueprint = Blueprint(
        length=length,
        counts=tuple(counts),
        budgets=(Budget("sec", total - float(rng.integers(0, 100)), total + float(rng.integers(0, 30))),),
        passages=Passages(max(0, held - 1), held + 1, 2, 4) if n_passages else None,
    )
    rules = make_rules(pool, blueprint)
    return World(rules, make_tables(rules), np.sort(items), np.round(rng.random(n_items), 3))


def best_value(world: World, given: IntArray | None = None) -> float | None:
    """Worth of the best test by SciPy's milp, on rows written here; None where there is none.

    Parameters
    ----------
    given : items that the test holds, in their order: a passage that was left for another item gets no more of them
    """
    rules = world.rules
    n, m = rules.n_items, rules.n_passages
    none, each = np.zeros(m), np.eye(m)
    counted, passages = range(rules.n_counts + rules.n_enemies), range(len(rules.name))[rules.passage_rows]
    rows: list[tuple[FloatArray, float, float]] = [
        (np.append(np.ones(n), none), rules.length, rules.length),
        (np.append(np.zeros(n), np.ones(m)), rules.passages_minimum, rules.passages_maximum),
    ]
    rows += [(np.append(rules.member[row], none), rules.minimum[row], rules.maximum[row]) for row in counted]
    rows += [
        (np.append(rules.member[row], -rules.minimum[row] * e), 0, np.inf)
        for row, e in zip(passages, each, strict=True)
    ]
    rows += [
        (np.append(rules.member[row], -rules.maximum[row] * e), -np.inf, 0)
        for row, e in zip(passages, each, strict=True)
    ]
    rows += [
        (np.append(rules.amount[budget], none), rules.amount_minimum[budget], rules.amount_maximum[budget])
        for budget in range(rules.amount.shape[0])
    ]
    low, high = np.zeros(n + m), np.ones(n + m)
    if given is not None and given.size:
        passage = rules.passage[given]
        left = [number for number in set(passage.tolist()) - {-1} if number != passage[-1]]
        high[:n][np.isin(rules.passage, left)] = 0.0
        low[given] = high[given] = 1.0
    done = milp(
        -np.append(world.score, np.zeros(m)),
        constraints=LinearConstraint(
            np.array([row for row, _, _ in rows]), [low for _, low, _ in rows], [high for _, _, high in rows]
        ),
        bounds=Bounds(low, high),
        integrality=np.ones(n + m, dtype=np.int64),
        options={"mip_rel_gap": 0.0},
    )
    return None if done.fun is None else -float(done.fun)


def in_visits(world: World, rng: np.random.Generator) -> IntArray:
    """Items of the world's own test in an order in which a pupil may meet them: each passage in one visit."""
    visit = np.where(world.rules.passage >= 0, world.rules.passage, 1000 + np.arange(world.rules.n_items))[world.test]
    rank = rng.permutation(2000)[visit]
    ordered: IntArray = world.test[np.argsort(rank, kind="stable")]
    return ordered


def best_swap(world: World, plan: IntArray, n_given: int) -> tuple[int, int, int] | None:
    """Best swap by trying every one on the whole test: gain in thousandths, out, in; None when none is better."""
    thousandths = np.rint(world.score * 1000).astype(int)
    passage, given = world.rules.passage, plan[:n_given]
    current = passage[given[-1]] if n_given else -1
    left = {int(passage[item]) for item in given if passage[item] >= 0 and passage[item] != current}
    planned = {int(passage[item]) for item in plan if passage[item] >= 0}
    best: tuple[int, int, int] | None = None
    for out in sorted(plan[n_given:].tolist()):
        for into in range(world.rules.n_items):
            if into in plan or int(passage[into]) in left or (passage[into] >= 0 and passage[into] not in planned):
                continue
            swapped = [into if item == out else int(item) for item in plan]
            if {int(passage[item]) for item in swapped if passage[item] >= 0} != planned:
                continue
            gain = int(thousandths[into] - thousandths[out])
            if gain > 0 and not world.rules.broken(swapped) and (best is None or gain > best[0]):
                best = (gain, out, into)
    return best
