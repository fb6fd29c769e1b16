"""Python packages that choose items, on the same bank and the same answers; None stands for what a package has not.

Each one that is installed is a `Peer`; nothing is said about those that are not, the caller does.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.models import ItemParameters

PEERS = ("catsim", "catpie", "adaptivetesting")


@dataclass(frozen=True)
class Question:
    """One decision: a bank, items given and answers (0 or 1), and the ability they lead to."""

    items: ItemParameters
    given: list[int]
    answers: list[int]
    theta: float


@dataclass(frozen=True)
class Peer:
    """Calls that do what ours do; ``cohort`` takes so many pupils through tests of a length."""

    select: Callable[[], Any]
    estimate: Callable[[], Any] | None
    weighted: Callable[[], Any] | None
    cohort: Callable[[int, int], Any]


def find_peer(name: str, question: Question) -> Peer | None:
    """Return a peer, or None where it cannot be imported."""
    make = {"catsim": _catsim, "catpie": _catpie, "adaptivetesting": _adaptivetesting}[name]
    try:
        return make(question)
    except ImportError:
        return None


def _columns(items: ItemParameters) -> list[list[float]]:
    """Return a, b, c, d of every item."""
    columns = np.stack([items.discrimination, items.difficulty, items.guessing, items.upper], axis=1)
    return [[float(value) for value in row] for row in columns]


def _catsim(question: Question) -> Peer:
    """catsim: its own maximum likelihood search stands for an estimate, for it has no EAP."""
    bank_of = importlib.import_module("catsim.item_bank").ItemBank
    selection, estimation = (importlib.import_module(f"catsim.{part}") for part in ("selection", "estimation"))
    simulation = importlib.import_module("catsim.simulation")
    initial = importlib.import_module("catsim.initialization").FixedPointInitializer
    length_of = importlib.import_module("catsim.stopping").TestLengthStopper
    bank = bank_of(np.array(_columns(question.items)))
    selector, estimator = selection.MaxInfoSelector(), estimation.NumericalSearchEstimator()

    def cohort(n: int, length: int) -> None:
        run = simulation.Simulator(bank, np.random.default_rng(7).standard_normal(n))
        parts = selection.MaxInfoSelector(), estimation.NumericalSearchEstimator()
        run.simulate(initial(0.0), *parts, length_of(max_items=length))

    return Peer(
        select=lambda: selector.select(item_bank=bank, administered_items=question.given, est_theta=question.theta),
        estimate=lambda: estimator.estimate(
            item_bank=bank,
            administered_items=question.given,
            response_vector=[bool(answer) for answer in question.answers],
            est_theta=question.theta,
        ),
        weighted=None,
        cohort=cohort,
    )


def _catpie(question: Question) -> Peer:
    """catpie, a port of R's catR: EAP on 33 nodes of [-4, 4]."""
    catpie = importlib.import_module("catpie")
    bank = [tuple(row) for row in _columns(question.items)]
    given, answers, theta = question.given, question.answers, question.theta

    def cohort(n: int, length: int) -> None:
        for true in np.random.default_rng(7).standard_normal(n).tolist():
            catpie.randomCAT(true, bank, method="EAP", stop={"rule": ["length"], "thr": [length]})

    return Peer(
        select=lambda: catpie.nextItem(bank, theta, given, criterion="MFI"),
        estimate=lambda: catpie.estimateTheta(bank, given, answers, method="EAP"),
        weighted=lambda: catpie.nextItem(bank, theta, given, criterion="MPWI", randomesque=5, x=answers, seed=1),
        cohort=cohort,
    )


def _adaptivetesting(question: Question) -> Peer:
    """adaptivetesting: EAP on 1,000 nodes of [-10, 10]."""
    models = importlib.import_module("adaptivetesting.models")
    estimators = importlib.import_module("adaptivetesting.math.estimators")
    choose = importlib.import_module("adaptivetesting.math.item_selection").maximum_information_criterion
    a, b, c, d = (list(column) for column in zip(*_columns(question.items), strict=True))
    bank = models.ItemPool.load_from_list(b=b, a=a, c=c, d=d).test_items
    prior = estimators.NormalPrior(0.0, 1.0)

    def estimate(given: list[int], answers: list[int]) -> float:
        estimator = estimators.ExpectedAPosteriori(answers, [bank[item] for item in given], prior)
        theta = float(estimator.get_estimation())
        estimator.get_standard_error(theta)
        return theta

    def select(given: list[int], theta: float) -> Any:
        gone = set(given)
        return choose([one for item, one in enumerate(bank) if item not in gone], theta)

    def cohort(n: int, length: int) -> None:
        place = {id(one): item for item, one in enumerate(bank)}
        for _ in range(n):
            given: list[int] = []
            theta = 0.0
            for position in range(length):
                given.append(place[id(select(given, theta))])
                theta = estimate(given, [position % 2 for position in range(position + 1)])

    return Peer(
        select=lambda: select(question.given, question.theta),
        estimate=lambda: estimate(question.given, question.answers),
        weighted=None,
        cohort=cohort,
    )
