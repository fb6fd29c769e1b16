"""The report of a simulation: one frozen value, one self-contained page for those who design tests."""

from __future__ import annotations

from reports.simulation.page import render_simulation
from reports.simulation.values import AccuracyRow, Heat, LevelTable, RuleRow, SimulationReport

__all__ = ["AccuracyRow", "Heat", "LevelTable", "RuleRow", "SimulationReport", "render_simulation"]
