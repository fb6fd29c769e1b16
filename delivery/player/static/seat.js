/**
 * What this tab must remember over a reload: who works here, and the answer being typed. Gone when the tab closes.
 *
 * @typedef {{sitting: string, token: string, epoch: number, support: string, started: boolean,
 *   away?: {times: number, ms: number}}} Seat  away: how often, and how long, another window was before the questions
 * @typedef {{position: number, item: string, response: import("./api.js").ItemResponse, elapsed_ms: number}} Draft
 */

const SEAT = "peil.seat";
const DRAFT = "peil.draft";
const AHEAD = "peil.ahead";
const KEY = "peil.key";
const DEVICE = "peil.device";

/** Used where the browser refuses sessionStorage. @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key  @returns {any} */
export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return JSON.parse(memory.get(key) ?? "null");
  }
}

/** @param {string} key  @param {unknown} value */
export function remember(key, value) {
  const text = JSON.stringify(value);
  try {
    sessionStorage.setItem(key, text);
  } catch {
    memory.set(key, text);
  }
}

/** @returns {Seat | null} */
export const loadSeat = () => recall(SEAT);

/** @param {Seat} seat */
export const keepSeat = (seat) => remember(SEAT, seat);

/** @returns {Draft | null} */
export const loadDraft = () => recall(DRAFT);

/** @param {Draft | null} draft */
export const keepDraft = (draft) => remember(DRAFT, draft);

/** @returns {import("./reserve.js").Ahead | null} */
export const loadAhead = () => recall(AHEAD);

/** @param {import("./reserve.js").Ahead | null} ahead */
export const keepAhead = (ahead) => remember(AHEAD, ahead);

/** Key of what only this tab may read, made when it is first asked for. @returns {string} base64 of 32 bytes */
export function tabKey() {
  if (!recall(KEY)) remember(KEY, btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))));
  return recall(KEY);
}

/** Random name of this tab, so that staff can let it in. @returns {string} */
export function deviceName() {
  const known = recall(DEVICE);
  if (known) return known;
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  remember(DEVICE, made);
  return made;
}

/** Leave nothing of this pupil for whoever sits here next. */
export function leaveSeat() {
  remember(SEAT, null);
  remember(DRAFT, null);
  remember(AHEAD, null);
  remember(KEY, null);
}
