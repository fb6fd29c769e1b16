from __future__ import annotations

import pytest

from loadtest.load.__main__ import read_plan
from loadtest.load.planning import MORNING, TEST_LENGTH, WARM_UP, LoadPlan, seats_for
from loadtest.load.running import Step


def test_a_wave_takes_one_seat_a_pupil_and_work_another_one_after_every_test() -> None:
    assert seats_for(Step("Arriving", 300, 0.0, 10)) == 300
    # 50 pupils come in within 1.25 s and work 1 + 10 s at 50 answers/s: 612.5 answers, 30.6 tests, 36.75 with a fifth
    # more; and each pupil leaves one test in the middle.
    assert seats_for(Step("Working", 50, 1.0, 10)) == 2 * 50 + 37


def test_a_plan_has_seats_for_every_step_with_every_number_of_workers() -> None:
    plan = LoadPlan(pupils=500, sizes=(10, 20, 40), seconds=5, workers=(1, 2), pairs=5)
    wanted = 2 * sum(map(seats_for, (WARM_UP, *[plan.saturation] * 5, *plan.steps)))
    assert 300 * (plan.copies - 1) < wanted <= 300 * plan.copies
    assert [step.n_pupils for step in plan.steps] == [10, 20, 40, 500]
    assert plan.saturation.think_s == 0.0


def test_a_morning_and_a_wave_are_measured_alone_with_a_seat_a_pupil() -> None:
    for name, n_pupils in (("morning", 30_000), ("wave", 5_000)):
        plan, _ = read_plan(["--only", name])
        (step,) = plan.steps
        assert (step.n_pupils, seats_for(step), plan.pairs, plan.workers) == (n_pupils, n_pupils, 0, (2,))
    assert MORNING.n_pupils / MORNING.think_s == pytest.approx(667, abs=1)
    assert MORNING.arrive_s + MORNING.think_s + MORNING.seconds < TEST_LENGTH * MORNING.think_s  # nobody is done before


def test_options_make_the_plan() -> None:
    options = ["--pupils", "9", "--sizes", "4,2,3", "--think", "0.5", "--seconds", "2", "--workers", "2"]
    options += ["--pairs", "5", "--seed", "7"]
    assert read_plan(options) == (LoadPlan(9, (4, 2, 3), 0.5, 2, (2,), 5, 7), True)
    assert read_plan([]) == (LoadPlan(), True)


def test_sqlite_has_one_worker() -> None:
    plan, on_postgresql = read_plan(["--sqlite", "--workers", "1,2"])
    assert (plan.workers, on_postgresql) == ((1,), False)


@pytest.mark.parametrize("options", [["--think", "0"], ["--sizes", "5,0"], ["--pupils", "-1"], ["--workers", "two"]])
def test_a_plan_that_means_nothing_is_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_plan(options)
    assert options[0] in capsys.readouterr().err
