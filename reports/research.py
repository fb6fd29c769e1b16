"""Research datasets: pseudonymised tables with codebook, manifest and checksums, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.codebook import DatasetField, fields_of
from reports.codebook_files import write_codebook
from reports.errors import DatasetError
from reports.table_files import write_table
from scoring import ScoreRecord, SittingRecord

Value = str | int | float | bool
Row = tuple[Value, ...]
Pseudonymise = Callable[[str, str], str]
"""(kind, identifier) → pseudonym; kind is "pupil", "school", "school_class" or "sitting"."""

PSEUDONYMISED = ("pupil", "school", "school_class", "sitting")
ANSWER_FIELDS = ("position", "item", "category", "elapsed_ms", "late", "scored")
WORDS = re.compile(r"[^A-Za-z0-9]+")
DECIMALS = 6
"""Decimals that are kept: far below any standard error, and above the last bits in which processors differ."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was written.

    Attributes
    ----------
    folder : where it is
    n_scores, n_responses : rows of the two tables
    simulated : at least one row is of a simulee or a virtual pupil
    checksums : SHA-256 by file name, hexadecimal
    """

    folder: Path
    n_scores: int
    n_responses: int
    simulated: bool
    checksums: Mapping[str, str]


def write_research_dataset(
    folder: Path,
    scores: Sequence[ScoreRecord],
    sittings: Sequence[SittingRecord],
    pseudonymise: Pseudonymise,
    *,
    title: str,
    made_on: date,
    versions: Mapping[str, str],
    inputs: Mapping[str, str],
    forbidden: Set[str] = frozenset(),
) -> Dataset:
    """Write scores and item responses of a wave for researchers.

    The folder gets ``scores`` and ``responses`` as Parquet and CSV, ``codebook.csv`` and ``codebook.html``,
    ``manifest.json`` and ``SHA256SUMS``. It appears whole or not at all. Rows are sorted by pseudonym, nothing
    reads a clock: the same arguments give the same bytes.

    Parameters
    ----------
    folder
        Where to; must not exist yet or be empty.
    scores, sittings
        Results, and the sittings they come from; a sitting without a score is written too.
    pseudonymise
        Gives the pseudonym for the purpose "research" of an identifier of a kind, such as
        ``Pseudonyms(key, "research").within``.
    title, made_on
        What the dataset is called, and its date.
    versions
        What made it: program, calibration, algorithm …
    inputs
        SHA-256 of what it was made from, by name.
    forbidden
        Identifiers of pupils (Discimus IDs); nothing is written if one of them occurs in any text.

    Raises
    ------
    DatasetError
        If the folder holds anything, a score has no sitting, two rows are the same sitting, a pseudonym is
        the identifier itself, or a value does not look like its field; nothing is left behind.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(f"{folder} is not an empty folder; name a new one, so that no dataset is overwritten")
    _check_sittings(scores, sittings)
    tables = {
        "scores": _rows("scores", [_score_values(score, pseudonymise) for score in scores], forbidden),
        "responses": _rows("responses", _response_values(sittings, pseudonymise), forbidden),
    }
    simulated = any(score.simulated for score in scores) or any(sitting.simulated for sitting in sittings)
    manifest = {
        "title": title,
        "made_on": made_on.isoformat(),
        "purpose": "research",
        "simulated": simulated,
        "rows": {table: len(rows) for table, rows in tables.items()},
        "versions": dict(versions),
        "inputs": dict(inputs),
    }
    checksums = _write_whole(folder, tables, manifest)
    return Dataset(folder, len(tables["scores"]), len(tables["responses"]), simulated, checksums)


def _write_whole(folder: Path, tables: Mapping[str, Sequence[Row]], manifest: dict[str, object]) -> dict[str, str]:
    """Write into a draft folder that becomes ``folder`` only when all is there; returns the checksums."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))  # readable by its owner only
    try:
        for table, rows in tables.items():
            write_table(draft, table, fields_of(table), rows)
        write_codebook(draft, str(manifest["title"]), simulated=bool(manifest["simulated"]))
        manifest["files"] = _checksums(draft)
        written = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
        _write_text(draft / "manifest.json", written + "\n")
        checksums = _checksums(draft)
        _write_text(draft / "SHA256SUMS", "".join(f"{digest}  {name}\n" for name, digest in checksums.items()))
        draft.replace(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return checksums


def _write_text(path: Path, text: str) -> None:
    """Write UTF-8 with Unix line ends, whatever the machine."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _check_sittings(scores: Sequence[ScoreRecord], sittings: Sequence[SittingRecord]) -> None:
    """Every sitting once, every score with its sitting."""
    known = {record.sitting for record in sittings}
    if len(known) != len(sittings) or len({score.sitting for score in scores}) != len(scores):
        raise DatasetError("a sitting occurs twice; give each sitting and each score once")
    missing = {score.sitting for score in scores} - known
    if missing:
        raise DatasetError(f"{len(missing)} score(s) have no sitting, such as {min(missing)}; give the wave's sittings")


def _pseudonym(pseudonymise: Pseudonymise, kind: str, identifier: str) -> str:
    """Pseudonym of an identifier; refuses a function that does nothing."""
    pseudonym = pseudonymise(kind, identifier)
    if pseudonym == identifier:
        raise DatasetError(f"the pseudonym of a {kind} is its identifier; give a keyed function (Pseudonyms)")
    return pseudonym


def _score_values(score: ScoreRecord, pseudonymise: Pseudonymise) -> dict[str, Value]:
    """Fields of one score."""
    values: dict[str, Value] = {
        name: getattr(score, name) for name in ("test", "level", "n_answers", "calibration", "algorithm", "simulated")
    }
    for name in ("theta", "standard_error", "scale_score", "scale_error"):
        values[name] = round(float(getattr(score, name)), DECIMALS) + 0.0
    for kind in PSEUDONYMISED:
        values[kind] = _pseudonym(pseudonymise, kind, str(getattr(score, kind)))
    return values


def _response_values(sittings: Iterable[SittingRecord], pseudonymise: Pseudonymise) -> list[dict[str, Value]]:
    """Fields of every answer."""
    rows: list[dict[str, Value]] = []
    for sitting in sittings:
        shared: dict[str, Value] = {
            "sitting": _pseudonym(pseudonymise, "sitting", str(sitting.sitting)),
            "pupil": _pseudonym(pseudonymise, "pupil", sitting.pupil),
            "test": sitting.test,
            "simulated": sitting.simulated,
        }
        for answer in sitting.answers:
            own = {
                name: getattr(answer, name) for name in ("position", "item", "category", "elapsed_ms", "late", "scored")
            }
            rows.append({**shared, **own})
    return rows


def _rows(table: str, values: Iterable[Mapping[str, Value]], forbidden: Set[str]) -> list[Row]:
    """Rows in the order of the schema, each value checked, sorted so that no order of arrival shows."""
    schema = fields_of(table)
    return sorted(tuple(_checked(field, row[field.name], forbidden) for field in schema) for row in values)


def _checked(field: DatasetField, value: Value, forbidden: Set[str]) -> Value:
    """Value of a field; the message never repeats a value that should not have been there."""
    where = f"{field.table}.{field.name}"
    if not field.accepts(value):
        raise DatasetError(
            f"{where}: a value does not look like this field ({field.values or field.kind}); nothing was written, "
            "because it may identify a pupil"
        )
    if forbidden and isinstance(value, str) and not forbidden.isdisjoint((value, *WORDS.split(value))):
        raise DatasetError(f"{where}: a value holds an identifier of a pupil; nothing was written")
    return value


def _checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
