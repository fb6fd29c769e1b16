/**
 * Questions that came ahead of their answers, so that the pupil goes on without a network, and which of them this
 * laptop showed by itself. Kept for the tab, so that a reload goes on too.
 *
 * @typedef {import("./api.js").Head} Head
 * @typedef {import("./api.js").Current} Current
 * @typedef {{head: Head | null, items: Record<string, Current>, queue: string[], shown: Record<number, string>}} Ahead
 *   queue: items that may come next, in order; shown: position → item, of what the server did not give
 */

import { call } from "./api.js";
import { fetchKinds } from "./item.js";
import { isStored } from "./outbox.js";
import { keepAhead, loadAhead } from "./seat.js";

/** When more is asked for: what is on the screen comes first, and a class does not ask in one instant. */
const [SOONEST_MS, SPREAD_MS] = [1000, 3000];

export class Reserve {
  #asking = false;
  /** Answers that there were when asking brought nothing new. */
  #exhausted = -1;
  /** The sitting is. */
  over = false;

  /** @param {import("./seat.js").Seat} seat */
  constructor(seat) {
    this.seat = seat;
    /** @type {Ahead} */
    this.kept = (this.isOn && loadAhead()) || { head: null, items: {}, queue: [], shown: {} };
  }

  /** Where answers are not kept on disk, or not any more, nothing is sent ahead. */
  get isOn() { return !this.over && isStored(); }

  /** What the server says now. @param {Head} head */
  hear(head) {
    if (!this.isOn) return;
    const { kept } = this;
    kept.head = head;
    kept.queue = head.reserve ?? [];
    for (const [position, item] of Object.entries(kept.shown)) {
      if (Number(position) <= head.answered || head.skipped?.includes(item)) delete kept.shown[Number(position)];
    }
    const used = Object.values(kept.shown);
    for (const item of Object.keys(kept.items)) if (!kept.queue.includes(item) && !used.includes(item)) delete kept.items[item];
    keepAhead(kept);
    const lacks = head.refill || kept.queue.some((item) => !kept.items[item]);
    if (lacks && !this.#asking && this.#exhausted !== head.answered) this.#ask();
  }

  async #ask() {
    this.#asking = true;
    await new Promise((done) => setTimeout(done, SOONEST_MS + Math.random() * SPREAD_MS));
    if (!this.isOn) return;
    const { sitting, token, epoch } = this.seat;
    const { kept } = this;
    const answered = kept.head?.answered ?? 0;
    const body = { epoch, held: Object.keys(kept.items) };
    const reply = await call("POST", `/sittings/${sitting}/reserve`, { token, body, priority: "low" });
    this.#asking = false;
    if (reply.status !== 200 || !this.isOn) return; // nothing is kept of a sitting that is over
    const texts = new Map(reply.body.stimuli.map((/** @type {Current["stimulus"]} */ one) => [one?.identifier, one]));
    for (const { item, html, stimulus } of reply.body.items) {
      const text = texts.get(stimulus) ?? null;
      kept.items[item] = { position: 0, item, html, revision: 0, stimulus: text };
      preload(html + (text?.html ?? ""));
    }
    if (reply.body.head >= (kept.head?.head ?? 0)) kept.queue = reply.body.reserve;
    if (!reply.body.items.length) this.#exhausted = answered;
    keepAhead(kept);
  }

  /** The question to go on with at a position, if there is one. @param {number} position  @returns {Current | null} */
  at(position) {
    const { items, queue, shown } = this.kept;
    const used = Object.values(shown);
    const item = shown[position] ?? queue.find((other) => !used.includes(other));
    if (!this.isOn || !item || !items[item]) return null; // nothing is skipped: a passage stays whole
    shown[position] = item;
    keepAhead(this.kept);
    return { ...items[item], position };
  }

  /** Staff took the question at this position away: those after it move up. @param {number} position */
  moveUp(position) {
    const later = Object.entries(this.kept.shown).filter(([at]) => Number(at) !== position);
    this.kept.shown = Object.fromEntries(later.map(([at, item]) => [Number(at) - Number(Number(at) > position), item]));
    keepAhead(this.kept);
  }

  /** What stands at a position because this laptop put it there. @param {number} position */
  showing(position) {
    const item = this.kept.shown[position];
    return item ? { position, item } : null;
  }

  /** @param {Current} current  @returns {boolean} whether this laptop put it on the screen */
  isOwn({ position, item }) { return this.kept.shown[position] === item; }
}

/** Let the browser hold what an item needs, before it is asked for or the network is gone. @param {string} html */
export function preload(html) {
  for (const [address] of html.matchAll(/\/media\/[\w.]+/g)) fetch(address, { priority: "low" }).then((reply) => reply.blob()).catch(() => {});
  fetchKinds(html).catch(() => {});
  for (const [, module] of html.matchAll(/data-module="(\w+)"/g)) {
    import("./tools/look.js").then(({ loadLook }) => loadLook());
    import(`./tools/${module}.js`).catch(() => {});
  }
}
