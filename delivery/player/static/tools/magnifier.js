/** The magnifier: a window that follows pointer and focus, and shows what is under it twice as large. */

import { loadLook } from "./look.js";

const TIMES = 2;
const GAP = 24; // from the pointer, so that it hides nothing of what is pointed at

/** @type {HTMLElement | null} */
let lens = null;
/** @type {MutationObserver | undefined} */
let changes;
let wait = 0;
let [x, y] = [0, 0];

const main = () => /** @type {HTMLElement} */ (document.getElementById("main"));

/** A picture of the page, of which no part can be reached or found. */
function copy() {
  if (!lens) return;
  const [from, to] = [main(), /** @type {HTMLElement} */ (main().cloneNode(true))];
  for (const part of to.querySelectorAll("[id], [name], [for]")) {
    for (const name of ["id", "name", "for"]) part.removeAttribute(name);
  }
  to.removeAttribute("id");
  const fields = "input, select, textarea";
  const typed = /** @type {NodeListOf<HTMLInputElement>} */ (from.querySelectorAll(fields));
  /** @type {NodeListOf<HTMLInputElement>} */ (to.querySelectorAll(fields)).forEach((field, n) => {
    [field.value, field.checked] = [typed[n].value, typed[n].checked];
  });
  const { width, height } = from.getBoundingClientRect();
  Object.assign(to.style, { width: `${width}px`, height: `${height}px`, flex: "none" });
  lens.replaceChildren(to);
  const scrolled = [...from.querySelectorAll("*")];
  [...to.querySelectorAll("*")].forEach((part, n) => { part.scrollTop = scrolled[n].scrollTop; });
  to.scrollTop = from.scrollTop;
  draw();
}

/** Many changes at once are one copy. */
function copySoon() {
  cancelAnimationFrame(wait);
  wait = requestAnimationFrame(copy);
}

function draw() {
  const page = /** @type {HTMLElement | undefined} */ (lens?.firstElementChild);
  if (!lens || !page) return;
  const { left, top } = main().getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = lens;
  page.style.transform = `translate(${width / 2 - TIMES * (x - left)}px, ${height / 2 - TIMES * (y - top)}px) scale(${TIMES})`;
  const below = y + GAP + height < innerHeight ? y + GAP : y - GAP - height;
  lens.style.left = `${Math.min(Math.max(x - width / 2, 0), innerWidth - width)}px`;
  lens.style.top = `${Math.max(below, 0)}px`;
}

/** @param {PointerEvent} event */
function follow(event) {
  [x, y] = [event.clientX, event.clientY];
  draw();
}

/** @param {FocusEvent} event */
function look({ target }) {
  const { left, top, width, height } = /** @type {HTMLElement} */ (target).getBoundingClientRect();
  [x, y] = [left + Math.min(width / 2, 120), top + height / 2];
  draw();
}

/** @param {boolean} on */
export function toggle(on) {
  changes?.disconnect();
  removeEventListener("pointermove", follow);
  for (const kind of ["focusin", "input", "scroll", "resize"]) {
    removeEventListener(kind, kind === "focusin" ? /** @type {EventListener} */ (look) : copySoon, true);
  }
  lens?.remove();
  lens = null;
  if (!on) return;
  loadLook();
  lens = document.createElement("div");
  lens.className = "lens";
  lens.inert = true;
  lens.setAttribute("aria-hidden", "true");
  document.body.append(lens);
  [x, y] = [innerWidth / 2, innerHeight / 3];
  changes = new MutationObserver(copySoon);
  changes.observe(main(), { subtree: true, childList: true, attributes: true, characterData: true });
  addEventListener("pointermove", follow);
  for (const kind of ["focusin", "input", "scroll", "resize"]) {
    addEventListener(kind, kind === "focusin" ? /** @type {EventListener} */ (look) : copySoon, true);
  }
  copy();
}
