"""``peil import``: what an operator reads when something is not taken in."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from itembank import Problem
from peil.cli import main
from peil.commands.saying import grouped
from peil.demo.roster import write_roster

Peil = Callable[..., subprocess.CompletedProcess[str]]
ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i1" title="t" adaptive="false">
<responseDeclaration identifier="RESPONSE" cardinality="ordered" baseType="identifier"/>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><drawingInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="A">a</simpleChoice>
<simpleChoice identifier="B">b</simpleChoice></drawingInteraction></itemBody></assessmentItem>"""
MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><metadata/><organizations/>
<resources><resource identifier="i1" type="imsqti_item_xmlv2p2" href="i1.xml">
<file href="i1.xml"/></resource></resources></manifest>"""


@pytest.fixture
def peil(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Peil:
    """Run the program in this process, in a data folder of the test's own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--data", str(tmp_path / "data")])
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), *capsys.readouterr())

    return run


def test_a_refused_package_says_that_nothing_was_imported_and_how_to_take_the_rest(peil: Peil, tmp_path: Path) -> None:
    package = tmp_path / "bank.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
        archive.writestr("i1.xml", ITEM)
    done = peil("import", str(package))
    assert done.returncode == 1
    assert f"{package}: nothing was imported" in done.stderr
    assert "drawingInteraction" in done.stderr
    assert "--partial" in done.stderr
    assert peil("import", str(package), "--partial").returncode == 0


def test_a_file_that_is_no_package_is_not_offered_in_part(peil: Peil, tmp_path: Path) -> None:
    package = tmp_path / "photo.zip"
    package.write_bytes(b"\xff\xd8\xff\xe0 no zip")
    done = peil("import", str(package))
    assert done.returncode == 1
    assert f"{package}: nothing was imported" in done.stderr
    assert "--partial" not in done.stderr


def test_a_zip_that_only_looks_whole_is_refused_in_one_sentence(peil: Peil, tmp_path: Path) -> None:
    package = tmp_path / "bank.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("imsmanifest.xml", MANIFEST)
    content = bytearray(package.read_bytes())
    content[content.index(b"PK\1\2") + 6] = 99  # the version needed to unpack it
    package.write_bytes(content)
    done = peil("import", str(package))
    assert done.returncode == 1
    assert "no zip file that can be read (zip file version 9.9)" in done.stderr
    assert "Traceback" not in done.stderr


def test_faults_in_a_roster_are_introduced_in_english(peil: Peil, tmp_path: Path) -> None:
    folder = write_roster(tmp_path / "roster", np.random.default_rng(1))
    (folder / "orgs.csv").unlink()
    done = peil("import", str(folder))
    assert done.returncode == 1
    assert f"{folder}: nothing was imported. The roster has 1 fault" in done.stderr
    assert "  orgs.csv: dit bestand ontbreekt" in done.stderr


@pytest.mark.parametrize("lines", [0, 1])
def test_an_empty_file_of_users_is_one_fault(peil: Peil, tmp_path: Path, lines: int) -> None:
    users = write_roster(tmp_path / "roster", np.random.default_rng(1)) / "users.csv"
    users.write_text("".join(users.read_text("utf-8").splitlines(keepends=True)[:lines]), "utf-8")
    done = peil("import", str(users.parent))
    assert done.returncode == 1
    assert "The roster has 1 fault" in done.stderr
    assert done.stderr.count("users.csv") == 1


def test_what_is_said_twice_of_one_thing_is_said_once() -> None:
    said = [Problem("a.xml", line, "item a", "a style is left out", "Remove it") for line in (3, 5, 9)]
    other = Problem("b.xml", 2, "item b", "a style is left out", "Remove it")
    assert grouped([*said[:2], other, said[2]]) == [f"{said[0]} (3 times)", str(other)]
