/**
 * What stands beside the questions for whom it is granted: breaks, and the simple page. The rest is noticed there.
 *
 * @typedef {import("../api.js").Head} Head
 * @typedef {import("../question.js").QuestionPage} QuestionPage
 */

import { fill, onAction, shown, text } from "../views.js";
import { notice } from "./noticing.js";

const MINUTE_MS = 60000;

/** The pupil wants to go on, and the server did not hear it yet. */
let wantsBack = false;

/**
 * @param {Head} head  as the server sent it
 * @param {QuestionPage | null} question  on the screen
 * @param {import("../seat.js").Seat} seat
 * @param {(wanted: boolean) => Promise<void>} ask  for a break, or to go on
 */
export function beside(head, question, seat, ask) {
  simplify(Boolean(head.accommodations.simplified));
  if (head.breaks && question) offerBreak(question, head.breaks.left, ask);
  if (head.breaks && shown() === "break") rest(head.breaks.rest_ms ?? 0, ask);
  else wantsBack = false;
  notice(head, seat);
}

/** @param {QuestionPage} question  @param {number} left  breaks  @param {(wanted: boolean) => Promise<void>} ask */
function offerBreak(question, left, ask) {
  const { page, help } = question;
  let button = /** @type {HTMLButtonElement | null} */ (page.querySelector("[data-break]"));
  if (!button) {
    loadLook();
    button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.dataset.break = "";
    button.addEventListener("click", () => { if (!question.locked) ask(true); });
    help.before(button);
  }
  button.textContent = text("break", { left });
  button.hidden = !left;
}

/** The calm page of a break: how long it may still last, and one click back. @param {number} ms  @param {(wanted: boolean) => Promise<void>} ask */
function rest(ms, ask) {
  const page = /** @type {HTMLElement} */ (document.querySelector("#main > *"));
  const minutes = Math.ceil(ms / MINUTE_MS);
  fill(page, "rest", text(minutes > 1 ? "break-rest" : "break-last", { minutes }));
  if (wantsBack) ask(false);
  if ("listens" in page.dataset) return;
  page.dataset.listens = "";
  onAction(page, "back", () => {
    wantsBack = true;
    ask(false);
  });
}

/** Fewer things on the page; the pupil may switch it off in the menu. @param {boolean} granted */
function simplify(granted) {
  const root = document.documentElement;
  const known = document.querySelector("#display [data-simple-choice]");
  if (granted === Boolean(known)) return;
  known?.remove();
  root.toggleAttribute("data-simple", granted);
  if (!granted) return;
  loadLook();
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.dataset.simpleChoice = "";
  box.type = "checkbox";
  box.checked = true;
  box.addEventListener("change", (event) => {
    event.stopPropagation(); // the menu knows nothing of it
    root.toggleAttribute("data-simple", box.checked);
  });
  label.append(box, ` ${text("simple")}`);
  document.querySelector('#display [name="lines"]')?.closest("fieldset")?.append(label);
}

/** @type {HTMLLinkElement | undefined} */
let look;

function loadLook() {
  if (look) return;
  look = document.createElement("link");
  look.rel = "stylesheet";
  look.href = new URL("aids.css", import.meta.url).href;
  document.head.append(look);
}
