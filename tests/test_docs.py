"""What the documents promise exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)", document.read_text())
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert not missing


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"`make ([a-z-]+)", path.read_text())}
    assert named
    assert not named - targets


def test_every_command_that_a_document_names_exists() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "peil", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    commands = set(re.findall(r"^\W*([a-z-]+) ", shown.stdout, re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"`peil ([a-z]+)", path.read_text())}
    assert named
    assert not named - commands


def test_no_document_names_a_path_of_one_machine() -> None:
    wrong = [path.name for path in DOCUMENTS if re.search(r"(?<![\w.])/(work|root|home|tmp)/", path.read_text())]
    assert not wrong


def test_the_python_example_of_the_readme_runs() -> None:
    examples = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, "README.md", "exec"), {})
