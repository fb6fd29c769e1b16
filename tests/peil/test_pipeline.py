from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import Session

import itembank
from delivery.people import discimus_ids
from loadtest.pupils import Finished
from peil import pipeline
from peil.calibrating import calibrate_items, digest
from peil.demo.field_test import copy_scales
from peil.errors import CommandError
from tests.peil.place import Place
from tests.peil.taking import rooms_of, take

N_PUPILS = 6
WAVE = "Kleine afname"


@pytest.fixture(scope="module")
def finished(place: Place) -> list[Finished]:
    """Six pupils of one class who took mathematics, through the application itself; two more came in and left."""
    return asyncio.run(take(place, rooms_of(place, "wiskunde-4")[:1], N_PUPILS, n_leaving=2))


def answers_of(sittings: Sequence[Finished]) -> set[tuple[str, int, str]]:
    """What was acknowledged."""
    return {(answer.sitting, answer.position, answer.item) for sitting in sittings for answer in sitting.answers}


def test_what_was_acknowledged_comes_out_and_the_rest_is_listed(place: Place, finished: list[Finished]) -> None:
    collected = pipeline.collect_sittings(place.installation)
    out = {
        (str(record.sitting), answer.position, answer.item) for record in collected.records for answer in record.answers
    }
    assert out == answers_of(finished)
    assert sum(sitting.is_begun for sitting in collected.unsealed) == 2


def test_records_hold_pseudonyms_and_never_a_discimus_id(place: Place, finished: list[Finished]) -> None:
    records = pipeline.collect_sittings(place.installation).records
    with Session(place.installation.web) as db:
        forbidden = discimus_ids(db)
    assert len({record.pupil for record in records}) == len(finished)
    assert not any(identifier in repr(records) for identifier in forbidden)


def test_scores_reports_and_research_agree(place: Place, finished: list[Finished], tmp_path: Path) -> None:
    if not place.installation.settings.scales_folder.exists():
        copy_scales(place.installation)
    records = pipeline.collect_sittings(place.installation).records
    scores = pipeline.score_wave(place.installation, WAVE, records, {})
    assert [score.n_answers for score in scores] == [20] * len(finished)
    assert {score.calibration for score in scores} == {"veldtest-wiskunde-4"}
    files = pipeline.write_reports(place.installation, WAVE, tmp_path / "reports")
    assert sorted(path.suffix for path in files) == [".html", ".pdf"]  # one school took part
    dataset = pipeline.write_research(place.installation, WAVE, records, tmp_path / "research")
    assert (dataset.n_scores, dataset.n_responses) == (len(finished), 20 * len(finished))
    manifest = json.loads((tmp_path / "research" / "manifest.json").read_text())
    assert manifest["simulated"] is True


def test_another_calibration_can_be_asked_for_and_an_unknown_one_is_named(
    place: Place, finished: list[Finished]
) -> None:
    records = pipeline.collect_sittings(place.installation).records
    assert len(records) == len(finished)
    with pytest.raises(itembank.NotInBankError, match="no-such"):
        pipeline.score_wave(place.installation, WAVE, records, {"wiskunde-4": "no-such"})


def test_nothing_to_score_is_said_in_a_sentence(place: Place) -> None:
    with pytest.raises(CommandError, match="no sealed sittings"):
        pipeline.score_wave(place.installation, WAVE, [], {})


def test_a_missing_scale_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=str(tmp_path)):
        pipeline.read_scales(tmp_path)


def test_a_calibration_carries_where_it_comes_from(place: Place) -> None:
    field_test = place.prepared.field_tests["wiskunde-4"]
    points = [entry.points for entry in field_test.entries]
    version = calibrate_items(
        "again", field_test.item_ids, field_test.responses, ("veldtest",), points=points, simulated=True
    )
    assert version.provenance["responses_sha256"] == digest(field_test.responses)
    assert version.provenance["converged"] is True
    assert version.provenance["groups"][0]["n"] == field_test.responses.n_persons
    proportions = field_test.responses.proportion_correct()
    assert [entry.p_value for entry in version.items] == pytest.approx(proportions.tolist())
    assert [entry.item for entry in version.items] == list(field_test.item_ids)
