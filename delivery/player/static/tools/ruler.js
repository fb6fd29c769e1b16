/** A ruler that lies over the page: moved and turned with a finger, a mouse or keys. Lengths are millimetres of CSS. */

import { text } from "../views.js";
import { letOpen, loadLook, markup, part } from "./look.js";

const MARGIN = 4; // mm before the first mark and after the last
const HEIGHT = 20; // mm
const MILLIMETRE = 96 / 25.4; // pixels of CSS
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TURNS = { PageUp: -1, PageDown: 1 };
const MOVE = 2; // mm a key, and a tenth of it with Shift
const TURN = 5; // degrees a key, and a fifth of it with Shift

class Ruler extends HTMLElement {
  connectedCallback() {
    if (this.firstElementChild) return;
    loadLook();
    this.append(markup("ruler"));
    this.length = Number(this.dataset.length);
    this.body = part(this, ".ruler");
    this.turn = /** @type {HTMLInputElement} */ (part(this, ".turn"));
    this.at = { x: 4, y: 60 };
    this.body.setAttribute("aria-label", text("ruler", { length: comma(this.length / 10) }));
    this.body.append(this.#draw());
    letOpen(this, () => {
      this.#put(4, innerHeight / MILLIMETRE / 2);
      this.body?.focus();
    });
    this.turn.addEventListener("input", () => this.#put());
    this.turn.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(); // it would go on to the next question
    });
    this.body.addEventListener("keydown", (event) => this.#key(event));
    this.body.addEventListener("pointerdown", (event) => this.#grip(event));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const [step, turn] = [STEPS[/** @type {keyof STEPS} */ (event.key)], TURNS[/** @type {keyof TURNS} */ (event.key)]];
    if (!step && !turn) return;
    event.preventDefault();
    const range = /** @type {HTMLInputElement} */ (this.turn);
    if (turn) range.value = String((Number(range.value) + turn * (event.shiftKey ? 1 : TURN) + 360) % 360);
    const [dx, dy] = (step ?? [0, 0]).map((way) => way * (event.shiftKey ? MOVE / 10 : MOVE));
    this.#put(this.at.x + dx, this.at.y + dy);
  }

  /** @param {PointerEvent} event */
  #grip(event) {
    const body = /** @type {HTMLElement} */ (this.body);
    const from = { x: this.at.x - event.clientX / MILLIMETRE, y: this.at.y - event.clientY / MILLIMETRE };
    const move = (/** @type {PointerEvent} */ now) =>
      this.#put(from.x + now.clientX / MILLIMETRE, from.y + now.clientY / MILLIMETRE);
    body.setPointerCapture(event.pointerId);
    body.addEventListener("pointermove", move);
    body.addEventListener("lostpointercapture", () => body.removeEventListener("pointermove", move), { once: true });
  }

  /** Lay it down, with its middle on the screen, and say where it lies. @param {number} [x]  @param {number} [y] */
  #put(x = this.at.x, y = this.at.y) {
    const [body, range] = [/** @type {HTMLElement} */ (this.body), /** @type {HTMLInputElement} */ (this.turn)];
    const [wide, high] = [innerWidth / MILLIMETRE, innerHeight / MILLIMETRE];
    const [toMiddle, degrees] = [this.length / 2 + MARGIN, Number(range.value)];
    this.at = { x: between(x, -toMiddle, wide - toMiddle), y: between(y, 0, high - HEIGHT) };
    body.style.transform = `translate(${this.at.x}mm, ${this.at.y}mm) rotate(${degrees}deg)`;
    range.setAttribute("aria-valuetext", text("degrees", { degrees }));
    const [along, across] = [-this.length / 2, -HEIGHT / 2]; // of the 0 mark, from the middle it turns about
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const left = comma((this.at.x + toMiddle + along * cos - across * sin) / 10);
    const top = comma((this.at.y - across + along * sin + across * cos) / 10);
    part(this, "output").textContent = text("lies", { left, top, degrees });
  }

  /** Marks and numbers. @returns {SVGElement} */
  #draw() {
    const [minor, major] = [Number(this.dataset.minor), Number(this.dataset.major)];
    const marks = count(this.length, minor).map((at) => `M${at} 0v${at % 5 === 0 ? 5 : 3.5}`);
    marks.push(...count(this.length, major).map((at) => `M${at} 0v7`));
    const drawing = svg("svg", { viewBox: `${-MARGIN} 0 ${this.length + 2 * MARGIN} ${HEIGHT}`, "aria-hidden": "true" });
    drawing.style.width = `${this.length + 2 * MARGIN}mm`;
    drawing.append(svg("path", { d: marks.join("") }));
    for (const at of count(this.length, major)) {
      const number = svg("text", { x: at, y: 11.5 });
      number.textContent = comma(at / 10);
      drawing.append(number);
    }
    const unit = svg("text", { x: 0, y: 17, class: "unit" });
    unit.textContent = "cm";
    drawing.append(unit);
    return drawing;
  }
}

/** From 0 to a length, in steps. @param {number} length  @param {number} step  @returns {number[]} */
const count = (length, step) =>
  Array.from({ length: Math.floor(length / step + 1e-6) + 1 }, (_, index) => Number((index * step).toFixed(3)));

/** @param {number} value  @param {number} low  @param {number} high */
const between = (value, low, high) => Math.max(low, Math.min(high, value));

/** One decimal at most. @param {number} value */
const comma = (value) => String(Number(value.toFixed(1))).replace(".", ",").replace("-", "\u2212");

/** @param {string} name  @param {Record<string, string | number>} attributes  @returns {SVGElement} */
function svg(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

customElements.define("peil-ruler", Ruler);
