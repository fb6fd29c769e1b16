"""The fields of a research dataset: an allow-list that is schema, check and codebook in one.

A field that is not here cannot be written, and a value that does not look like its field is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from tomllib import loads

from reports.pseudonyms import PSEUDONYM


class Kind(StrEnum):
    """How a field is stored."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class DatasetField:
    """One field of a table.

    Attributes
    ----------
    table, name : where it is
    kind : how it is stored
    pattern : what a text must look like as a whole; None for other kinds
    meaning, unit, values, purpose : for people, in Dutch
    """

    table: str
    name: str
    kind: Kind
    pattern: re.Pattern[str] | None
    meaning: str
    unit: str
    values: str
    purpose: str

    def accepts(self, value: object) -> bool:
        """Whether a value may stand in this field."""
        if self.pattern is not None:
            return isinstance(value, str) and self.pattern.fullmatch(value) is not None
        if self.kind is Kind.BOOLEAN:
            return isinstance(value, bool)
        if isinstance(value, bool):
            return False
        return isinstance(value, int) if self.kind is Kind.INTEGER else isinstance(value, float)


PATTERNS = {
    "pseudonym": PSEUDONYM,
    "test": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"),
    "item": re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*@[0-9]+"),
    "version": re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/@:+(),-]{0,119}"),
    "level": re.compile(r"(?!.*\d\d\d)[^\W\d].{0,59}|"),
}
"""What texts look like: narrow, so that a value in the wrong field is seen."""

TABLES = ("scores", "responses")


def fields_of(table: str) -> tuple[DatasetField, ...]:
    """Fields of a table, in the order in which they are written.

    Raises
    ------
    KeyError
        If there is no such table.
    """
    catalogue = loads(files("reports.texts").joinpath("codebook.nl.toml").read_text(encoding="utf-8"))
    return tuple(
        DatasetField(
            table=table,
            name=entry["name"],
            kind=Kind(entry["kind"]),
            pattern=PATTERNS[entry["pattern"]] if "pattern" in entry else None,
            meaning=entry["meaning"],
            unit=entry.get("unit", ""),
            values=entry.get("values", ""),
            purpose=entry["purpose"],
        )
        for entry in catalogue[table]
    )
