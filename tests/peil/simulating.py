"""A small bank and designs to simulate, and the command as an operator calls it; every number comes from a seed."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from peil.cli import main

SHADOW = """
identifier = "reken-5"
title = "Rekenen"
subject = "wiskunde"
length = 10
[counts.area]
getallen = { minimum = 3, maximum = 5 }
meten = { minimum = 3, maximum = 5 }
[budgets]
seconds = { maximum = 700 }
[passages]
minimum = 1
maximum = 2
items = { minimum = 2, maximum = 3 }
[pretest]
items = 1
first = 3
last = 9
[accommodations.voorlezen]
where = { speech = "yes" }
"""
FREE = """
[selection]
rule = "maximum_information"
method = "information"
"""
LIMITED = """
[exposure]
method = "eligibility"
item_limit = 0.5
"""
VARIABLE = """
[stopping]
standard_error = 0.45
minutes = 8
[stopping.cuts]
at = [-0.5, 0.7]
"""
GROUPS = "group,share,mean,sd,accommodation\nmeeste,0.8,0.1,1,\nvoorlezen,0.2,-0.6,0.9,voorlezen\n"


def run(*arguments: object) -> int:
    """Exit code of ``peil simulate``."""
    with pytest.raises(SystemExit) as exit_:
        main(["simulate", *map(str, arguments)])
    return int(exit_.value.code or 0)


def write_bank(path: Path, n_items: int = 90, seed: int = 5) -> Path:
    """Bank of single items, four passages and six field-test items."""
    rng = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["item", "a", "b", "c", "area", "seconds", "passage", "enemy", "speech", "pretest"])
        for number in range(n_items):
            passage = f"tekst {number // 5}" if number < 20 else ""
            writer.writerow(
                [
                    f"R{number:03d}",
                    round(float(rng.uniform(0.7, 1.8)), 4),
                    round(float(rng.normal(0.0, 1.2)), 4),
                    0.2 if number % 3 else 0,
                    ("getallen", "meten", "ruimte")[number % 3],
                    int(rng.integers(30, 90)),
                    passage,
                    number // 2 if 30 <= number < 40 else "",
                    "yes" if number % 4 else "no",
                    "yes" if number >= n_items - 6 else "no",
                ]
            )
    return path


def write_design(path: Path, text: str = SHADOW) -> Path:
    """Design file."""
    path.write_text(text, encoding="utf-8")
    return path


def linear(text: str = SHADOW) -> str:
    """The same test as a form for everyone."""
    start, end = text.index("[pretest]"), text.index("[accommodations")
    return 'kind = "linear"\n' + text[:start] + text[end:]


def variable(text: str = SHADOW) -> str:
    """The same test with an early end."""
    return text.replace("length = 10", "length = { minimum = 5, maximum = 10 }") + VARIABLE
