/** Colours and letter size: what the pupil chooses, or what was granted beforehand. */

import { recall, remember } from "./seat.js";

const CHOICES = { theme: ["light", "dark", "contrast"], size: ["normal", "large", "larger"] };

const AIDS = ["lines", "magnifier"];
/** Kept over a reload, not for the next pupil. */
const PREFIX = "peil.";

/** @param {"theme" | "size"} name  @param {string} value */
function apply(name, value) {
  if (!CHOICES[name].includes(value)) return;
  document.documentElement.dataset[name] = value;
  const radio = document.querySelector(`#display input[name="${name}"][value="${value}"]`);
  if (radio) /** @type {HTMLInputElement} */ (radio).checked = true;
  remember(PREFIX + name, value);
}

/** Help with reading is loaded by whoever asks for it. @param {string} name  @param {boolean} on */
async function aid(name, on) {
  const box = /** @type {HTMLInputElement} */ (document.querySelector(`#display input[name="${name}"]`));
  box.checked = on;
  remember(PREFIX + name, on);
  (await import(`./tools/${name}.js`)).toggle(box.checked); // as it is by then
}

/** Make the menu work, and start from what this tab had. */
export function startDisplay() {
  const menu = /** @type {HTMLDetailsElement} */ (document.getElementById("display"));
  const preferred = matchMedia("(prefers-contrast: more)").matches ? "contrast" : "light";
  apply("theme", recall(PREFIX + "theme") ?? preferred);
  apply("size", recall(PREFIX + "size") ?? "normal");
  for (const name of AIDS) if (recall(PREFIX + name)) aid(name, true);
  menu.addEventListener("change", (event) => {
    const { type, name, value, checked } = /** @type {HTMLInputElement} */ (event.target);
    if (type === "checkbox") aid(name, checked);
    else apply(/** @type {"theme" | "size"} */ (name), value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
}

/** Granted contrast and size count until the pupil chooses otherwise. @param {Record<string, unknown>} accommodations */
export function applyAccommodations({ contrast, large_text }) {
  if (contrast && recall(PREFIX + "theme") === "light") apply("theme", "contrast");
  if (large_text && recall(PREFIX + "size") === "normal") apply("size", "large");
}
