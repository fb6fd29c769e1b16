"""Expected a posteriori abilities."""

from __future__ import annotations

import csv
import gzip
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm

from engine import (
    AbilityNote,
    AbilityPrior,
    ItemParameters,
    Quadrature,
    ResponseError,
    Responses,
    estimate_eap,
    item_information,
    normal_quadrature,
    probability_correct,
)
from engine.models import Kind
from tests.engine.ability.known_items import items_of_mirt, items_of_tam, log_likelihood, responses_of_tam

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


@pytest.mark.parametrize("name", ["lsat6_2pl", "lsat6_rasch", "lsat7_2pl"])
def test_estimates_are_those_of_r_mirt(name: str, reference: Callable[[str], Reference]) -> None:
    known = reference(name)
    prior = normal_quadrature(known.of_group("MEAN_1"), np.sqrt(known.of_group("COV_11")))
    abilities = estimate_eap(known.responses, items_of_mirt(known.raw, Kind.LOGISTIC), prior)
    expected = np.array(known.raw["EAP_first20"])
    persons = np.abs(abilities.theta - expected[:, :1]).argmin(axis=1)
    assert np.all(np.diff(persons) >= 0)  # persons are sorted by pattern, and so are the patterns
    if name != "lsat6_rasch":  # where several patterns share a score, the estimate does not say which it was
        assert persons.tolist() == np.repeat(np.arange(len(known.raw["freq"])), known.raw["freq"])[:20].tolist()
    assert abilities.theta[persons] == pytest.approx(expected[:, 0], abs=1e-5)
    assert abilities.standard_error[persons] == pytest.approx(expected[:, 1], abs=1e-5)


@pytest.mark.parametrize(("name", "kind"), [("science_gpcm", Kind.PARTIAL_CREDIT), ("science_graded", Kind.GRADED)])
def test_estimates_from_polytomous_items_are_those_of_r_mirt(
    name: str, kind: Kind, reference: Callable[[str], Reference]
) -> None:
    """Patterns are in order of their first person: each person has the next pattern, or an earlier one."""
    known = reference(name)
    codes = np.array(known.raw["patterns"])
    responses = Responses.from_dense(codes - codes.min(axis=0))
    abilities = estimate_eap(responses, items_of_mirt(known.raw, kind), normal_quadrature())
    seen = 0
    for theta, error in known.raw["EAP_first20"]:
        person = int(np.abs(abilities.theta - theta).argmin())
        assert person <= seen
        seen = max(seen, person + 1)
        assert abilities.theta[person] == pytest.approx(theta, abs=1e-5)
        assert abilities.standard_error[person] == pytest.approx(error, abs=1e-5)


@pytest.mark.parametrize("name", ["tam_rasch", "tam_timss_pcm_latreg"])
def test_estimates_from_a_latent_regression_are_those_of_tam(name: str, reference: Callable[[str], Reference]) -> None:
    raw = reference(name).raw
    beta = [row[0] for row in raw["beta"]]
    mean = beta[0] + np.array(raw["Y"]) * beta[1] if "Y" in raw else np.full(raw["n"], beta[0])
    prior = AbilityPrior(mean, np.sqrt(raw["variance"]))
    abilities = estimate_eap(responses_of_tam(raw), items_of_tam(raw), prior)
    expected = np.array([[row["EAP"], row["SD.EAP"]] for row in raw["EAP_first20"]])
    assert abilities.theta[:20] == pytest.approx(expected[:, 0], abs=1e-5)
    assert abilities.standard_error[:20] == pytest.approx(expected[:, 1], abs=1e-5)


def test_2000_estimates_on_tams_21_nodes_are_those_of_tam(shared_data: Path) -> None:
    folder = shared_data / "reports"
    with gzip.open(folder / "tam_rasch_y.csv.gz", "rt") as file:
        codes = [[int(code) for code in row] for row in list(csv.reader(file))[1:]]
    with gzip.open(folder / "tam_rasch_person.csv.gz", "rt") as file:
        persons = list(csv.DictReader(file))
    with (folder / "tam_rasch_xsi.csv").open() as file:
        difficulty = [float(row["xsi"]) for row in csv.DictReader(file)]
    variance = json.loads((folder / "reference.json").read_text())["TAM_4.4-2"]["rasch (data.sim.rasch)"]["variance"]
    items = ItemParameters.two_parameter(np.ones(len(difficulty)), difficulty)
    abilities = estimate_eap(Responses.from_dense(codes), items, normal_quadrature(0.0, variance**0.5, n_nodes=21))
    assert abilities.theta == pytest.approx(np.array([float(row["EAP"]) for row in persons]), abs=1e-4)
    assert abilities.standard_error == pytest.approx(np.array([float(row["SD.EAP"]) for row in persons]), abs=1e-4)


def test_a_prior_of_each_person_is_integrated_over(all_kinds: ItemParameters) -> None:
    codes = [[1, 0, 1, 0, 1, 1, 0, 2, 1, 1, 0, 2], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]]
    mean, sd = np.array([0.7, -3.0]), np.array([0.6, 1.4])
    abilities = estimate_eap(Responses.from_dense(codes), all_kinds, AbilityPrior(mean, sd))
    for person in range(2):

        def density(theta: float, p: int = person) -> float:
            level = log_likelihood(codes[p], all_kinds, np.array([theta]))[0]
            return float(np.exp(level) * norm.pdf(theta, mean[p], sd[p]))

        total, first, second = (
            integrate.quad(lambda t, k=k, f=density: f(t) * t**k, -14.0, 10.0, epsabs=1e-15, limit=400)[0]
            for k in range(3)
        )
        assert abilities.theta[person] == pytest.approx(first / total, abs=1e-6)
        assert abilities.standard_error[person] == pytest.approx(
            np.sqrt(second / total - (first / total) ** 2), abs=1e-6
        )


@pytest.mark.parametrize("sd", [0.1, 0.3, 0.5])
def test_answers_that_contradict_the_prior_are_not_cut_off_at_six_of_its_sds(sd: float) -> None:
    """An ability of 3 under a prior of mean -0.5: the posterior's moments by a sum over 40,001 nodes."""
    items = ItemParameters.two_parameter(np.full(80, 1.7), np.linspace(1.0, 5.0, 80))
    codes = (np.random.default_rng(0).random(80) < probability_correct(np.array([3.0]), items)[0]).astype(np.int8)
    fine = np.linspace(-20.0, 20.0, 40_001)
    level = log_likelihood(codes.tolist(), items, fine) + norm.logpdf(fine, -0.5, sd)
    density = np.exp(level - level.max())
    mean = float(fine @ density / density.sum())
    abilities = estimate_eap(Responses.from_dense([codes]), items, AbilityPrior(np.array([-0.5]), np.array([sd])))
    assert abilities.theta[0] == pytest.approx(mean, abs=1e-5)
    assert abilities.standard_error[0] == pytest.approx(
        np.sqrt(float((fine - mean) ** 2 @ density / density.sum())), rel=1e-4
    )
    mirrored = ItemParameters.two_parameter(items.discrimination, -items.difficulty)
    prior = AbilityPrior(np.array([0.5]), np.array([sd]))
    assert estimate_eap(Responses.from_dense([1 - codes]), mirrored, prior).theta[0] == pytest.approx(-mean, abs=1e-5)


def test_notes_say_who_answered_nothing_and_who_scored_extremely() -> None:
    items = ItemParameters.two_parameter([1.0, 1.0], [0.0, 1.0])
    abilities = estimate_eap(Responses.from_dense([[-1, -1], [0, -1], [1, 1], [0, 1]]), items, normal_quadrature())
    assert abilities.note.tolist() == [
        AbilityNote.NO_ANSWERS,
        AbilityNote.LOWEST_SCORE,
        AbilityNote.HIGHEST_SCORE,
        0,
    ]


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
