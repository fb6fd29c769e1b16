"""Reading whole packages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from itembank import Interaction, PackageError, inspect_package
from itembank.qti.package import read_package

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="5"/></svg>'
STIMULUS = (
    b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="N4-T1" title="De egel">'
    b'<qti-stimulus-body><p>Een egel.</p><img src="../media/egel.svg" alt="egel"/></qti-stimulus-body>'
    b"</qti-assessment-stimulus>"
)
REFERENCE = '<qti-assessment-stimulus-ref identifier="ref-1" href="../stimuli/T1.xml"/>'


def test_items_passages_and_pictures_find_each_other(make_package: MakePackage, make_item: MakeItem) -> None:
    files = {"items/W1.xml": make_item(extra=REFERENCE), "stimuli/T1.xml": STIMULUS, "media/egel.svg": SVG}
    package = read_package(make_package(files))
    assert package.refused == ()
    assert [(item.stimulus, item.metadata.area) for item in package.items] == [("N4-T1", "bewerkingen")]
    (passage,) = package.stimuli
    assert passage.media == {"../media/egel.svg": next(iter(package.media))}


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"items/W1.xml": None, "media/egel.svg": SVG}, "its passage '../stimuli/T1.xml' is not in the package"),
        ({"items/W1.xml": None, "stimuli/T1.xml": STIMULUS}, "the picture '../media/egel.svg' is not in the package"),
        ({"stimuli/T1.xml": STIMULUS, "media/egel.svg": b"MZ\x90"}, "neither PNG, JPEG, GIF nor SVG"),
        ({"stimuli/T1.xml": STIMULUS, "media/egel.svg": b"\x89PNG\r\n\x1a\n" + b"0" * 2_000_000}, "at most 2 MB"),
    ],
)
def test_what_is_missing_or_unfit_is_named(
    make_package: MakePackage, make_item: MakeItem, files: dict[str, bytes | None], why: str
) -> None:
    written = {name: make_item(extra=REFERENCE) if content is None else content for name, content in files.items()}
    package = read_package(make_package(written))
    assert why in str(package.refused[0].problems[0])
    n_xml = sum(name.endswith(".xml") for name in files)
    assert len(package.items) + len(package.stimuli) + len(package.refused) == n_xml


def test_a_file_that_only_the_manifest_knows_is_refused(make_package: MakePackage, make_item: MakeItem) -> None:
    manifest = (
        b'<manifest xmlns="x"><resources>\n<resource identifier="R1" type="imsqti_item_xmlv3p0" href="lost.xml"/>\n'
        b'<resource identifier="R2" type="imsqti_item_xmlv2p1" href="../../etc/passwd"/>\n'
        b'<resource identifier="R3" type="imsqti_item_xmlv2p2" href="W1.xml"/>\n'
        b'<resource identifier="R4" type="imsqti_portfolio_xmlv3p0" href="S.xml"/>\n'
        b'<resource identifier="R5" type="imsqti_section_xmlv3p0" href="S.xml"/></resources></manifest>'
    )
    package = read_package(make_package({"W1.xml": make_item()}, manifest=manifest))
    problems = [str(refused.problems[0]) for refused in package.refused]
    assert len(package.items) == 1
    assert problems[0].startswith("imsmanifest.xml:2: file: the file 'lost.xml' of resource 'R1' is not in the package")
    assert problems[1].startswith("imsmanifest.xml:3: file: the file '../../etc/passwd' of resource 'R2' is not in")
    assert "resources of type 'imsqti_portfolio_xmlv3p0' are not supported" in problems[2]
    assert problems[3].startswith("imsmanifest.xml:6: file: the file 'S.xml' of resource 'R5' is not in the package")


def test_things_that_share_an_identifier_are_all_refused(make_package: MakePackage, make_item: MakeItem) -> None:
    package = read_package(make_package({"a.xml": make_item(), "b.xml": make_item(), "c.xml": make_item("W4-002")}))
    assert [item.identifier for item in package.items] == ["W4-002"]
    assert [refused.name for refused in package.refused] == ["a.xml", "b.xml"]
    assert "2 files of the package have this identifier" in str(package.refused[0].problems[0])


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (b"<manifest><resources/></manifest>", "it names no resources"),
        (b"<resources/>", "it names no resources"),
        (b"<manifest>", "not well-formed"),
        (b"<!DOCTYPE manifest><manifest/>", "a document type or entity is declared"),
        (b'<manifest><resource identifier="R" type="webcontent" href="x.css"/></manifest>', "it holds no QTI item"),
    ],
)
def test_a_manifest_that_says_nothing_is_refused(make_package: MakePackage, manifest: bytes, why: str) -> None:
    with pytest.raises(PackageError, match=why):
        read_package(make_package({}, manifest=manifest))


def test_a_zip_without_manifest_is_no_package(make_package: MakePackage) -> None:
    path = make_package({})
    path.write_bytes(path.read_bytes().replace(b"imsmanifest.xml", b"imsmanifist.xml"))
    with pytest.raises(PackageError, match=r"has no imsmanifest\.xml at its top, so it is no QTI package"):
        read_package(path)


def test_a_folder_without_manifest_is_read_item_by_item(tmp_path: Path, make_item: MakeItem) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "item.xml").write_bytes(make_item())
    (tmp_path / "broken.xml").write_bytes(b"<qti-assessment-item>")
    (tmp_path / "style.xml").write_bytes(b"<stylesheet/>")
    (tmp_path / "test.xml").write_bytes(b"<qti-assessment-test/>")
    report = inspect_package(tmp_path)
    assert report.imported == ("W4-001@1",)
    assert [refused.name for refused in report.refused] == ["broken.xml", "test.xml"]


def test_one_file_is_a_package_too(tmp_path: Path, make_item: MakeItem) -> None:
    (tmp_path / "W1.xml").write_bytes(make_item(body='<p><img src="x.svg" alt=""/></p>', declarations="", rules=""))
    (tmp_path / "x.svg").write_bytes(SVG)
    package = read_package(tmp_path / "W1.xml")
    assert len(package.items) == len(package.media) == 1


def test_the_valid_package_of_kennisnet_is_taken_whole(shared_data: Path) -> None:
    package = read_package(shared_data / "qti" / "kennisnet" / "valid-package.zip")
    kinds = Counter(item.interactions for item in package.items)
    assert package.refused == ()
    assert kinds[(Interaction.CHOICE,)] == 30
    assert kinds[(Interaction.EXTENDED_TEXT,)] == 15
    assert kinds[()] == 2  # QUE_37_1 and QUE_38_1 have no interaction in their bodies
    assert {item.obstacle for item in package.items if Interaction.CHOICE in item.interactions} == {""}
    assert len(package.media) == 24  # the different jpg files of its manifest


def test_inline_metadata_do_not_disturb(shared_data: Path) -> None:
    package = read_package(shared_data / "qti" / "kennisnet" / "no-metadata.zip")
    kinds = Counter(item.interactions for item in package.items)
    assert package.refused == ()
    assert (kinds[(Interaction.CHOICE,)], kinds[(Interaction.EXTENDED_TEXT,)]) == (12, 18)
    assert sum(kinds.values()) == 46


def test_an_interaction_without_rules_is_refused_for_that_alone(shared_data: Path) -> None:
    package = read_package(shared_data / "qti" / "kennisnet" / "no-response-processing.zip")
    refused, test = package.refused
    assert (package.items, package.tests) == ((), ())
    (unscored,) = map(str, refused.problems)
    assert "response processing: it is empty" in unscored
    (incomplete,) = map(str, test.problems)
    assert f"its item '{refused.name}' was refused" in incomplete


def test_all_of_pie_qti_is_imported_or_refused_by_name(shared_data: Path) -> None:
    report = inspect_package(shared_data / "qti" / "pie-qti")
    assert len(report.imported) + len(report.refused) == 45
    wanted = "choiceInteraction", "textEntryInteraction", "inlineChoiceInteraction"
    for refused in report.refused:
        source = (shared_data / "qti" / "pie-qti" / refused.name).read_text()
        named = " ".join(str(problem) for problem in refused.problems)
        assert "template" in source or not any(name in source for name in wanted), named
