"""Items of every kind, items of R's reference files, and a likelihood summed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import ItemParameters, Responses
from engine.arrays import FloatArray
from engine.models import Kind
from engine.table import response_table


def items_of_tam(raw: dict[str, Any]) -> ItemParameters:
    """TAM's items: P(k) is proportional to exp(k theta + AXsi_k), so steps are falls of AXsi."""
    parts = []
    for intercepts in raw["AXsi"]:
        steps = -np.diff([value for value in intercepts if value is not None])
        if steps.size == 1:
            parts.append(ItemParameters.two_parameter([1.0], steps))
        else:
            parts.append(ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0], [steps]))
    return ItemParameters.join(parts)


def items_of_mirt(raw: dict[str, Any], kind: Kind) -> ItemParameters:
    """Items of mirt's slope-intercept form, as the files' ``parameterisation`` states it."""
    parts = []
    for item in raw["items"]:
        value = {row["name"]: row["value"] for row in raw["params"] if row["item"] == item}
        a = value["a1"]
        if kind == Kind.LOGISTIC:
            parts.append(ItemParameters.two_parameter([a], [-value["d"] / a]))
            continue
        d = np.array([value[f"d{k}"] for k in range(1, 10) if f"d{k}" in value])
        steps = -np.diff(d, prepend=0.0) / a if kind == Kind.PARTIAL_CREDIT else -d / a
        parts.append(ItemParameters.from_steps(kind, [a], [steps]))
    return ItemParameters.join(parts)


def responses_of_tam(raw: dict[str, Any]) -> Responses:
    return Responses.from_dense([[-1 if code is None else code for code in row] for row in raw["responses"]])


def log_likelihood(codes: list[int], items: ItemParameters, theta: FloatArray) -> FloatArray:
    """Log-likelihood of one person on any abilities, summed item by item."""
    table = response_table(items, theta)
    given = [(item, code) for item, code in enumerate(codes) if code >= 0]
    level: FloatArray = sum((table.log_probability[table.offset[i] + k] for i, k in given), np.zeros(theta.size))
    return level


KINDS = ItemParameters.join(
    [
        ItemParameters.two_parameter([0.8, 1.3, 2.0, -0.9], [-1.0, 0.3, 0.9, 0.2]),
        ItemParameters(
            np.array([1.2, 1.7, 1.0]), np.array([-0.5, 0.8, 0.0]), np.array([0.2, 0.25, 0.1]), np.array([1, 1, 0.95])
        ),
        ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [0.7, 1.1], [[-1.0, 0.0, 0.4], [0.5, -0.2]]),
        ItemParameters.from_steps(Kind.GRADED, [1.4, 0.9], [[-1.2, 0.1, 1.5], [-0.4, 0.6]]),
        ItemParameters.nominal([[0.0, 0.4, 1.3]], [[0.0, 0.5, -0.3]]),
    ]
)
"""Twelve items: logistic with and without asymptotes, partial credit, graded and nominal; one slope is negative."""
