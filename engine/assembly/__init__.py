"""Tests that meet a blueprint: the pool, the blueprint as rules over its items, and what solves and improves a plan."""

from __future__ import annotations

from engine.assembly.blueprint import Blueprint, Budget, Count, FirstItem, Passages, Pretest
from engine.assembly.checking import check_blueprint
from engine.assembly.eligibility import first_items, suitable_items
from engine.assembly.pool import Pool
from engine.assembly.rules import Rules, make_rules

__all__ = [
    "Blueprint",
    "Budget",
    "Count",
    "FirstItem",
    "Passages",
    "Pool",
    "Pretest",
    "Rules",
    "check_blueprint",
    "first_items",
    "make_rules",
    "suitable_items",
]
