/** Time left, in whole minutes and without alarm; nothing where the test has no limit. */

import { text } from "./views.js";

const MINUTE_MS = 60000;

export class Clock {
  /** @param {import("./api.js").Head} head */
  constructor(head) { this.set(head); }

  /** @param {import("./api.js").Head} head */
  set({ time, state }) {
    this.time = time;
    this.running = state === "open";
    this.since = performance.now();
  }

  /** @returns {string} */
  get sentence() {
    const { limit_ms: limit, used_ms: used } = this.time;
    if (!limit) return "";
    const left = limit - used - (this.running ? performance.now() - this.since : 0);
    if (left <= 0) return text("time-over");
    return left < 5 * MINUTE_MS ? text("last-minutes") : text("minutes", { minutes: Math.round(left / MINUTE_MS) });
  }
}
