"""The report's sentences, by language; the only words that a rendering shows."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _catalogue(language: str) -> dict[str, Any]:
    """Sentences of one language."""
    return tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))


def text(key: str, language: str = "nl", /, **figures: str) -> str:
    """Sentence ``section.name`` with its figures, already written as text, filled in.

    Raises
    ------
    KeyError
        If there is no such sentence, or it wants a figure that is not given.
    """
    section, name = key.split(".")
    sentence: str = _catalogue(language)[section][name]
    return sentence.format(**figures)


def guide(language: str = "nl", /, **figures: str) -> tuple[tuple[str, str], ...]:
    """Questions and answers of "how to read these figures"."""
    return tuple((entry["question"], entry["answer"].format(**figures)) for entry in _catalogue(language)["guide"])
