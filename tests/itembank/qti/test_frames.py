"""The shape of a picture, beside the one that its places are counted on."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from itembank.qti.package import read_package
from tests.itembank.interaction_samples import GRAPHIC, HOTSPOT, Sample

MakePackage = Callable[..., Path]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}><circle r="5"/></svg>'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"


def warned(make_package: MakePackage, sample: Sample, picture: bytes) -> list[str]:
    """Read an item on this picture."""
    package = read_package(make_package({"a.xml": sample.xml().encode(), "plan.svg": picture, "stip.svg": picture}))
    assert package.refused == ()
    return [str(problem) for problem in package.warnings]


@pytest.mark.parametrize("sample", GRAPHIC, ids=lambda sample: sample.name)
def test_a_picture_of_another_shape_is_said_with_its_line(make_package: MakePackage, sample: Sample) -> None:
    (told,) = warned(make_package, sample, SVG.format('viewBox="0 0 300 200"').encode())
    assert told.startswith("a.xml:")
    assert "the picture measures 300 by 200, and its places are counted on 200 by 100" in told


@pytest.mark.parametrize(
    "picture",
    [
        SVG.format('viewBox="0 0 400 200"').encode(),
        SVG.format('viewBox="0,0,401,200" width="10" height="90"').encode(),
        SVG.format('width="50px" height="25px"').encode(),
        SVG.format('width="100%" height="100%"').encode(),  # takes any shape
        SVG.format('viewBox="alles"').encode(),
        SVG.format("").encode(),
        PNG + struct.pack(">LL", 1000, 500),
    ],
)
def test_the_same_shape_larger_or_smaller_is_well(make_package: MakePackage, picture: bytes) -> None:
    assert warned(make_package, HOTSPOT, picture) == []


def test_photographs_are_measured_too(make_package: MakePackage) -> None:
    (told,) = warned(make_package, HOTSPOT, PNG + struct.pack(">LL", 500, 500))
    assert "measures 500 by 500" in told
