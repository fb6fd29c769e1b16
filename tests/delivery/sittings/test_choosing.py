"""The choice of the next item, as a sitting's log has it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import msgspec
import numpy as np
import pytest

from delivery.access import SittingRef
from delivery.journal import Event
from delivery.sittings.banks import IndexedBank, index_bank
from delivery.sittings.choosing import Progress, choose_offer, drawn_pretest, engine_state, first_plan
from delivery.sittings.decisions import decide as append
from delivery.sittings.events import Answered, EventKind, Offered, Payload, Started, Step
from delivery.sittings.noticing import Noticed, decide_use
from delivery.sittings.offers import Offer
from delivery.sittings.state import SittingState, fold
from engine import FirstItem, Passages, Pretest
from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    Design,
    Metadata,
    Selection,
    Stopping,
    bank_bytes,
    bank_from_bytes,
    compile_bank,
    read_item,
    read_stimulus,
)
from tests.delivery.delivery_world import CHOICE, HEAD, RULE, SCORE
from tests.designs import area_design

LENGTH, N_ITEMS = 10, 60
PASSAGE = '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="{name}" title="t">'
PASSAGE += "<qti-stimulus-body><p>Er was eens.</p></qti-stimulus-body></qti-assessment-stimulus>"


def make_design(stopping: Stopping | None = None, minimum_length: int = LENGTH) -> Design:
    """Ten items of two areas, one whole passage of four among them."""
    design = area_design("proef", "Proef", LENGTH, {"lezen": (4, 6), "rekenen": (4, 6)})
    blueprint = replace(design.blueprint, passages=Passages(1, 1), pools={"voorlezen": ("speech", "yes")})
    return replace(
        design,
        blueprint=blueprint,
        selection=Selection(best_k=2),
        stopping=stopping or Stopping(),
        minimum_length=minimum_length,
    )


def make_bank(design: Design) -> CompiledBank:
    """Sixty items: five passages of four, the others alone; two thirds can be read aloud; three are tried out."""
    items, parameters = [], []
    for number in range(N_ITEMS):
        name = f"T{number:02d}"
        source = CHOICE.format(head=HEAD, name=name, score=SCORE, rule=RULE)
        keywords = ["speech:yes"] if number % 3 or number < 20 else []
        keywords += ["state:field_test"] if number >= N_ITEMS - 3 else []
        area = "lezen" if number < 20 or number % 2 else "rekenen"
        item = read_item(source.encode(), metadata=Metadata(area=area, keywords=tuple(keywords)))
        items.append(replace(item, stimulus=f"P{number // 4}" if number < 20 else ""))
        if number < N_ITEMS - 3:
            place = ((7 * number) % 57 - 28) / 12
            parameters.append(CalibratedItem(f"{name}@1", 1.0 + number % 5 / 10, place, 0.1, 0.1, 500, 0.5))
    passages = [read_stimulus(PASSAGE.format(name=f"P{number}").encode()) for number in range(5)]
    return compile_bank(design, items, CalibrationVersion("c1", "2pl", {}, tuple(parameters)), passages)


@pytest.fixture(scope="module")
def bank() -> IndexedBank:
    return index_bank(make_bank(make_design()))


def start(bank: IndexedBank, key: str = "ab" * 16, accommodations: dict[str, str] | None = None) -> SittingState:
    """A sitting that has started."""
    pupil = accommodations or {}
    started = Started(
        at=1,
        administration="a",
        test="proef",
        bank=bank.bank.hash,
        calibration="c1",
        length=bank.adaptive.n_positions,
        draw_key=key,
        time_limit_ms=0,
        accommodations=pupil,
        simulated=True,
        plan=first_plan(bank, pupil),
        pretest=drawn_pretest(bank, key, pupil),
    )
    return happen(SittingState(SittingRef(uuid4(), uuid4())), EventKind.STARTED, started)[0]


def happen(state: SittingState, kind: EventKind, payload: Payload) -> tuple[SittingState, Event]:
    """State after an event, written and read as the log does."""
    entry = append(state, kind, payload).entry
    assert entry is not None
    return fold(state, [entry.event]), entry.event


def progress(state: SittingState, used_ms: int = 0) -> Progress:
    """What the next choice depends on."""
    assert state.started is not None
    answered = tuple((answer.item, answer.category) for answer in state.answers)
    return Progress(state.started, state.plan, answered, used_ms)


def answer(offer: Offer, following: Offer | None, category: int) -> Answered:
    """Answer to an offer."""
    return Answered(
        at=2,
        position=offer.position,
        revision=0,
        item=offer.item,
        response={},
        typed="",
        category=category,
        score=float(category),
        elapsed_ms=1000,
        worked_ms=1000,
        epoch=1,
        late="",
        body_hash="",
        following=following,
        complete=following is None,
    )


def take(bank: IndexedBank, state: SittingState, categories: list[int]) -> tuple[list[Offer], list[Event]]:
    """A whole sitting: what was offered, and its log after the start."""
    log: list[Event] = []
    offer = choose_offer(bank, progress(state)).offer
    assert offer is not None
    state, event = happen(state, EventKind.OFFERED, Offered(at=1, offer=offer))
    offers, log = [offer], [event]
    while offer is not None:
        category = categories[len(offers) % len(categories)]
        done = progress(state)
        after = Progress(done.started, done.plan, (*done.answered, (offer.item, category)), 1000 * len(offers))
        following = choose_offer(bank, after).offer
        state, event = happen(state, EventKind.ANSWERED, answer(offer, following, category))
        log.append(event)
        offer = following
        offers += [offer] if offer is not None else []
    return offers, log


@pytest.mark.parametrize("categories", [[1], [0], [1, 0], [1, 1, 0], [0, 0, 1]])
def test_a_sitting_meets_its_blueprint_and_its_log_tells_the_plan(bank: IndexedBank, categories: list[int]) -> None:
    begun = start(bank)
    offers, log = take(bank, begun, categories)
    rows = [bank.rows[offer.item] for offer in offers]
    assert bank.adaptive.plans.rules.broken(rows) == ()
    assert sorted(fold(begun, log).plan) == sorted(offer.item for offer in offers)
    assert {offer.choice.route for offer in offers} == {"plan"}
    assert any(offer.choice.swaps for offer in offers)


def test_any_worker_goes_on_from_the_log_alone(bank: IndexedBank) -> None:
    """A bank read from its bytes, a state folded from the log: the next offer is the same to the byte."""
    begun = start(bank)
    offers, log = take(bank, begun, [1, 0])
    other = index_bank(bank_from_bytes(bank_bytes(bank.bank)))
    for place in range(1, len(log) - 1):
        before, after = fold(begun, log[:place]), fold(begun, log[: place + 1])
        known = replace(progress(after, 1000 * place), plan=before.plan)  # the answer is in, the choice is not
        assert choose_offer(other, known).offer == offers[place]


def test_chance_is_the_sittings_own(bank: IndexedBank) -> None:
    offers = [choose_offer(bank, progress(start(bank, key=f"{number:032x}"))).offer for number in range(20)]
    first = {offer.item for offer in offers if offer is not None}
    assert len(first) == 2


def test_a_pupil_with_an_accommodation_gets_items_that_suit_it(bank: IndexedBank) -> None:
    offers, _ = take(bank, start(bank, accommodations={"items": "voorlezen", "extra_time": "1.25"}), [1, 0])
    speech = np.array(bank.adaptive.pool.labels["speech"])[[bank.rows[offer.item] for offer in offers]]
    assert set(speech) == {"yes"}


def test_an_accommodation_that_the_blueprint_does_not_know_changes_no_items(bank: IndexedBank) -> None:
    assert start(bank, accommodations={"items": "braille"}).plan == start(bank).plan


def test_the_log_says_whether_the_test_has_items_for_an_accommodation(bank: IndexedBank) -> None:
    def offered(pool: str) -> frozenset[str]:
        asked = start(bank, accommodations={"items": pool, "extra_time": "1.25"})
        opened, _ = happen(asked, EventKind.OPENED, Step(at=1))
        entry = decide_use(opened, 0, bank, Noticed(), 1).entry
        return fold(opened, [entry.event]).noted.offered if entry else frozenset()

    assert offered("voorlezen") == {"items"}  # this test has no limit, so more time is none
    assert offered("braille") == frozenset()


def test_field_test_items_come_at_drawn_places_and_do_not_count() -> None:
    design = make_design()
    bank = index_bank(make_bank(replace(design, blueprint=replace(design.blueprint, pretest=Pretest(2, 3, 11)))))
    begun = start(bank)
    assert begun.started is not None
    assert len(begun.started.pretest) == 2
    assert begun.started.length == LENGTH + 2
    offers, _ = take(bank, begun, [1, 0])
    tried = [offer for offer in offers if offer.choice.route == "pretest"]
    assert sorted(offer.item for offer in tried) == sorted(item for _, item in begun.started.pretest)
    scored = [bank.rows[offer.item] for offer in offers if offer.choice.route != "pretest"]
    assert bank.adaptive.plans.rules.broken(scored) == ()
    passage = bank.adaptive.pool.passage
    inside = [passage[bank.rows[offer.item]] >= 0 for offer in offers]
    begin, end = inside.index(True), len(inside) - inside[::-1].index(True)
    assert all(inside[begin:end])  # none stands inside the passage
    after = offers[[offer.choice.route for offer in offers].index("pretest") + 1]
    before = offers[[offer.choice.route for offer in offers].index("pretest")]
    assert after.choice.theta == before.choice.theta
    other = start(bank, key="cd" * 16)
    assert other.started is not None
    assert other.started.pretest != begun.started.pretest


def test_field_test_items_that_fall_inside_a_passage_come_after_it_and_all_are_shown() -> None:
    design = make_design()
    bank = index_bank(make_bank(replace(design, blueprint=replace(design.blueprint, pretest=Pretest(2, 3, 12)))))
    n_moved = 0
    for number in range(20):
        begun = start(bank, key=f"{number:032x}")
        assert begun.started is not None
        offers, _ = take(bank, begun, [1, 0])
        drawn = {item: at for at, item in begun.started.pretest}
        shown = {offer.item: offer.position for offer in offers if offer.choice.route == "pretest"}
        assert len(offers) == LENGTH + 2
        assert shown.keys() == drawn.keys()
        assert all(shown[item] >= at for item, at in drawn.items())
        n_moved += shown != drawn
    assert n_moved > 0


def test_a_log_that_the_engine_refuses_still_goes_on_and_says_so(bank: IndexedBank) -> None:
    begun = start(bank)
    assert begun.started is not None
    for plan in ((), begun.plan[:-1]):
        offer = choose_offer(bank, replace(progress(begun), plan=plan)).offer
        assert offer is not None
        assert (offer.choice.fallback, offer.choice.route) == (True, "refused")
        assert offer.item in (plan or bank.rows)
        answered = tuple((item, 1) for item in plan)
        after = choose_offer(bank, Progress(begun.started, plan, answered, 0)).offer
        assert after is not None
        assert after.item not in plan


def test_accommodations_keep_their_items_when_a_bank_is_stored() -> None:
    """JSON sorts the names of accommodations, and the start plans lie beside them."""
    design = make_design()
    pools = {"voorlezen": ("speech", "yes"), "anders": ("large", "")}
    bank = make_bank(replace(design, blueprint=replace(design.blueprint, pools=pools)))
    other = bank_from_bytes(bank_bytes(bank))
    pupil = {"items": "voorlezen"}
    assert first_plan(index_bank(other), pupil) == first_plan(index_bank(bank), pupil)


def test_a_test_ends_early_where_its_design_says_so() -> None:
    design = make_design(stopping=Stopping(time_ms=4_500), minimum_length=4)
    offers, _ = take(index_bank(make_bank(design)), start(index_bank(make_bank(design))), [1])
    assert len(offers) == 5  # the fifth answer brings 5 s of work
    precise = make_design(stopping=Stopping(standard_error=0.75), minimum_length=4)
    bank = index_bank(make_bank(precise))
    offers, log = take(bank, start(bank), [1, 0])
    assert 4 <= len(offers) < LENGTH
    state = engine_state(bank, progress(fold(start(bank), log)))
    assert state.n_answered[0] == len(offers)


def test_the_first_item_is_as_easy_as_the_design_says() -> None:
    design = make_design()
    bank = index_bank(
        make_bank(replace(design, blueprint=replace(design.blueprint, first=FirstItem(0.6, 0.9, alone=True))))
    )
    for number in range(10):
        offer = choose_offer(bank, progress(start(bank, key=f"{number:032x}"))).offer
        assert offer is not None
        assert bank.adaptive.first[bank.rows[offer.item]]


def test_a_choice_fits_in_a_kilobyte(bank: IndexedBank) -> None:
    offers, _ = take(bank, start(bank), [1, 0, 0])
    assert max(len(msgspec.json.encode(offer.choice)) for offer in offers) <= 1024
