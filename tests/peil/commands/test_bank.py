"""``peil bank``: what an editor reads of the life of items."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import (
    CalibratedItem,
    CalibrationVersion,
    ItemStatistics,
    PartStatistics,
    add_calibration,
    add_statistics,
    read_design,
)
from peil.cli import main
from peil.existing import open_existing
from peil.settings import load_settings

Peil = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def peil(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Peil:
    """Run the program in this process, in a data folder of the test's own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--data", str(tmp_path / "data")])
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), *capsys.readouterr())

    return run


ITEM = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="{identifier}"
 title="{title}" adaptive="false" time-dependent="false">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value>{key}</qti-value></qti-correct-response></qti-response-declaration>
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-item-body><qti-choice-interaction response-identifier="RESPONSE" max-choices="1">
<qti-prompt>Welk getal is even?</qti-prompt><qti-simple-choice identifier="A">2</qti-simple-choice>
<qti-simple-choice identifier="B">3</qti-simple-choice></qti-choice-interaction></qti-item-body>
<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
</qti-assessment-item>"""


@pytest.fixture
def bring(peil: Peil, tmp_path: Path) -> Callable[..., None]:
    """Return what imports an item as a file of its own."""

    def bring(identifier: str = "R1", key: str = "A", title: str = "Opgave", state: str = "operational") -> None:
        file = tmp_path / f"{identifier}.xml"
        file.write_text(ITEM.format(identifier=identifier, key=key, title=title), encoding="utf-8")
        done = peil("import", str(file), "--by", "An", "--why", "nieuwe opgave", "--state", state)
        assert done.returncode == 0, done.stderr

    return bring


def test_states_are_listed_and_counted(peil: Peil, bring: Callable[..., None]) -> None:
    bring("R1")
    bring("R2", state="draft")
    told = peil("bank", "list").stdout
    assert "R1@1" in told
    assert "1 draft, 1 operational" in told
    only = peil("bank", "list", "--state", "draft").stdout
    assert "R2@1" in only
    assert "R1@1" not in only


def test_a_changed_key_goes_on_only_with_a_second_person(
    peil: Peil, bring: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring()
    bring(key="B", state="field_test")
    own = pwd.getpwuid(os.getuid()).pw_name
    refused = peil("bank", "move", "R1", "--to", "operational", "--why", "sleutel beter", "--by", "An")
    assert refused.returncode == 1
    assert "a second person must make it operational" in refused.stderr
    monkeypatch.setenv("LOGNAME", "bo")  # the environment is anybody's to set
    refused = peil("bank", "move", "R1", "--to", "operational", "--why", "nagekeken", "--by", "Bo")
    assert refused.returncode == 1
    assert f"An asked for that from the same account (login:{own})" in refused.stderr
    assert "signed in on the pages of the item bank" in refused.stderr
    monkeypatch.setattr("os.getuid", lambda: 4242)  # the operating system's word for another account
    done = peil("bank", "move", "R1", "--to", "operational", "--why", "nagekeken", "--by", "Bo")
    assert done.returncode == 0
    assert "R1@2: field_test → operational" in done.stdout
    history = peil("bank", "history", "R1").stdout
    assert f"came as operational, by An (login:{own}): nieuwe opgave" in history
    assert "field_test → operational, by Bo (login:4242): nagekeken" in history


def test_one_refused_move_moves_nothing(peil: Peil, bring: Callable[..., None]) -> None:
    bring("R1", state="draft")
    bring("R2", state="operational")
    refused = peil("bank", "move", "R1", "R2", "--to", "review", "--why", "x", "--by", " ")
    assert refused.returncode == 0  # the login name stands for nobody
    refused = peil("bank", "move", "R1", "R2", "R3", "--to", "field_test", "--why", "x")
    assert refused.returncode == 1
    assert "item R3 is not in the bank" in refused.stderr
    assert "2 review" in peil("bank", "list").stdout


def test_what_scores_otherwise_comes_first(peil: Peil, bring: Callable[..., None]) -> None:
    bring()
    bring(key="B", title="Even", state="draft")
    told = peil("bank", "diff", "R1@1", "R1@2").stdout
    assert told.index("key: responseDeclaration RESPONSE") < told.index("title")
    assert "- Opgave" in told
    assert "+ Even" in told
    assert "the same" in peil("bank", "diff", "R1@1", "R1@1").stdout


def test_a_bank_is_released_once_there_is_a_calibration(peil: Peil, bring: Callable[..., None], tmp_path: Path) -> None:
    design = tmp_path / "klein.toml"
    design.write_text('identifier = "klein"\ntitle = "Klein"\nsubject = "wiskunde"\nlength = 2\n', encoding="utf-8")
    for name in ("R1", "R2", "R3"):
        bring(name)
    refused = peil("bank", "release", str(design))
    assert refused.returncode == 1
    assert "calibrate its items first" in refused.stderr
    entries = tuple(CalibratedItem(f"R{n}@1", 1.0, n / 10, 0.1, 0.2, 500, 0.5) for n in (1, 2, 3))
    with open_existing(load_settings(tmp_path / "data")) as installation, Session(installation.database) as db:
        add_calibration(db, CalibrationVersion("veldtest", "2pl", {"data": "simulated"}, entries))
        db.commit()
    first, again = peil("bank", "release", str(design)).stdout, peil("bank", "release", str(design)).stdout
    assert first == again
    assert "with 3 items, calibration veldtest" in first


def test_a_test_that_was_released_once_is_known_by_its_name(
    peil: Peil, bring: Callable[..., None], tmp_path: Path
) -> None:
    bring("R1")
    bring("R2")
    refused = peil("bank", "release", "klein")
    assert refused.returncode == 1
    assert "there is no test 'klein' in the bank; it knows none yet" in refused.stderr
    entries = tuple(CalibratedItem(f"R{n}@1", 1.0, n / 10, 0.1, 0.2, 500, 0.5) for n in (1, 2))
    with open_existing(load_settings(tmp_path / "data")) as installation, Session(installation.database) as db:
        add_calibration(db, CalibrationVersion("veldtest", "2pl", {"data": "simulated"}, entries))
        db.commit()
    design = tmp_path / "klein.toml"
    written = 'identifier = "klein"\ntitle = "Klein"\nsubject = "wiskunde"\nlength = {}\n'
    for length in (1, 2):
        design.write_text(written.format(length), encoding="utf-8")
        by_file = peil("bank", "release", str(design))
        assert by_file.returncode == 0
    assert peil("bank", "release", "klein").stdout == by_file.stdout  # the last one that was released
    assert peil("bank", "design", "klein").stdout == written.format(2)
    refused = peil("bank", "release", "groot")
    assert "there is no test 'groot' in the bank; it knows klein. Name one of them, or a design" in refused.stderr
    missing = peil("bank", "release", str(tmp_path / "geen.toml"))
    assert missing.returncode == 1
    assert "geen.toml: cannot be read" in missing.stderr
    design.write_text("length = ", encoding="utf-8")
    broken = peil("bank", "release", str(design))
    assert broken.returncode == 1
    assert f"{design}: is no TOML" in broken.stderr.replace("\n", "")


def test_titles_are_shown_as_they_are_written(peil: Peil, bring: Callable[..., None]) -> None:
    bring("R1", title="Kies [/b] of [rood]")
    told = peil("bank", "list")
    assert told.returncode == 0
    assert "[/b]" in told.stdout


def test_who_has_no_name_is_asked_for_one(
    peil: Peil, bring: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring("R1", state="draft")

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4242")

    monkeypatch.setattr("getpass.getuser", nobody)
    refused = peil("bank", "move", "R1", "--to", "review", "--why", "klaar")
    assert refused.returncode == 1
    assert "say who asks for it, with --by" in refused.stderr


def test_goals_are_listed_with_the_items_that_name_them(peil: Peil, bring: Callable[..., None], tmp_path: Path) -> None:
    bring()
    assert "holds no framework yet" in peil("bank", "goals").stdout
    goals = tmp_path / "goals.json"
    goals.write_text(
        '{"CFDocument": {"identifier": "D", "title": "Eindtermen"}, "CFItems": [{"identifier": "1", '
        '"humanCodingScheme": "W1", "fullStatement": "Rekenen."}], "CFAssociations": []}',
        encoding="utf-8",
    )
    assert "Eindtermen, 1 goal (edition 1)" in peil("import", str(goals)).stdout
    assert "there already" in peil("import", str(goals)).stdout
    told = peil("bank", "goals").stdout
    assert "W1" in told
    assert "Rekenen." in told
    goals.write_text("{}", encoding="utf-8")
    refused = peil("import", str(goals))
    assert refused.returncode == 1
    assert "goals.json: this is no CASE package" in refused.stderr


def test_a_test_of_a_package_is_listed_and_its_design_written(peil: Peil, shared_data: Path, tmp_path: Path) -> None:
    told = peil("import", str(shared_data / "qti" / "kennisnet" / "valid-package.zip")).stdout
    assert "AssessmentTest.xml:69: test _2019juyhgjgjhg: qti-outcome-processing: rules for outcomes of the test" in told
    assert "test _2019juyhgjgjhg@1 kept; its design: peil bank design _2019juyhgjgjhg" in told
    listed = peil("bank", "tests").stdout
    assert all(word in listed for word in ("Oefentoets", "47", "30", "1 test"))
    written = tmp_path / "biologie.toml"
    written.write_text(peil("bank", "design", "_2019juyhgjgjhg").stdout, encoding="utf-8")
    assert read_design(written).form[:2] == ("QUE_1_1", "QUE_2_1")
    refused = peil("bank", "design", "scheikunde")
    assert refused.returncode == 1
    assert "there is no test 'scheikunde' in the bank; it knows _2019juyhgjgjhg." in refused.stderr
    assert "the bank holds no calibration" in peil("bank", "release", "_2019juyhgjgjhg").stderr  # its design is known


def test_everything_that_is_known_of_an_item_is_shown(peil: Peil, bring: Callable[..., None], tmp_path: Path) -> None:
    bring("R1")
    assert "in no calibration yet" in peil("bank", "show", "R1").stdout
    parts = (PartStatistics("", "1", 60, 0.6, 0.3, 0.6), PartStatistics("RESPONSE", "B", 40, 0.4, -0.25, None))
    entry = CalibratedItem("R1@1", 1.25, -0.5, 0.08, 0.11, 100, 0.6)
    with (
        open_existing(load_settings(tmp_path / "data")) as installation,
        Session(installation.database) as db,
        db.begin(),
    ):
        add_calibration(db, CalibrationVersion("veldtest", "2pl", {}, (entry,)))
        add_statistics(db, "veldtest", [ItemStatistics("R1@1", 100, 1, 0.6, 0.31, 90, 0.02, 8_500.0, parts)])
    told = peil("bank", "show", "R1@1").stdout
    for words in (
        "operational",
        "key of RESPONSE: A: 2",
        "veldtest",
        "0.31",
        "RESPONSE B",
        "-0.25",
        "8.5 s",
        "90 answers",
    ):
        assert words in told
    assert peil("bank", "show", "R9").returncode == 1
