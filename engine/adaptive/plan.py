"""Everything about a pool and a blueprint that does not change from answer to answer, worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from engine.adaptive.blueprint import Blueprint
from engine.adaptive.core import Core, make_core
from engine.adaptive.pool import Pool
from engine.adaptive.units import Units, make_units
from engine.arrays import BoolArray, FloatArray, IntArray
from engine.errors import BlueprintError, name_indices
from engine.quadrature import LOWER, N_NODES, UPPER, normal_quadrature
from engine.table import response_table

PLANS_KEPT = 32  # as many releases as a server uses at once, and some
VERDICTS_KEPT = 20_000  # a few megabytes; a pool of five areas knows a few hundred in practice


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A pool made ready for a blueprint.

    Attributes
    ----------
    pool, blueprint : what it was made from
    units, core : units of selection, and the core that completes every test
    nodes : (n_nodes,) abilities in logits, six sds to either side of the prior's mean
    log_prior : (n_nodes,)
    rows : (2 n_items + 1, n_nodes) log-probability of item i incorrect (2 i) and correct (2 i + 1); the
        last row is zero and stands for no answer
    core_by_kind : (n_units, n_kinds) 1.0 where a unit of the core is of a kind
    most_taken : (n_kinds,) most units of a kind that one step takes from the core
    size_of_kind, area_of_kind : (n_kinds,)
    """

    pool: Pool
    blueprint: Blueprint
    units: Units
    core: Core
    nodes: FloatArray
    log_prior: FloatArray
    rows: FloatArray
    core_by_kind: FloatArray
    most_taken: IntArray
    size_of_kind: IntArray
    area_of_kind: IntArray
    _verdicts: dict[tuple[bytes, bytes], BoolArray] = field(default_factory=dict, repr=False)

    def allowed_classes(self, counts: IntArray, available: IntArray) -> BoolArray:
        """Which classes of units may be taken next, so that the core can still complete the test.

        Parameters
        ----------
        counts : (n_areas,) items of each area given so far
        available : (n_kinds,) core units that are left
        """
        room = np.maximum(self.blueprint.area_maximum - counts, 0)[self.area_of_kind] // self.size_of_kind
        available = np.minimum(available, room + self.most_taken)  # more than ever fit make no difference
        key = (counts.tobytes(), available.tobytes())
        verdict = self._verdicts.get(key)
        if verdict is None:
            steps = self.core.steps
            verdict = np.array(self.core.demand.steps_that_finish(counts.tolist(), available.tolist(), steps))
            if len(self._verdicts) >= VERDICTS_KEPT:
                self._verdicts.clear()
            self._verdicts[key] = verdict
        return verdict


@lru_cache(maxsize=PLANS_KEPT)
def make_plan(pool: Pool, blueprint: Blueprint) -> Plan:
    """Return the plan of a pool and a blueprint; kept, because both are frozen and serve many answers.

    Raises
    ------
    BlueprintError
        If the pool holds an area that the blueprint does not name.
    """
    beyond = np.unique(pool.area[pool.area >= blueprint.n_areas])
    if beyond.size:
        raise BlueprintError(
            f"the pool has items of areas {name_indices(beyond)}, the blueprint names only {blueprint.n_areas}: "
            f"{', '.join(blueprint.area_names)}"
        )
    units = make_units(pool)
    core = make_core(units, blueprint)
    mean, sd = blueprint.prior_mean, blueprint.prior_sd
    prior = normal_quadrature(mean, sd, lower=mean + LOWER * sd, upper=mean + UPPER * sd, n_nodes=N_NODES)
    table = response_table(pool.items, prior.nodes).log_probability
    by_kind = np.zeros((units.n_units, len(core.demand.kinds)))
    by_kind[core.member, core.kind[core.member]] = 1.0
    rows = np.concatenate([table, np.zeros((1, N_NODES))])
    return Plan(
        pool=pool,
        blueprint=blueprint,
        units=units,
        core=core,
        nodes=prior.nodes,
        log_prior=np.log(prior.weights),
        rows=rows,
        core_by_kind=by_kind,
        most_taken=np.array([step.takes for step in core.steps], dtype=np.int64).max(axis=0),
        size_of_kind=np.array([kind.size for kind in core.demand.kinds], dtype=np.int64),
        area_of_kind=np.array([kind.area for kind in core.demand.kinds], dtype=np.int64),
    )
