"""The choice of the next item: tables of a bank, posteriors that take one answer at a time, rules, the choice."""

from __future__ import annotations

from engine.selection.choosing import best_candidates, choose
from engine.selection.divergence import KullbackLeibler, PosteriorKullbackLeibler
from engine.selection.information import information_of_all, information_of_pairs
from engine.selection.order import FixedOrder
from engine.selection.points import (
    PointMethod,
    PointState,
    PointTables,
    add_to_points,
    estimate_points,
    start_points,
)
from engine.selection.posterior import Standing, add_answers, rows_answered, stand, start_posterior
from engine.selection.rule import RandomOfBest, Rule
from engine.selection.rules import MaximumInformation, MinimumExpectedVariance, PosteriorWeightedInformation
from engine.selection.spread import AStratified, Progressive
from engine.selection.success import TargetSuccess, information_share
from engine.selection.tables import SelectionTables, normal_prior

__all__ = [
    "AStratified",
    "FixedOrder",
    "KullbackLeibler",
    "MaximumInformation",
    "MinimumExpectedVariance",
    "PointMethod",
    "PointState",
    "PointTables",
    "PosteriorKullbackLeibler",
    "PosteriorWeightedInformation",
    "Progressive",
    "RandomOfBest",
    "Rule",
    "SelectionTables",
    "Standing",
    "TargetSuccess",
    "add_answers",
    "add_to_points",
    "best_candidates",
    "choose",
    "estimate_points",
    "information_of_all",
    "information_of_pairs",
    "information_share",
    "normal_prior",
    "rows_answered",
    "stand",
    "start_points",
    "start_posterior",
]
