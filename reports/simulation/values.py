"""What the report of a simulation shows, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """Accuracy of some persons' estimates.

    Attributes
    ----------
    name : who they are
    n_persons : how many
    theta : mean true ability, in logits
    bias, rmse, standard_error : of the estimates, in logits
    coverage : share whose 95 % interval holds the ability
    length : mean number of scored items
    """

    name: str
    n_persons: int
    theta: float
    bias: float
    rmse: float
    standard_error: float
    coverage: float
    length: float


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What the tests make of one rule of the blueprint.

    Attributes
    ----------
    name, sort : what it is called, and what kind of rule it is
    minimum, maximum : what is asked; infinite for no bound
    lowest, mean, highest : what the tests hold
    misses : tests that break it
    is_count : whether it counts items or passages, so that it can be drawn beside others
    """

    name: str
    sort: str
    minimum: float
    maximum: float
    lowest: float
    mean: float
    highest: float
    misses: int
    is_count: bool


@dataclass(frozen=True, slots=True)
class LevelTable:
    """Persons by their true level and by the level of their estimate.

    Attributes
    ----------
    names : of the levels, from the lowest
    count : one row a true level, one column a level of the estimate
    accuracy : share on their true level
    """

    names: tuple[str, ...]
    count: tuple[tuple[int, ...], ...]
    accuracy: float


@dataclass(frozen=True, slots=True)
class Heat:
    """How many persons there are by true ability and estimate.

    Attributes
    ----------
    edges : of the cells along both axes, in logits; all as wide
    count : one row a cell of the true ability, one column a cell of the estimate
    """

    edges: tuple[float, ...]
    count: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """One simulation.

    Attributes
    ----------
    title, made_on : what stands above it
    is_good, verdict : whether every test met the blueprint, and what happened, in a sentence
    facts, settings : key figures and settings, each with its words
    notes : what a reader should know
    groups, bands : accuracy of everyone and by subgroup; by true ability
    exposure : rate of every item that may be scored, the highest first
    exposure_limit : highest rate that the design allows; 1 for no limit
    most_used : names of the items that are given most, with their rates
    rules : what tests make of the blueprint
    ended, routes : why tests ended, and how items were found, each with how often
    levels : classification; None where there are no cut scores
    heat : persons by true ability and estimate
    """

    title: str
    made_on: date
    is_good: bool
    verdict: str
    facts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    groups: tuple[AccuracyRow, ...]
    bands: tuple[AccuracyRow, ...]
    exposure: tuple[float, ...]
    exposure_limit: float
    most_used: tuple[tuple[str, float], ...]
    rules: tuple[RuleRow, ...]
    ended: tuple[tuple[str, int], ...]
    routes: tuple[tuple[str, int], ...]
    levels: LevelTable | None
    heat: Heat
