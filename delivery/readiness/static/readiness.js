/** The page of the readiness check: runs every check, shows how each stands, and adds them up. */

import { afterClosing, CHECKS, playTone } from "./checks.js";
import { text } from "./words.js";

/** @typedef {import("./checks.js").Verdict} Verdict */

/** What outweighs what when all is added up. */
const WEIGHT = ["bad", "busy", "ask", "note"];
const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-check]")]);
const summary = /** @type {HTMLElement} */ (document.getElementById("summary"));
const result = /** @type {HTMLTextAreaElement} */ (document.getElementById("result"));
const copied = /** @type {HTMLElement} */ (document.getElementById("copied"));

/** @param {string} check  @returns {HTMLElement} */
const rowOf = (check) => /** @type {HTMLElement} */ (document.querySelector(`[data-check="${check}"]`));

/** Only what holds is on the page. @param {HTMLElement} element  @param {string} state */
function stand(element, state) {
  element.dataset.state = state;
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-when]"))) {
    part.hidden = part.dataset.when !== state;
  }
}

/** @param {HTMLElement} row  @param {Verdict} verdict */
function put(row, { state, slots = {} }) {
  for (const [name, value] of Object.entries(slots)) {
    for (const slot of row.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = value;
  }
  stand(row, state);
  /** @type {HTMLElement} */ (row.querySelector("[data-verdict]")).textContent = text(state);
  addUp();
}

function addUp() {
  const states = rows.map(({ dataset }) => dataset.state);
  stand(summary, WEIGHT.find((state) => states.includes(state)) ?? "good");
}

async function run() {
  result.hidden = true;
  copied.textContent = "";
  for (const row of rows) put(row, { state: "busy" });
  for (const [check, look] of Object.entries(CHECKS)) put(rowOf(check), await look());
}

/** What a helpdesk wants to read: a line a check, and the browser's own name. @returns {string} */
function lines() {
  const when = new Date().toLocaleString("nl-BE", { dateStyle: "short", timeStyle: "short" });
  const told = rows.map((row) => {
    const words = [...row.querySelectorAll("p[data-when]:not([hidden], .buttons)")].map((part) => part.textContent?.trim());
    return `${row.querySelector("h2")?.textContent}: ${text(row.dataset.state ?? "")}. ${words.join(" ")}`;
  });
  return [text("heading", { when }), location.origin, ...told, navigator.userAgent].join("\n");
}

document.getElementById("again")?.addEventListener("click", run);
document.getElementById("copy")?.addEventListener("click", async () => {
  result.value = lines();
  result.hidden = false;
  try {
    await navigator.clipboard.writeText(result.value);
    copied.textContent = text("copied");
  } catch {
    copied.textContent = text("not-copied");
    result.select();
  }
});
document.addEventListener("click", ({ target }) => {
  const { answer, play } = /** @type {HTMLElement} */ (target).dataset;
  if (answer === "closed") put(rowOf("memory"), afterClosing());
  if (answer === "heard") put(rowOf("sound"), { state: "good" });
  if (answer === "silent") put(rowOf("sound"), { state: "note" });
  if (play === undefined) return;
  playTone();
  for (const button of rowOf("sound").querySelectorAll("[data-answer]")) button.toggleAttribute("hidden", false);
});
run();
