from __future__ import annotations

import csv
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest

from peil.cli import COMMANDS, explain, load_command, main
from peil.demo.roster import write_roster
from peil.errors import SettingsError
from peil.installation import open_installation
from peil.settings import load_settings

Peil = Callable[..., subprocess.CompletedProcess[str]]


def peil_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a person would, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "peil", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def peil(capsys: pytest.CaptureFixture[str]) -> Peil:
    """Run the program here: the same entry, without the seconds that a new process takes to import everything."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def fresh_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder with keys and empty tables, migrated once; to be copied."""
    folder = tmp_path_factory.mktemp("fresh") / "data"
    with open_installation(load_settings(folder)):
        return folder


@pytest.fixture
def data(fresh_installation: Path, tmp_path: Path) -> Path:
    """Data folder of the test's own, with keys and empty tables."""
    return Path(shutil.copytree(fresh_installation, tmp_path / "data"))


def test_help_lists_every_command() -> None:
    done = peil_process("--help")
    assert done.returncode == 0
    assert all(f" {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = load_command(name)
    assert command.name == name
    assert command.help
    assert all(getattr(option, "help", "") for option in command.params)


def test_an_unknown_command_is_wrong_usage() -> None:
    done = peil_process("frobnicate")
    assert done.returncode == 2
    assert "frobnicate" in done.stderr


def test_an_error_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    done = peil_process("import", str(tmp_path / "nothing.zip"), "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "nothing.zip" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_zip_that_is_no_package_changes_nothing(peil: Peil, tmp_path: Path, data: Path) -> None:
    wrong = tmp_path / "photo.zip"
    wrong.write_bytes(b"\xff\xd8\xff\xe0 no zip")
    done = peil("import", str(wrong), "--data", str(data))
    assert done.returncode == 1
    assert "photo.zip" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,i1,i2\n1,0,1\n2,7,0\n3,1,1\n", ["7", "i1"]),
        ("id,i1,i2,i3\n1,1,1,0\n2,1,0,1\n3,1,0,0\n", ["i1", "only correct"]),
    ],
    ids=["a value that no item has", "an item that everybody got right"],
)
def test_a_bad_response_file_names_the_item(peil: Peil, tmp_path: Path, content: str, words: list[str]) -> None:
    responses = tmp_path / "responses.csv"
    responses.write_text(content)
    done = peil("calibrate", str(responses), "--model", "2pl", "--id", "id", "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert all(word in done.stderr for word in words)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "items.csv").exists()


def test_our_errors_and_missing_files_are_explained_and_defects_are_not() -> None:
    assert explain(SettingsError("PEIL_PORT: too large")) == "PEIL_PORT: too large"
    assert "scale.toml" in (explain(FileNotFoundError(2, "No such file or directory", "scale.toml")) or "")
    assert explain(KeyError("a defect")) is None


def test_a_roster_goes_in_as_folder_or_zip_and_again_without_harm(peil: Peil, tmp_path: Path, data: Path) -> None:
    folder = write_roster(tmp_path / "roster", np.random.default_rng(1))
    zipped = Path(shutil.make_archive(str(tmp_path / "lijst"), "zip", folder))
    for path in (folder, zipped, folder):
        done = peil("import", str(path), "--data", str(data))
        assert done.returncode == 0, done.stderr
        assert "2 schools, 6 classes, 150 pupils" in done.stdout


@pytest.mark.parametrize(
    ("file", "column", "value", "words"),
    [
        ("users.csv", "userMasterIdentifier", None, "Discimus"),
        ("enrollments.csv", "classSourcedId", "geen-klas", "geen-klas"),
    ],
    ids=["a duplicate ID", "a class that does not exist"],
)
def test_a_bad_roster_is_refused_whole_with_file_and_line(
    peil: Peil, tmp_path: Path, data: Path, file: str, column: str, value: str | None, words: str
) -> None:
    folder = write_roster(tmp_path / "roster", np.random.default_rng(1))
    header, *rows = csv.reader((folder / file).read_text("utf-8").splitlines())
    place = header.index(column)
    rows[2][place] = value or rows[1][place]  # line 4 of the file
    with (folder / file).open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([header, *rows])
    done = peil("import", str(folder), "--data", str(data))
    assert done.returncode == 1
    assert f"{file}, regel 4" in done.stderr
    assert words in done.stderr
    with closing(sqlite3.connect(data / "peil.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM delivery_school").fetchone() == (0,)


def test_an_export_never_overwrites(peil: Peil, tmp_path: Path, data: Path) -> None:
    target = tmp_path / "bank.zip"
    target.write_text("mine")
    done = peil("export", "items", str(target), "--data", str(data))
    assert done.returncode == 1
    assert target.read_text() == "mine"


def test_a_demo_never_writes_into_a_folder_that_is_in_use(peil: Peil, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = peil("demo", "--check", "--data", str(tmp_path))
    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_unknown_sitting_and_an_unscored_wave_are_said_in_a_sentence(peil: Peil, tmp_path: Path, data: Path) -> None:
    for arguments in (["replay", str(uuid4())], ["score", "Voorjaar"], ["report", "Voorjaar", "--out", str(tmp_path)]):
        done = peil(*arguments, "--data", str(data))
        assert done.returncode == 1
        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.stderr


def test_an_audit_names_the_event_that_was_changed(peil: Peil, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert peil("demo", "--prepare", str(tmp_path / "codes.json"), "--data", str(data)).returncode == 0
    assert peil("audit", "--data", str(data)).returncode == 0
    with closing(sqlite3.connect(data / "peil.sqlite")) as db:
        db.execute("DROP TRIGGER delivery_event_no_update")
        (sitting,) = db.execute("SELECT min(sitting_id) FROM delivery_event").fetchone()
        db.execute(
            "UPDATE delivery_event SET payload = CAST(replace(payload, '20', '21') AS BLOB)"
            " WHERE sitting_id = ? AND event_number = 1",
            (sitting,),
        )
        db.commit()
    done = peil("audit", "--data", str(data))
    assert done.returncode == 1
    assert f"sitting {UUID(sitting)}, event 1: changed" in done.stderr
