"""Tests that meet a blueprint: the pool, the blueprint as rules over its items, and what solves and improves a plan."""

from __future__ import annotations

from engine.assembly.blueprint import Blueprint, Budget, Count, FirstItem, Passages, Pretest
from engine.assembly.pool import Pool
from engine.assembly.rules import Rules, make_rules

__all__ = ["Blueprint", "Budget", "Count", "FirstItem", "Passages", "Pool", "Pretest", "Rules", "make_rules"]
