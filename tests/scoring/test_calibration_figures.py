"""What a report draws, beside closed forms and counts by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Abilities, ItemParameters, Kind, Responses, calibrate, estimate_eap
from scoring.calibration_figures import abilities_by_group, curve_nodes, observed_by_ability, reliability

ITEMS = ItemParameters.join(
    [
        ItemParameters.two_parameter([1.0], [0.0]),
        ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0], [[-1.0, 1.0]]),
        ItemParameters.two_parameter([1.0], [2.0]),
    ]
)


def two_groups(n: int = 300) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    """Codes of two groups, the second abler and first in nothing; the last person of each answered nothing."""
    rng = np.random.default_rng(4)
    theta = np.concatenate([rng.normal(0.0, 1.0, n), rng.normal(0.8, 1.4, n)])
    codes = (theta[:, np.newaxis] + rng.logistic(size=(2 * n, 6)) > np.linspace(-1.0, 1.0, 6)).astype(np.int8)
    codes[[n - 1, 2 * n - 1]] = -1
    return codes


def test_of_who_answered_nothing_no_more_is_known_than_of_the_group() -> None:
    """Closed form: without answers the expected ability is the group's mean, and its error the group's sd."""
    responses = Responses.from_dense(two_groups(), group=np.repeat([0, 1], 300))
    result = calibrate(responses, errors="none")
    found = abilities_by_group(responses, result)
    for group, silent in zip(result.groups, (299, 599), strict=True):
        assert found.theta[silent] == pytest.approx(group.mean, abs=1e-6)
        assert found.standard_error[silent] == pytest.approx(group.sd, rel=1e-3)  # a grid of a finite range
    second = responses.select(np.arange(300, 600))
    own = estimate_eap(second, result.items, result.densities[1])
    assert found.theta[300:] == pytest.approx(own.theta, abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_with_covariates_a_group_is_all_its_members_together(*, weighted: bool) -> None:
    """Closed form: mean and variance of a sum; a person of weight 2 is two persons."""
    codes = two_groups()
    x = np.random.default_rng(5).normal(1.0, 2.0, size=(600, 1))
    weight = np.tile([1.0, 3.0], 300) if weighted else np.ones(600)
    x[weight == 3.0] += 2.0
    responses = Responses.from_dense(codes, covariates=x, weight=weight)
    result = calibrate(responses, errors="none")
    found = abilities_by_group(responses, result)
    explained = np.repeat((x @ result.coefficients), weight.astype(np.int64))
    assert found.theta[299] == pytest.approx(result.groups[0].mean + explained.mean(), abs=1e-4)
    assert found.standard_error[299] == pytest.approx(np.hypot(result.groups[0].sd, explained.std()), rel=1e-3)


def test_reliability_is_the_share_of_variance_that_is_no_error() -> None:
    responses = Responses.from_dense([[1], [0], [1], [-1]])
    theta = np.array([-1.0, 0.0, 1.0, 99.0])  # the last answered nothing and does not count
    found = reliability(responses, Abilities(theta, np.array([0.5, 0.5, 0.5, 9.0])))
    assert found == pytest.approx((2.0 / 3.0) / (2.0 / 3.0 + 0.25))
    assert reliability(responses, Abilities(theta, np.zeros(4))) == 1.0
    assert reliability(responses, Abilities(np.zeros(4), np.full(4, 0.5))) == 0.0


@given(seed=st.integers(0, 99))
def test_a_weight_of_two_is_every_person_twice_in_reliability_and_bands(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, [2, 3, 2], size=(20, 3)).astype(np.int8)
    codes[0] = [0, 2, 1]
    theta, error = rng.normal(size=20), rng.uniform(0.2, 0.6, 20)
    one, two = Responses.from_dense(codes, weight=np.full(20, 2.0)), Responses.from_dense(np.repeat(codes, 2, axis=0))
    doubled = np.repeat(theta, 2)
    assert reliability(one, Abilities(theta, error)) == pytest.approx(
        reliability(two, Abilities(doubled, np.repeat(error, 2)))
    )
    observed = observed_by_ability(one, theta, ITEMS, n_bands=1)
    again = observed_by_ability(two, doubled, ITEMS, n_bands=1)
    assert observed.counts == pytest.approx(again.counts)
    assert observed.ability == pytest.approx(again.ability, nan_ok=True)


def test_observed_answers_are_counted_by_band_and_category() -> None:
    """By hand: four persons in two bands of two; nobody answered item 2."""
    responses = Responses.from_dense([[0, 0, -1], [1, 1, -1], [1, 2, -1], [1, -1, -1]], weight=[1.0, 1.0, 2.0, 1.0])
    found = observed_by_ability(responses, np.array([-2.0, -1.0, 1.0, 2.0]), ITEMS, n_bands=2)
    assert found.offset.tolist() == [0, 2, 5, 7]
    assert found.counts.tolist() == [[1, 0], [1, 3], [1, 0], [1, 0], [0, 2], [0, 0], [0, 0]]
    assert found.ability[0].tolist() == [-1.5, (2 * 1.0 + 2.0) / 3]
    assert found.ability[1].tolist() == [-1.5, 1.0]
    assert np.isnan(found.ability[2]).all()


@given(seed=st.integers(0, 99))
def test_no_answer_is_lost_between_bands(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, [2, 3, 2], size=(60, 3)).astype(np.int8)
    codes[0] = [0, 2, 1]
    theta = np.round(rng.normal(size=60), int(rng.integers(0, 3)))  # many of equal ability, or few
    responses = Responses.from_dense(codes)
    found = observed_by_ability(responses, theta, ITEMS)
    for item in range(3):
        rows = found.counts[found.offset[item] : found.offset[item + 1]]
        assert rows.sum(axis=1).tolist() == [np.count_nonzero(codes[:, item] == k) for k in range(rows.shape[0])]
        mean = np.nansum(found.ability[item] * rows.sum(axis=0)) / rows.sum()
        assert mean == pytest.approx(theta[codes[:, item] >= 0].mean())


def test_persons_of_one_ability_are_one_band() -> None:
    found = observed_by_ability(Responses.from_dense([[0, 2, 1]] * 5), np.zeros(5), ITEMS)
    assert np.count_nonzero(found.counts.sum(axis=0)) == 1


def test_curves_are_drawn_where_the_groups_are() -> None:
    result = calibrate(Responses.from_dense(two_groups(), group=np.repeat([0, 1], 300)), errors="none")
    nodes = curve_nodes(result)
    for group in result.groups:
        assert nodes[0] <= group.mean - 4.0 * group.sd
        assert nodes[-1] >= group.mean + 4.0 * group.sd
    assert np.diff(nodes) == pytest.approx(np.diff(nodes)[0])
