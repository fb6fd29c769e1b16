"""``peil calibrate``, as an operator calls it."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from peil.cli import main
from tests.peil.calibrating import answers, options_for, write_csv


def run(*arguments: str) -> int:
    """Exit code of the program."""
    with pytest.raises(SystemExit) as exit_:
        main(["calibrate", *arguments])
    return int(exit_.value.code or 0)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("name", "published"), [("lsat6_2pl", -2466.653), ("lsat7_2pl", -2658.805)])
def test_published_responses_give_published_estimates(
    name: str, published: float, shared_data: Path, tmp_path: Path
) -> None:
    known = json.loads((shared_data / "calibration" / f"{name}.json").read_text())
    codes = [code for code, n in zip(known["patterns"], known["freq"], strict=True) for _ in range(n)]
    lines = [",".join([f"p{number}", *map(str, code)]) for number, code in enumerate(codes)]
    (tmp_path / "responses.csv").write_text("\n".join([",".join(["id", *known["items"]]), *lines]))
    assert run(str(tmp_path / "responses.csv"), "--id", "id", "--out", str(tmp_path / "out")) == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["log_likelihood"] == pytest.approx(published, abs=0.01)
    assert (summary["n_persons"], summary["n_items"], summary["converged"]) == (1000, 5, True)
    slopes = [p["value"] for p in known["params"] if p["name"] == "a1"]
    assert [float(row["discrimination"]) for row in rows(tmp_path / "out" / "items.csv")] == pytest.approx(
        slopes, abs=1e-3
    )


def test_groups_get_their_own_mean(tmp_path: Path) -> None:
    wide = ["year,I1,I2,I3"]
    wide += ["2024," + ("1,0,0" if n % 3 else "0,1,0") for n in range(60)] + ["2024,1,1,1"] * 20 + ["2024,0,0,0"] * 20
    wide += ["2025," + ("1,1,0" if n % 3 else "0,1,1") for n in range(60)] + ["2025,1,1,1"] * 30 + ["2025,0,0,0"] * 10
    (tmp_path / "r.csv").write_text("\n".join(wide))
    assert run(str(tmp_path / "r.csv"), "--group", "year", "--model", "rasch", "--out", str(tmp_path)) == 0
    groups = rows(tmp_path / "groups.csv")
    assert [(row["group"], row["n"]) for row in groups] == [("2024", "100"), ("2025", "100")]
    assert float(groups[0]["mean"]) == 0.0
    assert float(groups[1]["mean"]) > 0.2


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("I1,I2\n1,1\n1,0\n", "r.csv: I1: only correct responses"),
        ("I1,I2\n1,0\n0,0\n", "r.csv: I2: only incorrect responses"),
        ("I1,I2\n1,\n0,\n", "r.csv: I2: no responses at all"),
        ("I1,I2\n1,3\n0,1\n", "r.csv, line 2, column 'I2': '3'"),
        ("I1\n1\n0\n", "r.csv: items are too few, 1: this model needs 2 or more"),
        ("person,item,answer\na,I1,1\n", "r.csv looks like a long file, one row a response, and lacks"),
    ],
)
def test_bad_input_is_one_clear_line_and_nothing_is_written(
    text: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.csv").write_text(text)
    assert run(str(tmp_path / "r.csv"), "--model", "rasch", "--out", str(tmp_path / "out")) == 1
    error = capsys.readouterr().err.strip()
    assert complaint in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "none.csv"), "--out", str(tmp_path / "out")) == 1
    assert "none.csv" in capsys.readouterr().err


def test_a_reversed_key_is_pointed_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["I1,I2,I3,I4"] + ["1,1,1,0"] * 40 + ["0,0,0,1"] * 40 + ["1,0,1,0", "0,1,0,1", "1,1,0,0", "0,0,1,1"] * 10
    (tmp_path / "r.csv").write_text("\n".join(lines))
    assert run(str(tmp_path / "r.csv"), "--out", str(tmp_path)) == 0
    assert "look at I4: negative slope" in capsys.readouterr().out


def test_results_that_are_there_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.csv").write_text("\n".join(["I1,I2", "1,0", "0,1", "1,1", "0,0"]))
    arguments = (str(tmp_path / "r.csv"), "--model", "rasch", "--out", str(tmp_path / "out"))
    assert run(*arguments) == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert run(*arguments) == 1
    assert "name another folder, so that nothing is overwritten" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_what_the_answers_do_not_determine_is_pointed_out_and_stays_blank(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = ["year,I1,I2,I3", "2024,1,0,1", "2024,,NA,", "2024,0,1,0", "2025,1,1,1", "2024,0,0,0"]
    (tmp_path / "r.csv").write_text("\n".join(lines))
    assert run(str(tmp_path / "r.csv"), "--group", "year", "--out", str(tmp_path)) == 0
    shown = capfd.readouterr()
    assert shown.err == ""
    assert all(f"look at {name}: " in shown.out for name in ("I1", "I2", "I3", "group 2025"))
    flagged = json.loads((tmp_path / "summary.json").read_text())["flags"]
    assert {"group": "2025", "reason": "1 person, fewer than 30: mean and sd say little"} in flagged
    written = "".join((tmp_path / name).read_text() for name in ("items.csv", "groups.csv", "summary.json"))
    assert not re.search(r"\b(nan|inf|infinity)\b|\de\+", written.lower())


def on_a_terminal(*arguments: str) -> str:
    """What a terminal is sent by ``peil calibrate``."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "peil", "calibrate", *arguments]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs, env=environment) as program:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux says so when the program has closed its end
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    assert program.returncode == 0, shown
    return shown.decode()


@pytest.mark.parametrize(
    ("options", "what"), [((), "log-likelihood"), (("--prior-discrimination", "lognormal:0.2,0.5"), "log-posterior")]
)
def test_a_terminal_shows_every_cycle_as_it_goes_and_none_that_goes_down(
    options: tuple[str, ...], what: str, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "r.csv", answers())
    shown = on_a_terminal(str(file), *options_for(*options), "--no-report", "--out", str(tmp_path / "out"))
    cycles = {int(number): float(value) for number, value in re.findall(rf"cycle (\d+): {what} (-[\d.]+)", shown)}
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert list(cycles) == list(range(1, summary["iterations"] + 1))
    values = list(cycles.values())
    assert values == sorted(values)
    name = "log_posterior" if options else "log_likelihood"
    assert values[-1] == pytest.approx(summary[name], abs=1e-3)  # three decimals are shown


def test_help_says_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert all(
        name in shown for name in ("items.csv", "groups.csv", "summary.json", "standard errors", "never overwritten")
    )
