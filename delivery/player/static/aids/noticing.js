/**
 * Tells the server which aids are there and are used, and how often another window was before the questions. In sums,
 * so that a report that is lost, doubled or late changes nothing; apart from answers, and when it is convenient.
 *
 * @typedef {import("../api.js").Head} Head
 * @typedef {import("../seat.js").Seat} Seat
 */

import { call } from "../api.js";
import { keepSeat, loadSeat } from "../seat.js";
import { used } from "../tools/used.js";
import { shown } from "../views.js";

/** After a question came: by then a voice was found, or there is none. */
const LOOK_MS = 3000;
/** Shorter is a slip of the hand, or a message of the system. */
const LEAST_MS = 2000;
const EVERY_MS = 30000;

/** @type {Seat | null} */
let seat = null;
/** @type {Head} */
let head;
/** @type {Record<"offered" | "lacking" | "used", Set<string>>} */
let seen;
let [told, looking, since, reported] = ["", 0, 0, -EVERY_MS];

/** @param {Head} now  @param {Seat} whose */
export function notice(now, whose) {
  if (seat !== whose) {
    if (seat) used.clear(); // of who sat here before
    seen = { offered: new Set(), lacking: new Set(), used };
    told = body({ ...whose, away: undefined });
    reported = -EVERY_MS;
  }
  [seat, head] = [whose, now];
  if (now.state === "closing") lookAtUse();
  if (now.state === "open" && shown() === "question") looking ||= setTimeout(look, LOOK_MS);
  else report(0); // it may be the last time
}

/** @param {string} selector */
const has = (selector) => document.querySelector(selector) !== null;

/** What is on the screen now. */
function look() {
  looking = 0;
  if (!seat || shown() !== "question") return;
  const { accommodations: granted } = head;
  const voice = has(".support.read, .support.listen");
  const there = {
    contrast: granted.contrast, large_text: granted.large_text, read_aloud: granted.read_aloud && voice,
    glossary: has(".support.explain"), transcript: has(".transcript"), simplified: granted.simplified, breaks: has("[data-break]"),
  };
  for (const [kind, is] of Object.entries(there)) if (is) seen.offered.add(kind);
  if (granted.read_aloud && !seen.offered.has("read_aloud")) seen.lacking.add("read_aloud");
  lookAtUse();
  report(EVERY_MS);
}

function lookAtUse() {
  const { theme, size, simple } = document.documentElement.dataset;
  const on = {
    contrast: theme === "contrast", large_text: size !== "normal", lines: has(".lines"), magnifier: has(".lens"),
    simplified: simple !== undefined,
  };
  for (const [kind, is] of Object.entries(on)) if (is) seen.used.add(kind);
}

/** @param {Seat} whose  @returns {string} */
function body(whose) {
  const { times = 0, ms = 0 } = whose.away ?? {};
  const kinds = Object.fromEntries(Object.entries(seen).map(([name, kinds]) => [name, [...kinds]]));
  return JSON.stringify({ epoch: whose.epoch, ...kinds, times, away_ms: Math.round(ms) });
}

/** What is new; said again later where it did not arrive. @param {number} pause  at least so long after the last time */
async function report(pause) {
  const whose = seat;
  if (!whose || body(whose) === told || performance.now() - reported < pause) return;
  const said = body(whose);
  reported = performance.now();
  const reply = await call("POST", `/sittings/${whose.sitting}/noticed`, {
    token: whose.token, body: JSON.parse(said), priority: "low",
  });
  if (reply.status === 204 && seat === whose) told = said;
}

/** Another window, or none, is before the question; or it is back. */
function check() {
  const isAway = document.visibilityState === "hidden" || !document.hasFocus();
  const now = performance.now();
  if (isAway && shown() === "question") since ||= now;
  else if (since) {
    if (seat && loadSeat()?.token === seat.token && now - since >= LEAST_MS) { // not of one who left
      const { times = 0, ms = 0 } = seat.away ?? {};
      seat.away = { times: times + 1, ms: ms + now - since };
      keepSeat(seat);
    }
    since = 0;
  }
}

for (const kind of ["blur", "focus", "visibilitychange"]) addEventListener(kind, () => setTimeout(check), true);
