"""350 decisions of R's catR 3.17 (Magis & Barrada, 2017) on the reference bank."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from engine.quadrature import Quadrature
from engine.selection import (
    MaximumInformation,
    SelectionTables,
    add_answers,
    choose,
    rows_answered,
    stand,
    start_posterior,
)
from tests.engine.assembly.banks import reference_pool


def trapezoid_prior() -> Quadrature:
    """N(0, 1) on 33 nodes of [-4, 4], the ends at half weight, as catR integrates."""
    nodes = np.linspace(-4.0, 4.0, 33)
    weights = np.exp(-0.5 * nodes**2)
    weights[[0, -1]] *= 0.5
    return Quadrature(nodes, weights / weights.sum())


def test_every_decision_of_catr_is_ours_and_so_are_its_estimates(shared_data: Path) -> None:
    with (shared_data / "adaptive" / "catr_mfi_eap_10x35.csv").open(newline="") as file:
        steps = list(csv.DictReader(file))
    pool = reference_pool()
    tables = SelectionTables(pool.items, trapezoid_prior())
    given = [pool.name.index(step["item"]) for step in steps]
    decisions, theta, error = [], [], []
    for number, (step, item) in enumerate(zip(steps, given, strict=True)):
        if step["step"] == "1":
            log_weights, excluded = start_posterior(tables), np.zeros((1, tables.n_items), dtype=np.bool_)
            assert stand(tables, log_weights).theta.item() == 0.0
        position = int(step["step"]) - 1
        decisions.append(choose(tables, MaximumInformation(), stand(tables, log_weights, position), excluded).item())
        excluded[0, item] = True
        row = rows_answered(tables, np.array([item]), np.array([int(steps[number]["score"])]))
        log_weights = add_answers(tables, log_weights, row)
        standing = stand(tables, log_weights, position + 1)
        theta.append(standing.theta.item())
        error.append(standing.standard_error.item())
    assert decisions == given
    assert len(decisions) == 350
    assert np.abs(np.array(theta) - [float(step["theta_eap"]) for step in steps]).max() <= 1e-8
    assert np.abs(np.array(error) - [float(step["se_eap"]) for step in steps]).max() <= 1e-8
