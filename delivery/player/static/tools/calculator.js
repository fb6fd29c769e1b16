/** A calculator: keys that write an expression in a field, which may be typed in as well. */

import { text } from "../views.js";
import { calculate, shown, written } from "./arithmetic.js";
import { letOpen, loadLook, markup, part } from "./look.js";

/** Keys of each kind that the simpler ones do not have. @type {Record<string, string[]>} */
const KEYS = { basic: [], standard: ["√", "²", "%"], scientific: ["√", "²", "%", "(", ")", "^", "π", "sin(", "cos(", "tan(", "log(", "ln("] };
const EXTRA = KEYS.scientific;
/** What each kind does not take. @type {Record<string, RegExp>} */
const FOREIGN = { basic: /[^\d,+−×÷ ]/g, standard: /[^\d,+−×÷√²% ]/g, scientific: /[^\d,+−×÷√²%()^πa-z ]/g };
/** Keys that go on with a result. */
const GOING_ON = ["+", "−", "×", "÷", "^", "²", "%"];
/** Those that take only the last number before them, and so a result in brackets. */
const BINDING = ["^", "²", "%"];

class Calculator extends HTMLElement {
  connectedCallback() {
    if (this.firstElementChild) return;
    loadLook();
    this.append(markup("calculator"));
    this.kind = this.dataset.kind ?? "basic";
    this.field = /** @type {HTMLInputElement} */ (part(this, ".sum"));
    this.result = part(this, "output");
    this.isDone = false;
    this.carried = ""; // a result that goes on, and that this kind could not write
    for (const key of this.querySelectorAll("[data-key]")) {
      const { key: name = "" } = /** @type {HTMLElement} */ (key).dataset;
      if (EXTRA.includes(name) && !KEYS[this.kind].includes(name)) key.remove();
    }
    letOpen(this, () => this.field?.focus());
    this.addEventListener("click", (event) => {
      const pressed = /** @type {HTMLElement} */ (event.target).closest("[data-key]");
      if (pressed) this.press(/** @type {HTMLElement} */ (pressed).dataset.key ?? "");
    });
    this.field.addEventListener("keydown", (event) => this.#typed(event));
    this.field.addEventListener("input", () => this.#clean());
  }

  /** @param {string} key */
  press(key) {
    const field = /** @type {HTMLInputElement} */ (this.field);
    if (key === "=") return this.work();
    if (key === "C") this.#write("");
    else if (key === "back") this.#write(field.value.replace(/([a-z]+\(|.)$/, ""));
    else this.#write(this.#before(key) + key);
  }

  /** Work out what stands there. */
  work() {
    const field = /** @type {HTMLInputElement} */ (this.field);
    if (field.value.trim() === "") return;
    try {
      const value = calculate(field.value);
      this.value = Number.isNaN(value) ? "" : shown(value);
      this.#say(this.value === "" ? text("no-value") : `= ${this.value}`);
      this.isDone = true;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#say(text("not-well-written"));
    }
  }

  /** What a key comes after: what stands there; after a result a digit begins anew, an operation goes on. @param {string} key */
  #before(key) {
    const field = /** @type {HTMLInputElement} */ (this.field);
    const goesOn = GOING_ON.includes(key);
    if (!this.isDone || (goesOn && !this.value)) return field.value;
    const result = goesOn ? this.value ?? "" : "";
    const whole = BINDING.includes(key) && /[−×]/.test(result) ? `(${result})` : result;
    this.carried = this.#known(whole) === whole ? "" : whole;
    return whole;
  }

  /** Without what this kind does not know. @param {string} signs */
  #known(signs) { return signs.replace(FOREIGN[this.kind ?? "basic"], ""); }

  /** @param {KeyboardEvent} event */
  #typed(event) {
    if (event.key === "Enter" || event.key === "=") {
      event.preventDefault(); // Enter would go on to the next question
      this.work();
    } else if (this.isDone && this.#isKey(event) && this.field?.selectionStart === this.field?.value.length) {
      event.preventDefault();
      this.press(written(event.key));
    } else if (event.key === "Delete" && event.shiftKey) this.press("C");
  }

  /** Whether it writes something that this kind knows. @param {KeyboardEvent} event */
  #isKey({ key, ctrlKey, metaKey }) { return key.length === 1 && !ctrlKey && !metaKey && this.#known(written(key)).trim() !== ""; }

  /** Leave out of what was typed what this kind does not know; a result that is carried stays whole, or goes. */
  #clean() {
    const field = /** @type {HTMLInputElement} */ (this.field);
    if (!written(field.value).startsWith(this.carried ?? "")) this.carried = field.value = "";
    const carried = this.carried ?? "";
    const clean = carried + this.#known(written(field.value).slice(carried.length));
    const place = field.selectionStart ?? 0;
    this.isDone = false;
    this.#say("");
    if (clean === field.value) return;
    const gone = field.value.length - clean.length;
    field.value = clean;
    field.setSelectionRange(place - gone, place - gone);
  }

  /** @param {string} value */
  #write(value) {
    const field = /** @type {HTMLInputElement} */ (this.field);
    field.value = value;
    field.scrollLeft = field.scrollWidth;
    this.#clean();
  }

  /** @param {string} sentence */
  #say(sentence) { /** @type {HTMLElement} */ (this.result).textContent = sentence; }
}

customElements.define("peil-calculator", Calculator);
