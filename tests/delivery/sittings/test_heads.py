"""What a laptop sees of an item whose choices are shuffled."""

from __future__ import annotations

import pytest
from lxml import html

from delivery.sittings.state import SittingState, fold
from itembank import CalibratedItem, CalibrationVersion, CompiledBank, compile_bank, read_item
from tests.delivery.delivery_world import CHOICE, HEAD, RULE, SCORE, Site, make_site
from tests.designs import area_design

pytestmark = pytest.mark.anyio
LETTERS = "ABCDEFGH"


@pytest.fixture(scope="module")
def bank() -> CompiledBank:
    """Two items of eight choices, of which the last stays last."""
    more = "".join(f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in LETTERS[2:-1])
    last = '<qti-simple-choice identifier="H" fixed="true">geen</qti-simple-choice>'
    source = CHOICE.replace('max-choices="1"', 'shuffle="true"').replace(
        "</qti-choice-interaction>", f"{more}{last}</qti-choice-interaction>"
    )
    items = [
        read_item(source.format(head=HEAD, name=name, score=SCORE, rule=RULE).encode(), area="x")
        for name in ("S1", "S2")
    ]
    parameters = tuple(CalibratedItem(item.name, 1.0, 0.0, 0.1, 0.1, 500, 0.5) for item in items)
    return compile_bank(
        area_design("proef", "Proef", 2, {"x": (2, 2)}), items, CalibrationVersion("c1", "2pl", {}, parameters)
    )


def order(head: dict[str, object]) -> str:
    """Letters of the choices as they stand on the page."""
    current = head["current"]
    assert isinstance(current, dict)
    return "".join(one.get("value", "") for one in html.fromstring(current["html"]).iter("input"))


async def test_reload_other_laptop_other_worker_and_replay_show_the_same_order(sqlite_site: Site) -> None:
    lotte, noah = await sqlite_site.laptop(), await sqlite_site.laptop(seat=1)
    shown = order(lotte.head)
    assert sorted(shown) == list(LETTERS)
    assert shown[-1] == "H"
    assert shown != order(noah.head)  # alike once in 7! sittings
    assert order((await lotte.look()).json()) == shown

    worker = make_site(sqlite_site.world, sqlite_site.journal)  # remembers nothing: it folds the log
    again = await worker.laptop()
    assert order(again.head) == shown
    await worker.close()

    state = fold(SittingState(lotte.ref), await sqlite_site.events(lotte))
    assert order(await sqlite_site.sittings._head(state)) == shown


async def test_the_next_item_has_an_order_of_its_own_and_its_answer_is_scored(sqlite_site: Site) -> None:
    lotte = await sqlite_site.laptop()
    first = order(lotte.head)
    assert (await lotte.answer("A")).status_code == 200
    assert order(lotte.head) != first  # alike once in 7! sittings
    assert (await lotte.answer("B")).status_code == 200
    state = fold(SittingState(lotte.ref), await sqlite_site.events(lotte))
    assert [answer.category for answer in state.answers] == [1, 0]
