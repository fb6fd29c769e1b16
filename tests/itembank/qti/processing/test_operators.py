"""Every operator against what the QTI information model says of it (IMS QTI 2.2 ASI information model, section 3)."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from itembank.checking import plain
from itembank.errors import RulesError
from itembank.qti.nodes import node_of
from itembank.qti.processing import read_program, run_program

TYPES = {int: "integer", float: "float", str: "string", bool: "boolean"}


def base(value: Any) -> str:
    """Write a constant; None is NULL, a list a multiple, a tuple an ordered container."""
    if value is None:
        return "<null/>"
    if isinstance(value, list | tuple):
        name = "multiple" if isinstance(value, list) else "ordered"
        return f"<{name}>{''.join(map(base, value))}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'<baseValue baseType="{TYPES[type(value)]}">{text}</baseValue>'


def evaluate(expression: str, outcome: str = 'cardinality="single" baseType="float"', seed: int = 0) -> Any:
    """Value of an expression, through the whole interpreter."""
    xml = (
        f'<assessmentItem><outcomeDeclaration identifier="OUT" {outcome}/><responseProcessing>'
        f'<setOutcomeValue identifier="OUT">{expression}</setOutcomeValue></responseProcessing></assessmentItem>'
    )
    program = read_program(node_of(child) for child in etree.fromstring(xml))
    return plain(run_program(program, {}, seed=seed).values["OUT"])


def apply(name: str, /, *operands: Any, **attributes: str) -> Any:
    """Value of one operator on constants."""
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    kind = "boolean" if name in LOGICAL else "float"
    return evaluate(
        f"<{name}{written}>{''.join(map(base, operands))}</{name}>", f'cardinality="single" baseType="{kind}"'
    )


LOGICAL_NAMES = (
    "and or not anyN isNull match equal equalRounded lt lte gt gte member contains stringMatch substring patternMatch "
    "durationLT durationGTE inside"
)
LOGICAL = set(LOGICAL_NAMES.split())


@pytest.mark.parametrize(
    ("name", "operands", "truth"),
    [
        ("and", (True, True), True),
        ("and", (True, None), None),
        ("and", (False, None), False),
        ("or", (False, False), False),
        ("or", (False, None), None),
        ("or", (True, None), True),
        ("not", (True,), False),
        ("not", (None,), None),
        ("isNull", (None,), True),
        ("isNull", ("",), True),
        ("isNull", ([],), True),
        ("isNull", (0,), False),
        ("match", (1, 1.0), True),
        ("match", (["A", "B"], ["B", "A"]), True),
        ("match", (("A", "B"), ("B", "A")), False),
        ("match", (None, 1), None),
        ("match", ("hond", "Hond"), False),
        ("lt", (1, 2), True),
        ("lte", (2, 2), True),
        ("gt", (2, 2), False),
        ("gte", (2, 2), True),
        ("gt", (None, 2), None),
        ("member", ("A", ["A", "B"]), True),
        ("member", ("C", ["A", "B"]), False),
        ("contains", (["A", "B", "B"], ["B", "A"]), True),
        ("contains", (["A", "B"], ["B", "B"]), False),
        ("contains", (("A", "B", "C"), ("B", "C")), True),
        ("contains", (("A", "B", "C"), ("A", "C")), False),
    ],
)
def test_truths_have_three_values(name: str, operands: tuple[Any, ...], truth: bool | None) -> None:
    assert apply(name, *operands) is truth


@pytest.mark.parametrize(
    ("truths", "low", "high", "truth"),
    # the information model: TRUE if at least min and at most max are TRUE; NULL if NULLs leave it open
    [
        ((True, True, False), 1, 2, True),
        ((True, True, True), 1, 2, False),
        ((True, None, False), 2, 3, None),
        ((True, None, False), 3, 3, False),
        ((True, None, True), 1, 3, True),
    ],
)
def test_any_n_counts_what_is_sure(truths: tuple[bool | None, ...], low: int, high: int, truth: bool | None) -> None:
    assert apply("anyN", *truths, min=str(low), max=str(high)) is truth


@pytest.mark.parametrize(
    ("name", "operands", "number"),
    [
        ("sum", (1, 2, 3.5), 6.5),
        ("sum", ([1, 2], 3), 6),
        ("sum", (1, None), None),
        ("product", (2, 3, 4), 24),
        ("subtract", (2, 5), -3),
        ("divide", (7, 2), 3.5),
        ("divide", (1, 0), None),
        ("power", (2, 10), 1024),
        ("power", (-8, 0.5), None),
        ("power", (10.0, 1000), None),
        ("integerDivide", (7, 2), 3),
        ("integerDivide", (-7, 2), -4),
        ("integerDivide", (7, 0), None),
        ("integerModulus", (7, 3), 1),
        ("integerModulus", (-7, 3), 2),
        ("truncate", (6.8,), 6),
        ("truncate", (-6.8,), -6),
        ("round", (6.5,), 7),
        ("round", (-6.5,), -6),
        ("round", (6.49,), 6),
        ("min", (3, 1, 2), 1),
        ("max", ([3, 1], 7), 7),
        ("gcd", (12, 18, 27), 3),
        ("lcm", (4, 6, 10), 60),
        ("containerSize", (["A", "B", "B"],), 3),
        ("containerSize", (None,), 0),
    ],
)
def test_arithmetic_and_its_nulls(name: str, operands: tuple[Any, ...], number: float | None) -> None:
    assert apply(name, *operands) == number


@pytest.mark.parametrize(
    ("name", "x", "number"),
    [
        ("sin", 0.0, 0.0),
        ("cos", math.pi, -1.0),
        ("sec", 0.0, 1.0),
        ("acos", 2.0, None),
        ("ln", 0.0, None),
        ("log", 1000.0, 3.0),
        ("exp", 1.0, math.e),
        ("exp", 1e6, None),
        ("abs", -2.5, 2.5),
        ("signum", -3.0, -1),
        ("floor", -1.5, -2),
        ("ceil", -1.5, -1),
        ("toDegrees", math.pi, 180.0),
        ("toRadians", 180.0, math.pi),
        ("csc", 0.0, None),
    ],
)
def test_mathematical_functions_are_null_outside_their_domain(name: str, x: float, number: float | None) -> None:
    got = apply("mathOperator", x, name=name)
    assert got == (None if number is None else pytest.approx(number))


@pytest.mark.parametrize(
    ("x", "y", "mode", "figures", "truth"),
    # the second to the fifth are the information model's own examples
    [
        (1.56, 1.6, "significantFigures", 2, True),
        (3.175, 3.183, "significantFigures", 3, True),
        (3.175, 3.1749, "significantFigures", 3, False),
        (1.68572, 1.69, "decimalPlaces", 2, True),
        (1.68572, 1.68432, "decimalPlaces", 2, False),
        (0.0, 0.0, "significantFigures", 0, None),
    ],
)
def test_numbers_are_compared_after_rounding(x: float, y: float, mode: str, figures: int, truth: bool | None) -> None:
    assert apply("equalRounded", x, y, roundingMode=mode, figures=str(figures)) is truth


@pytest.mark.parametrize(
    ("x", "mode", "figures", "number"),
    [
        (1239451.0, "significantFigures", 3, 1240000.0),
        (12.1257, "significantFigures", 3, 12.1),
        (0.00012345, "significantFigures", 3, 0.000123),
        (2.345, "decimalPlaces", 2, 2.35),
        (-2.345, "decimalPlaces", 2, -2.35),
    ],
)
def test_round_to_keeps_figures_or_places(x: float, mode: str, figures: int, number: float) -> None:
    assert apply("roundTo", x, roundingMode=mode, figures=str(figures)) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("y", "attributes", "truth"),
    [
        (10.5, {"toleranceMode": "absolute", "tolerance": "0.5"}, True),
        (10.5, {"toleranceMode": "absolute", "tolerance": "0.5", "includeUpperBound": "false"}, False),
        (9.4, {"toleranceMode": "absolute", "tolerance": "0.5"}, False),
        (9.0, {"toleranceMode": "relative", "tolerance": "10"}, True),
        (11.5, {"toleranceMode": "relative", "tolerance": "10 15"}, True),
        (8.9, {"toleranceMode": "relative", "tolerance": "10 15"}, False),
        (10.0, {}, True),
        (10.1, {"toleranceMode": "exact"}, False),
        (10.0, {"toleranceMode": "absolute", "tolerance": "veel"}, None),
    ],
)
def test_equal_knows_tolerances_round_the_first_operand(
    y: float, attributes: dict[str, str], truth: bool | None
) -> None:
    assert apply("equal", 10.0, y, **attributes) is truth


@pytest.mark.parametrize(
    ("name", "operands", "attributes", "truth"),
    [
        ("stringMatch", ("Hond", "hond"), {"caseSensitive": "false"}, True),
        ("stringMatch", ("Hond", "hond"), {"caseSensitive": "true"}, False),
        ("stringMatch", ("hondenhok", "hok"), {"caseSensitive": "true", "substring": "true"}, True),
        ("stringMatch", (None, "hok"), {"caseSensitive": "true"}, None),
        ("substring", ("hok", "hondenhok"), {"caseSensitive": "true"}, True),
        ("patternMatch", ("ab12",), {"pattern": "[a-z]+[0-9]+"}, True),
        ("patternMatch", ("xab12",), {"pattern": "ab12"}, False),
        ("patternMatch", (None,), {"pattern": "ab"}, None),
    ],
)
def test_texts(name: str, operands: tuple[Any, ...], attributes: dict[str, str], truth: bool | None) -> None:
    assert apply(name, *operands, **attributes) is truth


@pytest.mark.parametrize(
    ("shape", "coords", "inside", "outside"),
    [
        ("rect", "0,0,10,10", "10 10", "11 10"),
        ("circle", "5,5,2", "7 5", "7 6"),
        ("ellipse", "0,0,4,2", "4 0", "4 1"),
        ("poly", "0,0,10,0,0,10", "2 2", "8 8"),
        ("default", "", "999 999", ""),
    ],
)
def test_points_in_shapes(shape: str, coords: str, inside: str, outside: str) -> None:
    def hit(point: str) -> Any:
        constant = f'<baseValue baseType="point">{point}</baseValue>'
        kind = 'cardinality="single" baseType="boolean"'
        return evaluate(f'<inside shape="{shape}" coords="{coords}">{constant}</inside>', kind)

    assert hit(inside) is True
    assert not outside or hit(outside) is False


def test_containers_are_taken_apart() -> None:
    text = 'cardinality="single" baseType="string"'
    assert evaluate(f'<index n="2">{base(("A", "B"))}</index>', text) == "B"
    assert evaluate(f'<index n="3">{base(("A", "B"))}</index>', text) is None
    several = 'cardinality="ordered" baseType="string"'
    assert evaluate(f"<delete>{base('A')}{base(('A', 'B', 'A'))}</delete>", several) == ["B"]
    assert evaluate(f'<repeat numberRepeats="2">{base("A")}{base("B")}</repeat>', several) == ["A", "B", "A", "B"]


def test_statistics_of_a_container() -> None:
    data = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]  # the textbook set with mean 5 and population SD 2
    assert apply("statsOperator", data, name="mean") == pytest.approx(5.0)
    assert apply("statsOperator", data, name="popSD") == pytest.approx(2.0)
    assert apply("statsOperator", data, name="sampleVariance") == pytest.approx(32.0 / 7.0)
    assert apply("statsOperator", [1.0], name="sampleSD") is None


@given(seed=st.integers(0, 2**32 - 1))
def test_random_draws_stay_in_range_and_repeat_for_the_same_seed(seed: int) -> None:
    expression = '<randomInteger min="2" max="11" step="3"/>'
    drawn = evaluate(expression, seed=seed)
    assert drawn in (2, 5, 8, 11)
    assert drawn == evaluate(expression, seed=seed)
    assert 1.0 <= evaluate('<randomFloat min="1" max="2"/>', seed=seed) < 2.0


@pytest.mark.parametrize("pattern", ["a" * 201, "[", "(a)\\1", "(?=a)b", "a*+b", "(" * 21 + "a" + ")" * 21])
def test_a_pattern_that_is_none_or_looks_about_is_refused_when_it_is_read(pattern: str) -> None:
    with pytest.raises(RulesError, match="pattern"):
        apply("patternMatch", "aaaa", pattern=pattern)


def test_a_pattern_that_only_comes_up_later_is_bounded_too() -> None:
    """Tried out in full, either would take longer than the time that a test is given."""
    kind = 'cardinality="single" baseType="boolean"'
    assert evaluate(f"<patternMatch>{base('a' * 90)}{base('(a+)+b')}</patternMatch>", kind) is False
    assert evaluate(f"<patternMatch>{base('a' * 99)}{base('a*a*a*a*b')}</patternMatch>", kind) is False


NAMES = (
    "sum product divide power integerModulus equal match lt member contains stringMatch gcd lcm round and or index "
    "delete substring durationLT not truncate"
)
CONSTANTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "A", "3,5", "é"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=300)
@given(name=st.sampled_from(NAMES.split()), operands=st.lists(CONSTANTS, max_size=3))
def test_no_operands_make_an_operator_fail(name: str, operands: list[Any]) -> None:
    value = apply(name, *operands)
    assert value is None or not isinstance(value, float) or math.isfinite(value)
