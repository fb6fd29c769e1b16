"""An item that weighs too much for a classroom is refused at import, with what weighs most."""

from __future__ import annotations

import gzip
import random
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import Arrival, PartlyRefusedError, WeightBudget, count_items, import_package, inspect_package
from itembank.qti.package import read_package
from itembank.rendering import render_item
from itembank.weighing import DEFAULT_BUDGET, weigh
from tests.itembank.sounds import FRAME

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]


def png(size: int, seed: int = 0) -> bytes:
    """Return a PNG of one pixel and that many bytes, which do not deflate."""
    head = struct.pack(">LLBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0\0")), (b"noIs", b""), (b"IEND", b"")]
    bare = sum(12 + len(content) for _, content in chunks) + 8
    chunks[2] = (b"noIs", random.Random(seed).randbytes(size - bare))
    packed = [
        struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))
        for kind, content in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def with_pictures(make_item: MakeItem, *names: str, identifier: str = "W4-001") -> bytes:
    """Return an item with pictures, one on a line."""
    images = "\n".join(f'<p><img src="{name}" alt=""/></p>' for name in names)
    entry = '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
    key = (
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"><qti-correct-response>'
        "<qti-value>ja</qti-value></qti-correct-response></qti-response-declaration>"
    )
    return make_item(identifier, body=f"{images}{entry}", declarations=key)


def test_a_weight_is_the_text_as_it_is_sent_and_each_picture_once(
    make_item: MakeItem, make_package: MakePackage
) -> None:
    files = {"i.xml": with_pictures(make_item, "a.png", "b.png", "copy.png"), "a.png": png(3000), "copy.png": png(3000)}
    package = read_package(make_package({**files, "b.png": png(5000)}))
    (item,) = package.items
    weight = weigh(item, None, package.media.sizes)
    own = len(gzip.compress(render_item(item).html.encode(), 6))
    assert (weight.fragment, weight.requests, weight.total) == (own, 2, own + 8000)
    assert max(weight.parts, key=weight.parts.__getitem__) == "the picture b.png"


def test_a_heavy_item_is_refused_with_what_weighs_most(make_item: MakeItem, make_package: MakePackage) -> None:
    heavy = {"a.png": png(390_000), "b.png": png(9_000)}
    light = {"light.xml": with_pictures(make_item, "a.png", identifier="W4-002")}
    path = make_package({"i.xml": with_pictures(make_item, "b.png", "a.png"), **light, **heavy})
    assert inspect_package(path, WeightBudget(total=400_000)).refused == ()
    report = inspect_package(path, WeightBudget(total=399_000))
    (problem,) = (problem for refused in report.refused for problem in refused.problems)
    assert (problem.file, problem.line) == ("i.xml", 7)
    assert problem.what == "item W4-001: weight"
    assert "and at most 399.0 kB is sent; the picture a.png weighs most, 390.0 kB" in problem.why
    assert report.imported == ("W4-002@1",)


def test_too_many_pictures_and_too_long_a_text_are_refused(make_item: MakeItem, make_package: MakePackage) -> None:
    names = [f"p{number}.png" for number in range(11)]
    pictures = {name: png(100 + number) for number, name in enumerate(names)}
    noise = random.Random(1).randbytes(16_000).hex()
    words = " ".join(noise[at : at + 8] for at in range(0, len(noise), 8))
    long = make_item("W4-002", body=f"<p>{words}</p>{TEXT}")
    report = inspect_package(make_package({"i.xml": with_pictures(make_item, *names), "long.xml": long, **pictures}))
    many, text = (problem.why for refused in report.refused for problem in refused.problems)
    assert many.startswith("it asks for 11 pictures, and at most 10 are sent")
    assert text.startswith("its own text weighs ")
    assert text.endswith("and at most 15.0 kB is sent")


TEXT = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-simple-choice identifier="A">a'
    '</qti-simple-choice><qti-simple-choice identifier="B">b</qti-simple-choice></qti-choice-interaction>'
)


def with_recordings(make_item: MakeItem, *names: str, identifier: str = "W4-001") -> bytes:
    """Return an item with recordings, one on a line."""
    return make_item(identifier, body="\n".join(f'<audio src="{name}"/>' for name in names) + TEXT)


def test_recordings_have_limits_of_their_own_in_bytes_and_in_number(
    make_item: MakeItem, make_package: MakePackage
) -> None:
    sounds = {f"{number}.mp3": FRAME + bytes([number]) * 499_000 for number in range(4)}
    few = {f"s{number}.mp3": FRAME + bytes([number]) for number in range(7)}
    items = {
        "three.xml": with_recordings(make_item, "0.mp3", "1.mp3", "2.mp3", "0.mp3", identifier="drie"),
        "four.xml": with_recordings(make_item, "0.mp3", *sounds, identifier="vier"),
        "six.xml": with_recordings(make_item, *list(few)[:6], identifier="zes"),
        "seven.xml": with_recordings(make_item, *few, identifier="zeven"),
    }
    path = make_package({**items, **sounds, **few})
    report = inspect_package(path)
    assert report.imported == ("zes@1", "drie@1")
    heavy, many = (problem for refused in report.refused for problem in refused.problems)
    assert (heavy.file, heavy.line) == ("four.xml", 10)
    assert heavy.why == (
        "its recordings weigh 1997.7 kB, and at most 1500.0 kB are sent; the recording 3.mp3 weighs most, 499.4 kB"
    )
    assert many.why.startswith("it asks for 7 recordings, and at most 6 are sent")
    assert "four.xml" not in str(inspect_package(path, WeightBudget(recordings=2_000_000)).refused)


def test_the_recordings_of_a_passage_count_for_its_items(make_item: MakeItem, make_package: MakePackage) -> None:
    passage = (
        '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S-1" title="Tekst">'
        '<qti-stimulus-body><audio src="a.mp3"/></qti-stimulus-body></qti-assessment-stimulus>'
    )
    link = '<qti-assessment-stimulus-ref identifier="S-1" href="stimulus.xml"/>'
    sound = FRAME + bytes(1_600_000)
    files = {"i.xml": make_item(extra=link), "stimulus.xml": passage.encode(), "a.mp3": sound}
    (one,) = inspect_package(make_package(files)).refused
    assert [(problem.file, problem.line) for problem in one.problems] == [("i.xml", 5)]
    assert "the recording a.mp3 weighs most" in one.problems[0].why


def test_an_import_keeps_to_the_budget_that_it_is_given(
    db: Session, make_item: MakeItem, make_package: MakePackage
) -> None:
    path = make_package({"i.xml": with_pictures(make_item, "a.png"), "a.png": png(DEFAULT_BUDGET.total)})
    with pytest.raises(PartlyRefusedError, match=r"i\.xml:6: item W4-001: weight: it weighs 400\.\d kB in all"):
        import_package(db, path)
    assert count_items(db) == 0
    import_package(db, path, arrival=Arrival(budget=WeightBudget(total=500_000)))
    assert count_items(db) == 1


def test_real_packages_are_within_the_budget(shared_data: Path) -> None:
    folder = shared_data / "qti" / "kennisnet"
    assert inspect_package(folder / "valid-package.zip").refused == ()


def test_a_long_passage_is_weighed_once_however_many_items_stand_beside_it(
    make_item: MakeItem, make_package: MakePackage
) -> None:
    passage = (
        '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S-1" title="Tekst">'
        f"<qti-stimulus-body><div>{'<p>x</p>' * 19_900}</div></qti-stimulus-body></qti-assessment-stimulus>"
    )
    link = '<qti-assessment-stimulus-ref identifier="S-1" href="stimulus.xml"/>'
    items = {f"i{number}.xml": make_item(f"W4-{number}", extra=link) for number in range(8)}
    path = make_package({**items, "stimulus.xml": passage.encode()})
    before = time.process_time()
    report = inspect_package(path)
    assert (len(report.imported), report.refused) == (9, ())  # with the passage
    assert time.process_time() - before < 4.0  # seconds; each passage anew, and counting children, took 15
