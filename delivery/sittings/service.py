"""Sittings as requests see them: claim, look, answer, draft, hand in, seal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from delivery.access import Claims, SittingRef, sign_token
from delivery.config import DeliveryConfig
from delivery.direct import open_direct
from delivery.errors import RefusedError
from delivery.journal import Journal, News, ToldJournal
from delivery.sittings.answering import AnswerRequest, Desk, claimed_ms, decide_answer
from delivery.sittings.bank_facts import BankFacts, facts_of
from delivery.sittings.banks import Banks, IndexedBank
from delivery.sittings.bodies import read_answer, read_draft
from delivery.sittings.breaks import decide_break_over
from delivery.sittings.choosing import Next, Progress
from delivery.sittings.choosing_together import Wanted
from delivery.sittings.claiming import decide_claim
from delivery.sittings.contact_writing import ContactWriter
from delivery.sittings.contacts import Contacts, read_contacts
from delivery.sittings.crediting import decide_credit
from delivery.sittings.decisions import (
    Decision,
    Moment,
    decide,
    decide_hand_in,
    decide_help,
    decide_look,
    decide_seal,
    needs_offer,
)
from delivery.sittings.drafts import load_draft, save_draft
from delivery.sittings.events import EventKind, Offered
from delivery.sittings.fallbacks import count_fallback
from delivery.sittings.heads import build_head, make_receipt
from delivery.sittings.information import Remembered, SittingInfo, load_info
from delivery.sittings.ledger import Decide, DecideOrWant, Ledger
from delivery.sittings.phases import Phase
from delivery.sittings.reserving import decide_reserve, reserve_content
from delivery.sittings.signing import OVER, HeadSigner
from delivery.sittings.state import SittingState
from delivery.sittings.values import Reply
from itembank import CompiledBank

T = TypeVar("T")


def now_ms() -> int:
    """Present instant by the clock of this worker, in milliseconds since 1970 (UTC)."""
    return time.time_ns() // 1_000_000


class Sittings:
    """Everything a pupil's laptop can ask, over one journal and one database."""

    def __init__(
        self,
        config: DeliveryConfig,
        database: Engine,
        journal: Journal,
        banks: Callable[[str], CompiledBank],
        clock: Callable[[], int] = now_ms,
        news: News | None = None,
    ) -> None:
        self.config = config
        self.database = database
        self.direct = open_direct(database)
        self.news = news or News()
        self.ledger = Ledger(ToldJournal(journal, self.news))
        self.contacts = Contacts()
        self.clock = clock
        self.contact_writer = ContactWriter(self.contacts, self.direct, self.news, lambda: self.clock())
        self._banks = Banks(banks)
        self._infos = Remembered()
        self.signer = HeadSigner(config.checkpoints, config.secrets.checkpoint_key)

    async def close(self) -> None:
        """Write what is still to be written, and let go of the database; the journal is another's."""
        await self.signer.close()
        await self.contact_writer.close()
        await self.direct.close()

    async def claim(self, ref: SittingRef, ticket: str = "") -> dict[str, object]:
        """Give the sitting to the device that asks; every earlier one gets nothing new from now on.

        With the same ``ticket``, by its name, it is the same device.

        Returns
        -------
        dict
            ``sitting``, ``token``, ``epoch`` and ``head``.

        Raises
        ------
        RefusedError
            If the room is not open, or the sitting is over; ``moved`` if another device came in after this ticket did.
        """
        if (await self.ledger.load(ref)).epoch:  # before the first laptop came in nobody heard of any
            await self.meet(ref)
        settle = self._settler()

        def claim(state: SittingState) -> Decision:
            return decide_claim(state, self.moment(state), ticket)

        state, decision = await self._perform(
            ref, claim, lambda state: Decision() if claim(state).code else settle(state)
        )
        decision.allow()
        epoch = state.epoch
        token = sign_token(self.config.secrets.token_key, Claims(ref, epoch))
        head = await self._head(await self._offer(ref, state), with_draft=epoch > 1)
        return {"sitting": str(ref.sitting_id), "token": token, "epoch": epoch, "head": head}

    async def head(self, claims: Claims) -> dict[str, object]:
        """What the laptop must show now, with what was typed; offers the next item after a pause.

        Raises
        ------
        RefusedError
            ``moved``, ``erased``, ``not_yours``.
        """
        state, decision = await self.hear(claims, lambda state: decide_look(state, claims.epoch))
        decision.allow()
        return await self._head(await self._offer(claims.ref, state), with_draft=True)

    async def answer(self, claims: Claims, position: int, raw: bytes, *, is_present: bool = True) -> Reply:
        """Take one answer (points 5 to 8 of the protocol); whatever the reply, it is sent after the commit.

        One that somebody else brings (``is_present`` is False) is no sign of life of the sitting's laptop.

        Raises
        ------
        RefusedError
            ``not_open``, ``erased``, ``too_many_bodies``: nothing is stored.
        """
        ref = claims.ref
        desk = await self.desk(ref)
        request = AnswerRequest(position, claims.epoch, raw, read_answer(raw))
        state, decision = await self.hear(
            claims,
            lambda state: decide_answer(state, desk, request, self.moment(state)),
            request,
            is_present=is_present,
        )
        return await self._reply(state, decision, position)

    async def reserve(self, claims: Claims, held: Collection[str]) -> dict[str, object]:
        """Send items ahead of their answers, each named in the log first; content of those that are not held.

        Raises
        ------
        RefusedError
            ``moved``, ``erased``, ``not_yours``.
        """
        bank, k = await self._bank(claims.ref), self.config.reserve_items
        state, decision = await self.hear(claims, lambda s: decide_reserve(s, claims.epoch, bank, k, self.clock()))
        decision.allow()
        return reserve_content(state, bank, held)

    async def draft(self, claims: Claims, position: int, raw: bytes) -> None:
        """Keep what is being typed; not an event.

        Raises
        ------
        RefusedError
            ``malformed``, ``moved``, ``erased``; ``not_offered`` if the pupil has another item before them.
        """
        ref = claims.ref
        body = read_draft(raw)
        state, decision = await self.hear(claims, lambda state: decide_look(state, claims.epoch))
        decision.allow()
        current = state.current
        if current is None or (current.position, current.item) != (position, body.item):
            raise RefusedError("not_offered")
        key = (await self.info(ref)).text_key
        await save_draft(self.direct, ref, key, position, body.item, body.response)

    async def hand_in(self, claims: Claims) -> dict[str, object]:
        """The pupil is done: no new items.

        Raises
        ------
        RefusedError
            ``moved``, ``erased``, ``not_open``, ``void``.
        """
        state, decision = await self.hear(claims, lambda state: decide_hand_in(state, claims.epoch, self.moment(state)))
        decision.allow()
        return await self._head(state)

    async def seal(self, claims: Claims, position: int) -> dict[str, object]:
        """The laptop's outbox is empty: close the sitting for good.

        Raises
        ------
        RefusedError
            ``moved``, ``not_closing``, ``gap`` if the server holds another number of answers, ``unconfirmed_device``.
        """
        state, decision = await self.hear(
            claims, lambda state: decide_seal(state, claims.epoch, position, self.moment(state))
        )
        decision.allow()
        receipt = self._receipt(state, len(state.answers))
        return {"receipt": receipt, "head": await self._head(state)}

    async def ask_help(self, claims: Claims) -> dict[str, object]:
        """The pupil asks for somebody to come; asking again while nobody answered changes nothing.

        Raises
        ------
        RefusedError
            ``moved``, ``erased``, ``not_open``, ``sealed``, ``void``.
        """
        state, decision = await self.hear(claims, lambda state: decide_help(state, claims.epoch, self.clock()))
        decision.allow()
        return await self._head(state)

    async def in_database(self, work: Callable[[Session], T]) -> T:
        """One transaction of the management database, in a thread."""

        def run() -> T:
            with Session(self.database) as db, db.begin():
                return work(db)

        return await asyncio.to_thread(run)

    async def meet(self, ref: SittingRef) -> None:
        """Learn when other workers heard from a laptop, where this one did not hear it all the time."""
        state = self.ledger.remembered(ref)
        now = self.clock()
        since = state.interval_at if state is not None and state.interval_at else now
        if not self.contacts.hears(ref, now) or self.contacts.confirmed_ms(ref, since, now) < now - since:
            await self.learn_contacts([ref])

    async def learn_contacts(self, refs: Sequence[SittingRef]) -> None:
        """Take over what all workers know of the laptops of these sittings, which are of one school."""
        for contact in await read_contacts(self.direct, refs):
            self.contacts.learn(contact.ref, contact.since, contact.last)

    async def desk(self, ref: SittingRef) -> Desk:
        """What deciding on answers of a sitting needs besides its state."""
        return Desk(await self._bank(ref), (await self.info(ref)).text_key)

    async def bank_facts(self, bank_hash: str) -> BankFacts:
        """What a sitting pins of a compiled bank."""
        return facts_of(await self._banks.get(bank_hash))

    async def hear(
        self, claims: Claims, decide: DecideOrWant, request: AnswerRequest | None = None, *, is_present: bool = True
    ) -> tuple[SittingState, Decision]:
        """Carry out what a laptop asks, after the time in which no worker heard of it is settled."""
        await self.meet(claims.ref)
        settle = self._settler(claims.epoch, request)
        return await self._perform(claims.ref, decide, settle, is_present=is_present)

    def _settler(self, epoch: int | None = None, request: AnswerRequest | None = None) -> Decide:
        """Decision on a break that is over and on offline time (point 18), for who asks, or comes in (no ``epoch``).

        A laptop that was replaced is no sign of life of its successor, unless its answer ends the item for both; and
        its clock says nothing of the successor's work.
        """

        def settle(state: SittingState) -> Decision:
            if (over := decide_break_over(state, self.clock())).entry is not None:
                return over
            is_present = epoch is None or epoch == state.epoch
            if not is_present and request is None:
                return Decision()
            elapsed_ms = claimed_ms(state, request) if request is not None and is_present else 0
            moment = self.moment(state)
            return decide_credit(state, moment, elapsed_ms, self.config.offline_credit_ms)

        return settle

    async def _perform(
        self, ref: SittingRef, decide: DecideOrWant, settle: Decide | None = None, *, is_present: bool = True
    ) -> tuple[SittingState, Decision]:
        """Carry a decision out; note a sign of life of the present device, if it is one; forget who was erased.

        Breaks and offline time are settled first, on the very state that is then decided on, in appends of their own.
        The sign of life comes after them: with it the absence is over, and nobody could see it any more.
        """
        is_settled = True

        def settle_first(state: SittingState) -> Decision | Wanted:
            nonlocal is_settled
            first = settle(state) if settle is not None else Decision()
            is_settled = first.entry is None
            return decide(state) if is_settled else first

        state, decision = await self.ledger.perform(ref, settle_first)
        while not is_settled:
            state, decision = await self.ledger.perform(ref, settle_first)
        if decision.entry is not None:
            count_fallback(state, decision.entry.event.kind)
            if state.phase in OVER:
                self.signer.note([state])
        if state.phase is Phase.ERASED:
            self._infos.forget(ref)
            self.contacts.forget(ref)
        elif is_present and state.started is not None and decision.code not in {"moved", "not_yours"}:
            self._touch(ref)
        return state, decision

    async def _offer(self, ref: SittingRef, state: SittingState) -> SittingState:
        """Commit an offer where the pupil waits for an item, or that the test is over."""
        if not needs_offer(state):
            return state
        bank = await self._bank(ref)

        def decide_offer(state: SittingState) -> Decision | Wanted:
            if not needs_offer(state) or state.started is None:
                return Decision()
            answered = tuple((answer.item, answer.category) for answer in state.answers)
            return Wanted(
                bank,
                Progress(state.started, state.plan, answered, state.used_ms, state.skipped),
                partial(offered, state),
            )

        def offered(state: SittingState, found: Next) -> Decision:
            return decide(state, EventKind.OFFERED, Offered(at=self.clock(), offer=found.offer, ended=found.ended))

        return (await self._perform(ref, decide_offer))[0]

    async def _reply(self, state: SittingState, decision: Decision, position: int) -> Reply:
        """Shape the answer to an answer: receipt and present head, or a refusal with what the player needs."""
        body: dict[str, object] = {}
        is_new = decision.entry is not None
        if decision.receipt:
            body["receipt"] = self._receipt(state, position)
        if decision.code == "too_many_bodies":
            raise RefusedError(decision.code)  # with the header that says when to come back
        if decision.code not in {"", "already_answered", "item_skipped"}:
            refusal = RefusedError(decision.code, **decision.fields, **body)
            return Reply(refusal.status, refusal.body(), is_new)
        body |= await self._head(state)
        if decision.code:
            return Reply(409, RefusedError(decision.code, **body).body(), is_new)
        return Reply(200, body, is_new)

    async def _head(self, state: SittingState, *, with_draft: bool = False) -> dict[str, object]:
        """The head of a state, for its pupil."""
        ref, current = state.ref, state.current
        info, bank = await self.info(ref, state.link), await self._bank(ref)
        draft = None
        if with_draft and current is not None:
            draft = await load_draft(self.direct, ref, info.text_key, current.position, current.item)
        moment, size = self.moment(state), self.config.reserve_items
        return build_head(state, bank, info.first_name, moment, draft, reserve_items=size)

    def _receipt(self, state: SittingState, position: int) -> str | None:
        """Receipt of the answer at a position; None where there is none."""
        kept = state.kept(position)
        return make_receipt(self.config.secrets.receipt_key, state.ref, kept) if kept else None

    def moment(self, state: SittingState) -> Moment:
        """When something is decided on a sitting, with the working time that contacts confirm."""
        now = self.clock()
        return Moment(now, self.contacts.confirmed_ms(state.ref, state.interval_at, now))

    def _touch(self, ref: SittingRef) -> None:
        """Note a sign of life; it is written beside the request, when it is due."""
        now = self.clock()
        self.contacts.touch(ref, now)
        if self.contacts.is_due(ref, now):
            self.contact_writer.soon()

    def remember(self, ref: SittingRef, info: SittingInfo) -> None:
        """Keep the personal part of a sitting a while: somebody just read it."""
        self._infos.keep(ref, info)

    async def _bank(self, ref: SittingRef) -> IndexedBank:
        """Bank that the sitting pins."""
        started = (await self.ledger.known(ref)).started
        if started is None:
            raise RefusedError("not_open")
        return await self._banks.get(started.bank)

    async def info(self, ref: SittingRef, link: str | None = None) -> SittingInfo:
        """Personal part of a sitting, read now and then, and after a reassignment where one is named."""
        info = self._infos.get(ref)
        if info is None or (link is not None and info.link != link):
            info = await load_info(self.direct, self.config.secrets, ref, link or "")
            self.remember(ref, info)
        return info
