"""A whole installation for the tests of the root: bank, people and rooms of the demo, on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import Console

from peil.demo.progress import StepBook
from peil.demo.run import prepare
from peil.installation import open_installation
from peil.settings import load_settings
from tests.peil.place import Place


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Installation with the demo's bank, people and rooms, made once; nobody has taken a test."""
    folder = tmp_path_factory.mktemp("installation")
    with open_installation(load_settings(folder)) as installation:
        yield Place(installation, prepare(installation, 5, StepBook(Console(file=StringIO()))))
