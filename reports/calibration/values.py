"""What the report of a calibration shows: frozen, plain numbers, in logits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CurveKind(StrEnum):
    """Form of an item's curves."""

    LOGISTIC = "logistic"
    PARTIAL_CREDIT = "partial_credit"
    GRADED = "graded"
    NOMINAL = "nominal"


@dataclass(frozen=True, slots=True)
class Parameter:
    """An estimate with its standard error.

    Attributes
    ----------
    value : the estimate
    error : None where it was not estimated, or where the data do not determine it
    """

    value: float
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """What persons of about the same ability answered to one item.

    Attributes
    ----------
    ability : their mean ability
    counts : how many of them, by weight, in each category
    """

    ability: float
    counts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item.

    Attributes
    ----------
    name, model : as the files say
    is_fixed : the parameters were known
    kind : form of the curves
    discrimination, difficulty, guessing, upper : a polytomous item's difficulty is the mean of its steps
    steps : of partial-credit and graded items
    slopes, intercepts : of nominal items, for category 1 and on
    n, p_value : answers by weight, and mean category over the highest
    flags : reasons to look at it
    bands : observed answers by ability
    """

    name: str
    model: str
    is_fixed: bool
    kind: CurveKind
    discrimination: Parameter
    difficulty: Parameter
    guessing: Parameter
    upper: Parameter
    steps: tuple[Parameter, ...]
    slopes: tuple[Parameter, ...]
    intercepts: tuple[Parameter, ...]
    n: float
    p_value: float
    flags: tuple[str, ...]
    bands: tuple[Band, ...]

    @property
    def locations(self) -> tuple[float, ...]:
        """Where it stands on the scale: its steps, or its difficulty."""
        return tuple(step.value for step in self.steps) or (self.difficulty.value,)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Ability distribution of one group.

    Attributes
    ----------
    name, n : as the file says, by weight
    mean, sd : without an error where they are fixed
    density : at the nodes of the report's grid, per logit
    flags : reasons to look at it
    """

    name: str
    n: float
    mean: Parameter
    sd: Parameter
    density: tuple[float, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One covariate of the latent regression.

    Attributes
    ----------
    name : of the covariate
    value : logits for one unit more
    centre : value at which the scale's origin lies
    """

    name: str
    value: Parameter
    centre: float


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """Everything that the report of a calibration shows.

    Attributes
    ----------
    title : what was calibrated
    made_on : date on the report; given, never read from a clock
    converged : whether the estimates can be used
    convergence : how it went, in sentences
    history : log-posterior of every cycle
    log_posterior : where it ended
    facts, settings : name and words
    notes : what a reader should know of the data
    items, groups, coefficients : in order of the files
    grid : nodes of the groups' densities
    nodes, information : of all items together
    ability_edges, ability_shares : histogram of the persons' expected abilities (EAP); shares add up to 1
    """

    title: str
    made_on: date
    converged: bool
    convergence: str
    history: tuple[float, ...]
    log_posterior: float
    facts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    items: tuple[ItemResult, ...]
    groups: tuple[GroupResult, ...]
    coefficients: tuple[Coefficient, ...]
    grid: tuple[float, ...]
    nodes: tuple[float, ...]
    information: tuple[float, ...]
    ability_edges: tuple[float, ...]
    ability_shares: tuple[float, ...]
