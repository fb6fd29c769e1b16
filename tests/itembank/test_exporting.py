"""Writing items as a package."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import NotInBankError, export_package, import_package, inspect_package, items
from tests.itembank.interaction_samples import GRAPHIC, GRAPHIC_GAP_MATCH, old_spelling

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
STIMULUS = (
    b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="N4-T1" title="De egel">'
    b'<qti-stimulus-body><p>Een egel.</p><img src="../media/egel.svg" alt="egel"/></qti-stimulus-body>'
    b"</qti-assessment-stimulus>"
)
FILES = {"stimuli/T1.xml": STIMULUS, "media/egel.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="5"/></svg>'}
REFERENCE = '<qti-assessment-stimulus-ref identifier="r" href="../stimuli/T1.xml"/>'


def test_what_is_exported_comes_back_as_the_same_versions(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    items_in = {"items/W1.xml": make_item(extra=REFERENCE), "items/W2.xml": make_item("W4-002")}
    import_package(db, make_package({**FILES, **items_in}))
    assert export_package(db, tmp_path / "out.zip") == ("W4-001@1", "W4-002@1")
    report = import_package(db, tmp_path / "out.zip")
    assert report.refused == ()
    assert report.unchanged == ("W4-001@1", "W4-002@1")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        for name, content in {**FILES, **items_in}.items():
            assert archive.read(name) == content


def test_items_on_pictures_come_back_byte_for_byte(db: Session, tmp_path: Path, make_package: MakePackage) -> None:
    drawing = FILES["media/egel.svg"]
    files = {f"items/{sample.name}.xml": sample.xml().encode() for sample in GRAPHIC}
    files |= {
        f"old/{sample.name}.xml": old_spelling(sample.xml()).replace(sample.name, f"o-{sample.name}", 1).encode()
        for sample in GRAPHIC
    }
    pictures = {f"{folder}/{name}.svg": drawing for folder in ("items", "old") for name in ("plan", "stip")}
    imported = import_package(db, make_package({**files, **pictures}))
    assert (imported.refused, imported.n_items) == ((), 8)
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert (report.refused, sorted(report.unchanged)) == ((), sorted(imported.imported))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in files} == files


def test_a_picture_of_a_card_that_is_missing_is_refused(make_package: MakePackage) -> None:
    path = make_package({"a.xml": GRAPHIC_GAP_MATCH.xml().encode(), "plan.svg": FILES["media/egel.svg"]})
    (refused,) = inspect_package(path).refused
    assert [str(problem) for problem in refused.problems] == [
        "a.xml:8: picture: the picture 'stip.svg' is not in the package. Add it or correct the address."
    ]


def test_only_the_items_that_are_asked_for_are_written(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    files = {"items/W1.xml": make_item(extra=REFERENCE), "items/W2.xml": make_item("W4-002")}
    import_package(db, make_package({**FILES, **files}))
    export_package(db, tmp_path / "out.zip", ["W4-002"])
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert sorted(archive.namelist()) == ["imsmanifest.xml", "items/W2.xml"]
    with pytest.raises(NotInBankError, match="W4-009"):
        export_package(db, tmp_path / "other.zip", ["W4-009"])
    assert not (tmp_path / "other.zip").exists()


def test_items_that_came_from_files_of_the_same_name_are_kept_apart(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    import_package(db, make_package({"item.xml": make_item()}, name="one.zip"))
    import_package(db, make_package({"item.xml": make_item("W4-002")}, name="two.zip"))
    export_package(db, tmp_path / "out.zip")
    assert inspect_package(tmp_path / "out.zip").imported == ("W4-001@1", "W4-002@1")


def test_the_same_items_give_the_same_bytes(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}))
    export_package(db, tmp_path / "one.zip")
    export_package(db, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_package_of_others_survives_the_way_through_the_bank(db: Session, tmp_path: Path, shared_data: Path) -> None:
    for name in ("valid-package.zip", "no-metadata.zip"):
        import_package(db, shared_data / "qti" / "kennisnet" / name)
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert report.refused == ()
    assert len(report.unchanged) == len(items(db)) == 93  # 47 and 46
