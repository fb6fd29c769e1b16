"""An interrupted test goes on as if nothing had happened: in another process, on other threads and processors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import AdaptiveState, Answered, Strategy, decide, fold
from tests.engine.adaptive.sittings import LENGTH, answers, own_bank, started

N_SITTINGS = 420  # times 24 places is 10,080 interruptions
BEST_K = 3
KERNELS = {
    "two threads": {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
    "an older processor": {"OPENBLAS_CORETYPE": "Sandybridge", "NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3"},
    "another processor": {"OPENBLAS_CORETYPE": "Haswell"},
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """What a log keeps of 420 whole sittings, and the same with the abilities that choices rested on."""
    bank, rng = own_bank(Strategy(best_k=BEST_K)), np.random.default_rng(11)
    theta = rng.normal(size=N_SITTINGS)
    start = started(bank, N_SITTINGS)
    state = AdaptiveState.begin(start, bank.n_positions)
    draws = rng.random((N_SITTINGS, LENGTH))
    events: list[list[dict[str, Any]]] = [[] for _ in range(N_SITTINGS)]
    found = []
    for place in range(LENGTH):
        decision = decide(bank, state, draws[:, place], explain=False)
        category = answers(bank, theta, decision.item, rng.random(N_SITTINGS))
        state = fold(fold(state, decision.event), Answered(category))
        found.append([decision.item.tolist(), decision.swaps, decision.theta.tolist()])
        rows = zip(events, decision.item.tolist(), decision.swaps, category.tolist(), strict=True)
        for sitting, item, swaps, scored in rows:
            sitting.append({"item": item, "swaps": swaps, "category": scored})
    sittings = [
        {"plan": plan, "draws": own, "events": held}
        for plan, own, held in zip(start.plan.tolist(), draws.tolist(), events, strict=True)
    ]
    path = tmp_path_factory.mktemp("told") / "sittings.json"
    path.write_text(json.dumps({"best_k": BEST_K, "sittings": sittings}))
    return path, {"hash": bank.hash, "found": json.loads(json.dumps(found))}


@pytest.mark.parametrize("kernel", KERNELS)
def test_ten_thousand_interrupted_tests_go_on_with_the_same_item(
    told: tuple[Path, dict[str, Any]], kernel: str
) -> None:
    path, wanted = told
    script = Path(__file__).with_name("resume.py")
    environment = {**os.environ, **KERNELS[kernel], "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, str(script), str(path)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    assert got["hash"] == wanted["hash"]
    same = [got_row[:2] == row[:2] for got_row, row in zip(got["found"], wanted["found"], strict=True)]
    assert same == [True] * LENGTH
    abilities = np.array([row[2] for row in got["found"]]) - np.array([row[2] for row in wanted["found"]])
    assert np.abs(abilities).max() <= 1e-9
