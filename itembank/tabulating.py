"""Write items of the bank as a table: what is known of each, for spreadsheets and for `itembank.read_bank`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from itembank.errors import NotInBankError
from itembank.history import states
from itembank.store import ItemSummary, items
from itembank.tables import StoredCalibratedItem, StoredCalibration, StoredItemVersion

COLUMNS = (
    "item", "version", "state", "title", "language", "area", "goals", "type", "interactions", "points", "passage",
    "enemy", "keywords", "expected_difficulty", "licence", "unfit", "calibration", "discrimination", "difficulty",
    "difficulty_error", "answers", "p_value", "model",
)  # fmt: skip
"""``expected_difficulty`` is the author's word, ``difficulty`` the location in logits; ``unfit`` says why no test can
hold an item; ``answers`` are those that the calibration saw. Where items have points for parts, ``step_1``, ``step_2``
and so on follow, in logits."""
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a cell that spreadsheets take for a formula (OWASP, CSV injection)."""


def items_csv(db: Session, identifiers: Sequence[str] = ()) -> str:
    """Latest version of items as CSV, one row an item, with the parameters of the newest calibration that holds it.

    Parameters
    ----------
    db : database session
    identifiers : of the items; all of the bank when empty

    Raises
    ------
    NotInBankError
        If an item is not in the bank.
    """
    summaries = {summary.identifier: summary for summary in items(db)}
    unknown = [identifier for identifier in identifiers if identifier not in summaries]
    if unknown:
        raise NotInBankError(f"{', '.join(unknown)}: not in the item bank. Check the name, without its version.")
    chosen = [summaries[identifier] for identifier in identifiers or summaries]
    known, state = _parameters(db), states(db)
    n_steps = max((len(known[one.name].steps) for one in chosen if one.name in known), default=0)
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow((*COLUMNS, *(f"step_{number}" for number in range(1, n_steps + 1))))
    for summary in chosen:
        table.writerow(_quiet(_row(db, summary, str(state[summary.name]), known.get(summary.name), n_steps)))
    return written.getvalue()


def _parameters(db: Session) -> dict[str, StoredCalibratedItem]:
    """What the newest calibration that holds an item version says of it, by name."""
    by_age = select(StoredCalibratedItem).join(
        StoredCalibration, col(StoredCalibration.identifier) == StoredCalibratedItem.calibration
    )
    rows = db.exec(by_age.order_by(col(StoredCalibration.added_at), StoredCalibration.identifier))
    return {f"{row.identifier}@{row.version}": row for row in rows}


def _row(
    db: Session, summary: ItemSummary, state: str, entry: StoredCalibratedItem | None, n_steps: int
) -> Iterable[str | int | float]:
    """Cells of one item, in the order of the columns."""
    row = db.get_one(StoredItemVersion, (summary.identifier, summary.version))
    kinds = [str(kind) for kind in summary.interactions]
    yield from (summary.identifier, summary.version, state, summary.title, summary.language, summary.area)
    yield from (" ".join(summary.goals), summary.labels.get("type", ""), " ".join(kinds), summary.maximum)
    yield from (summary.stimulus, row.enemy, "; ".join(row.keywords), row.about.get("difficulty", ""), row.licence)
    yield summary.obstacle
    if entry is None:
        yield from [""] * (7 + n_steps)
    else:
        yield from (entry.calibration, entry.discrimination, entry.difficulty, entry.difficulty_error)
        yield from (entry.n, entry.p_value, "gpcm" if entry.steps else "2pl")
        yield from entry.steps
        yield from [""] * (n_steps - len(entry.steps))


def _quiet(cells: Iterable[str | int | float]) -> list[str | int | float]:
    """Put an apostrophe before texts that a spreadsheet would work out."""
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(_ACTIVE) else cell for cell in cells]
