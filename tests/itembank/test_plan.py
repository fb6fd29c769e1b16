"""Plans of tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from itembank import AreaPlan, PlanError, read_plan

PLAN = """identifier = "wiskunde-4"
title = "Wiskunde"
subject = "wiskunde"
length = 20
best_k = 3
time_limit_ms = 3_000_000
[areas.meten]
minimum = 5
maximum = 12
goals = ["2.1", "2.4"]
[areas.bewerkingen]
minimum = 8
maximum = 15
"""


def test_a_plan_is_read_from_toml(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    plan = read_plan(tmp_path / "plan.toml")
    assert (plan.identifier, plan.length, plan.best_k, plan.time_limit_ms) == ("wiskunde-4", 20, 3, 3_000_000)
    assert list(plan.areas) == ["meten", "bewerkingen"]
    assert plan.areas["meten"] == AreaPlan(5, 12, ("2.1", "2.4"))


def test_a_plan_takes_items_by_area_and_goal(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN)
    plan = read_plan(tmp_path / "plan.toml")
    assert plan.takes("meten", ("1.1", "2.4.3"))
    assert not plan.takes("meten", ("2.2",))
    assert not plan.takes("meten", ())
    assert plan.takes("bewerkingen", ())
    assert not plan.takes("meetkunde", ("2.1",))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("length = 20", "length = 28", "allow 13 to 27 items and the length is 28"),
        ("length = 20", "length = 12", "allow 13 to 27 items and the length is 12"),
        ("minimum = 5", "minimum = 13", "in area 'meten' minimum and maximum are the wrong way round"),
        ("best_k = 3", "best_k = 0", "best_k of at least 1"),
        ("length = 20", "", "a test needs 'length'"),
        ("length = 20", 'length = "veel"', "of the wrong kind"),
        ("[areas.meten]", "[areas", "cannot be read as TOML"),
        ("maximum = 12", "", "a test needs 'maximum'"),
    ],
)
def test_an_impossible_plan_is_refused_with_its_file(tmp_path: Path, old: str, new: str, why: str) -> None:
    (tmp_path / "plan.toml").write_text(PLAN.replace(old, new, 1))
    with pytest.raises(PlanError, match=why) as caught:
        read_plan(tmp_path / "plan.toml")
    assert "plan.toml" in str(caught.value)


def test_a_plan_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"plan\.toml"):
        read_plan(tmp_path / "plan.toml")
