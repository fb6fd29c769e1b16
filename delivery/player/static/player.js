/** Start of the pupil's page: go on with the sitting of this tab, or ask for the codes. */

import { startDisplay } from "./display.js";
import { showEntry } from "./entry.js";
import { openOutbox } from "./outbox.js";
import { keepSeat, loadSeat } from "./seat.js";
import { Sitting } from "./sitting.js";
import { show, showSupport } from "./views.js";

startDisplay();
const outbox = await openOutbox();

/** @param {string} [message] */
function askCodes(message = "") {
  showSupport("");
  showEntry(enter, { message });
}

/** @param {import("./seat.js").Seat} seat  @param {import("./api.js").Head} head */
function enter(seat, head) {
  keepSeat(seat);
  showSupport(seat.support);
  new Sitting(seat, outbox, askCodes).start(head);
}

const seat = loadSeat();
if (seat) {
  showSupport(seat.support ?? ""); // a seat of an earlier version has none
  show("connecting");
  new Sitting(seat, outbox, askCodes).start(null);
} else {
  askCodes();
}
