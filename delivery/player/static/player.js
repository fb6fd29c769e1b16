/** Start of the pupil's page: go on with the sitting of this tab, or ask for the codes. */

import { sleep } from "./api.js";
import { startDisplay } from "./display.js";
import { showEntry } from "./entry.js";
import { keepPictures, pinVersion, startWorker } from "./kept.js";
import { flush, saveFile } from "./leftovers.js";
import { openOutbox } from "./outbox.js";
import { keepSeat, loadSeat } from "./seat.js";
import { Sitting } from "./sitting.js";
import { show, showSupport } from "./views.js";

const PATIENCE_MS = 3000;

startDisplay();
const outbox = await openOutbox();

/** @param {string} [message] */
function askCodes(message = "") {
  pinVersion(false);
  showSupport("");
  showEntry(enter, { message });
  flush(outbox);
}

/** @param {import("./seat.js").Seat} seat  @param {import("./api.js").Head} head */
async function enter(seat, head) {
  keepSeat(seat);
  const left = await outbox.left();
  const isBack = left.some((row) => row.sitting.startsWith(seat.sitting)); // answers from before this laptop was restarted
  if (isBack) await Promise.race([flush(outbox), sleep(PATIENCE_MS)]);
  start(seat, isBack ? null : head);
}

/** @param {import("./seat.js").Seat} seat  @param {import("./api.js").Head | null} head */
async function start(seat, head) {
  pinVersion(true);
  showSupport(seat.support ?? ""); // a seat of an earlier version has none
  await keepPictures(seat.sitting);
  new Sitting(seat, outbox, askCodes).start(head);
}

document.addEventListener("click", (event) => {
  if (/** @type {HTMLElement} */ (event.target).closest("[data-emergency]")) saveFile(outbox);
});

const seat = loadSeat();
if (seat) {
  show("connecting");
  start(seat, null);
} else {
  askCodes();
}
startWorker();
