"""Problems that several tests of the calibration start from."""

from __future__ import annotations

from dataclasses import replace

from engine import ItemParameters, Model, Priors, Responses
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
