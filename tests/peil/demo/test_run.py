from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from uuid import uuid4

import pytest
from rich.console import Console

from peil.demo.errors import DemoError
from peil.demo.facts import check_blueprint
from peil.demo.field_test import FieldTest
from peil.demo.progress import StepBook
from peil.demo.run import prepare
from scoring import AnswerRecord, SittingRecord
from tests.peil.place import Place

NOW = datetime(2027, 4, 1, tzinfo=UTC)


@pytest.fixture
def dutch(place: Place) -> FieldTest:
    """The Dutch test: 20 items, two whole passages among them."""
    return place.prepared.field_tests["nederlands-4"]


def chosen_items(test: FieldTest, passages: int, others: dict[str, int]) -> list[str]:
    """Items of so many passages, and so many of each other area."""
    stimulus = {view.item: view.stimulus for view in test.bank.views}
    wanted = sorted({name for name in stimulus.values() if name})[:passages]
    chosen = [item for item, name in stimulus.items() if name in wanted]
    for area, n in others.items():
        entries = zip(test.item_ids, test.entries, strict=True)
        chosen += [item for item, entry in entries if entry.area == area][:n]
    return chosen


def sitting_of(items: list[str]) -> SittingRecord:
    """Sitting in which these items were shown."""
    answers = tuple(AnswerRecord(position, item, 1, 1000) for position, item in enumerate(items, 1))
    return SittingRecord(uuid4(), "p", "s", "c", "nederlands-4", "b", "k", NOW, NOW, answers, simulated=True)


def test_a_demo_never_goes_into_a_database_that_is_in_use(place: Place) -> None:
    with pytest.raises(DemoError, match="holds items or schools"):
        prepare(place.installation, 1, StepBook(Console(file=StringIO())))


def test_a_sitting_that_meets_its_blueprint_passes(dutch: FieldTest) -> None:
    check_blueprint(dutch, sitting_of(chosen_items(dutch, 2, {"grammatica": 3, "spelling": 3, "woordenschat": 4})))


def test_every_breach_of_a_blueprint_stops_the_demo(dutch: FieldTest) -> None:
    good = chosen_items(dutch, 2, {"grammatica": 3, "spelling": 3, "woordenschat": 4})
    three = chosen_items(dutch, 3, {})
    for breach, items in (
        ("blueprint: .*length", [*good[:-1], good[0]]),
        ("blueprint: .*length", good[:-1]),
        ("area grammatica", chosen_items(dutch, 2, {"grammatica": 0, "spelling": 5, "woordenschat": 5})),
        (r"passage \d", [*good[:9], three[10], *good[10:]]),
    ):
        with pytest.raises(DemoError, match=breach):
            check_blueprint(dutch, sitting_of(items))
