"""``peil check``, as an operator runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.itembank.sounds import FRAME
from tests.itembank.test_weighing import png

ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="i1" title="t" adaptive="false">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>A</value>
</correctResponse></responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><simpleChoice identifier="A">a</simpleChoice>
<simpleChoice identifier="B">b</simpleChoice></choiceInteraction></itemBody>
<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/></assessmentItem>"""
CASES = '{"cases": [{"name": "key", "responses": {"RESPONSE": "%s"}, "expect": {"score": 1}}]}'


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    command = [sys.executable, "-m", "peil", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("answer", "exit_code", "said"), [("A", 0, "1 of 1 cases"), ("B", 1, "0 of 1 cases")])
def test_cases_are_scored_and_the_exit_code_says_how(tmp_path: Path, answer: str, exit_code: int, said: str) -> None:
    (tmp_path / "item.xml").write_text(ITEM)
    (tmp_path / "cases.json").write_text(CASES % answer)
    result = check("--cases", str(tmp_path))
    assert (result.returncode, result.stderr) == (exit_code, "")
    assert said in result.stdout


def test_a_package_is_described_and_not_stored(tmp_path: Path) -> None:
    (tmp_path / "item.xml").write_text(ITEM)
    result = check(str(tmp_path / "item.xml"))
    assert result.returncode == 0
    assert "1 items and 0 passages can be imported, 0 refused, 1 in all" in result.stdout
    assert list(tmp_path.iterdir()) == [tmp_path / "item.xml"]


def test_items_that_are_alike_are_named(tmp_path: Path) -> None:
    asked = "<p>Op de speelplaats staan %s fietsen en %s steps.</p><choiceInteraction"
    for name, numbers in (("i1", ("3", "4")), ("i2", ("5", "6"))):
        item = ITEM.replace("<choiceInteraction", asked % numbers).replace('identifier="i1"', f'identifier="{name}"')
        (tmp_path / f"{name}.xml").write_text(item)
    (tmp_path / "imsmanifest.xml").write_text(
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><resources>'
        '<resource identifier="a" type="imsqti_item_xmlv2p2" href="i1.xml"><file href="i1.xml"/></resource>'
        '<resource identifier="b" type="imsqti_item_xmlv2p2" href="i2.xml"><file href="i2.xml"/></resource>'
        "</resources></manifest>"
    )
    result = check(str(tmp_path))
    assert result.returncode == 0
    assert "alike i1 and i2: only numbers differ" in result.stdout


def test_a_refused_item_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "item.xml").write_text(ITEM.replace("choiceInteraction", "drawingInteraction"))
    result = check(str(tmp_path / "item.xml"))
    assert result.returncode == 1
    assert "item.xml:4: item i1: drawingInteraction: this interaction is not supported" in result.stdout


def test_an_item_that_is_heavier_than_asked_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "item.xml").write_text(
        ITEM.replace("<choiceInteraction", "<p><img src='a.png' alt=''/></p><choiceInteraction")
    )
    (tmp_path / "a.png").write_bytes(png(3000))
    assert check(str(tmp_path / "item.xml")).returncode == 0
    result = check(str(tmp_path / "item.xml"), "--most-kb", "3")
    assert result.returncode == 1
    assert "item.xml:4: item i1: weight: it weighs 3.3 kB in all, and at most 3.0 kB is sent" in result.stdout
    assert "at most 0 are sent" in check(str(tmp_path / "item.xml"), "--most-pictures", "0").stdout


def test_recordings_that_weigh_more_than_asked_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "item.xml").write_text(ITEM.replace("<choiceInteraction", '<audio src="a.mp3"/><choiceInteraction'))
    (tmp_path / "a.mp3").write_bytes(FRAME + bytes(2_000))
    result = check(str(tmp_path / "item.xml"), "--most-sound-kb", "2")
    assert result.returncode == 1
    assert "item.xml:4: item i1: weight: its recordings weigh 2.4 kB, and at most 2.0 kB are sent" in result.stdout


def test_cases_that_are_well_are_counted_and_only_those_that_are_wrong_shown(tmp_path: Path) -> None:
    for name, answer in (("good", "A"), ("bad", "B")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "item.xml").write_text(ITEM.replace('identifier="i1"', f'identifier="{name}"'))
        (folder / "cases.json").write_text(CASES % answer)
    well = check("--cases", str(tmp_path / "good"))
    assert well.stdout == "1 of 1 cases as expected, 1 item\n"
    mixed = check("--cases", str(tmp_path))
    assert ("bad" in mixed.stdout, "good" in mixed.stdout, mixed.returncode) == (True, False, 1)
    everything = check("--cases", str(tmp_path), "--all")
    assert ("bad" in everything.stdout, "good" in everything.stdout) == (True, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--cases", "/nowhere"], "/nowhere: there is no such folder"),
        (["--cases", "/dev/null"], "/dev/null: this is not a folder"),
        (["/dev/null"], "/dev/null: package: this is no ordinary file"),
    ],
)
def test_what_cannot_be_checked_is_called_what_it_is(arguments: list[str], words: str) -> None:
    assert words in check(*arguments).stderr


@pytest.mark.parametrize("arguments", [[], ["a.zip", "--cases", "b"], ["/nowhere/a.zip"], ["--cases", "/nowhere"]])
def test_wrong_use_is_one_sentence(arguments: list[str]) -> None:
    result = check(*arguments)
    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stderr.startswith("Error: ")
