from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from loadtest.load.measuring import LoadResult, Measured, complaints_of, measure, throwaway_site
from loadtest.load.pgbench import RawRate
from loadtest.load.planning import LoadPlan
from loadtest.load.reporting import print_result
from loadtest.load.running import Run, Step
from loadtest.load.traffic import Sample
from loadtest.log import Verdict

# 10 s: 1,000 answers, 2 s of web and 1 s of PostgreSQL.
RUN = Run(
    step=Step("Working", 100, 1.0, 10),
    workers=1,
    begin=100.0,
    end=110.0,
    samples=(Sample("answer", 101.0, 0.02), Sample("log-in", 102.0, 0.04)),
    failures=(),
    cpu_s={"web": 2.0, "PostgreSQL": 1.0, "generator": 0.5, "others": 4.0},
    load_average=1.5,
)
MEASURED = Measured(RUN, 1000, RawRate(2000.0, 0.0003))
RESULT = LoadResult((MEASURED,), Verdict(1000, 1000, 0, 0, 0), "all as they were written", True)


def printed(result: LoadResult) -> str:
    """What a person reads."""
    page = StringIO()
    print_result(result, Console(width=150, file=page))
    return page.getvalue()


def test_an_answer_costs_the_time_of_the_parts_over_answers_in_the_log() -> None:
    assert MEASURED.rate == pytest.approx(100.0)
    assert MEASURED.cpu_s("web") == pytest.approx(0.002)
    assert MEASURED.cpu_s("web", "PostgreSQL") == pytest.approx(0.003)
    wave = replace(MEASURED, run=replace(RUN, step=Step("Arriving", 1, 0.0, 10)))
    assert wave.cpu_s("web") == pytest.approx(2.0)  # of the one log-in


def test_what_was_measured_stands_beside_what_it_would_take() -> None:
    saturated = replace(MEASURED, run=replace(RUN, step=Step("Working", 40, 0.0, 10)))
    sizes = [replace(MEASURED, run=replace(RUN, step=Step("Working", n, 1.0, 10)), answers=10 * n) for n in (25, 50)]
    text = printed(replace(RESULT, measured=(saturated, *sizes, MEASURED)))
    row = next(line.split() for line in text.splitlines() if line.split()[1:3] == ["40", "0"])
    assert row[3:12] == ["2000", "0.30", "100", "0.05", "2.00", "1.00", "3.00", "0.50", "10.0"]  # 3 ms is 10 p
    assert "Answers ÷ pgbench with 1 worker: 0.05, median of 1 paired run" in text
    assert "answers/s ~ pupils^1.00" in text
    assert "30,000 667 0.33 100 pupils, 1 worker 1.3 0.7 2.0" in " ".join(text.split())  # 667/s at 2 + 1 ms


def test_columns_of_what_was_not_measured_are_empty() -> None:
    text = printed(replace(RESULT, measured=(replace(MEASURED, raw=None),)))
    assert "No raw rate" in text
    assert "it takes three sizes" in text


def test_what_servers_complained_of_is_shown(tmp_path: Path) -> None:
    (tmp_path / "server0.log").write_text(
        "INFO:     started\n2026-12-01 09:00:00 [warning  ] slow\n2026-12-01 09:00:01 [error    ] cannot go on\n"
        'ERROR:    Exception in ASGI application\nTraceback (most recent call last):\n  File "x"\nKeyError: 7\n'
    )
    complaints = complaints_of(tmp_path)
    assert complaints == ("2026-12-01 09:00:01 [error    ] cannot go on", "KeyError: 7")
    assert "server: KeyError: 7" in printed(replace(RESULT, complaints=complaints))


@pytest.mark.parametrize(
    "spoilt",
    [
        replace(RESULT, measured=(replace(MEASURED, run=replace(RUN, failures=("PUT: 500",))),)),
        replace(RESULT, verdict=Verdict(1000, 999, 1, 0, 0)),
        replace(RESULT, verdict=Verdict(1000, 1001, 0, 1, 0)),
        replace(RESULT, is_whole=False),
    ],
)
def test_control_a_failure_or_a_broken_promise_spoils_the_run(spoilt: LoadResult) -> None:
    assert RESULT.is_good
    assert not spoilt.is_good


def test_words_of_a_server_are_printed_as_they_are_whatever_brackets_they_hold() -> None:
    failures = ("PUT /x: 500 see [/api/v1] for more", "GET /x: 0 <Response [closed]>")
    spoilt = replace(MEASURED, run=replace(RUN, failures=failures))
    text = printed(replace(RESULT, measured=(spoilt,), audit="damaged: [/red] and [bold]"))
    for words in (*failures, "damaged: [/red] and [bold]"):
        assert words in text
    assert "failures 2; acknowledged 1000, in the log 1000, lost 0, doubled 0" in text


@pytest.mark.slow
def test_a_small_load_on_sqlite_is_measured_and_nothing_is_lost() -> None:
    plan = LoadPlan(pupils=6, sizes=(4,), think_s=0.1, seconds=1, workers=(1,))
    said: list[str] = []
    with throwaway_site(on_postgresql=False) as site:
        result = measure(plan, site, said.append)
        folder = site.folder
    assert not folder.exists()
    assert result.is_good, (result.verdict, result.audit, [each.run.failures for each in result.measured])
    saturated, paced, wave = result.measured
    for each in (saturated, paced):
        acknowledged = len(each.run.waited("answer"))
        # Those under way when the time begins and ends make the difference between receipts and log.
        assert acknowledged > 0
        assert abs(each.answers - acknowledged) <= 2 * each.run.step.n_pupils
        assert each.cpu_s("web") > 0.0
    assert len(wave.run.waited("log-in")) == 6
    assert result.verdict.acknowledged >= sum(each.answers for each in result.measured) - 2 * (40 + 4)
    assert any("log in" in words for words in said)
    assert "lost 0, doubled 0" in printed(result)
