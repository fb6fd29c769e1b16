/**
 * Sends what is in the outbox, in order, again and again until each row is settled by the server.
 *
 * @typedef {import("./outbox.js").Row} Row
 * @typedef {import("./api.js").Reply} Reply
 * @typedef {object} Listener
 * @property {(row: Row) => void} sending
 * @property {(row: Row) => {position: number, item: string} | null} showing  what this laptop shows after it by itself
 * @property {() => void} waiting  no answer from the server for now; it is tried again
 * @property {(row: Row, body: any) => void} settled
 * @property {(row: Row, reply: Reply) => void} stopped  trying again would not help
 */

import { backOff, call, isPassing } from "./api.js";

/** Codes that keep the row waiting: the sitting is not open yet, or not again. */
const LATER = new Set(["not_open", "paused"]);

export class Sender {
  #running = false;
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
    /** @type {Row | null} the last one that was settled */
    this.last = null;
    addEventListener("online", () => this.kick());
  }

  /** Find what an earlier page of this sitting could not send. */
  async load() {
    const rows = await this.outbox.rows(this.seat.sitting);
    this.pending = rows.filter((row) => !row.settled);
  }

  /** Write first; the promise resolves when the answer is kept. @param {Row} row */
  async submit(row) {
    await this.outbox.write(row);
    this.pending = [...this.pending.filter((other) => other.position !== row.position), row];
    this.kick();
  }

  /** Send the last row once more: by now another question is on the screen than the server thinks. */
  again() {
    if (this.last && !this.pending.length) this.pending = [this.last];
    this.kick();
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
    while (this.pending.length) {
      const [row] = this.pending;
      this.listener.sending(row);
      const reply = await this.#put(row);
      if (isPassing(reply) || LATER.has(reply.body.code)) {
        this.listener.waiting();
        await this.#pause(backOff(attempt++, reply.retryAfter));
      } else if (reply.status === 200 || reply.body.code === "already_answered") {
        attempt = 0;
        await this.#settle(row, reply);
      } else if (reply.body.code === "moved") {
        moved = [row, reply];
        await this.#settle(row, reply);
      } else {
        if (reply.body.receipt) await this.#settle(row, reply);
        this.listener.stopped(row, reply);
        return;
      }
    }
    if (moved) this.listener.stopped(...moved);
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
    const receipt = reply.body.code === "already_answered" ? null : reply.body.receipt ?? null;
    this.last = row;
    await this.outbox.write({ ...row, settled: true, receipt });
    this.pending = this.pending.filter((other) => other !== row);
    if (reply.status === 200 || reply.body.code === "already_answered") this.listener.settled(row, reply.body);
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
