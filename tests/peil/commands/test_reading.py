"""Commands that read: they make no installation, and use nothing of a damaged sitting."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from delivery.support import support_code
from peil.cli import main
from peil.installation import delivery_secrets, open_installation
from peil.settings import load_settings
from tests.peil.place import Place
from tests.peil.taking import copy_data, rooms_of, take

Peil = Callable[..., subprocess.CompletedProcess[str]]
N_PUPILS = 3
CHANGE = """UPDATE delivery_event SET payload = replace(payload, '"at":1', '"at":2')"""


@pytest.fixture
def peil(capsys: pytest.CaptureFixture[str]) -> Peil:
    """Run the program in this process."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def taken(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder in which three pupils took mathematics."""
    folder = tmp_path_factory.mktemp("taken") / "data"
    copy_data(place.installation.settings.data, folder)
    with open_installation(load_settings(folder)) as installation:
        here = Place(installation, place.prepared)
        asyncio.run(take(here, rooms_of(here, "wiskunde-4")[:1], N_PUPILS))
    return folder


@pytest.fixture
def data(taken: Path, tmp_path: Path) -> Path:
    """The same, of the test's own."""
    return copy_data(taken, tmp_path / "data")


def tamper(data: Path, script: str) -> UUID:
    """Change event 3 of one sealed sitting, as someone with access to the file would."""
    with closing(sqlite3.connect(data / "peil.sqlite")) as db:
        (sitting,) = db.execute("SELECT min(sitting_id) FROM delivery_event WHERE kind = 'sealed'").fetchone()
        for action in ("update", "delete"):
            db.execute(f"DROP TRIGGER delivery_event_no_{action}")
        db.execute(f"{script} WHERE sitting_id = ? AND event_number = 3", (sitting,))
        db.commit()
    return UUID(sitting)


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit"],
        ["score", "Voorjaar"],
        ["report", "Voorjaar", "--out", "{0}/out"],
        ["research", "Voorjaar", "--out", "{0}/out"],
        ["replay", str(UUID(int=7))],
        ["export", "items", "{0}/bank.zip"],
        ["export", "sittings", "{0}/sittings.jsonl"],
    ],
)
def test_a_command_that_reads_makes_no_installation(peil: Peil, tmp_path: Path, arguments: list[str]) -> None:
    missing = tmp_path / "mispelt"
    done = peil(*(argument.format(tmp_path) for argument in arguments), "--data", str(missing))
    assert done.returncode == 1
    assert f"{missing}: no installation here" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--data", "--out"])
def test_a_file_in_the_place_of_a_folder_is_called_a_file(peil: Peil, tmp_path: Path, option: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    done = peil("report", "Voorjaar", "--out", str(tmp_path / "out"), option, str(file))
    assert done.returncode == 1
    assert f"{file}: this is a file, not a folder" in done.stderr


@pytest.mark.parametrize("script", [CHANGE, "DELETE FROM delivery_event"])
def test_an_audit_counts_sittings_and_names_each_once(peil: Peil, data: Path, script: str) -> None:
    sitting = tamper(data, script)
    done = peil("audit", "--data", str(data))
    assert done.returncode == 1
    assert "1 sitting is damaged" in done.stdout
    assert done.stderr.count(str(sitting)) == 1


def test_a_damaged_sitting_is_left_out_named_and_never_told(peil: Peil, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    sitting = tamper(data, CHANGE)
    for arguments, said in (
        (["score", "Voorjaar"], "new wave 'Voorjaar'"),
        (["export", "sittings", str(out)], f"{N_PUPILS - 1} sealed sittings"),
        (["research", "Voorjaar", "--out", str(tmp_path / "research")], f"{N_PUPILS - 1} scores"),
    ):
        done = peil(*arguments, "--data", str(data))
        assert done.returncode == 1
        assert said in done.stdout
        assert f"sitting {sitting}" in done.stderr
        assert "peil audit" in done.stderr
    assert len(out.read_text().splitlines()) == N_PUPILS - 1
    assert str(sitting) not in out.read_text()
    told = peil("replay", str(sitting), "--data", str(data))
    assert (told.returncode, told.stdout) == (1, "")
    assert "damaged at event 3. Run `peil audit`" in told.stderr


def test_replay_prints_the_bank_and_why_each_question_was_chosen(peil: Peil, data: Path) -> None:
    with closing(sqlite3.connect(data / "peil.sqlite")) as db:
        (sitting,) = db.execute("SELECT min(sitting_id) FROM delivery_event WHERE kind = 'sealed'").fetchone()
        (bank,) = db.execute("SELECT hash FROM itembank_release WHERE test = 'wiskunde-4'").fetchone()
    done = peil("replay", str(UUID(sitting)), "--data", str(data))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"test wiskunde-4, 20 questions, bank {bank[:12]}" in done.stdout
    for position in range(1, 21):
        assert f"then question {position} is " in done.stdout
    assert done.stdout.count("from the plan") == 20
    assert done.stdout.count("best of what could be given: ") == 20
    assert "the test has its full length\n" in done.stdout


def test_a_support_code_tells_how_a_sitting_stands_and_no_name(peil: Peil, data: Path, place: Place) -> None:
    with closing(sqlite3.connect(data / "peil.sqlite")) as db:
        (sitting,) = db.execute("SELECT min(sitting_id) FROM delivery_event WHERE kind = 'sealed'").fetchone()
        names = {name for row in db.execute("SELECT first_name, last_name FROM delivery_pupil") for name in row}
    code = support_code(delivery_secrets(place.installation.keys).code_key, UUID(sitting))
    done = peil("support", code.lower(), "--data", str(data))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"sitting {UUID(sitting)}, " in done.stdout
    assert "sitting: sealed, 20 of 20 questions answered, laptop 1" in done.stdout
    assert done.stdout.count("answered\n") == 4  # of the last six events; then closing and sealed
    assert not names & set(done.stdout.replace(",", " ").split())
    missing = peil("support", "AAA AAA AAA", "--data", str(data))
    assert missing.returncode == 1
    assert "support code AAA AAA AAA: no sitting has it" in missing.stderr
    damaged = tamper(data, CHANGE)
    assert "damaged at event 3. Run `peil audit`" in peil("support", code, "--data", str(data)).stderr
    assert damaged == UUID(sitting)


def test_a_second_run_of_a_wave_is_told_from_a_new_wave(peil: Peil, data: Path) -> None:
    said = [peil("score", wave, "--data", str(data)).stdout for wave in ("Voorjaar", "Voorjaar", "Najaar")]
    assert "new wave 'Voorjaar'" in said[0]
    assert "run 2 of wave 'Voorjaar'; the scores of earlier runs stay" in said[1]
    assert "new wave 'Najaar'" in said[2]


@pytest.mark.parametrize("command", ["report", "research"])
def test_a_wave_without_scores_leaves_no_folder(peil: Peil, data: Path, tmp_path: Path, command: str) -> None:
    done = peil(command, "Voorjaar", "--out", str(tmp_path / "out"), "--data", str(data))
    assert done.returncode == 1
    assert "No school has scores in wave 'Voorjaar'. Score it first: peil score 'Voorjaar'" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("path", "words"), [("/dev/null", "no ordinary file"), ("/", "a folder")])
def test_an_export_goes_to_a_new_file_only(peil: Peil, path: str, words: str) -> None:
    done = peil("export", "items", path)
    assert done.returncode == 1
    assert f"{path}: this is {words}. Name a new file." in done.stderr


def test_an_unknown_item_is_named_as_it_was_typed(peil: Peil, data: Path, tmp_path: Path) -> None:
    done = peil("export", "items", str(tmp_path / "bank.zip"), "--item", "nope", "--data", str(data))
    assert done.returncode == 1
    assert "nope: not in the item bank" in done.stderr
    assert "@" not in done.stderr
    assert not (tmp_path / "bank.zip").exists()
