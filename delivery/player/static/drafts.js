/** Sends what is being typed every 5 seconds, so that another laptop can go on with it. */

import { call } from "./api.js";
import { isEmpty } from "./item.js";

const EVERY_MS = 5000;

export class Drafts {
  /**
   * @param {import("./seat.js").Seat} seat
   * @param {() => import("./question.js").QuestionPage | null} page  the question being answered, if any
   */
  constructor(seat, page) {
    this.seat = seat;
    this.page = page;
    this.timer = setInterval(() => this.send(), EVERY_MS);
    this.hide = () => { if (document.visibilityState === "hidden") this.send(true); };
    document.addEventListener("visibilitychange", this.hide);
  }

  /** @param {boolean} [keepalive]  outlive the page */
  async send(keepalive = false) {
    const page = this.page();
    if (!page || page.locked) return;
    page.keep();
    const { position, item } = page.current;
    const response = page.draft;
    if (page.saved ? JSON.stringify(response) === JSON.stringify(page.saved) : isEmpty(response)) return;
    const reply = await call("PUT", `/sittings/${this.seat.sitting}/drafts/${position}`, {
      token: this.seat.token, body: { item, response, epoch: this.seat.epoch }, keepalive,
    });
    if (reply.status === 204) page.saved = response;
  }

  stop() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.hide);
  }
}
