"""Steps 5 and 6: from sealed sittings to a new calibration, scores, reports and research data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table
from sqlmodel import Session

import itembank
import scoring
from peil.calibrating import calibrate_items
from peil.classical import item_statistics
from peil.demo.field_test import GROUP, FieldTest
from peil.installation import Installation
from scoring import SittingRecord

LIVE_GROUP = "afname (gesimuleerd)"


@dataclass(frozen=True, slots=True)
class Recovery:
    """How well a calibration found the generating parameters back.

    Attributes
    ----------
    test, calibration : which
    answers_per_item : mean number of answers an item has
    live_per_item : of these, live ones
    rmse_discrimination, rmse_difficulty : root mean squared error, in 1/logit and logits
    r_discrimination, r_difficulty : correlation with the generating parameters
    """

    test: str
    calibration: str
    answers_per_item: float
    live_per_item: float
    rmse_discrimination: float
    rmse_difficulty: float
    r_discrimination: float
    r_difficulty: float


def recovery_table(recoveries: Sequence[Recovery]) -> Table:
    """What was found back of the parameters that generated the answers."""
    widest = max((len(found.test) for found in recoveries), default=0)  # a name is never cut
    table = Table(title="Calibration on field test and live answers, against the generating parameters")
    table.add_column("test", min_width=widest)
    for column in ("answers per item", "of which live", "r a", "RMSE a", "r b", "RMSE b (logits)"):
        table.add_column(column, justify="right")
    for one in recoveries:
        figures = (one.r_discrimination, one.rmse_discrimination, one.r_difficulty, one.rmse_difficulty)
        shown = (f"{figure:.3f}" for figure in figures)
        table.add_row(one.test, f"{one.answers_per_item:.0f}", f"{one.live_per_item:.0f}", *shown)
    return table


def recalibrate(
    installation: Installation, field_tests: Mapping[str, FieldTest], records: Sequence[SittingRecord]
) -> list[Recovery]:
    """Calibrate each test on its field test and its live answers together, and keep the result in the item bank."""
    return [
        _recalibrate(installation, field_test, [record for record in records if record.test == test])
        for test, field_test in field_tests.items()
    ]


def _recalibrate(installation: Installation, field_test: FieldTest, records: Sequence[SittingRecord]) -> Recovery:
    """One test."""
    matrix = scoring.build_responses(records, field_test.item_ids)
    live, tried = matrix.responses, field_test.responses
    together = scoring.stack_responses([tried, live])
    details = scoring.stack_details(
        [field_test.details, scoring.answer_details(matrix)], [tried.n_persons, live.n_persons]
    )
    fields = {view.item: view.fields for view in field_test.bank.views}
    name = f"afname-{field_test.design.identifier}"
    points = [entry.points for entry in field_test.entries]
    calibration = calibrate_items(
        name, field_test.item_ids, together, (GROUP, LIVE_GROUP), points=points, simulated=True, records=records
    )
    with Session(installation.database) as db, db.begin():
        itembank.add_calibration(db, calibration)
        itembank.add_statistics(db, name, item_statistics(field_test.item_ids, together, details, fields, points))
    found = np.array([(entry.discrimination, entry.difficulty) for entry in calibration.items])  # (n_items, 2)
    made = np.array([(entry.discrimination, entry.difficulty) for entry in field_test.entries])
    rmse = np.sqrt(np.mean((found - made) ** 2, axis=0))
    correlation = [np.corrcoef(found[:, column], made[:, column])[0, 1] for column in (0, 1)]
    return Recovery(
        test=field_test.design.identifier,
        calibration=name,
        answers_per_item=together.n_responses / together.n_items,
        live_per_item=live.n_responses / live.n_items,
        rmse_discrimination=float(rmse[0]),
        rmse_difficulty=float(rmse[1]),
        r_discrimination=float(correlation[0]),
        r_difficulty=float(correlation[1]),
    )
