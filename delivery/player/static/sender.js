/**
 * Sends what is in the outbox, in order, again and again until each row is settled by the server.
 *
 * @typedef {import("./outbox.js").Row} Row
 * @typedef {import("./api.js").Reply} Reply
 * @typedef {object} Listener
 * @property {(row: Row) => void} sending
 * @property {(row: Row) => {position: number, item: string} | null} showing  what this laptop shows after it by itself
 * @property {() => void} waiting  no answer from the server for now; it is tried again
 * @property {(row: Row, body: any) => Promise<void>} settled
 * @property {(row: Row, reply: Reply) => void} stopped  trying again would not help; of 422 the body is kept, of 429 not
 */

import { backOff, call, isPassing } from "./api.js";
import { hashOf } from "./hash.js";
import { ownerOf } from "./outbox.js";

/** Codes that keep the row waiting: the sitting is not open yet, or not again. */
const LATER = new Set(["not_open", "paused"]);
/** Codes of a row that is kept, though it is no answer: another one counts, or none. */
const KEPT = new Set(["already_answered", "item_skipped", "sealed"]);

export class Sender {
  #running = false;
  #turn = Promise.resolve();
  /** @type {() => void} */
  #wake = () => {};

  /**
   * @param {import("./seat.js").Seat} seat
   * @param {import("./outbox.js").Outbox} outbox
   * @param {Listener} listener
   */
  constructor(seat, outbox, listener) {
    this.seat = seat;
    this.outbox = outbox;
    this.listener = listener;
    /** @type {Row[]} not settled yet, in order */
    this.pending = [];
    /** @type {Row[]} neither accepted nor kept by the server, which takes no more such rows: they stay on disk as they are */
    this.held = [];
    /** @type {Row | null} the last one that was settled */
    this.last = null;
    addEventListener("online", () => this.kick());
  }

  /** Find what an earlier page of this sitting could not send. */
  async load() {
    const rows = await this.outbox.rows(this.seat.sitting);
    this.pending = rows.filter((row) => !row.settled);
  }

  /** What only this laptop has. */
  get left() { return [...this.held, ...this.pending]; }

  /** Where this laptop goes on by itself. @param {number} answered  that the server holds */
  next(answered) { return Math.max(answered, ...this.pending.map((row) => row.position)) + 1; }

  /**
   * Whether there is something to send: behind an answer that was refused nothing is, until staff ended the sitting.
   *
   * @param {import("./api.js").Head} head
   */
  waits({ answered, state }) { return this.pending[0]?.position <= (state === "sealed" ? Infinity : answered + 1); }

  /**
   * Write first; the promise resolves when the answer is kept.
   *
   * @param {import("./api.js").Current} current  whose position may change until its turn comes
   * @param {import("./api.js").ItemResponse} response
   * @param {number} elapsed_ms
   */
  submit(current, response, elapsed_ms) {
    return this.#inTurn(async () => {
      const { position, item, revision } = current;
      const kept = { sitting: ownerOf(this.seat), settled: false, receipt: null };
      const row = await withHash({ ...kept, position, revision, item, response, elapsed_ms, hash: "" });
      await this.outbox.write(row);
      this.held = this.held.filter((other) => other.position !== row.position);
      this.pending = [...this.pending.filter((other) => other.position !== row.position), row]
        .sort((one, other) => one.position - other.position);
      this.kick();
    });
  }

  /** What changes positions, and what uses them, one after the other. @param {() => Promise<void>} work */
  #inTurn(work) {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Send the last row once more: by now another question is on the screen than the server thinks. */
  again() {
    if (this.last && !this.pending.length) this.pending = [this.last];
    this.kick();
  }

  /**
   * Staff took the question at a position away: what was answered after it moves up, and is written there first.
   *
   * @param {number} position
   * @param {() => void} then  in the same instant
   */
  moveUp(position, then) {
    return this.#inTurn(async () => {
      const later = this.pending.filter((row) => row.position > position);
      const moved = await Promise.all(later.map((row) => withHash({ ...row, position: row.position - 1, sealed: undefined })));
      for (const row of moved) await this.outbox.write(row);
      for (const row of later.slice(-1)) await this.outbox.write({ ...row, settled: true }); // nothing is sent from there
      this.pending = this.pending.map((row) => moved[later.indexOf(row)] ?? row);
      then();
    });
  }

  /** Try now instead of later. */
  kick() {
    this.#wake();
    if (!this.#running && this.pending.length) this.#run();
  }

  async #run() {
    this.#running = true;
    try {
      await this.#empty();
    } finally {
      this.#running = false;
    }
  }

  async #empty() {
    let attempt = 0;
    /** @type {[Row, Reply] | null} what said that another laptop goes on; the rest is sent all the same */
    let moved = null;
    /** @type {[Row, Reply] | null} what said that no more is kept; the rest is sent all the same */
    let full = null;
    while (this.pending.length) {
      const [row] = this.pending;
      this.listener.sending(row);
      const reply = await this.#put(row);
      if (reply.body.code === "too_many_bodies") {
        full = [row, reply];
        this.held.push(row);
        this.pending = this.pending.filter((other) => other !== row);
      } else if (isPassing(reply) || LATER.has(reply.body.code)) {
        this.listener.waiting();
        await this.#pause(backOff(attempt++, reply.retryAfter));
      } else if (reply.status === 200 || KEPT.has(reply.body.code)) {
        attempt = 0;
        await this.#settle(row, reply);
      } else if (reply.body.code === "moved") {
        moved = [row, reply];
        await this.#settle(row, reply);
      } else {
        if (reply.body.receipt || (reply.status === 422 && reply.body.code)) await this.#settle(row, reply);
        this.listener.stopped(...(full && reply.body.code === "gap" ? full : /** @type {[Row, Reply]} */ ([row, reply])));
        return;
      }
    }
    const told = moved ?? full;
    if (told) this.listener.stopped(...told);
  }

  /** @param {Row} row  @returns {Promise<Reply>} */
  #put(row) {
    const { position, revision, item, response, elapsed_ms, hash } = row;
    const showing = this.listener.showing(row);
    return call("PUT", `/sittings/${this.seat.sitting}/answers/${position}`, {
      token: this.seat.token,
      body: { revision, item, response, elapsed_ms, epoch: this.seat.epoch, showing, hash },
    });
  }

  /** @param {Row} row  @param {Reply} reply */
  async #settle(row, reply) {
    const receipt = KEPT.has(reply.body.code) ? null : reply.body.receipt ?? null;
    if (reply.body.receipt) this.last = row;
    await this.outbox.write({ ...row, settled: true, receipt });
    this.pending = this.pending.filter((other) => other !== row);
    if (reply.status === 200 || KEPT.has(reply.body.code)) await this.listener.settled(row, reply.body);
  }

  /** @param {number} ms */
  async #pause(ms) {
    await new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => { clearTimeout(timer); done(undefined); };
    });
    this.#wake = () => {};
  }
}

/** @param {Row} row  @returns {Promise<Row>} */
async function withHash(row) {
  const { elapsed_ms, item, position, response, revision } = row;
  return { ...row, hash: await hashOf({ elapsed_ms, item, position, response, revision }) };
}
