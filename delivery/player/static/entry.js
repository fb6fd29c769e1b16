/** From two codes to a sitting: type them, see your name, say that it is you. */

import { backOff, call, insist, isPassing, sleep } from "./api.js";
import { deviceName } from "./seat.js";
import { bar, fill, notice, onAction, show, shown, text } from "./views.js";

/** Capitals without the spaces and dashes that people type. @param {string} typed */
const tidy = (typed) => typed.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");

/**
 * @param {(seat: import("./seat.js").Seat, head: import("./api.js").Head) => void} enter
 * @param {{message?: string, roomCode?: string}} [from]
 */
export function showEntry(enter, { message = "", roomCode = "" } = {}) {
  bar("", "");
  notice("");
  const page = show("entry", { message });
  const form = /** @type {HTMLFormElement} */ (page.querySelector("[data-form]"));
  const room = /** @type {HTMLInputElement} */ (form.elements.namedItem("room_code"));
  const seat = /** @type {HTMLInputElement} */ (form.elements.namedItem("seat_code"));
  room.value = roomCode;
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const codes = { room_code: tidy(room.value), seat_code: tidy(seat.value), device: deviceName() };
    if (busy) return;
    if (!codes.room_code || !codes.seat_code) {
      fill(page, "message", text("both-codes"));
      (codes.room_code ? seat : room).focus();
      return;
    }
    busy = true;
    await knock(codes, enter);
    busy = false;
  });
}

/**
 * Ask with the codes until the room is open, and staff have let this laptop in where that is needed.
 *
 * @param {{room_code: string, seat_code: string, device: string}} codes
 * @param {(seat: import("./seat.js").Seat, head: import("./api.js").Head) => void} enter
 */
async function knock(codes, enter) {
  let typesAgain = false;
  for (let attempt = 0; !typesAgain; attempt++) {
    const { status, body, retryAfter } = await call("POST", "/entry", { body: codes });
    if (typesAgain) return;
    if (status === 200) {
      notice("");
      return showConfirm(body, codes, enter);
    }
    if (body.code === "room_not_open") {
      notice("");
      if (shown() !== "waiting") show("waiting");
      await sleep(7000 + Math.random() * 3000);
    } else if (body.code === "wait_for_click") {
      notice("");
      if (shown() !== "click") {
        onAction(show("click", { number: body.number }), "again", () => {
          typesAgain = true;
          showEntry(enter, { roomCode: codes.room_code });
        });
      }
      await sleep(3000 + Math.random() * 2000);
    } else if (body.code === "busy") {
      showQueue(body);
      await sleep(retryAfter + Math.random() * 1000);
    } else if (status !== 429 && isPassing({ status, body, retryAfter })) {
      notice("offline", "unreachable");
      await sleep(backOff(attempt, retryAfter));
    } else {
      return refuse(body.message ?? text("trouble"), codes, enter);
    }
  }
}

/** Many classes come in at once: where this one stands. @param {{place: number}} body */
function showQueue({ place }) {
  notice("");
  if (shown() !== "queue") show("queue");
  fill(document, "place", place);
}

/** @param {string} message  @param {{room_code: string}} codes  @param {Parameters<typeof showEntry>[0]} enter */
function refuse(message, codes, enter) {
  notice("");
  if (shown() !== "entry") return showEntry(enter, { message, roomCode: codes.room_code });
  fill(document, "message", message);
  document.getElementById("seat-code")?.focus();
}

/**
 * @param {{ticket: string, first_name: string, last_name: string, test: {title: string}}} found
 * @param {{room_code: string, seat_code: string, device: string}} codes
 * @param {Parameters<typeof showEntry>[0]} enter
 */
function showConfirm({ ticket, first_name, last_name, test }, codes, enter) {
  const page = show("confirm", { name: `${first_name} ${last_name}`, test: test.title });
  let busy = false;
  const decide = async (/** @type {string} */ path, /** @type {(body: any) => void} */ then) => {
    if (busy) return;
    busy = true;
    const reply = await insist("POST", path, { body: { ticket } }, ({ body }) => {
      if (body.code === "busy") showQueue(body);
      else notice("offline", "unreachable");
    });
    notice("");
    if (reply.status === 200) then(reply.body);
    else refuse(reply.body.message ?? text("trouble"), codes, enter);
  };
  onAction(page, "yes", () => decide("/entry/confirm", ({ sitting, token, epoch, support, head }) => {
    enter({ sitting, token, epoch, support, started: false }, head);
  }));
  onAction(page, "no", () => decide("/entry/deny", () => {
    const denied = show("denied");
    onAction(denied, "again", () => showEntry(enter, { roomCode: codes.room_code }));
  }));
}
