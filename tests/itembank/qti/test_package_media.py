"""Pictures of a package stay in the package until they are stored."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, select

from itembank import PackageError, import_package
from itembank.qti.package import read_package
from itembank.tables import StoredMedia
from tests.itembank.test_weighing import png, with_pictures

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
N_PICTURES, SIZE = 60, 300_000


def test_a_package_of_many_pictures_is_imported_without_holding_them(
    db: Session, make_item: MakeItem, make_package: MakePackage
) -> None:
    files = {}
    for number in range(N_PICTURES):
        name = f"p{number}.png"
        files[f"i{number}.xml"] = with_pictures(make_item, name, identifier=f"W-{number}")
        files[name] = png(SIZE, number)
    path = make_package(files)
    del files
    tracemalloc.start()
    report = import_package(db, path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(report.imported), report.refused) == (N_PICTURES, ())
    assert len(db.exec(select(StoredMedia.sha256)).all()) == N_PICTURES
    assert peak < N_PICTURES * SIZE / 2  # 18 MB of pictures


def test_a_picture_that_is_changed_meanwhile_is_not_taken(tmp_path: Path, make_item: MakeItem) -> None:
    (tmp_path / "i.xml").write_bytes(with_pictures(make_item, "a.png"))
    (tmp_path / "a.png").write_bytes(png(1000))
    package = read_package(tmp_path)
    (name,) = package.media
    assert package.media[name].content == png(1000)
    (tmp_path / "a.png").write_bytes(png(1000, seed=1))
    with pytest.raises(PackageError, match=r"a\.png: picture: it was changed while the package was read"):
        package.media[name]
    (tmp_path / "a.png").unlink()
    with pytest.raises(PackageError, match="it was changed"):
        list(package.media.read([name]))


def test_what_is_taken_out_of_a_drawing_is_told_once_at_the_line_that_shows_it(
    make_item: MakeItem, make_package: MakePackage
) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script/><circle r="1"/></svg>'
    items = {f"i{number}.xml": with_pictures(make_item, "a.svg", identifier=f"W-{number}") for number in range(2)}
    warnings = read_package(make_package({**items, "a.svg": drawing})).warnings
    assert [str(problem) for problem in warnings] == [
        "i0.xml:6: picture a.svg: taken out of the drawing: element script. Nothing to do if it looks right."
    ]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"%PDF-1.7", "i.xml:6: picture a.svg: it is neither"),
        (b"<svg>\n<g></svg>", "a.svg:2: XML: not well-formed"),
        (b"\x89PNG\r\n\x1a\n", "i.xml:6: picture a.svg: its size cannot be read"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_at_its_own_line_or_where_it_is_asked_for(
    make_item: MakeItem, make_package: MakePackage, content: bytes, place: str
) -> None:
    package = read_package(make_package({"i.xml": with_pictures(make_item, "a.svg"), "a.svg": content}))
    assert str(package.refused[0].problems[0]).startswith(place)
