"""The reporting scale and its file."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import Level, ReportingScale, ScaleError, read_scale

LEVELS = (Level("laag"), Level("midden", 90.0), Level("hoog", 110.0))
logits = st.floats(-6.0, 6.0)


@given(theta=logits, step=st.floats(0.0, 3.0), origin=st.floats(-500, 500), unit=st.floats(0.1, 200.0))
def test_a_difference_in_ability_is_a_difference_in_points(
    theta: float, step: float, origin: float, unit: float
) -> None:
    scale = ReportingScale("t", origin, unit)
    assert scale.score(theta + step) - scale.score(theta) == pytest.approx(scale.error(step), abs=1e-6)


def test_zero_ability_is_the_origin() -> None:
    assert ReportingScale("t", 250.0, 50.0).score(0.0) == 250.0


@pytest.mark.parametrize(
    ("score", "level"), [(-1000.0, "laag"), (89.49, "laag"), (89.6, "midden"), (90.0, "midden"), (110.0, "hoog")]
)
def test_a_level_begins_at_its_cut_score_as_it_is_shown(score: float, level: str) -> None:
    assert ReportingScale("t", 100.0, 15.0, LEVELS).level(score) == level


def test_a_scale_without_levels_has_no_level() -> None:
    assert ReportingScale("t", 100.0, 15.0).level(100.0) == ""


@pytest.mark.parametrize(
    ("levels", "why"),
    [
        ((Level("laag", 10.0),), "lowest level"),
        ((Level("laag"), Level("laag", 10.0)), "name of its own"),
        ((Level("laag"), Level("", 10.0)), "name of its own"),
        ((Level("a"), Level("b", 10.0), Level("c", 10.0)), "rise"),
        ((Level("a"), Level("b", math.nan)), "rise"),
        ((Level("a"), Level("b")), "rise"),
    ],
)
def test_levels_that_make_no_sense_are_refused(levels: tuple[Level, ...], why: str) -> None:
    with pytest.raises(ScaleError, match=why):
        ReportingScale("t", 100.0, 15.0, levels)


@pytest.mark.parametrize(("origin", "unit"), [(0.0, 0.0), (0.0, -1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_a_scale_that_is_no_scale_is_refused(origin: float, unit: float) -> None:
    with pytest.raises(ScaleError, match="unit"):
        ReportingScale("t", origin, unit)


def test_a_scale_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "scale.toml"
    path.write_text(
        'test = "t"\norigin = 100\nunit = 15.5\ndecimals = 1\n'
        '[[level]]\nname = "laag"\n[[level]]\nname = "midden"\ncut = 90\n[[level]]\nname = "hoog"\ncut = 110.0\n'
    )
    assert read_scale(path) == ReportingScale("t", 100.0, 15.5, LEVELS, decimals=1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "test is missing"),
        ('test = "t"\norigin = 1.0\n', "unit is missing"),
        ('test = "t"\norigin = "x"\nunit = 1.0\n', "origin is missing or is not a float"),
        ('test = "t"\norigin = true\nunit = 1.0\n', "origin is missing or is not a float"),
        ('test = "t"\norigin = 1.0\nunit = -1.0\n', "unit a positive one"),
        ('test = "t"\norigin = 1.0\nunit = 1.0\ncolour = 1\n', "unknown keys colour"),
        ('test = "t"\norigin = 1.0\nunit = 1.0\nlevel = 3\n', "list of tables"),
        ('test = "t"\norigin = 1.0\nunit = 1.0\n[[level]]\nname = "a"\nfrom = 1\n', "level 1 may hold"),
        ("test = ", "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, content: str, why: str) -> None:
    path = tmp_path / "scale.toml"
    path.write_text(content)
    with pytest.raises(ScaleError, match=why) as caught:
        read_scale(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScaleError, match=r"nowhere\.toml"):
        read_scale(tmp_path / "nowhere.toml")
