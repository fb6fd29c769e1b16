/**
 * The practice test: the player's own question page, one question after another, all of them loaded at the start.
 *
 * @typedef {import("../player/api.js").Head} Head
 */

import { backOff, sleep } from "../player/api.js";
import { startDisplay } from "../player/display.js";
import { fetchKinds } from "../player/item.js";
import { QuestionPage } from "../player/question.js";
import { keepDraft } from "../player/seat.js";
import "../player/tools/calculator.js";
import { loadLook } from "../player/tools/look.js";
import { bar, notice, onAction, show } from "../player/views.js";

/** @returns {Promise<{title: string, questions: import("../player/api.js").Current[]}>} */
async function load() {
  for (let attempt = 0; ; attempt++) {
    try {
      const reply = await fetch("/oefentoets/vragen", { credentials: "omit" });
      if (reply.ok) return await reply.json();
    } catch {
      // asked again below
    }
    notice("offline", "unreachable");
    await sleep(backOff(attempt));
  }
}

startDisplay();
loadLook(); // here and not with the question that has a tool: the network may be gone by then
const { title, questions } = await load();
for (const { html } of questions) await fetchKinds(html);
notice("");
bar(title, "");
welcome();

function welcome() {
  const page = show("start", { length: questions.length });
  onAction(page, "start", () => ask(0));
}

/** @param {number} number  from 0 */
function ask(number) {
  keepDraft(null);
  if (number === questions.length) return finish();
  const head = { test: { title, length: questions.length }, current: questions[number], draft: null, accommodations: {} };
  new QuestionPage(/** @type {Head} */ (/** @type {unknown} */ (head)), () => ask(number + 1));
}

function finish() {
  const page = show("done");
  onAction(page, "again", welcome);
}
