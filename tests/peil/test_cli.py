from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from peil.cli import COMMANDS, explain, load_command
from peil.errors import SettingsError


def peil(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program as a person would."""
    return subprocess.run(
        [sys.executable, "-m", "peil", *arguments], capture_output=True, text=True, check=False, cwd=cwd, timeout=120
    )


def test_help_lists_every_command() -> None:
    done = peil("--help")
    assert done.returncode == 0
    assert all(f" {name} " in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = load_command(name)
    assert command.name == name
    assert command.help
    assert all(getattr(option, "help", "") for option in command.params)


def test_an_unknown_command_is_wrong_usage() -> None:
    done = peil("frobnicate")
    assert done.returncode == 2
    assert "frobnicate" in done.stderr


def test_an_error_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    done = peil("import", str(tmp_path / "nothing.zip"), "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "nothing.zip" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_zip_that_is_no_package_changes_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "photo.zip"
    wrong.write_bytes(b"\xff\xd8\xff\xe0 no zip")
    done = peil("import", str(wrong), "--data", str(tmp_path / "data"))
    assert done.returncode == 1
    assert "photo.zip" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,i1,i2\n1,0,1\n2,7,0\n3,1,1\n", ["7", "i1"]),
        ("id,i1,i2\n1,1,1\n2,1,0\n3,1,0\n", ["i1"]),
    ],
    ids=["a value that no item has", "an item that everybody got right"],
)
def test_a_bad_response_file_names_the_item(tmp_path: Path, content: str, words: list[str]) -> None:
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
