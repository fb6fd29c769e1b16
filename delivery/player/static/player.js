/** Start of the pupil's page: go on with the sitting of this tab, or ask for the codes. */

import { sleep } from "./api.js";
import { startDisplay } from "./display.js";
import { showEntry } from "./entry.js";
import { flush, saveFile } from "./leftovers.js";
import { openOutbox } from "./outbox.js";
import { keepSeat, loadSeat } from "./seat.js";
import { Sitting } from "./sitting.js";
import { show } from "./views.js";

const PATIENCE_MS = 3000;

startDisplay();
const outbox = await openOutbox();

/** @param {string} [message] */
function askCodes(message = "") {
  showEntry(enter, { message });
  flush(outbox);
}

/** @param {import("./seat.js").Seat} seat  @param {import("./api.js").Head} head */
async function enter(seat, head) {
  keepSeat(seat);
  const left = await outbox.left();
  const isBack = left.some((row) => row.sitting === seat.sitting); // answers from before this laptop was restarted
  if (isBack) await Promise.race([flush(outbox), sleep(PATIENCE_MS)]);
  new Sitting(seat, outbox, askCodes).start(isBack ? null : head);
}

document.addEventListener("click", (event) => {
  if (/** @type {HTMLElement} */ (event.target).closest("[data-emergency]")) saveFile(outbox);
});

const seat = loadSeat();
if (seat) {
  show("connecting");
  new Sitting(seat, outbox, askCodes).start(null);
} else {
  askCodes();
}
