"""``peil demo``: its seed, and what stays when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from peil.cli import main
from peil.commands.demo import entropy, own_folder
from peil.demo.results import Recovery, recovery_table


def test_every_whole_number_is_a_seed_of_its_own() -> None:
    seeds = [entropy(seed) for seed in (-2, -1, 0, 1, 2)]
    assert seeds[2:] == [0, 1, 2]
    assert len({np.random.default_rng(seed).integers(2**60) for seed in seeds}) == 5


def test_a_seed_below_zero_is_no_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--check", "--seed", "-1", "--data", str(tmp_path)])
    assert ended.value.code == 1  # refused for the folder, not for the seed
    assert "not empty" in capsys.readouterr().err


def test_a_demo_that_is_stopped_before_it_serves_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "peil", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as demo:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("peil-demo-*/peil.sqlite")) and time.monotonic() < deadline:
            time.sleep(0.05)
        demo.send_signal(signal.SIGINT)
        _, said = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert "stopped; nothing was kept" in said
    assert not list(tmp_path.iterdir())


def test_a_demo_that_fails_names_what_it_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RuntimeError), own_folder(None, keep=True):
        raise RuntimeError
    (left,) = tmp_path.iterdir()
    assert f"what was made stays in {left}" in capsys.readouterr().err


def test_a_given_folder_stays_when_a_demo_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), own_folder(tmp_path, keep=False):
        raise KeyboardInterrupt
    assert tmp_path.is_dir()
    assert f"stopped; what was made stays in {tmp_path}" in capsys.readouterr().err


def test_the_closing_table_never_cuts_the_name_of_a_test() -> None:
    console = Console(width=80, file=StringIO())
    figures = {"answers_per_item": 1012.0, "live_per_item": 112.0, "rmse_discrimination": 0.1234}
    rest = {"rmse_difficulty": 0.1, "r_discrimination": 0.912, "r_difficulty": 0.991}
    console.print(recovery_table([Recovery(test="nederlands-4", calibration="c", **figures, **rest)]))
    assert "nederlands-4" in console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
