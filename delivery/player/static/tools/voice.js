/** Reading aloud by the browser's own Dutch voice, for pupils who are granted it. */

import { text } from "../views.js";
import { loadLook } from "./look.js";
import { count } from "./used.js";

/** What a voice leaves out: it is a control, or hidden, or another way to say the same. */
const SILENT = "script, style, template, dialog, input, .support, details:not([open]), [hidden], [aria-hidden='true']";
const BLOCK = "p, li, label, h1, h2, h3, legend, td, th, figcaption, .option, button";

/** @returns {Promise<SpeechSynthesisVoice | undefined>} the list of voices may come late, or never */
async function dutch() {
  if (!("speechSynthesis" in window)) return undefined;
  for (let tries = 0; tries < 20 && !speechSynthesis.getVoices().length; tries++) {
    await new Promise((done) => setTimeout(done, 100));
  }
  const voices = speechSynthesis.getVoices().filter(({ lang }) => /^nl\b/i.test(lang));
  return voices.find(({ lang }) => /be$/i.test(lang)) ?? voices[0];
}

/** Words of a part, as one says them: formulas by their name, pictures by their description. @param {Node} node  @returns {string} */
function words(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? "";
  if (!(node instanceof Element) || node.matches(SILENT)) return "";
  const said = node.getAttribute("data-spoken") ?? (node.matches("math") ? node.getAttribute("aria-label") : null);
  if (said) return ` ${said} `;
  if (node.matches("img")) return ` ${node.getAttribute("alt") ?? ""}. `;
  const inside = [...(node.matches("select") ? node.querySelectorAll("option") : node.childNodes)].map(words).join("");
  return node.matches(BLOCK) ? `${inside}.\n` : inside;
}

/** @param {HTMLElement} part  @returns {string} */
const spoken = (part) => words(part).split("\n").map((line) => line.trim()).filter(Boolean).join("\n")
  .replace(/([.?!:])\s*\.+/g, "$1");

/**
 * A button above every part that reads it; the same button stops.
 *
 * @param {HTMLElement[]} parts
 */
export async function start(parts) {
  if ("speechSynthesis" in window) speechSynthesis.cancel(); // of the question before
  const voice = await dutch();
  if (!voice) return;
  loadLook();
  for (const part of parts) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "support read";
    button.textContent = text("read-aloud");
    const draw = (/** @type {boolean} */ speaks) => button.setAttribute("aria-pressed", String(speaks));
    button.addEventListener("click", () => {
      const stops = button.getAttribute("aria-pressed") === "true";
      speechSynthesis.cancel();
      if (stops) return draw(false);
      const saying = new SpeechSynthesisUtterance(spoken(part));
      saying.voice = voice;
      saying.lang = voice.lang;
      saying.onend = saying.onerror = () => draw(false);
      draw(true);
      speechSynthesis.speak(saying);
    });
    count(button, "read_aloud");
    draw(false);
    part.before(button);
  }
}
