/** Recordings, explanations and transcripts that come with parts of an item or passage, for pupils who are granted them. */

import { text } from "../views.js";
import { loadLook } from "./look.js";
import { count } from "./used.js";

/** Parts in which no button may stand. */
const CLOSED = "label, button, legend, math";

/**
 * @param {HTMLElement} holder  stands in the item or passage, and holds the cards
 * @param {Record<string, unknown>} granted  accommodations
 */
export function start(holder, { read_aloud, glossary, transcript }) {
  const page = /** @type {HTMLElement} */ (holder.parentElement);
  /** @param {string} name  @param {(part: HTMLElement) => HTMLElement[]} add */
  const each = (name, add) => {
    for (const part of page.querySelectorAll(`[data-${name}]:not(option)`)) {
      loadLook();
      (part.closest(CLOSED) ?? part).after(...add(/** @type {HTMLElement} */ (part)));
    }
  };
  if (read_aloud) each("sound", soundOf);
  if (glossary) each("card", (part) => cardOf(part, page, holder));
  if (transcript) each("transcript", (part) => transcriptOf(part, holder));
}

/** @param {HTMLElement} part  @returns {HTMLElement[]} */
function soundOf(part) {
  const sound = new Audio(part.dataset.sound); // as part of the page it stops when the page goes
  sound.preload = "none";
  const button = makeButton("listen", part);
  const draw = () => button.setAttribute("aria-pressed", String(!sound.paused));
  button.addEventListener("click", () => (sound.paused ? sound.play() : sound.pause()));
  count(button, "read_aloud");
  for (const change of ["play", "pause", "ended"]) sound.addEventListener(change, draw);
  draw();
  return [button, sound];
}

/** @param {HTMLElement} part  @param {HTMLElement} page  @param {HTMLElement} holder  @returns {HTMLElement[]} */
function cardOf(part, page, holder) {
  const held = holder.querySelector(`[data-card-text="${part.dataset.card}"]`);
  if (!held) return [];
  const card = /** @type {HTMLElement} */ (held.cloneNode(true));
  const button = makeButton("explain", part);
  card.className = "explanation";
  card.popover = "auto";
  card.tabIndex = -1;
  card.autofocus = true;
  card.role = "note";
  page.append(card);
  button.popoverTargetElement = card;
  count(button, "glossary");
  return [button];
}

/** @param {HTMLElement} part  @param {HTMLElement} holder  @returns {HTMLElement[]} */
function transcriptOf(part, holder) {
  const held = holder.querySelector(`[data-transcript-text="${part.dataset.transcript}"]`);
  if (!held) return [];
  const [details, summary] = [document.createElement("details"), document.createElement("summary")];
  details.className = "transcript";
  summary.className = "support transcribe";
  summary.textContent = text("transcribe");
  details.append(summary, held.cloneNode(true));
  count(summary, "transcript");
  return [details];
}

/** @param {string} key  of its text  @param {HTMLElement} part  @returns {HTMLButtonElement} */
function makeButton(key, part) {
  const button = document.createElement("button");
  const words = (part.textContent || part.getAttribute("alt") || part.getAttribute("aria-label") || "").replace(/\s+/g, " ").trim();
  button.type = "button";
  button.className = `support ${key}`;
  button.textContent = text(key);
  button.setAttribute("aria-label", text(`${key}-to`, { words: words.length > 40 ? `${words.slice(0, 40)}…` : words }));
  return button;
}
