"""One table of a design file: it gives checked values by key, and refuses keys that nobody asked for."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from itembank.errors import DesignFileError

REQUIRED: Any = object()
"""Stands for a default where there is none."""


class Section:
    """A table of a TOML file.

    Parameters
    ----------
    data : what the file holds there
    place : dotted key of the table, "" for the file itself
    """

    def __init__(self, data: Mapping[str, Any], place: str = "") -> None:
        self._data = data
        self._place = place
        self._asked: dict[str, None] = {}

    def at(self, key: str) -> str:
        """Dotted key from the top of the file."""
        return f"{self._place}.{key}" if self._place else key

    def refuse(self, key: str, right: str) -> DesignFileError:
        """Error about the value of a key; ``right`` says what it must be."""
        return DesignFileError(f"{self.at(key)}: must be {right}, not {_shown(self._data.get(key))}")

    def has(self, key: str) -> bool:
        """Whether the file gives the key."""
        self._asked[key] = None
        return key in self._data

    def _value(self, key: str, default: Any, right: str) -> Any:
        """Value as it stands, or the default."""
        if self.has(key):
            return self._data[key]
        if default is REQUIRED:
            raise DesignFileError(f"{self.at(key)}: is missing; it must be {right}")
        return default

    def text(self, key: str, default: str = REQUIRED) -> str:
        """Words."""
        value = self._value(key, default, "text")
        if not isinstance(value, str) or (default is REQUIRED and not value.strip()):
            raise self.refuse(key, "text between quotes")
        return value

    def choice(self, key: str, options: Sequence[str], default: str = REQUIRED) -> str:
        """One of some words; the nearest is suggested."""
        right = f"one of {', '.join(options)}"
        value = self._value(key, default, right)
        if value not in options:
            near = difflib.get_close_matches(str(value), options, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise DesignFileError(f"{self.at(key)}: must be {right}, not {_shown(value)}{meant}")
        return str(value)

    def whole(self, key: str, least: int = 0, default: int = REQUIRED) -> int:
        """Whole number of ``least`` or more."""
        right = f"a whole number of {least} or more"
        value = self._value(key, default, right)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.refuse(key, right)
        return value

    def number(
        self, key: str, low: float, high: float = math.inf, default: float = REQUIRED, *, ends: bool = True
    ) -> float:
        """Finite number between two others; ``ends`` says whether it may be one of these."""
        right = _range(low, high, ends=ends)
        value = self._value(key, default, right)
        if value is default and default is not REQUIRED:
            return float(default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refuse(key, right)
        if not (low <= value <= high if ends else low < value < high):
            raise self.refuse(key, right)
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._value(key, default, "true or false")
        if not isinstance(value, bool):
            raise self.refuse(key, "true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """List of words; nothing where the key is not given."""
        right = 'a list of texts, such as ["a", "b"]'
        value = self._value(key, [], right)
        if not _is_texts(value):
            raise self.refuse(key, right)
        if len(set(value)) < len(value):
            raise DesignFileError(f"{self.at(key)}: names {next(one for one in value if value.count(one) > 1)} twice")
        return tuple(value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """List of finite numbers; nothing where the key is not given."""
        right = "a list of numbers, such as [-0.5, 0.5]"
        value = self._value(key, [], right)
        if not isinstance(value, list) or not all(_is_number(one) for one in value):
            raise self.refuse(key, right)
        return tuple(float(one) for one in value)

    def pairs(self, key: str) -> dict[str, str]:
        """Table of words to words; nothing where the key is not given."""
        section = self.table(key)
        return {name: section.text(name) for name in section.keys()}  # noqa: SIM118 - a Section is no mapping

    def keys(self) -> tuple[str, ...]:
        """Keys that the file gives, in its order."""
        return tuple(self._data)

    def table(self, key: str) -> Section:
        """Table below this one; an empty one where the key is not given."""
        value = self._value(key, {}, "a table")
        if not isinstance(value, dict):
            raise self.refuse(key, f"a table, such as [{self.at(key)}]")
        return Section(value, self.at(key))

    def is_table(self, key: str) -> bool:
        """Whether the file gives a table there."""
        return self.has(key) and isinstance(self._data[key], dict)

    def is_text(self, key: str, text: str) -> bool:
        """Whether the file gives this text there, or nothing."""
        return not self.has(key) or self._data[key] == text

    def lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """List of lists of words; nothing where the key is not given."""
        right = 'a list of lists, such as [["a", "b"], ["c", "d"]]'
        value = self._value(key, [], right)
        if not isinstance(value, list) or not all(_is_texts(one) for one in value):
            raise self.refuse(key, right)
        return tuple(tuple(one) for one in value)

    def tables(self, key: str) -> Iterator[Section]:
        """Tables of a list, numbered from 1."""
        value = self._value(key, [], "a list of tables")
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.refuse(key, f"tables with the heading [[{self.at(key)}]]")
        for number, one in enumerate(value, 1):
            yield Section(one, f"{self.at(key)}[{number}]")

    def named_tables(self) -> Iterator[tuple[str, Section]]:
        """All tables below this one, by name."""
        for name in self._data:
            yield name, self.table(name)

    def close(self) -> None:
        """Refuse keys that nobody asked for.

        Raises
        ------
        DesignFileError
            Names the first such key, and the known one that is nearest.
        """
        for key in self._data:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, 1)
                meant = f"did you mean {near[0]}?" if near else f"the keys here are {', '.join(sorted(self._asked))}"
                raise DesignFileError(f"{self.at(key)}: is no key that is known here; {meant}")


def _is_texts(value: object) -> bool:
    """Whether a value is a list of words."""
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _is_number(value: object) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _range(low: float, high: float, *, ends: bool) -> str:
    """Words of a range."""
    if high == math.inf:
        return f"a number of {low:g} or more" if ends else f"a number above {low:g}"
    return f"a number from {low:g} to {high:g}" if ends else f"a number between {low:g} and {high:g}"


def _shown(value: object) -> str:
    """Show a value as it stands in the file."""
    words = {True: "true", False: "false"}
    if isinstance(value, bool):
        return words[value]
    return "a table" if isinstance(value, dict) else repr(value)
