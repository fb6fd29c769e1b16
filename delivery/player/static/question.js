/**
 * The page of one question: the item, its passage, the answer being typed, and how long it took.
 *
 * @typedef {import("./api.js").Head} Head
 * @typedef {import("./api.js").Current} Current
 * @typedef {import("./api.js").ItemResponse} ItemResponse
 */

import { isComplete, keepTogether, limitChoices, listenToRare, readDraft, readResponse, writeResponse } from "./item.js";
import { fitPictures } from "./pictures.js";
import { listenToPlaces } from "./placing.js";
import { listenToSliders } from "./slider.js";
import { keepDraft, loadDraft } from "./seat.js";
import { fill, show, text } from "./views.js";

const CONTROLS = ".option, .text-entry, .inline-choice, .extended-text, .hottext, .slider, .placing, .spots, .pointing";

export class QuestionPage {
  /**
   * @param {Head} head  with a current item, of which no kind is missing
   * @param {(response: ItemResponse, elapsedMs: number) => void} onNext
   * @param {() => void} [onHelp]  none where nobody can come
   */
  constructor(head, onNext, onHelp) {
    this.current = /** @type {Current} */ (head.current);
    this.onNext = onNext;
    this.onHelp = onHelp;
    this.locked = false;
    this.page = /** @type {HTMLFormElement} */ (
      show("question", { position: this.current.position, length: head.test.length })
    );
    this.place = this.#part("[data-item-place]");
    this.next = this.#part("[data-next]");
    this.help = this.#part("[data-help]");
    this.help.hidden = !onHelp;
    this.ask = /** @type {HTMLDialogElement} */ (this.#part("[data-ask]"));
    this.#draw(head);
    this.#restore(head);
    this.#listen();
  }

  /** @param {Current} other  @returns {boolean} whether this page shows it already */
  shows(other) {
    return this.current.position === other.position && this.current.item === other.item && this.page.isConnected;
  }

  get response() { return readResponse(this.place); }

  get draft() { return readDraft(this.place); }

  get isComplete() { return isComplete(this.place); }

  /** Time with this question on the screen, whole milliseconds by the monotonic clock. */
  get elapsedMs() { return Math.round(this.before + performance.now() - this.since); }

  /** While an answer is under way nothing may change; the focus stays on the button. @param {boolean} locked */
  lock(locked) {
    this.locked = locked;
    for (const control of this.place.querySelectorAll(CONTROLS)) {
      /** @type {HTMLElement} */ (control).inert = locked;
    }
    for (const part of [this.#part("[data-desk]"), this.#part("[data-work]")]) {
      part.toggleAttribute("tabindex", false);
      if (locked && part.scrollHeight > part.clientHeight) part.tabIndex = 0; // else keys could not scroll it
    }
    this.next.setAttribute("aria-disabled", String(locked));
  }

  /** Staff took an earlier question away. */
  moveUp() {
    this.current.position -= 1;
    fill(this.page, "position", this.current.position);
    /** @type {HTMLProgressElement} */ (this.#part("[data-gauge]")).value = this.current.position - 1;
    this.keep();
  }

  /** @param {boolean} asked  help was asked for, and nobody came yet */
  called(asked) {
    this.help.setAttribute("aria-disabled", String(asked));
    this.help.textContent = text(asked ? "help-asked" : "help");
  }

  /** @param {string} sentence  "" takes it away */
  say(sentence) { fill(this.page, "message", sentence); }

  /** Keep what is typed now over a reload. */
  keep() {
    const { position, item } = this.current;
    keepDraft({ position, item, response: this.draft, elapsed_ms: this.elapsedMs });
  }

  /** @param {Head} head */
  #draw({ accommodations, test }) {
    const gauge = /** @type {HTMLProgressElement} */ (this.#part("[data-gauge]"));
    gauge.max = test.length;
    gauge.style.setProperty("--marks", String(test.length));
    gauge.value = this.current.position - 1;
    this.place.innerHTML = this.current.html; // rendered and cleaned by the server; the page allows no script in it
    keepTogether(this.place);
    fitPictures(this.place);
    const below = new IntersectionObserver((seen) =>
      this.page.classList.toggle("continues", !seen[seen.length - 1].isIntersecting));
    below.observe(this.#part("[data-end]"));
    this.#drawPassage();
    for (const part of this.page.querySelectorAll("[data-module]")) {
      const { module } = /** @type {HTMLElement} */ (part).dataset;
      import(`./tools/${module}.js`).then(({ start }) => start?.(part, accommodations));
    }
    if (accommodations.read_aloud) {
      const passage = [...this.page.querySelectorAll(".stimulus-body")];
      import("./tools/voice.js").then(({ start }) => start([...passage, this.place]));
    }
  }

  #drawPassage() {
    const { stimulus } = this.current;
    if (!stimulus) return;
    const passage = this.#part("[data-passage]");
    passage.innerHTML = stimulus.html;
    passage.setAttribute("aria-label", `${passage.getAttribute("aria-label")}: ${stimulus.title}`);
    passage.hidden = false;
    this.page.classList.add("with-passage");
  }

  /** This tab's own draft is the freshest; else the server's. @param {Head} head */
  #restore({ draft }) {
    const own = loadDraft();
    const mine = own?.position === this.current.position && own.item === this.current.item ? own : null;
    const response = mine?.response ?? draft;
    this.saved = draft; // what the server holds
    if (response) writeResponse(this.place, response);
    this.before = mine?.elapsed_ms ?? 0;
    this.since = performance.now();
  }

  #listen() {
    listenToSliders(this.place);
    listenToPlaces(this.place);
    listenToRare(this.place);
    limitChoices(this.place, (maximum) => this.say(maximum === null ? "" : text("too-many", { maximum })));
    this.page.addEventListener("input", () => this.keep());
    this.help.addEventListener("click", () => { if (this.help.ariaDisabled !== "true") this.onHelp?.(); });
    this.page.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.locked || this.ask.open) return;
      if (this.isComplete) this.#goOn();
      else this.ask.showModal();
    });
    this.ask.addEventListener("click", (event) => {
      const answer = /** @type {HTMLElement} */ (event.target).dataset.answer;
      if (answer) this.ask.close();
      if (answer === "go") this.#goOn();
    });
  }

  #goOn() {
    this.say("");
    this.onNext(this.response, this.elapsedMs);
  }

  /** @param {string} selector  @returns {HTMLElement} */
  #part(selector) { return /** @type {HTMLElement} */ (this.page.querySelector(selector)); }
}
