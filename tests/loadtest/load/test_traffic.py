from __future__ import annotations

import time
from pathlib import Path

import pytest

from loadtest.load.traffic import ANSWER, Sample, SampleBook, Traffic, read_samples, read_traffic


def test_traffic_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    traffic = Traffic(("http://a", "http://b"), (("R1", "S1"), ("R1", "S2")), 2, 1.5, 10.0, 0.0, "ledger", "samples")
    traffic.write(tmp_path / "traffic.json")
    assert read_traffic(tmp_path / "traffic.json") == traffic


def test_what_a_pupil_waited_for_is_timed_and_what_failed_is_not(tmp_path: Path) -> None:
    begun = time.time()
    with SampleBook(tmp_path / "samples.jsonl") as book:
        with book.timing(ANSWER):
            time.sleep(0.05)
        with pytest.raises(KeyError), book.timing(ANSWER):
            raise KeyError("refused")
        book.add(Sample("failure", begun, detail="PUT: 500"))
    answered, failed = read_samples(tmp_path / "samples.jsonl")
    assert answered.kind == ANSWER
    assert begun <= answered.started <= begun + 1.0
    assert 0.05 <= answered.seconds <= 1.0
    assert failed == Sample("failure", begun, 0.0, "PUT: 500")
