from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from itembank import read_framework
from itembank.demo import build_framework, build_package, design_files, read_catalogue

PACKAGE = "{http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1}"
LOM = "{http://ltsc.ieee.org/xsd/LOM}"


def manifest(path: Path) -> etree._Element:
    """Root of the manifest."""
    with zipfile.ZipFile(path) as archive:
        return etree.fromstring(archive.read("imsmanifest.xml"))


def test_the_package_is_the_same_to_the_last_byte_whenever_it_is_made(tmp_path: Path) -> None:
    assert build_package(tmp_path / "one.zip").read_bytes() == build_package(tmp_path / "two.zip").read_bytes()


def test_the_manifest_lists_what_is_in_the_package_and_nothing_else(tmp_path: Path) -> None:
    path = build_package(tmp_path / "bank.zip")
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist()) - {"imsmanifest.xml"}
    resources = manifest(path).findall(f".//{PACKAGE}resource")
    assert {resource.get("href") for resource in resources} == names
    identifiers = [resource.get("identifier") for resource in resources]
    assert len(set(identifiers)) == len(identifiers)
    needed = {need.get("identifierref") for need in manifest(path).iter(f"{PACKAGE}dependency")}
    assert needed <= set(identifiers)


def test_every_item_carries_its_goal_area_language_and_licence(tmp_path: Path) -> None:
    root = manifest(build_package(tmp_path / "bank.zip"))
    catalogue = {entry.identifier: entry for entry in read_catalogue()}
    described = {}
    for resource in root.findall(f".//{PACKAGE}resource"):
        lom = resource.find(f"{PACKAGE}metadata/{LOM}lom")
        if lom is not None:
            words = [text.text for text in lom.iter(f"{LOM}string")]
            described[resource.get("identifier")] = (words, lom.findtext(f".//{LOM}taxon/{LOM}id"))
            assert lom.findtext(f"{LOM}general/{LOM}language") == "nl-BE"
            assert "EUPL-1.2" in words
    assert set(described) == set(catalogue)
    for identifier, (words, goal) in described.items():
        assert f"area:{catalogue[str(identifier)].area}" in words
        assert goal == catalogue[str(identifier)].goal


def test_the_bank_is_as_large_as_the_demo_promises() -> None:
    counts = {subject: sum(e.subject == subject for e in read_catalogue()) for subject in ("mathematics", "dutch")}
    assert counts["mathematics"] >= 200
    assert counts["dutch"] >= 120
    assert len(design_files()) == 2


def test_every_item_names_a_goal_of_the_demos_framework(tmp_path: Path) -> None:
    framework = read_framework(build_framework(tmp_path / "goals.json"))
    assert {entry.goal for entry in read_catalogue()} <= {goal.code for goal in framework.goals}
