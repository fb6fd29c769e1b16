"""Same content, same hash, on any machine: a package is read and compiled by processes that differ in all but content.

What differs between machines is set for each: the order in which sets and dictionaries of texts are hashed, the time
zone, language and encoding, the rights of new files, the order of files on disk and in the manifest, and the
instructions of the processor that NumPy and BLAS use (their last bits differ). All are compared with a hash that is
written here, so that a run on another machine, such as that of continuous integration, compares machines.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.itembank.elsewhere import compiled, write

ROOT = Path(__file__).parents[2]
PINNED = "3e50f6cf753b901d42e90d4d526475650f6e8244f69c3c08e228b6a782d23480"
"""Pinned on the machine of a developer (x86-64, AVX-512). Whoever changes the samples, the rendering or the compiled
form on purpose writes the new one, from any of the processes below; that all of them agree stays."""
N_ITEMS, N_PLANS, N_LIBRARIES = 20, 1, 1
"""The bank holds what was solved, too: a plan, and prices."""


def slower() -> str:
    """Names of the processor's instructions that NumPy found beyond its baseline, to do without."""
    return " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", ()))


MACHINES = (
    (3, 0o077, {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}),
    (
        1,
        0o000,
        {"PYTHONHASHSEED": "77", "TZ": "America/Caracas", "LC_ALL": "nl_BE.UTF-8", "OPENBLAS_CORETYPE": "Nehalem"},
    ),
    (2, 0o022, {"PYTHONHASHSEED": "4294967295", "LC_ALL": "tr_TR.UTF-8", "NPY_DISABLE_CPU_FEATURES": slower()}),
)
"""Order of the files, rights that new files lack, and environment."""


@pytest.mark.parametrize(("order", "umask", "environment"), MACHINES)
def test_a_bank_has_the_hash_that_it_has_elsewhere(
    tmp_path: Path, order: int, umask: int, environment: dict[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.itembank.elsewhere", str(tmp_path / "package"), str(order)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        umask=umask,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [PINNED, str(N_ITEMS), str(N_PLANS), str(N_LIBRARIES)]


def test_a_word_more_is_another_hash(tmp_path: Path) -> None:
    """The control, in this process."""
    package = write(tmp_path / "package", 4)
    assert compiled(package).hash == PINNED
    (passage,) = package.stimuli
    other = replace(passage, title="De egel en de mol")
    assert compiled(replace(package, stimuli=(other,))).hash != PINNED
