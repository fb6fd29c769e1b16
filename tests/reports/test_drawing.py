"""Shapes, axes and ticks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reports.drawing import Axis, Drawing, friendly_ticks, shortened, text_width


@given(value=st.floats(-1e6, 1e6), low=st.floats(-100.0, 100.0), length=st.floats(1.0, 1000.0))
def test_nothing_is_drawn_outside_the_axis(value: float, low: float, length: float) -> None:
    axis = Axis(low, low + length, 40.0, 400.0)
    assert 40.0 - 1e-6 <= axis(value) <= 400.0 + 1e-6


def test_an_axis_is_linear() -> None:
    axis = Axis(100.0, 300.0, 0.0, 50.0)
    assert [axis(value) for value in (100.0, 200.0, 300.0)] == [0.0, 25.0, 50.0]


@given(low=st.floats(-1000.0, 1000.0), length=st.floats(0.5, 2000.0), wanted=st.integers(1, 12))
def test_ticks_are_even_inside_the_axis_and_no_more_than_wanted(low: float, length: float, wanted: int) -> None:
    ticks = friendly_ticks(low, low + length, wanted)
    assert len(ticks) <= wanted + 1
    assert all(low - 1e-6 * length <= tick <= low + length * (1.0 + 1e-6) for tick in ticks)
    steps = [b - a for a, b in pairwise(ticks)]
    assert all(step == pytest.approx(steps[0]) for step in steps)


@given(words=st.text(min_size=1, max_size=60), width=st.floats(30.0, 300.0))
def test_a_shortened_label_fits(words: str, width: float) -> None:
    assert text_width(shortened(words, width)) <= width + 1e-9 or shortened(words, width) == words


def test_a_picture_has_a_name_and_words_and_escapes_what_it_is_told() -> None:
    drawing = Drawing(100.0, "p1", "Titel & co", 'Een "beschrijving" <b>')
    drawing.label(1.0, 2.0, "<script>")
    root = etree.fromstring(drawing.svg(50.0))
    title, description = root[0], root[1]
    assert (title.text, description.text) == ("Titel & co", 'Een "beschrijving" <b>')
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert root[2].text == "<script>"
    assert root.get("viewBox") == "0 0 100 50"
