"""What replay says of a sitting, event by event: the words that a person who must account for it reads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import msgspec
import pytest
from sqlmodel import Session, select

from delivery import replay
from delivery.access import SittingRef
from delivery.journal import Event
from delivery.sittings.banks import IndexedBank, index_bank
from delivery.sittings.choosing import Progress, choose_offer
from delivery.sittings.decisions import decide
from delivery.sittings.events import EventKind, Offered, Payload, Started
from delivery.sittings.offers import Choice, Offer
from delivery.sittings.state import SittingState, fold
from delivery.tables import SittingRow
from engine import FirstItem, Pretest
from engine.stopping import StopReason
from itembank import Stopping
from tests.delivery.delivery_world import Site
from tests.delivery.sittings.test_choosing import LENGTH, answer, make_bank, make_design, progress, start

pytestmark = pytest.mark.anyio

ROUTES = {
    "plan": "from the plan",
    "solved": "from a plan that was solved anew, because swaps could not keep the blueprint",
    "pool": "from the whole pool",
    "pretest": "a field-test item that was drawn for this place",
    "penalty": "the item of least harm, because no plan met the blueprint any more: fallback",
    "any": "an item that was not seen yet, because nothing else was left: fallback",
    "refused": "an item that was not seen yet, because the engine could not choose from this log: fallback",
}


@dataclass
class Told:
    """A sitting whose events are written to the journal, to be told by replay."""

    site: Site
    state: SittingState = field(init=False)

    def __post_init__(self) -> None:
        room = self.site.world.make_room(self.site.world.rooms[0].school_id)
        seats = select(SittingRow).where(SittingRow.administration_id == room.administration_id)
        with Session(self.site.world.database) as db:
            sitting = db.exec(seats).first()
        assert sitting is not None
        self.state = SittingState(SittingRef(room.school_id, sitting.sitting_id))

    async def happen(self, kind: EventKind, payload: Payload) -> Event:
        """Write one event."""
        entry = decide(self.state, kind, payload).entry
        assert entry is not None
        await self.site.journal.append([entry])
        self.state = fold(self.state, [entry.event])
        return entry.event

    def words(self) -> list[tuple[str, ...]]:
        """Words of every event."""
        with Session(self.site.world.database) as db:
            return [told.words for told in replay(db, self.state.ref.sitting_id)]


def started(proef: IndexedBank) -> Started:
    """Start of a sitting of a bank."""
    begun = start(proef).started
    assert begun is not None
    return begun


def pretest_bank(stopping: Stopping | None = None, minimum_length: int = LENGTH) -> IndexedBank:
    """Ten items of lezen and rekenen, a passage among them, an easy start, and a field-test item."""
    design = make_design(stopping, minimum_length)
    blueprint = replace(design.blueprint, pretest=Pretest(1, 3, 9), first=FirstItem(0.6, 0.9, alone=True))
    return index_bank(make_bank(replace(design, blueprint=blueprint)))


@pytest.fixture(scope="module")
def proef() -> IndexedBank:
    return pretest_bank()


async def take(told: Told, proef: IndexedBank, categories: list[int]) -> tuple[list[Offer], str]:
    """Take a whole test of the bank; what was offered, and why it ended."""
    await told.happen(EventKind.STARTED, started(proef))
    offer = choose_offer(proef, progress(told.state)).offer
    await told.happen(EventKind.OFFERED, Offered(at=1, offer=offer))
    offers, ended = [], ""
    while offer is not None:
        offers.append(offer)
        category, done = categories[len(offers) % len(categories)], progress(told.state)
        found = choose_offer(proef, Progress(done.started, done.plan, (*done.answered, (offer.item, category)), 0))
        ended = found.ended
        given = answer(offer, found.offer, category)
        await told.happen(EventKind.ANSWERED, msgspec.structs.replace(given, ended=ended))
        offer = found.offer
    return offers, ended


async def test_the_start_says_test_bank_plan_and_field_test(sqlite_site: Site, proef: IndexedBank) -> None:
    """The hash of the bank, once: every choice of the sitting is made from it."""
    told = Told(sqlite_site)
    begun = started(proef)
    await told.happen(EventKind.STARTED, begun)
    ((at, item),) = begun.pretest
    assert told.words() == [
        (
            f"test proef, {LENGTH + 1} questions, bank {proef.bank.hash[:12]}",
            f"planned {', '.join(begun.plan)}",
            f"field test {item} at {at}",
            "accommodations none, simulated",
        )
    ]


async def test_every_choice_is_told_with_ability_route_swaps_candidates_and_rules(
    sqlite_site: Site, proef: IndexedBank
) -> None:
    told = Told(sqlite_site)
    offers, _ = await take(told, proef, [1, 0, 0])
    words = told.words()[1:]
    assert len(words) == LENGTH + 2  # the first offer, and an answer to each question
    for offer, said in zip(offers, words, strict=False):
        choice = offer.choice
        ability = f"at ability {choice.theta:+.2f} (SE {choice.standard_error:.2f})"
        assert f"then question {offer.position} is {offer.item}, {ability}" in said
        assert ROUTES[choice.route] in said
        swapped = [line for line in said if line.startswith("the plan took ")]
        pairs = [pair for line in swapped for pair in line.removeprefix("the plan took ").split(", ")]
        assert pairs == [f"{into} for {out}" for out, into in choice.swaps]
        best = [line for line in said if line.startswith("best of what could be given: ")]
        assert [offer.item in line and f"draw {choice.draw:.3f}" in line for line in best] == [True] * bool(choice.best)
        kept_out = [line.removeprefix("better ones were kept out by ") for line in said if "kept out" in line]
        assert kept_out == ([", ".join(choice.binding)] if choice.binding else [])
    assert [offer.choice.route for offer in offers].count("pretest") == 1
    assert any(offer.choice.swaps for offer in offers)
    assert any("area lezen" in name or "area rekenen" in name for offer in offers for name in offer.choice.binding)
    assert words[-1][-2:] == ("the test has its full length", "the test is complete")


async def test_a_test_that_is_precise_enough_says_so(sqlite_site: Site) -> None:
    told = Told(sqlite_site)
    offers, ended = await take(told, pretest_bank(Stopping(standard_error=0.8), 3), [1, 0])
    assert (len(offers) < LENGTH, ended) == (True, "precise")
    assert told.words()[-1][-2:] == ("the ability is precise enough", "the test is complete")


def offer_by(proef: IndexedBank, **changes: object) -> Offer:
    """An offer of the first item of the bank, found in some way."""
    values: dict[str, object] = {
        "inputs": "00",
        "best": (),
        "draw": 0.25,
        "binding": (),
        "theta": -0.5,
        "standard_error": 0.4,
        "fallback": False,
        **changes,
    }
    item = proef.bank.views[0].item
    return Offer(position=1, item=item, rendering_hash="", role="", choice=Choice(**values))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("route", ROUTES)
async def test_each_way_to_find_an_item_has_its_words(sqlite_site: Site, proef: IndexedBank, route: str) -> None:
    told, offer = Told(sqlite_site), offer_by(proef, route=route)
    await told.happen(EventKind.STARTED, started(proef))
    await told.happen(EventKind.OFFERED, Offered(at=1, offer=offer))
    assert told.words()[1] == (f"then question 1 is {offer.item}, at ability -0.50 (SE 0.40)", ROUTES[route])


async def test_what_was_given_up_and_what_an_older_log_holds_are_told(sqlite_site: Site, proef: IndexedBank) -> None:
    told = Told(sqlite_site)
    await told.happen(EventKind.STARTED, started(proef))
    await told.happen(EventKind.OFFERED, Offered(at=1, offer=offer_by(proef, route="plan", lifted=True)))
    lifted = "what was held back left no test (exposure, enemies of a field-test item), and was given up"
    assert told.words()[1][-1] == lifted
    older = Told(sqlite_site)
    await older.happen(EventKind.STARTED, started(proef))
    await older.happen(EventKind.OFFERED, Offered(at=1, offer=offer_by(proef, fallback=True)))
    assert older.words()[1][-1] == "no item fitted the blueprint any more: fallback"


REASONS = {
    StopReason.CLASSIFIED: "the level is certain enough",
    StopReason.PRECISE: "the ability is precise enough",
    StopReason.LITTLE_TO_GAIN: "no item left would tell much more",
    StopReason.LITTLE_GAINED: "the last answer told hardly anything",
    StopReason.COMPLETE: "the blueprint is complete",
    StopReason.TIME_UP: "the time is up",
    StopReason.FULL_LENGTH: "the test has its full length",
    StopReason.NOTHING_LEFT: "no item is left that the pupil may be given",
}


async def test_each_reason_to_end_has_its_words(sqlite_site: Site, proef: IndexedBank) -> None:
    assert set(REASONS) == set(StopReason) - {StopReason.GOING_ON}
    for reason, words in REASONS.items():
        told = Told(sqlite_site)
        await told.happen(EventKind.STARTED, started(proef))
        await told.happen(EventKind.OFFERED, Offered(at=1, offer=None, ended=reason.name.lower()))
        assert told.words()[1] == (words, "the test is complete")
