"""Choices made together are those made alone, and one that fails harms no other."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from delivery.sittings import choosing_together, ledger
from delivery.sittings.banks import Banks, IndexedBank, index_bank
from delivery.sittings.choosing import Next, Progress, choose_offer, choose_offers, first_plan
from delivery.sittings.choosing_together import MOST_TOGETHER, Chooser, Wanted
from delivery.sittings.decisions import Decision
from delivery.sittings.events import Started
from itembank import CompiledBank
from tests.delivery.delivery_world import LENGTH, Site

pytestmark = pytest.mark.anyio
N_SITTINGS = MOST_TOGETHER + 3


@pytest.fixture(scope="module")
def indexed(bank: CompiledBank) -> IndexedBank:
    return index_bank(bank)


def sittings(bank: IndexedBank) -> list[Progress]:
    """Sittings at every place of the test, done ones included, each with a key of its own."""
    made = []
    for number in range(N_SITTINGS):
        started = Started(
            at=1,
            administration="a",
            test="proef",
            bank=bank.bank.hash,
            calibration="c1",
            length=LENGTH,
            draw_key=f"{number:064x}",
            time_limit_ms=0,
            accommodations={},
            simulated=True,
            plan=first_plan(bank, {}),
        )
        progress = Progress(started, started.plan, (), 0)
        for _ in range(number % (LENGTH + 1)):
            offer = choose_offer(bank, progress).offer
            assert offer is not None
            plan = progress.plan
            for out, into in offer.choice.swaps:
                plan = tuple(into if item == out else item for item in plan)
            answered = (*progress.answered, (offer.item, number % 2))
            progress = replace(progress, plan=plan, answered=answered, used_ms=progress.used_ms + 1_000)
        made.append(progress)
    return made


async def choose_at_once(bank: IndexedBank, wanted: list[Progress]) -> list[Next | BaseException]:
    """What a worker chooses for laptops that answer in one moment."""
    chooser, found = Chooser(), dict[int, Next]()

    async def decide(place: int, progress: Progress) -> Next:
        def then(following: Next) -> Decision:
            found[place] = following
            return Decision()

        await chooser.decide(Wanted(bank, progress, then))
        return found[place]

    return await asyncio.gather(*(decide(*each) for each in enumerate(wanted)), return_exceptions=True)


async def test_together_everybody_gets_what_they_would_get_alone(indexed: IndexedBank) -> None:
    wanted = sittings(indexed)
    alone = [choose_offer(indexed, each) for each in wanted]
    assert len({following.offer and following.offer.item for following in alone}) > 3  # so that a mix-up would show
    assert choose_offers(indexed, wanted) == alone
    assert await choose_at_once(indexed, wanted) == alone


async def test_a_sitting_that_cannot_be_read_harms_no_other(indexed: IndexedBank) -> None:
    """Such as one with an item of another bank, or without a plan: their arrays do not even fit together."""
    wanted = sittings(indexed)
    alone = [choose_offer(indexed, each) for each in wanted]
    wanted[3] = replace(wanted[3], answered=(("X99@1", 1),))
    wanted[5] = replace(wanted[5], plan=())
    found = await choose_at_once(indexed, wanted)
    assert isinstance(found[3], KeyError)
    refused = found[5]
    assert isinstance(refused, Next)
    assert refused.offer is not None
    assert refused.offer.choice.route == "refused"
    others = [place for place in range(N_SITTINGS) if place not in {3, 5}]
    assert [found[place] for place in others] == [alone[place] for place in others]


async def test_who_goes_away_before_the_choice_holds_up_nobody(indexed: IndexedBank) -> None:
    chooser, wanted = Chooser(), [Wanted(indexed, each, lambda _found: Decision()) for each in sittings(indexed)[:4]]
    deciding = [asyncio.create_task(chooser.decide(each)) for each in wanted]
    await asyncio.sleep(0)
    deciding[0].cancel()
    done = await asyncio.gather(*deciding, return_exceptions=True)
    assert isinstance(done[0], asyncio.CancelledError)
    assert done[1:] == [Decision()] * 3


async def test_laptops_that_answer_at_once_are_chosen_for_in_one_go(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptops = [await site.laptop(0), await site.laptop(1), await site.laptop(room=1)]
    sizes: list[int] = []

    def counting(bank: IndexedBank, wanted: list[Progress]) -> list[Next]:
        sizes.append(len(wanted))
        return choose_offers(bank, wanted)

    monkeypatch.setattr(choosing_together, "choose_offers", counting)
    replies = await asyncio.gather(*(laptop.answer() for laptop in laptops))
    assert [reply.status_code for reply in replies] == [200, 200, 200]
    assert sum(sizes) == 3
    assert max(sizes) > 1
    for laptop in laptops:
        assert laptop.head["current"]["position"] == 2
        assert (await site.kinds(laptop))[-1] == "answered"


async def test_a_lone_choice_is_made_at_once_and_those_soon_after_it_together(
    indexed: IndexedBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A beat too long to wait for shows that a full round does not wait for it."""
    sizes: list[int] = []

    def counting(bank: IndexedBank, wanted: list[Progress]) -> list[Next]:
        sizes.append(len(wanted))
        return choose_offers(bank, wanted)

    monkeypatch.setattr(choosing_together, "choose_offers", counting)
    monkeypatch.setattr(choosing_together, "BEAT_S", 0.5)
    chooser, wanted = Chooser(), [Wanted(indexed, each, lambda _found: Decision()) for each in sittings(indexed)]

    async def decide_soon(number: int) -> Decision:
        for _ in range(number):
            await asyncio.sleep(0)  # each in a round of the loop of its own
        return await chooser.decide(wanted[number])

    await decide_soon(0)
    await asyncio.gather(*(decide_soon(number) for number in range(1, 4)))
    assert sizes == [1, 3]
    monkeypatch.setattr(choosing_together, "BEAT_S", 600.0)
    await asyncio.sleep(0.6)
    await decide_soon(0)
    await asyncio.gather(*(decide_soon(number) for number in range(1, MOST_TOGETHER + 1)))
    assert sizes == [1, 3, 1, MOST_TOGETHER]


async def test_a_bank_that_many_wait_for_is_loaded_once(bank: CompiledBank) -> None:
    loaded: list[str] = []

    def load(bank_hash: str) -> CompiledBank:
        loaded.append(bank_hash)
        return bank

    banks = Banks(load)
    found = await asyncio.gather(*(banks.get(bank.hash) for _ in range(5)))
    assert loaded == [bank.hash]
    assert all(each is found[0] for each in found)


def test_scores_are_remembered_of_what_is_chosen_and_never_of_what_is_typed(bank: CompiledBank) -> None:
    indexed = index_bank(bank)
    for item in ("T00@1", "T01@1"):  # the second is typed
        assert indexed.score(item, "00" * 32, {"RESPONSE": "A"}).score == 1.0
        assert indexed.score(item, "00" * 32, {"RESPONSE": "B"}).score == 0.0
        assert indexed.score(item, "00" * 32, {"RESPONSE": "A"}).score == 1.0
    assert {item for item, _ in indexed.scores} == {"T00@1"}


async def test_a_worker_that_remembers_fewer_sittings_than_are_at_work_stores_every_answer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.open_room()
    laptops = [await site.laptop(seat) for seat in range(2)]
    monkeypatch.setattr(ledger, "REMEMBERED_SITTINGS", 1)
    for _ in range(3):
        replies = await asyncio.gather(*(laptop.answer() for laptop in laptops))
        assert [reply.status_code for reply in replies] == [200] * 2
    for laptop in laptops:
        assert (await site.kinds(laptop)).count("answered") == 3
    after = await site.sittings.ledger.perform_all({laptop.ref: lambda _: Decision() for laptop in laptops})
    assert [len(state.answers) for state in after.values()] == [3, 3]
