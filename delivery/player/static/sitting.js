/**
 * One sitting on this laptop: what the server's head says decides which page is shown.
 *
 * @typedef {import("./api.js").Head} Head
 * @typedef {import("./api.js").Reply} Reply
 * @typedef {import("./outbox.js").Row} Row
 */

import { call, insist, isPassing, sleep } from "./api.js";
import { Clock } from "./clock.js";
import { applyAccommodations } from "./display.js";
import { Drafts } from "./drafts.js";
import { fetchKinds, missingKinds } from "./item.js";
import { keepPictures } from "./kept.js";
import { QuestionPage } from "./question.js";
import { preload, Reserve } from "./reserve.js";
import { keepDraft, keepSeat, leaveSeat } from "./seat.js";
import { Sender } from "./sender.js";
import { bar, notice, onAction, show, showTime, shown, text } from "./views.js";

const POLL_MS = 10000;
/** How long an answer may be under way before the page says that there is no connection, and goes on without. */
const SILENCE_MS = 2000;

/** @param {Head} head  @returns {string} the name and what is granted, to compare */
const whose = (head) => JSON.stringify([head.pupil, head.accommodations]);

export class Sitting {
  /** @type {QuestionPage | null} */
  question = null;
  /** Whose question waits for the module of its kind. @type {Head | null} */
  asked = null;
  over = false;
  handingIn = false;
  /** Nothing came from the server when it was asked last. */
  away = false;
  /** When the break that goes on is over at the latest, by the monotonic clock. */
  restsUntil = Infinity;
  /** Position of which the server was told once what is on the screen. */
  told = 0;

  /**
   * @param {import("./seat.js").Seat} seat
   * @param {import("./outbox.js").Outbox} outbox
   * @param {(message: string) => void} leave  back to the codes
   */
  constructor(seat, outbox, leave) {
    this.seat = seat;
    this.outbox = outbox;
    this.leave = leave;
    this.sender = new Sender(seat, outbox, {
      sending: () => this.#sending(),
      showing: (row) => this.reserve.showing(row.position + 1),
      waiting: () => this.#offline(),
      settled: (row, body) => this.#settled(row, body),
      stopped: (row, reply) => this.#stopped(row, reply),
    });
    this.reserve = new Reserve(seat);
    this.drafts = new Drafts(seat, () => this.question);
    this.warn = (/** @type {BeforeUnloadEvent} */ event) => { if (this.sender.left.length) event.preventDefault(); };
    addEventListener("beforeunload", this.warn);
    addEventListener("offline", () => { if (!this.over) this.#offline(); });
  }

  /** Begin, or go on after a reload. @param {Head | null} head  null when the server must be asked first */
  async start(head) {
    await this.sender.load();
    if (!head) setTimeout(() => { if (!this.head && !this.over) this.#resume(); }, SILENCE_MS);
    for (let known = head; !this.over; ) {
      if (known) this.#hear(known);
      if (known) await sleep(POLL_MS * (0.85 + Math.random() * 0.3));
      if (this.over) return;
      const reply = await this.#insist("GET");
      if (!reply) return;
      this.away = false;
      if (reply.status === 200) known = reply.body;
      else {
        show("trouble", { message: reply.body.message ?? text("trouble") });
        await sleep(POLL_MS);
      }
    }
  }

  /** @param {Head} head */
  #set(head) {
    if (!this.head || whose(head) !== whose(this.head)) this.#greet(head); // staff may set the right name
    this.clock ??= new Clock(head);
    this.clock.set(head);
    this.head = head;
  }

  /** After a reload without a network: go on with what the tab kept. */
  #resume() {
    const { head } = this.reserve.kept;
    if (!head || head.state !== "open" || !this.seat.started) return;
    this.#set(head);
    const position = this.sender.next(head.answered);
    if (head.current?.position === position && !this.reserve.showing(position)) this.#ask(head);
    else this.#goOn(position);
    this.#offline();
  }

  /** @param {Head} head */
  #begin(head) {
    this.#set(head);
    this.reserve.hear(head);
    if (this.sender.waits(head)) {
      show("connecting");
      this.sender.kick();
    } else this.#show(head);
  }

  /** Whose sitting it is, and what that pupil is granted. @param {Head} head */
  #greet(head) {
    applyAccommodations(head.accommodations ?? {});
    bar(head.test.title, head.pupil.first_name);
  }

  /** A head of the server; one that is older than what we know is left aside. @param {Head} head */
  #hear(head) {
    if (!this.head) return this.#begin(head);
    if (head.head < this.head.head) return;
    const comes = this.head.help && !head.help;
    this.#set(head);
    this.reserve.hear(head);
    if (this.sender.waits(head)) this.sender.kick();
    else this.#show(head);
    if (comes) this.question?.say(text("help-comes"));
  }

  /** The one place that chooses the page. @param {Head} head */
  #show(head) {
    if (this.handingIn || this.#tellScreen(head)) return;
    this.asked = null;
    notice(head.answered ? "saved" : "");
    if (head.state === "sealed") this.#finish(head, null);
    else if (head.state === "void") this.#end("gone");
    else if (head.state === "closing") this.#close(head);
    else if (head.state === "paused") this.#pause(head);
    else if (head.complete) this.#askHandIn(head);
    else if (head.state === "ready" || !head.current) this.#aside("waiting");
    else if (this.seat.started || head.answered) this.#ask(head);
    else this.#welcome(head);
    showTime(this.question ? this.clock?.sentence ?? "" : "");
    this.#beside(head);
  }

  /** Say once what is on the screen, where the server thinks of another question. @param {Head} head  @returns {boolean} whether to wait */
  #tellScreen(head) {
    const own = this.question?.current;
    if (!own || !this.reserve.isOwn(own) || own.item === head.current?.item || this.told === own.position) return false;
    if (head.state !== "open" && head.state !== "paused") return false;
    this.told = own.position;
    this.sender.again();
    return this.sender.pending.length > 0;
  }

  /** A page that waits; the question comes back as it was left. @param {string} view */
  #aside(view) {
    this.question?.keep();
    this.question = null;
    if (shown() !== view) show(view);
  }

  /** @param {Head} head */
  #pause({ breaks }) {
    this.restsUntil = performance.now() + (breaks?.rest_ms ?? Infinity);
    this.#aside(breaks?.rest_ms == null ? "paused" : "break");
  }

  /** A break that is over ends without the server, which counts it so too. */
  #endBreak() {
    const head = /** @type {Head} */ (this.head);
    if (head.breaks) this.#hear({ ...head, state: "open", breaks: { ...head.breaks, rest_ms: null } });
  }

  /** @param {Head} head */
  #welcome(head) {
    if (shown() === "start") return;
    const page = show("start", { first_name: head.pupil.first_name, test: head.test.title, length: head.test.length });
    if (this.reserve.isOn && head.current) preload(head.current.html + (head.current.stimulus?.html ?? "")); // while the pupil reads
    onAction(page, "start", () => {
      this.seat.started = true;
      keepSeat(this.seat);
      this.#show(this.head ?? head);
    });
  }

  /** @param {Head} head */
  #ask(head) {
    this.asked = head;
    const before = this.question;
    if (!head.current || !before?.shows(head.current)) {
      if (head.current && missingKinds(head.current.html).length) {
        fetchKinds(head.current.html).then(() => { if (this.asked === head) this.#ask(head); }, () => {}); // else at the next head
        return;
      }
      this.question = new QuestionPage(head, (response, ms) => this.#answer(response, ms), () => this.#request("help"));
      if (before?.current.position === head.current?.position) this.question.say(text("skipped"));
    }
    this.question?.called(head.help);
  }

  /** Help, or a break: what is on the screen says how that went. @param {"help" | "break"} what  @param {object} [more] */
  async #request(what, more) {
    const { sitting, token, epoch } = this.seat;
    const reply = await call("POST", `/sittings/${sitting}/${what}`, { token, body: { epoch, ...more } });
    if (this.over || this.#refused(reply)) return;
    if (reply.status === 200) this.#hear(reply.body);
    if (!this.question && isPassing(reply)) this.#offline(); // the next head asks again
    this.question?.say(text(what + (reply.status === 200 ? "-waits" : "-fails")));
  }

  /** What few pupils need, and what is noticed beside the questions, comes after them. @param {Head} head */
  #beside(head) {
    import("./aids/beside.js").then(({ beside }) =>
      beside(head, this.question, this.seat, (wanted) => this.#request("break", { wanted })), () => {});
  }

  /** @param {import("./api.js").ItemResponse} response  @param {number} elapsed_ms */
  async #answer(response, elapsed_ms) {
    const question = /** @type {QuestionPage} */ (this.question);
    question.lock(true);
    question.keep();
    await this.sender.submit(question.current, response, elapsed_ms);
    setTimeout(() => {
      const { position } = question.current;
      const isOn = shown() === "question" && this.question === question; // no page of trouble took its place
      const waits = isOn && this.sender.pending.some((row) => row.position === position);
      if (waits && this.reserve.isOn && this.head?.state === "open") this.#goOn(this.sender.next(0));
    }, this.away ? 0 : SILENCE_MS);
  }

  /** Nothing came: show the next of what came ahead, or wait calmly. @param {number} position */
  #goOn(position) {
    const head = /** @type {Head} */ (this.head);
    const current = position <= head.test.length ? this.reserve.at(position) : null;
    this.question = null;
    if (current) this.#ask({ ...head, current, draft: null });
    else if (shown() !== "offline") show("offline");
    this.#offline();
    showTime(this.clock?.sentence ?? "");
  }

  #sending() {
    if (document.getElementById("notice")?.dataset.state !== "offline") notice("saving");
    clearTimeout(this.silence);
    this.silence = setTimeout(() => { if (this.sender.pending.length) this.#offline(); }, SILENCE_MS);
  }

  #offline() {
    this.away = true;
    if (shown() === "break" && performance.now() >= this.restsUntil) this.#endBreak();
    const waits = this.question?.locked && this.sender.pending.length;
    notice("offline", shown() === "offline" ? "" : waits ? "offline" : this.question ? "offline-idle" : "unreachable");
  }

  /** @param {Row} row  @param {any} body  reply to its answer */
  async #settled(row, body) {
    clearTimeout(this.silence);
    this.away = false;
    if (this.question?.current.position === row.position) {
      keepDraft(null);
      this.question = null;
    }
    if (body.code === "item_skipped") {
      await this.sender.moveUp(row.position, () => {
        this.reserve.moveUp(row.position);
        if (this.question && this.question.current.position > row.position) this.question.moveUp();
      });
    }
    if (this.sender.pending.length) return;
    const head = typeof body.head === "object" && body.head ? body.head : { ...this.head, ...body };
    this.#hear(head);
  }

  /** @param {Row} row  @param {Reply} reply */
  async #stopped(row, reply) {
    clearTimeout(this.silence);
    if (this.#refused(reply)) return;
    notice("");
    const isRefused = reply.status === 422 || reply.status === 429;
    if (isRefused && this.question?.current.position === row.position) {
      this.question.lock(false);
      return this.question.say(reply.body.message ?? text("trouble"));
    }
    if (isRefused || reply.body.code === "gap") return this.#askAgain(row, reply);
    const page = show("trouble", { message: reply.body.message ?? text("trouble") });
    onAction(page, "again", () => { show("connecting"); this.sender.kick(); });
  }

  /** An answer was refused, or is missing: it is given again, and then what came after it is sent. @param {Row} row  @param {Reply} refusal */
  async #askAgain(row, { body }) {
    if (this.question && this.question.current.position >= row.position) this.question = null;
    const reply = await this.#insist("GET");
    if (reply?.status === 200) this.#hear(reply.body);
    if (body.code !== "gap") this.question?.say(body.message ?? "");
  }

  /** Is this the end on this laptop? @param {Reply} reply  @returns {boolean} */
  #refused({ status, body }) {
    if (body.code === "moved") this.#end("moved");
    else if (status === 410 || status === 404 || body.code === "void") this.#end("gone");
    else if (status === 401 || status === 403) {
      this.#end(null);
      this.leave(text("signed-off"));
    } else return false;
    return true;
  }

  /** @param {Head} head */
  #askHandIn(head) {
    this.question = null;
    if (shown() === "hand-in") return;
    const page = show("hand-in", { length: head.test.length });
    onAction(page, "hand-in", () => this.#handIn());
  }

  /**
   * The room is closed: what stands complete on the screen still counts. Where answers stand behind one that was
   * refused, that one is still asked for, and nothing says that this laptop is empty.
   *
   * @param {Head} head
   */
  async #close(head) {
    const { question, sender: { left } } = this;
    if (question?.locked) return;
    if (left.length) {
      notice("");
      if (!question && left.some((row) => row.position >= (head.current?.position ?? Infinity))) this.#ask(head);
      if (this.question) this.question.say(text("closed-first"));
      else this.#aside("almost");
    } else if (question && question.current.position > head.answered && question.isComplete) {
      await this.#answer(question.response, question.elapsedMs);
    } else await this.#handIn();
  }

  /** Hand in, then say that nothing is left on this laptop; only the server's word that it is sealed ends it. */
  async #handIn() {
    this.handingIn = true;
    await this.drafts.send();
    this.question = null;
    showTime("");
    notice(""); // what is said now, the page says
    show("closing");
    const { epoch } = this.seat;
    for (let closed = false; ; ) {
      const step = closed ? "/seal" : "/hand-in";
      const reply = await this.#insist("POST", step, closed ? { epoch, position: this.head?.answered ?? 0 } : { epoch });
      if (!reply) return;
      if (reply.status === 200 && closed) return this.#finish(reply.body.head ?? this.head, reply.body.receipt ?? null);
      if (reply.status === 200 && !this.sender.held.length) {
        this.head = reply.body;
        closed = true;
        continue;
      }
      if (reply.body.code === "not_closing" || this.sender.held.length) break; // staff let this pupil go on, or come
      notice("");
      if (shown() !== "almost") show("almost");
      await sleep(POLL_MS * (0.85 + Math.random() * 0.3));
    }
    this.handingIn = false;
    show("connecting"); // the next head says where
  }

  /** @param {string} method  @param {string} [path]  @param {object} [body]  @returns {Promise<Reply | null>} null when the sitting is not ours */
  async #insist(method, path = "", body) {
    if (this.over) return null;
    const { sitting, token } = this.seat;
    const reply = await insist(method, `/sittings/${sitting}${path}`, { token, body }, () => { if (!this.over) this.#offline(); });
    return this.over || this.#refused(reply) ? null : reply;
  }

  /** The sitting is sealed. @param {Head} head  @param {string | null} receipt */
  async #finish(head, receipt) {
    const proof = receipt ?? (await this.outbox.rows(this.seat.sitting)).findLast((row) => row.receipt)?.receipt ?? "";
    await this.outbox.forget(this.seat.sitting);
    await keepPictures();
    if (this.sender.held.length) return this.#end("left");
    this.#end("done", {
      ...(head.complete ? {} : { heading: text("stopped") }),
      message: head.complete ? "" : text("closed"),
      kept: text(head.answered ? "all-kept" : "nothing-kept", head.pupil),
      receipt: head.answered ? proof.slice(0, 8).toUpperCase().replace(/(.{4})(?=.)/, "$1-") : "",
    });
  }

  /** @param {string | null} view  @param {Record<string, string | number>} [slots] */
  #end(view, slots) {
    this.over = true;
    this.question = null;
    this.reserve.over = true;
    this.drafts.stop();
    removeEventListener("beforeunload", this.warn);
    leaveSeat();
    notice("");
    showTime("");
    if (view) show(view, slots);
  }
}
