"""The reporting scale: from theta to *vaardigheidsscore* and *beheersingsniveau*."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from scoring.errors import ScaleError


@dataclass(frozen=True, slots=True)
class Level:
    """One mastery level (*beheersingsniveau*): from its cut score up to the next level's.

    Attributes
    ----------
    name : what schools read
    cut : lowest score of the level on the reporting scale; -inf for the lowest level
    """

    name: str
    cut: float = -math.inf


@dataclass(frozen=True, slots=True)
class ReportingScale:
    """Linear reporting scale of one test, with its cut scores.

    A score is ``origin + unit * theta``; its error is ``unit * standard_error``, because a linear map
    scales a standard deviation by the same factor.

    Attributes
    ----------
    test : identifier of the test
    origin : score of theta = 0
    unit : points per logit, > 0
    levels : mastery levels from low to high, the lowest without a cut score; may be empty
    decimals : decimals in which scores are shown

    Raises
    ------
    ScaleError
        If a number is not finite, ``unit`` is not positive, a name is missing or double, or the cut
        scores do not rise.
    """

    test: str
    origin: float
    unit: float
    levels: tuple[Level, ...] = ()
    decimals: int = 0

    def __post_init__(self) -> None:
        if not self.test:
            raise ScaleError("a reporting scale needs the identifier of its test")
        if not math.isfinite(self.origin) or not math.isfinite(self.unit) or self.unit <= 0.0:
            raise ScaleError(
                f"scale of {self.test}: origin must be a number and unit a positive one, "
                f"they are {self.origin} and {self.unit}"
            )
        if not 0 <= self.decimals <= 3:
            raise ScaleError(f"scale of {self.test}: decimals must be 0 to 3, it is {self.decimals}")
        _check_levels(self.test, self.levels)

    def score(self, theta: float) -> float:
        """Score on the reporting scale of an ability in logits."""
        return self.origin + self.unit * theta

    def error(self, standard_error: float) -> float:
        """Standard error on the reporting scale of one in logits."""
        return self.unit * standard_error

    def level(self, scale_score: float) -> str:
        """Name of the highest level whose cut score is reached by the score as it is shown; "" without levels."""
        shown = round(scale_score, self.decimals)  # a school must never read "225" under a level that starts at 225
        reached = [level.name for level in self.levels if level.cut <= shown]
        return reached[-1] if reached else ""


def read_scale(path: Path) -> ReportingScale:
    """Read a reporting scale from TOML.

    ::

        test = "…"
        origin = 100.0
        unit = 15.0
        decimals = 0          # optional
        [[level]]             # lowest level: no cut
        name = "…"
        [[level]]
        name = "…"
        cut = 110.0           # on the reporting scale

    Raises
    ------
    ScaleError
        If the file cannot be read or does not hold a valid scale; the message names file and key.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScaleError(f"{path}: cannot be read as TOML ({error}); correct the file") from error
    unknown = sorted(content.keys() - {"test", "origin", "unit", "decimals", "level"})
    if unknown:
        raise ScaleError(f"{path}: unknown keys {', '.join(unknown)}; a scale has test, origin, unit, decimals, level")
    levels = tuple(_read_level(path, number, entry) for number, entry in enumerate(_entries(path, content), start=1))
    try:
        return ReportingScale(
            test=_value(path, content, "test", str),
            origin=_value(path, content, "origin", float),
            unit=_value(path, content, "unit", float),
            levels=levels,
            decimals=_value(path, content, "decimals", int) if "decimals" in content else 0,
        )
    except ScaleError as error:
        raise error if str(path) in str(error) else ScaleError(f"{path}: {error}") from error


def _entries(path: Path, content: Mapping[str, Any]) -> list[Any]:
    """Return the ``[[level]]`` tables of a file."""
    entries = content.get("level", [])
    if not isinstance(entries, list):
        raise ScaleError(f"{path}: level must be a list of tables, written [[level]]")
    return entries


def _read_level(path: Path, number: int, entry: object) -> Level:
    """Check one ``[[level]]`` table."""
    if not isinstance(entry, dict) or entry.keys() - {"name", "cut"}:
        raise ScaleError(f"{path}: level {number} may hold name and cut only")
    cut = _value(path, entry, "cut", float) if "cut" in entry else -math.inf
    return Level(_value(path, entry, "name", str), cut)


def _value(path: Path, content: Mapping[str, Any], key: str, kind: type[Any]) -> Any:
    """Value of a key, of the kind wanted; whole numbers may stand for decimal ones."""
    value = content.get(key)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ScaleError(f"{path}: {key} is missing or is not a {kind.__name__}")
    return value


def _check_levels(test: str, levels: tuple[Level, ...]) -> None:
    """Names unique, first level open below, cut scores rising."""
    names = [level.name for level in levels]
    if not all(names) or len(set(names)) != len(names):
        raise ScaleError(f"scale of {test}: every level needs a name of its own, these are {names}")
    cuts = [level.cut for level in levels]
    if cuts and cuts[0] != -math.inf:
        raise ScaleError(f"scale of {test}: the lowest level {names[0]!r} must have no cut score")
    if any(not math.isfinite(cut) for cut in cuts[1:]) or any(low >= high for low, high in pairwise(cuts)):
        raise ScaleError(f"scale of {test}: cut scores must be numbers that rise from level to level, they are {cuts}")
