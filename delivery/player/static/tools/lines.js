/** The line reader: what is above and below the line one reads is dimmed; it follows pointer, focus and arrow keys. */

import { text } from "../views.js";
import { loadLook } from "./look.js";

const STEP = 24;

/** @type {HTMLElement | null} */
let reader = null;

/** Where the clear band stands, pixels from the top of the window. @param {number} y */
function move(y) {
  if (!reader) return;
  const at = Math.round(Math.min(Math.max(y, 0), innerHeight));
  const handle = /** @type {HTMLElement} */ (reader.firstElementChild);
  reader.style.setProperty("--at", `${at}px`);
  handle.setAttribute("aria-valuenow", String(Math.round((100 * at) / innerHeight)));
}

/** @returns {number} */
const place = () => parseFloat(reader?.style.getPropertyValue("--at") ?? "0");

/** @param {PointerEvent} event */
const follow = (event) => move(event.clientY);

/** @param {FocusEvent} event */
function look(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (reader?.contains(target) || !target.closest("main")) return;
  const { top, bottom } = target.getBoundingClientRect();
  move((top + bottom) / 2);
}

/** @param {KeyboardEvent} event */
function step(event) {
  const by = { ArrowUp: -STEP, ArrowDown: STEP, PageUp: -5 * STEP, PageDown: 5 * STEP }[event.key];
  if (!by) return;
  event.preventDefault();
  move(place() + by);
}

/** @param {boolean} on */
export function toggle(on) {
  removeEventListener("pointermove", follow);
  removeEventListener("focusin", look);
  reader?.remove();
  reader = null;
  if (!on) return;
  loadLook();
  reader = document.createElement("div");
  reader.className = "lines";
  reader.innerHTML = '<button type="button" role="slider" aria-orientation="vertical" aria-valuemin="0" aria-valuemax="100"></button>';
  const handle = /** @type {HTMLElement} */ (reader.firstElementChild);
  handle.setAttribute("aria-label", text("lines"));
  handle.addEventListener("keydown", step);
  document.querySelector("header")?.append(reader); // a landmark, above all pages
  addEventListener("pointermove", follow);
  addEventListener("focusin", look);
  move(innerHeight / 3);
}
