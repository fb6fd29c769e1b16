"""Tests that meet a blueprint: the pool, the blueprint as rules over its items, and what solves and improves a plan."""

from __future__ import annotations

from engine.assembly.blueprint import Blueprint, Budget, Count, FirstItem, Passages, Pretest
from engine.assembly.checking import check_blueprint
from engine.assembly.eligibility import first_items, suitable_items
from engine.assembly.pool import Pool
from engine.assembly.priority import next_by_priority
from engine.assembly.rules import Rules, make_rules
from engine.assembly.shadow.ahead import Branch, choose_ahead, replan
from engine.assembly.shadow.binding import binding
from engine.assembly.shadow.choosing import (
    ALONE_FIRST,
    Choice,
    Route,
    candidates,
    choose_first,
    choose_next,
    fold,
    pick,
)
from engine.assembly.shadow.library import Library, make_library
from engine.assembly.shadow.plan import Plan, swaps_between
from engine.assembly.shadow.solving import Solution, solve_plan
from engine.assembly.shadow.swaps import improve
from engine.assembly.shadow.tables import PlanTables, make_tables

__all__ = [
    "ALONE_FIRST",
    "Blueprint",
    "Branch",
    "Budget",
    "Choice",
    "Count",
    "FirstItem",
    "Library",
    "Passages",
    "Plan",
    "PlanTables",
    "Pool",
    "Pretest",
    "Route",
    "Rules",
    "Solution",
    "binding",
    "candidates",
    "check_blueprint",
    "choose_ahead",
    "choose_first",
    "choose_next",
    "first_items",
    "fold",
    "improve",
    "make_library",
    "make_rules",
    "make_tables",
    "next_by_priority",
    "pick",
    "replan",
    "solve_plan",
    "suitable_items",
    "swaps_between",
]
