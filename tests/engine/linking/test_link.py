"""Links of separate calibrations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from engine import (
    ItemParameters,
    Link,
    LinkMethod,
    LinkOptions,
    ParameterError,
    Quadrature,
    calibrate,
    covariance_for_link,
    link_scales,
    normal_quadrature,
    parameter_names,
    simulate_responses,
    with_linking_error,
)
from engine.arrays import FloatArray
from engine.models import Kind
from engine.table import response_table
from tests.engine.ability.known_items import KINDS
from tests.engine.linking.known_links import (
    BOOK_DENSITY_X,
    BOOK_DENSITY_Y,
    BOOK_NODES,
    BOOK_X,
    BOOK_Y,
    MIXED_X,
    MIXED_Y,
    distribution,
    uniform,
)

METHODS = list(LinkMethod)
CURVES = [LinkMethod.HAEBARA, LinkMethod.STOCKING_LORD]
ON_X, ON_Y = distribution(BOOK_NODES, BOOK_DENSITY_X), distribution(BOOK_NODES, BOOK_DENSITY_Y)
OBSERVED, ONE_WAY = LinkOptions(ON_Y, ON_X), LinkOptions(ON_Y, ON_X, is_symmetric=False)
COARSE_NORMAL = normal_quadrature(lower=-4.0, upper=4.0, n_nodes=10)
NORMAL = LinkOptions(COARSE_NORMAL, COARSE_NORMAL)
FLAT, FLAT_25 = uniform(-4.0, 4.0, 10), uniform(-3.0, 3.0, 25)


@pytest.mark.parametrize(
    ("method", "options", "slope", "intercept"),
    [
        (LinkMethod.MEAN_SIGMA, LinkOptions(), 1.1761, -0.5042),
        (LinkMethod.MEAN_MEAN, LinkOptions(), 1.1449, -0.4790),
        (LinkMethod.STOCKING_LORD, OBSERVED, 1.0911, -0.4788),
        (LinkMethod.STOCKING_LORD, ONE_WAY, 1.0967, -0.4834),
        (LinkMethod.STOCKING_LORD, LinkOptions(FLAT, FLAT), 1.0962, -0.4532),
        (LinkMethod.STOCKING_LORD, NORMAL, 1.0901, -0.4788),
        (LinkMethod.HAEBARA, ONE_WAY, 1.0798, -0.4710),
        (LinkMethod.HAEBARA, LinkOptions(FLAT, FLAT), 1.0894, -0.4303),
        (LinkMethod.HAEBARA, NORMAL, 1.0722, -0.4658),
    ],
)
def test_the_example_of_kolen_and_brennan_gives_its_published_links(
    method: LinkMethod, options: LinkOptions, slope: float, intercept: float
) -> None:
    link = link_scales(BOOK_X, BOOK_Y, method, options)
    assert link.slope == pytest.approx(slope, abs=1e-4)  # published to four decimals
    assert link.intercept == pytest.approx(intercept, abs=1e-4)


@pytest.mark.parametrize(
    ("method", "slope", "intercept"),
    [
        (LinkMethod.MEAN_MEAN, 0.875095, -0.543611),
        (LinkMethod.HAEBARA, 0.805049, -0.446101),
        (LinkMethod.STOCKING_LORD, 0.815445, -0.456487),
    ],
)
def test_the_mixed_example_of_stuirt_gives_its_published_links(
    method: LinkMethod, slope: float, intercept: float
) -> None:
    link = link_scales(MIXED_X, MIXED_Y, method, LinkOptions(FLAT_25, FLAT_25))
    assert link.slope == pytest.approx(slope, abs=2e-6)
    assert link.intercept == pytest.approx(intercept, abs=2e-6)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25)
@given(slope=st.floats(0.4, 2.5), intercept=st.floats(-2.0, 2.0))
def test_a_scale_that_was_moved_is_moved_back(method: LinkMethod, slope: float, intercept: float) -> None:
    moved = Link(slope, intercept, method).items(KINDS)
    link = link_scales(KINDS, moved, method)
    assert link.slope == pytest.approx(slope, rel=1e-6)
    assert link.intercept == pytest.approx(intercept, abs=1e-6)


@given(slope=st.floats(0.4, 2.5), intercept=st.floats(-2.0, 2.0))
def test_moved_items_have_the_same_curves_at_moved_abilities(slope: float, intercept: float) -> None:
    link, theta = Link(slope, intercept, LinkMethod.MEAN_MEAN), np.linspace(-4.0, 4.0, 17)
    here = response_table(KINDS, theta).log_probability
    there = response_table(link.items(KINDS), link.abilities(theta)).log_probability
    assert there == pytest.approx(here, abs=1e-9)
    back = link.inverse().items(link.items(KINDS))
    assert back.difficulty == pytest.approx(KINDS.difficulty, abs=1e-9)
    assert back.category_intercept == pytest.approx(KINDS.category_intercept, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_the_link_the_other_way_is_the_inverse(method: LinkMethod) -> None:
    covariance = np.diag(np.tile([0.01, 0.02, 0.001, 0.0], 11))
    there = link_scales(BOOK_X, BOOK_Y, method, OBSERVED, linked_covariance=covariance)
    back = link_scales(BOOK_Y, BOOK_X, method, LinkOptions(ON_X, ON_Y), base_covariance=covariance).inverse()
    assert back.slope == pytest.approx(there.slope, abs=1e-6)
    assert back.intercept == pytest.approx(there.intercept, abs=1e-6)
    assert back.standard_errors == pytest.approx(there.standard_errors, rel=1e-4)


@pytest.mark.parametrize("method", CURVES)
def test_a_fixed_slope_is_found_by_a_general_optimiser_too(method: LinkMethod) -> None:
    """Partial-credit and Rasch items: the sum of squares, written out, has its minimum at our intercept."""
    rng = np.random.default_rng(5)
    steps = [[-1.0, 0.2], [0.4, 0.9], [-0.3]]
    here = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0, 1.0, 1.0], steps)
    there = ItemParameters.from_steps(
        Kind.PARTIAL_CREDIT, [1.0, 1.0, 1.0], [np.array(item) + 0.5 + 0.2 * rng.standard_normal() for item in steps]
    )
    link = link_scales(here, there, method, LinkOptions(is_slope_free=False))
    grid = normal_quadrature()
    score = np.array([0, 1, 2, 0, 1, 2, 0, 1])

    def squares(x: FloatArray) -> float:
        shift, total = float(x[0]), 0.0
        for one, other, sign in ((there, here, -1.0), (here, there, 1.0)):
            gap = np.exp(response_table(one, grid.nodes).log_probability)
            gap -= np.exp(response_table(other, grid.nodes + sign * shift).log_probability)
            gap = score[np.newaxis] @ gap if method == LinkMethod.STOCKING_LORD else gap
            total += float((gap**2 @ grid.weights).sum())
        return total

    best = minimize(squares, np.array([0.0]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-16})
    assert link.slope == 1.0
    assert link.intercept == pytest.approx(best.x[0], abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_standard_errors_are_those_of_links_of_estimates_with_error(method: LinkMethod) -> None:
    """Links of parameters drawn around their values, 400 times; four standard errors of an sd are 14 %."""
    rng, n_draws = np.random.default_rng(9), 400
    each = [np.array([[0.0009, 0.0004, 0.0], [0.0004, 0.0016, 0.0002], [0.0, 0.0002, 0.0004]])] * 11
    covariance = np.zeros((44, 44))
    for item, own in enumerate(each):
        covariance[4 * item : 4 * item + 3, 4 * item : 4 * item + 3] = own
    link = link_scales(BOOK_X, BOOK_Y, method, linked_covariance=covariance, base_covariance=0.5 * covariance)
    links = []
    for _ in range(n_draws):
        drawn = []
        for items, share in ((BOOK_X, 1.0), (BOOK_Y, 0.5)):
            error = rng.multivariate_normal(np.zeros(3), share * each[0], 11)
            a, b, c = items.discrimination + error[:, 0], items.difficulty + error[:, 1], items.guessing + error[:, 2]
            drawn.append(ItemParameters(a, b, np.maximum(c, 0.0), np.ones(11)))
        one = link_scales(drawn[0], drawn[1], method)
        links.append((one.slope, one.intercept))
    spread = np.cov(np.array(links).T)
    assert link.standard_errors == pytest.approx(np.sqrt(np.diag(spread)), rel=0.14)
    correlation = link.sampling_covariance[0, 1] / np.prod(link.standard_errors)  # type: ignore[index]  # it was given
    assert correlation == pytest.approx(spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1]), abs=0.15)
    at = np.array([-1.0, 0.0, 2.0])
    moved = np.array(links)[:, :1] * at + np.array(links)[:, 1:]
    assert link.error_at(at) == pytest.approx(moved.std(axis=0), rel=0.14)


def test_items_of_every_kind_carry_their_errors_into_the_link() -> None:
    """Derivatives by parameter against links of items with that parameter moved, for every kind and parameter."""
    names = parameter_names(KINDS)
    base = Link(1.2, 0.4, LinkMethod.HAEBARA).items(KINDS)
    for place in (0, 1, names.index((4, "guessing")), names.index((7, "step_2")), names.index((11, "slope_1"))):
        only = np.zeros((len(names), len(names)))
        only[place, place] = 1.0
        link = link_scales(KINDS, base, LinkMethod.HAEBARA, linked_covariance=only)
        item, name = names[place]
        step, points = 1e-3, []
        for sign in (1.0, -1.0):
            values = {
                "discrimination": KINDS.discrimination.copy(),
                "difficulty": KINDS.difficulty.copy(),
                "guessing": KINDS.guessing.copy(),
                "step": KINDS.step.copy(),
                "category_slope": KINDS.category_slope.copy(),
            }
            field = {"step_2": "step", "slope_1": "category_slope"}.get(name, name)
            offset = int(KINDS.step_start[item]) + {"step_2": 1, "slope_1": 0}.get(name, 0)
            values[field][offset if field in {"step", "category_slope"} else item] += sign * step
            moved = ItemParameters(
                values["discrimination"], values["difficulty"], values["guessing"], KINDS.upper, kind=KINDS.kind,
                step_start=KINDS.step_start, step=values["step"], category_slope=values["category_slope"],
                category_intercept=KINDS.category_intercept,
            )  # fmt: skip
            one = link_scales(moved, base, LinkMethod.HAEBARA)
            points.append(np.array([one.slope, one.intercept]))
        assert link.standard_errors == pytest.approx(np.abs(points[0] - points[1]) / (2.0 * step), rel=1e-3, abs=1e-7)


def test_the_error_by_items_of_a_rasch_link_is_the_spread_of_the_shifts_over_root_n() -> None:
    """The linking error of PISA (OECD, 2005, PISA 2003 Technical Report, ch. 13)."""
    shift = np.array([0.1, -0.2, 0.3, 0.05, -0.1, 0.4])
    here = ItemParameters.two_parameter(np.ones(6), np.linspace(-1.0, 1.0, 6))
    there = ItemParameters.two_parameter(np.ones(6), np.linspace(-1.0, 1.0, 6) + shift)
    options = LinkOptions(is_slope_free=False)
    link = with_linking_error(link_scales(here, there, LinkMethod.MEAN_MEAN, options), here, there, options)
    assert link.intercept == pytest.approx(shift.mean(), abs=1e-12)
    assert link.linking_errors == pytest.approx([0.0, shift.std(ddof=1) / np.sqrt(6.0)], abs=1e-12)
    assert link.error_at(1.7) == pytest.approx(link.linking_errors[1], abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_items_that_were_chosen_together_are_left_out_together(method: LinkMethod) -> None:
    link = link_scales(BOOK_X, BOOK_Y, method)
    alone = with_linking_error(link, BOOK_X, BOOK_Y)
    named = with_linking_error(link, BOOK_X, BOOK_Y, unit=np.arange(11)[::-1])
    passages = with_linking_error(link, BOOK_X, BOOK_Y, unit=np.repeat([0, 1, 2, 3], [3, 3, 3, 2]))
    assert named.linking_errors == pytest.approx(alone.linking_errors, rel=1e-9)
    assert not np.allclose(passages.linking_errors, alone.linking_errors, rtol=0.01)
    points = []
    for kept in ([3, 4, 5, 6, 7, 8, 9, 10], [0, 1, 2, 6, 7, 8, 9, 10], [0, 1, 2, 3, 4, 5, 9, 10], list(range(9))):
        one = link_scales(BOOK_X.take(kept), BOOK_Y.take(kept), method)
        points.append((one.slope, one.intercept))
    expected = np.sqrt(0.75 * ((np.array(points) - np.mean(points, axis=0)) ** 2).sum(axis=0))  # 4 units: 3/4
    assert passages.linking_errors == pytest.approx(expected, rel=1e-9)


ONE, TWO = ItemParameters.two_parameter([1.0], [0.0]), ItemParameters.two_parameter([1.0, 1.2], [0.0, 1.0])
STEPPED = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0, 1.0], [[0.0, 1.0], [0.5]])
GRADED = ItemParameters.from_steps(Kind.GRADED, [1.0, 1.0], [[0.0, 1.0], [0.5]])
LONGER = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0, 1.0], [[0.0, 1.0], [0.5, 0.7]])


@pytest.mark.parametrize(
    ("linked", "base", "method", "named"),
    [
        (ONE, TWO, LinkMethod.HAEBARA, "there are 1 on one scale and 2 on the other"),
        (ONE.take([]), ONE.take([]), LinkMethod.HAEBARA, "come in pairs"),
        (STEPPED, GRADED, LinkMethod.HAEBARA, r"one kind; items \[0, 1\]"),
        (STEPPED, LONGER, LinkMethod.STOCKING_LORD, r"same categories; items \[1\]"),
        (TWO, ItemParameters.two_parameter([1, -1], [0, 1]), LinkMethod.MEAN_MEAN, r"same sign .*items \[1\]"),
        (ONE, ONE, LinkMethod.MEAN_SIGMA, "2 common items or more, not 1"),
        (TWO, ItemParameters.two_parameter([1, 1], [0.5, 0.5]), LinkMethod.MEAN_SIGMA, "do not differ"),
    ],
)
def test_items_that_cannot_link_are_refused(
    linked: ItemParameters, base: ItemParameters, method: LinkMethod, named: str
) -> None:
    with pytest.raises(ParameterError, match=named):
        link_scales(linked, base, method)


def test_what_does_not_fit_the_items_is_refused() -> None:
    with pytest.raises(ParameterError, match="8 rows and columns"):
        link_scales(TWO, TWO, linked_covariance=np.eye(4))
    with pytest.raises(ParameterError, match="take mean/mean to keep it at 1"):
        link_scales(TWO, TWO, LinkMethod.MEAN_SIGMA, LinkOptions(is_slope_free=False))
    link = link_scales(TWO, TWO)
    with pytest.raises(ParameterError, match="3 common items or units of them, not 2"):
        with_linking_error(link, TWO, TWO)
    with pytest.raises(ParameterError, match="one for each of 2 items"):
        with_linking_error(link, TWO, TWO, unit=[0])
    with pytest.raises(ParameterError, match="covariances of the calibrations were not given"):
        _ = link.standard_errors
    with pytest.raises(ParameterError, match="not asked for"):
        _ = link.linking_errors
    with pytest.raises(ParameterError, match="error is not known"):
        link.error_at(0.0)


@pytest.mark.parametrize(("slope", "intercept"), [(0.0, 0.0), (-1.0, 0.0), (float("nan"), 0.0), (1.0, float("inf"))])
def test_what_is_no_link_is_refused(slope: float, intercept: float) -> None:
    with pytest.raises(ParameterError, match="slope > 0 and a finite intercept"):
        Link(slope, intercept, LinkMethod.MEAN_MEAN)


def test_a_single_node_weights_the_curves_at_one_ability() -> None:
    """With one item and one ability there is an intercept that makes the curves meet."""
    here, there = ItemParameters.two_parameter([1.0], [0.0]), ItemParameters.two_parameter([1.0], [0.7])
    at = Quadrature(np.array([0.3]), np.array([1.0]))
    options = LinkOptions(at, at, is_slope_free=False)
    assert link_scales(here, there, LinkMethod.HAEBARA, options).intercept == pytest.approx(0.7, abs=1e-7)


@pytest.mark.parametrize("method", CURVES)
def test_difficulties_that_differ_by_rounding_do_not_stop_a_link_by_curves(method: LinkMethod) -> None:
    here, there = (
        ItemParameters.two_parameter(np.array([1.0, 1.2, 0.8]) / slope, [0.1 + 0.2, 0.3, 0.3]) for slope in (1.0, 1.1)
    )
    link = link_scales(here, there, method)
    assert (link.slope, link.intercept) == pytest.approx((1.1, 0.3 - 1.1 * 0.3), abs=1e-6)


@pytest.mark.parametrize("method", CURVES)
def test_a_start_that_leads_nowhere_is_passed_over(method: LinkMethod) -> None:
    """Standard deviations of locations that hardly differ put the slope at 10⁹, where nothing but overflow is."""
    here = ItemParameters.two_parameter([1.2, 0.8, 2.0], [1.0, 1.0 + 1e-9, 1.0])
    link = link_scales(here, ItemParameters.two_parameter([1.0, 1.0, 0.5], [-1.0, 0.0, 1.0]), method)
    assert 1.0 < link.slope < 2.5


@pytest.mark.parametrize("method", CURVES)
def test_one_ability_cannot_give_both_slope_and_intercept(method: LinkMethod) -> None:
    here, there = (ItemParameters.two_parameter([1.2, 0.8], [b, -b]) for b in (0.5, 0.7))
    single = Quadrature(np.zeros(1), np.ones(1))
    with pytest.raises(ParameterError, match="do not determine the link"):
        link_scales(here, there, method, LinkOptions(single, single, is_symmetric=False))


def test_items_far_from_where_anybody_is_give_no_link_by_curves() -> None:
    """At 300 logits all curves are flat, and the start was returned as if it had been found."""
    here, there = (ItemParameters.two_parameter([1.0, 1.0], [b, b + 1.0]) for b in (300.0, -300.0))
    for method in CURVES:
        with pytest.raises(ParameterError, match="do not determine the link"):
            link_scales(here, there, method)


def test_slopes_that_match_single_nodes_are_no_link() -> None:
    """Curves that have nothing in common: least squares shrink the scale to a point between two nodes."""
    here = ItemParameters.two_parameter(
        [2.303809, 2.838974, 2.780674, 1.748506], [-2.049343, 4.040134, -1.127189, 0.767439]
    )
    there = ItemParameters.two_parameter(
        [1.621336, 1.379547, 2.042798, 1.502193], [3.279435, -0.155039, 0.233996, 0.40072]
    )
    with pytest.raises(ParameterError, match="too little in common"):
        link_scales(here, there, LinkMethod.HAEBARA)


@pytest.mark.parametrize(
    "wrong", [-np.eye(8), np.eye(8) + np.triu(np.ones((8, 8)), 1), np.where(np.eye(8) > 0.0, 1.0, 3.0)]
)
def test_what_is_no_covariance_gives_no_standard_error(wrong: FloatArray) -> None:
    here = ItemParameters.two_parameter([1.2, 0.8], [0.5, -0.5])
    with pytest.raises(ParameterError, match="linked_covariance is none"):
        link_scales(here, here, linked_covariance=wrong)


def test_abilities_that_are_no_numbers_are_refused() -> None:
    link = Link(1.0, 0.0, LinkMethod.MEAN_MEAN, np.eye(2))
    for function in (link.abilities, link.error_at):
        with pytest.raises(ParameterError, match="abilities must be finite; 1 are not"):
            function([0.0, np.nan])


@pytest.fixture(scope="module")
def pairs() -> list[list[tuple[ItemParameters, FloatArray]]]:
    """60 times two samples of 700 persons to 16 items: what was estimated of the 8 that they have in common."""
    items = ItemParameters.two_parameter(np.tile([0.9, 1.2, 1.5, 1.1], 4), np.linspace(1.5, -1.5, 16))
    common, found = np.arange(8) * 2, []
    for seed in range(60):
        rng, scales = np.random.default_rng(seed), []
        for mean, sd in ((0.5, 1.2), (0.0, 1.0)):
            answers = simulate_responses(rng.normal(mean, sd, 700), items, np.ones((700, 16), dtype=np.bool_), rng)
            one = calibrate(answers)
            scales.append((one.items.take(common), covariance_for_link(one.covariance, one.items, common)))
        found.append(scales)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_errors_from_two_calibrations_are_the_spread_of_links_between_samples(
    pairs: list[list[tuple[ItemParameters, FloatArray]]], method: LinkMethod
) -> None:
    """Four standard errors of an sd are 37 %."""
    links, errors = [], []
    for (linked, of_linked), (base, of_base) in pairs:
        link = link_scales(linked, base, method, linked_covariance=of_linked, base_covariance=of_base)
        links.append((link.slope, link.intercept))
        errors.append(link.standard_errors)
    assert np.mean(links, axis=0) == pytest.approx([1.2, 0.5], abs=0.05)
    assert np.mean(errors, axis=0) == pytest.approx(np.std(links, axis=0, ddof=1), rel=0.37)
