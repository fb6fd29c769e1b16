"""Priors as people type them: ``normal:-1.386,0.5``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields

from engine import LogNormalPrior, NormalPrior, Priors
from peil.errors import CommandError

DENSITIES: dict[str, type[NormalPrior] | type[LogNormalPrior]] = {"normal": NormalPrior, "lognormal": LogNormalPrior}
WANTED = {"discrimination": "lognormal", "difficulty": "normal", "guessing": "normal", "upper": "normal"}
QUANTITIES = {"discrimination": "a", "difficulty": "b", "guessing": "logit c", "upper": "logit of (d - c) / (1 - c)"}
APPLIES = {
    "discrimination": frozenset({"1pl", "2pl", "3pl", "4pl", "gpcm", "grm"}),
    "difficulty": frozenset({"rasch", "1pl", "2pl", "3pl", "4pl", "pcm", "gpcm", "grm", "rsm"}),
    "guessing": frozenset({"3pl", "4pl"}),
    "upper": frozenset({"4pl"}),
}
"""Models that have the parameter, and estimate it item by item or for all."""


def read_priors(texts: Mapping[str, str | None]) -> Priors:
    """Priors from texts such as ``normal:-1.386,0.5``.

    Parameters
    ----------
    texts
        Parameter to text; None is no prior.

    Raises
    ------
    CommandError
        If a text is no prior of that parameter.
    """
    return Priors(**{name: _prior(name, text) for name, text in texts.items() if text is not None})  # type: ignore[arg-type]  # _prior gives each parameter its own density


def _prior(parameter: str, text: str) -> NormalPrior | LogNormalPrior:
    """Prior of one parameter."""
    density, _, numbers = text.partition(":")
    values = [_number(part) for part in numbers.split(",")]
    wanted = WANTED[parameter]
    if density != wanted or len(values) != 2 or not all(map(math.isfinite, values)) or values[1] <= 0.0:
        raise CommandError(
            f"--prior-{parameter} {text}: expected {wanted}:MEAN,SD with SD above 0, the density of "
            f"{QUANTITIES[parameter]}, such as {wanted}:{'-1.386,0.5' if parameter == 'guessing' else '0,0.5'}"
        )
    return DENSITIES[wanted](*values)


def _number(text: str) -> float:
    """Value of a text, NaN where it is no number."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def require_priors_apply(priors: Priors, models: Sequence[str]) -> None:
    """Refuse a prior of a parameter that no item estimates.

    Parameters
    ----------
    priors
        As they were asked.
    models
        Of the items that are estimated.

    Raises
    ------
    CommandError
        Names the prior and the models.
    """
    for parameter, those in APPLIES.items():
        if getattr(priors, parameter) is not None and not those & set(models):
            used = ", ".join(sorted(set(models))) or "none that is estimated"
            raise CommandError(
                f"--prior-{parameter} says nothing here: it is for {', '.join(sorted(those))}, and the model is {used}"
            )


def describe_priors(priors: Priors) -> dict[str, str]:
    """Say each prior in words, by parameter."""
    said = {}
    for field in fields(priors):
        prior = getattr(priors, field.name)
        if prior is not None:
            said[field.name] = f"{WANTED[field.name]}:{prior.mean:g},{prior.sd:g} of {QUANTITIES[field.name]}"
    return said
