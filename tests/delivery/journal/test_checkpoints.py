"""The file of signed heads: whole lines, in their order, by any number of workers."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from delivery.errors import ConfigurationError
from delivery.journal import checkpoints
from delivery.journal.checkpoints import Head, append_checkpoint, read_checkpoints

KEY = bytes(range(32))


def sign(path: Path, number: int, sitting: UUID | None = None) -> None:
    """One more line."""
    append_checkpoint(path, KEY, {sitting or uuid4(): Head(number, bytes([number % 256]) * 32)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints.jsonl"


def test_every_head_comes_back_in_order(path: Path) -> None:
    sitting = uuid4()
    for number in (3, 5, 9):
        sign(path, number, sitting)
    read = read_checkpoints(path, KEY)
    assert [head.event_number for head in read.heads[sitting]] == [3, 5, 9]
    assert (read.n_lines, read.remarks) == (3, ())


@pytest.mark.parametrize("take", [lambda lines: lines[1:], lambda lines: [lines[0], *lines[2:]]], ids=["first", "next"])
def test_a_line_that_was_taken_out_is_noticed(path: Path, take: Callable[[list[bytes]], list[bytes]]) -> None:
    for number in range(4):
        sign(path, number)
    path.write_bytes(b"".join(take(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(ConfigurationError, match=r"line \d: this checkpoint does not follow"):
        read_checkpoints(path, KEY)


def test_a_last_line_that_was_cut_off_is_said_and_the_rest_is_read(path: Path) -> None:
    sitting = uuid4()
    sign(path, 3, sitting)
    sign(path, 4)
    path.write_bytes(path.read_bytes()[:-30])
    read = read_checkpoints(path, KEY)
    assert list(read.heads) == [sitting]
    assert "line 2: only partly written" in read.remarks[0]
    sign(path, 5, sitting)  # begins on a line of its own, and says what it found
    again = read_checkpoints(path, KEY)
    assert [head.event_number for head in again.heads[sitting]] == [3, 5]
    assert len(again.remarks) == 1
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"{}\n" + lines[2])  # not what was found then
    with pytest.raises(ConfigurationError, match="line 2"):
        read_checkpoints(path, KEY)


def test_a_line_that_lacks_only_its_end_counts(path: Path) -> None:
    sign(path, 1)
    path.write_bytes(path.read_bytes()[:-1])
    assert len(read_checkpoints(path, KEY).heads) == 1
    sign(path, 2)
    read = read_checkpoints(path, KEY)
    assert (len(read.heads), read.remarks) == (2, ())


def test_a_system_that_takes_a_few_bytes_at_a_time_gets_them_all(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    sign(path, 1)
    monkeypatch.undo()
    assert len(read_checkpoints(path, KEY).heads) == 1


def test_workers_that_sign_at_once_keep_one_chain(path: Path) -> None:
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda number: sign(path, number), range(100)))
    assert len(read_checkpoints(path, KEY).heads) == 100


def test_the_end_of_a_file_is_found_whatever_the_length_of_its_lines(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "BLOCK_BYTES", 50)
    for number in range(5):
        sign(path, number)
    assert read_checkpoints(path, KEY).n_lines == 5
