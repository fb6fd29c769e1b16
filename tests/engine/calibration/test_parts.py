"""Responses laid out for speed."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ItemParameters, Responses, response_table, simulate_responses
from engine.calibration.expectation import log_joint, node_table
from engine.calibration.fitting import whole_parts
from engine.calibration.parts import Bundle, SparseRows, bundle, collapse
from engine.calibration.start import starting_population

NODES = np.linspace(-4.0, 4.0, 17)
RNG = np.random.default_rng(3)
ITEMS = ItemParameters.two_parameter(RNG.uniform(0.7, 1.5, 20), RNG.normal(size=20))


def answers(presented: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Responses:
    rng = np.random.default_rng(4)
    return simulate_responses(rng.normal(size=len(presented)), ITEMS, presented, rng)


def layouts() -> dict[str, Responses]:
    everybody = np.arange(200)[:, np.newaxis]
    shuffled = answers(np.ones((200, 20), dtype=np.bool_))
    backwards = np.arange(shuffled.n_responses).reshape(200, 20)[:, ::-1].ravel()
    return {
        "whole": shuffled,
        "booklets": answers((np.arange(20) // 7) != everybody % 3),
        "gaps": answers(np.random.default_rng(5).random((200, 20)) < 0.6),
        "sparse": answers(np.random.default_rng(5).random((200, 20)) < 0.15),
        "in another order": Responses(
            shuffled.start,
            shuffled.item[backwards],
            shuffled.category[backwards],
            shuffled.weight,
            shuffled.group,
            n_items=20,
        ),
    }


def kinds(bundles: tuple[Bundle, ...]) -> set[str]:
    return {"sparse" if isinstance(b.matrix, SparseRows) else "whole" if b.items.size else "gaps" for b in bundles}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("whole", "whole"),
        ("booklets", "whole"),
        ("gaps", "gaps"),
        ("sparse", "sparse"),
        ("in another order", "whole"),
    ],
)
def test_every_layout_gives_every_persons_likelihood(name: str, kind: str) -> None:
    """Beside sums over the persons' own responses, one by one."""
    responses = layouts()[name]
    table = response_table(ITEMS, NODES)
    bundles = bundle(responses, table.offset)
    assert kinds(bundles) == {kind}
    population = starting_population(1, 0, free_first_mean=False, free_first_sd=False)
    nodes = node_table(table.log_probability, table.offset, NODES, population, is_dense=True)
    found = np.full((200, NODES.size), np.nan)
    for part in whole_parts(bundles, NODES.size):
        found[part.persons] = log_joint(part, nodes) - nodes.log_prior[0]
    for person in range(200):
        own = slice(responses.start[person], responses.start[person + 1])
        rows = table.offset[responses.item[own]] + responses.category[own]
        assert found[person] == pytest.approx(table.log_probability[rows].sum(axis=0), abs=1e-10)


def test_a_sparse_part_keeps_only_the_rows_that_its_persons_use() -> None:
    responses = layouts()["sparse"]
    table = response_table(ITEMS, NODES)
    (loose,) = bundle(responses, table.offset)
    some = np.arange(5)
    (part,) = loose.cut(some, np.zeros(200, np.int64), np.full(200, 17))
    own = slice(0, responses.start[5])
    assert set(part.columns) == set(table.offset[responses.item[own]] + responses.category[own])


def test_equal_patterns_of_short_tests_become_one_row() -> None:
    codes = np.random.default_rng(1).integers(0, 2, (500, 3))
    collapsed = collapse(Responses.from_dense(codes), np.full(3, 2))
    assert collapsed.n_persons == 8
    assert collapsed.weight.sum() == 500.0
    long = Responses.from_dense(np.random.default_rng(1).integers(0, 2, (500, 12)))
    assert collapse(long, np.full(12, 2)) is long


def test_a_class_that_was_given_nothing_is_no_booklet() -> None:
    """Forty persons without answers say nothing, and their likelihood is 1."""
    presented = np.ones((80, 20), dtype=np.bool_)
    presented[:40] = False
    responses = answers(presented)
    offset = np.arange(21) * 2
    bundles = bundle(responses, offset)
    assert kinds(bundles) == {"whole", "sparse"}
    population = starting_population(1, 0, free_first_mean=False, free_first_sd=False)
    table = response_table(ITEMS, NODES)
    nodes = node_table(table.log_probability, offset, NODES, population, is_dense=True)
    (empty,) = (part for part in whole_parts(bundles, NODES.size) if not part.is_dense)
    assert empty.persons.tolist() == list(range(40))
    assert np.exp(log_joint(empty, nodes)).sum(axis=1) == pytest.approx(np.ones(40))
