"""What laptops tell of aids and of their page's focus: once, bounded, and never more than was granted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.rooms import close_room
from delivery.sittings.events import AccommodationUsed, FocusLost
from delivery.sittings.noted import NOTHING_NOTED, after_absence, after_use, on_other_laptop
from delivery.sittings.noticing import MOST_REPORTS
from tests.delivery.delivery_world import Laptop, Site
from tests.delivery.granting import granted_laptop
from tests.delivery.telling import tell

pytestmark = pytest.mark.anyio
KINDS = st.frozensets(st.sampled_from(["contrast", "lines", "read_aloud"]))


async def told(site: Site, laptop: Laptop, kind: str) -> list[dict[str, Any]]:
    """Payloads of a kind, without what differs from run to run."""
    events = [json.loads(event.payload) for event in await site.events(laptop) if event.kind == kind]
    return [{key: value for key, value in event.items() if key not in {"at", "epoch"}} for event in events]


async def test_each_thing_is_noted_once_and_nothing_that_was_not_granted(site: Site) -> None:
    laptop = await granted_laptop(site, {"read_aloud": "yes", "contrast": "yes", "extra_time": "1.25"})
    first = {"offered": ["contrast", "glossary", "extra_time"], "lacking": ["read_aloud", "x"], "used": ["contrast"]}
    for _ in range(2):
        assert (await tell(laptop, **first)).status_code == 204
    assert (await tell(laptop, used=["lines", "read_aloud", "glossary", "breaks", "items"])).status_code == 204
    assert await told(site, laptop, "accommodation_used") == [
        # extra time the server itself gives; there is no glossary for this pupil
        {"offered": ["contrast", "extra_time"], "lacking": ["read_aloud"], "used": ["contrast"]},
        {"offered": [], "lacking": [], "used": ["lines", "read_aloud"]},
    ]


async def test_another_laptop_may_have_what_the_first_lacked(site: Site) -> None:
    laptop = await granted_laptop(site, {"read_aloud": "yes"})
    await tell(laptop, lacking=["read_aloud"])
    assert (await site.sittings.ledger.load(laptop.ref)).noted.lacking == {"read_aloud"}
    other = await Laptop(site.client, laptop.room).enter()
    assert (await tell(laptop, lacking=["read_aloud"])).json()["code"] == "moved"
    await tell(other, offered=["read_aloud"])
    noted = (await site.sittings.ledger.load(other.ref)).noted
    assert (noted.offered, noted.lacking) == (frozenset({"read_aloud"}), frozenset())


async def test_absences_are_told_as_sums_so_that_a_lost_or_doubled_report_changes_nothing(site: Site) -> None:
    laptop = await site.laptop()
    for times, away_ms in ((1, 4_000), (1, 4_000), (3, 9_000), (2, 8_000)):
        assert (await tell(laptop, times=times, away_ms=away_ms)).status_code == 204
    assert await told(site, laptop, "focus_lost") == [{"times": 1, "away_ms": 4_000}, {"times": 3, "away_ms": 9_000}]
    other = await Laptop(site.client, laptop.room).enter()
    await tell(other, times=2, away_ms=5_000)
    noted = (await site.sittings.ledger.load(other.ref)).noted
    assert (noted.n_absences, noted.away_ms) == (5, 14_000)


async def test_a_laptop_cannot_fill_the_log_with_absences(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    for times in range(1, MOST_REPORTS + 5):
        await tell(laptop, times=times, away_ms=times * 1_000)
    assert (await sqlite_site.kinds(laptop)).count("focus_lost") == MOST_REPORTS
    assert (await laptop.answer()).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"times": -1}, {"times": 10**9}, {"away_ms": 10**12}, {"used": ["x"] * 21}, {"used": ["x" * 41]}, {"times": "a"}],
)
async def test_what_no_laptop_says_is_refused(sqlite_site: Site, wrong: dict[str, Any]) -> None:
    laptop = await sqlite_site.laptop()
    n_events = len(await sqlite_site.events(laptop))
    assert (await tell(laptop, **wrong)).status_code == 422
    assert len(await sqlite_site.events(laptop)) == n_events


async def test_only_the_laptop_of_now_is_heard_and_a_sealed_sitting_hears_nothing(site: Site) -> None:
    laptop = await site.laptop()
    assert (await tell(laptop, epoch=7, used=["lines"])).json()["code"] == "not_yours"
    await close_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    await tell(laptop, used=["lines"])  # what was under way
    await laptop.seal(0)
    assert (await tell(laptop, used=["magnifier"], times=1)).status_code == 204
    assert [one["used"] for one in await told(site, laptop, "accommodation_used")] == [["lines"]]
    assert (await site.kinds(laptop))[-1] == "sealed"


@given(st.lists(st.tuples(KINDS, KINDS, KINDS)), st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9)), max_size=8))
def test_sums_are_over_laptops_and_what_is_offered_is_not_lacking(
    uses: list[tuple[frozenset[str], frozenset[str], frozenset[str]]], absences: list[tuple[int, int]]
) -> None:
    noted = NOTHING_NOTED
    for offered, lacking, used in uses:
        said = AccommodationUsed(at=1, offered=tuple(offered), lacking=tuple(lacking), used=tuple(used))
        noted = after_use(noted, said)
        assert not offered & noted.lacking
    for epoch, times in absences:
        noted = after_absence(noted, FocusLost(at=1, epoch=epoch, times=times, away_ms=1_000 * times))
    assert noted.n_absences * 1_000 == noted.away_ms == sum(dict(absences).values()) * 1_000
    assert noted.used == frozenset().union(*(used for *_, used in uses))
    assert on_other_laptop(noted).offered == noted.offered
