"""Lengths in formulas: what authors use stays, what draws over something else goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from itembank import read_item
from itembank.lengths import reaches_too_far
from itembank.rendering import render_item
from tests.itembank.hostile.drawings import REACHING, _math
from tests.itembank.hostile.making import shown


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("width", "0.2em"),
        ("width", "-0.1667em"),  # the negative thin space of TeX
        ("width", "100%"),
        ("width", "12px"),
        ("lspace", "0"),
        ("lspace", "thickmathspace"),
        ("mathsize", "big"),
        ("mathsize", "80%"),
        ("linethickness", "0"),
        ("linethickness", "thin"),
        ("maxsize", "infinity"),
        ("scriptlevel", "+1"),
        ("columnspacing", "1em 0.5em 3pt"),
        ("alttext", "-99999em"),  # words
        ("columnalign", "left"),
    ],
)
def test_what_formulas_need_stays(attribute: str, value: str) -> None:
    assert not reaches_too_far(attribute, value)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("width", "-1.01em"),
        ("width", "31em"),
        ("width", "500px"),
        ("width", "1e9em"),
        ("width", "calc(100vw)"),
        ("width", "100vw"),
        ("width", "0000000001em"),
        ("width", "1em\\66"),
        ("voffset", "2.5in"),
        ("voffset", "+900%"),
        ("mathsize", "0"),  # nobody could read it
        ("mathsize", "1000%"),
        ("scriptlevel", "-9"),
        ("columnspacing", "1em 99em"),
        ("lspace", "-\u0661em"),  # a digit, but not of ours
    ],
)
def test_what_draws_over_something_else_goes(attribute: str, value: str) -> None:
    assert reaches_too_far(attribute, value)


@given(number=st.floats(-1e6, 1e6, allow_nan=False), unit=st.sampled_from(["px", "pt", "mm", "cm", "in", "pc"]))
def test_a_length_is_judged_by_what_css_says_it_is(number: float, unit: str) -> None:
    """Oracle: absolute lengths of CSS Values 4, section 6.2, at 16 pixels a letter."""
    pixels = {"px": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "pc": 16.0}[unit] * number
    far = not -16.0 <= pixels <= 30 * 16.0
    if abs(pixels + 16.0) > 0.01 and abs(pixels - 480.0) > 0.01:
        assert reaches_too_far("width", f"{number:.6f}{unit}") == far


@pytest.mark.parametrize("name", [name for name in REACHING if not name.startswith("many")])
def test_a_length_that_is_left_out_is_told_with_its_line(name: str) -> None:
    item = read_item(shown(_math(REACHING[name])).encode(), file="item.xml")
    told = [warning for warning in item.warnings if "draw outside the formula" in warning.why]
    assert told
    assert all(warning.line > 1 for warning in told)
    attributes = {key for one in html.fromstring(render_item(item).html).iter("*") for key in one.attrib}
    assert not attributes & {"voffset", "lspace", "width", "height", "mathsize", "scriptlevel", "minsize"}
