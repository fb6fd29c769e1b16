"""Expected a posteriori abilities."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm

from engine import (
    ItemParameters,
    Quadrature,
    ResponseError,
    Responses,
    estimate_eap,
    item_information,
    normal_quadrature,
    probability_correct,
)

if TYPE_CHECKING:
    from tests.engine.conftest import Reference


def test_without_responses_the_estimate_is_the_prior() -> None:
    items = ItemParameters.two_parameter([1.0], [0.0])
    abilities = estimate_eap(Responses.from_dense([[-1]]), items, normal_quadrature(0.5, 0.8))
    assert abilities.theta[0] == pytest.approx(0.5, abs=1e-6)
    assert abilities.standard_error[0] == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize("codes", list(itertools.product([0, 1], repeat=3)))
def test_the_estimate_is_the_integral_it_stands_for(codes: tuple[int, ...], mixed_items: ItemParameters) -> None:
    items = mixed_items.take([1, 2, 4])

    def density(theta: float) -> float:
        p = probability_correct(np.array([theta]), items)[0]
        return float(norm.pdf(theta) * np.prod(np.where(np.array(codes) == 1, p, 1.0 - p)))

    total, mean, square = (
        integrate.quad(lambda theta, k=k: density(theta) * theta**k, -8.0, 8.0, epsabs=1e-13)[0] for k in range(3)
    )
    abilities = estimate_eap(Responses.from_dense([codes]), items, normal_quadrature())
    assert abilities.theta[0] == pytest.approx(mean / total, abs=1e-6)
    assert abilities.standard_error[0] == pytest.approx(np.sqrt(square / total - (mean / total) ** 2), abs=1e-6)


def test_a_thousand_persons_score_as_each_alone(mixed_items: ItemParameters) -> None:
    codes = np.random.default_rng(3).integers(-1, 2, (10_000, 6))
    together = estimate_eap(Responses.from_dense(codes), mixed_items, normal_quadrature())
    alone = estimate_eap(Responses.from_dense(codes[-1:]), mixed_items, normal_quadrature())
    assert together.theta[-1] == pytest.approx(alone.theta[0], abs=1e-12)


def test_a_category_that_the_item_does_not_have_is_refused() -> None:
    with pytest.raises(ResponseError, match=r"items \[1\]"):
        estimate_eap(Responses.from_dense([[0, 2]]), ItemParameters.two_parameter([1, 1], [0, 0]), normal_quadrature())


def test_other_items_than_answered_are_refused() -> None:
    with pytest.raises(ResponseError, match="responses are to 2 items, parameters are of 1"):
        estimate_eap(Responses.from_dense([[0, 1]]), ItemParameters.two_parameter([1], [0]), normal_quadrature())


@pytest.mark.parametrize("name", ["lsat6_2pl", "lsat7_2pl"])
def test_estimates_are_those_of_r_mirt(name: str, reference: Callable[[str], Reference]) -> None:
    known = reference(name)
    a, d = known.of_items("a1"), known.of_items("d")
    abilities = estimate_eap(known.responses, ItemParameters.two_parameter(a, -d / a), normal_quadrature())
    persons = np.repeat(np.arange(len(known.raw["freq"])), known.raw["freq"])[:20]
    expected = np.array(known.raw["EAP_first20"])
    assert abilities.theta[persons] == pytest.approx(expected[:, 0], abs=1e-5)
    assert abilities.standard_error[persons] == pytest.approx(expected[:, 1], abs=1e-5)


def test_350_decisions_of_catr_are_ours(shared_data: Path) -> None:
    """Maximum information at the EAP of N(0, 1) on 33 nodes of [-4, 4], by the trapezoid rule (catR 3.17)."""
    with (shared_data / "adaptive" / "bank_1000.csv").open() as file:
        bank = list(csv.DictReader(file))
    a, b, c = (np.array([float(row[name]) for row in bank]) for name in "abc")
    items = ItemParameters(a, b, c, np.ones_like(a))
    place = {row["id"]: index for index, row in enumerate(bank)}
    nodes = np.linspace(-4.0, 4.0, 33)
    weights = norm.pdf(nodes) * np.where(np.abs(nodes) == 4.0, 0.5, 1.0)
    prior = Quadrature(nodes, weights / weights.sum())
    with (shared_data / "adaptive" / "catr_mfi_eap_10x35.csv").open() as file:
        decisions = list(csv.DictReader(file))
    for _, steps in itertools.groupby(decisions, key=lambda row: row["examinee"]):
        theta, codes = 0.0, np.full((1, len(bank)), -1, dtype=np.int8)
        for step in steps:
            information = item_information(np.array([theta]), items)[0]
            chosen = place[step["item"]]
            assert chosen == np.where(codes[0] < 0, information, -1.0).argmax()
            codes[0, chosen] = int(step["score"])
            abilities = estimate_eap(Responses.from_dense(codes), items, prior)
            theta = float(abilities.theta[0])
            assert theta == pytest.approx(float(step["theta_eap"]), abs=1e-6)
            assert abilities.standard_error[0] == pytest.approx(float(step["se_eap"]), abs=1e-6)
