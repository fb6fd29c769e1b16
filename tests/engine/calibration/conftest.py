"""Problems that several tests of the calibration start from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine import ItemParameters, Model, Priors, Responses, simulate_responses
from engine.arrays import FloatArray
from engine.calibration.blocks import make_blocks
from engine.calibration.calibrate import make_task
from engine.calibration.checks import count_categories
from engine.calibration.fitting import whole_parts
from engine.calibration.problem import Estimates, Problem
from engine.calibration.start import category_counts
from engine.table import row_offset


def problem_of(
    responses: Responses,
    models: list[Model],
    nodes: FloatArray,
    priors: Priors | None = None,
    fixed: dict[int, ItemParameters] | None = None,
) -> tuple[Problem, Estimates, Responses]:
    """A calibration on all nodes for everybody, before anything is estimated; with its start and its responses."""
    n_categories = count_categories(responses, fixed or {})
    blocks = make_blocks(models, n_categories, priors or Priors(), fixed or {})
    offset = row_offset(n_categories)
    task = make_task(responses, blocks, category_counts(responses, offset), offset, None, None)
    problem = replace(task.problem, nodes=nodes, parts=whole_parts(task.bundles, nodes.size))
    return problem, task.start, task.responses


def wide_groups(n: int) -> Responses:
    """Two groups of n persons, N(0, 1) and N(3, 1.6²), to 60 items: the standard grid cuts the second off."""
    rng = np.random.default_rng(11)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.4, 60), np.linspace(-2.5, 6.0, 60))
    theta = np.concatenate([rng.normal(size=n), rng.normal(3.0, 1.6, n)])
    answers = simulate_responses(theta, items, np.ones((2 * n, 60), dtype=np.bool_), rng)
    return Responses.from_dense(answers.category.reshape(2 * n, 60), group=np.repeat([0, 1], n))
