/**
 * What a laptop must be able to do: each check looks, and says how it stands. No sentence is here.
 *
 * @typedef {"busy" | "ask" | "good" | "note" | "bad"} State  ask: a person must do or say something
 * @typedef {{state: State, slots?: Record<string, string>}} Verdict
 */

import { text } from "./words.js";

const LITTLE_BYTES = 50e6;
const SLOW_BITS = 1e6;
const FAST_BITS = 1e8; // faster than this a sample of 128 kB is too small to tell
const SLOW_MS = 500;
const OFF_MS = 2 * 60_000;
const NARROW = 900; // below this a passage stands above its question
const PATIENCE_MS = 15000;
const VISIT = "peil-controle";

/** What the player cannot do without, by the name that whoever updates a browser would search for. */
const NEEDED = {
  "dialog": () => "HTMLDialogElement" in window,
  "selector :has()": () => CSS.supports("selector(:has(*))"),
  "dvh": () => CSS.supports("height: 1dvh"),
  "IndexedDB": () => "indexedDB" in window,
  "inert": () => "inert" in HTMLElement.prototype,
  "IntersectionObserver": () => "IntersectionObserver" in window,
};

/** @returns {Verdict} */
function browser() {
  const missing = Object.entries(NEEDED).filter(([, isThere]) => !isThere()).map(([name]) => name);
  return missing.length ? { state: "bad", slots: { missing: missing.join(", ") } } : { state: "good" };
}

/** @returns {Verdict} */
const secure = () => ({ state: isSecureContext && !!crypto.subtle ? "good" : "bad" });

/** Write and read, as an answer is written. @returns {Promise<Verdict>} */
async function storage() {
  try {
    await visits((store) => store.put(Date.now(), "written"));
    const written = await visits((store) => store.get("written"));
    if (typeof written !== "number") return { state: "bad", slots: { reason: text("no-storage", { name: "DataError" }) } };
    const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
    const left = quota - usage;
    const free = new Intl.NumberFormat("nl-BE", { maximumSignificantDigits: 2 }).format(left / 1e9);
    return { state: quota && left < LITTLE_BYTES ? "note" : "good", slots: { free: `${free} GB` } };
  } catch (error) {
    const { name } = /** @type {Error} */ (error);
    return { state: "bad", slots: { reason: text("no-storage", { name }) } };
  }
}

/** @type {number | null} when an earlier visit was, as this page found it */
let earlier = null;

/**
 * Whether what is written outlives the browser: what an earlier run of it wrote is still there.
 *
 * Browsers hide whether a window is private (Chromium since version 138: every window tells the same quota), so this
 * is shown and not guessed. A cookie without a date lasts as long as the browser runs.
 *
 * @returns {Promise<Verdict>}
 */
async function memory() {
  try {
    const found = await visits((store) => store.get("first"));
    const isSameRun = document.cookie.includes(`${VISIT}=`);
    document.cookie = `${VISIT}=1; path=/laptopcontrole; SameSite=Strict`;
    if (typeof found !== "number") await visits((store) => store.put(Date.now(), "first"));
    else earlier = found;
    return earlier && !isSameRun ? remembered(earlier) : { state: "ask" };
  } catch {
    return { state: "note" };
  }
}

/** After somebody says that all windows were closed: then what is still there was kept. @returns {Verdict} */
export const afterClosing = () => (earlier ? remembered(earlier) : { state: "bad" });

/** @param {number} visit  @returns {Verdict} */
function remembered(visit) {
  const when = new Date(visit).toLocaleString("nl-BE", { dateStyle: "long", timeStyle: "short" });
  return { state: "good", slots: { when } };
}

/** @returns {Promise<Verdict>} */
async function network() {
  try {
    const delays = [];
    for (let n = 0; n < 5; n++) delays.push(await timed("/laptopcontrole/klok").then(([ms]) => ms));
    const delay = delays.sort((one, other) => one - other)[2];
    const [ms, bytes] = await timed("/laptopcontrole/proef");
    const bits = (8000 * bytes) / Math.max(ms - delay, 1);
    const number = new Intl.NumberFormat("nl-BE", { maximumSignificantDigits: 2 }).format(Math.min(bits, FAST_BITS) / 1e6);
    const speed = text(bits < FAST_BITS ? "speed" : "fast", { number });
    const state = bits < SLOW_BITS || delay > SLOW_MS ? "note" : "good";
    return { state, slots: { speed, delay: `${Math.round(delay)} ms` } };
  } catch (error) {
    const { status } = /** @type {{status?: number}} */ (error);
    return { state: "bad", slots: { reason: status ? text("refused", { status }) : text("no-answer") } };
  }
}

/** @returns {Promise<Verdict>} */
async function clock() {
  try {
    const before = Date.now();
    const reply = await (await ask("/laptopcontrole/klok")).json();
    const off = (before + Date.now()) / 2 - reply.now;
    if (Math.abs(off) < OFF_MS) return { state: "good" };
    return { state: "note", slots: { off: text(off > 0 ? "ahead" : "behind", { time: inWords(Math.abs(off)) }) } };
  } catch {
    return { state: "good" }; // without a network there is nothing to compare with, and that row says so
  }
}

/** @param {number} ms  @returns {string} in the largest unit of which there are two */
function inWords(ms) {
  const minutes = ms / 60_000;
  const [unit, count] = minutes < 120 ? ["minute", minutes] : minutes < 2880 ? ["hour", minutes / 60] : ["day", minutes / 1440];
  return new Intl.NumberFormat("nl-BE", { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 }).format(count);
}

/** @returns {Verdict} */
const screenWidth = () => ({ state: innerWidth < NARROW ? "note" : "good", slots: { width: String(innerWidth) } });

/** A list of voices may come late, or never. @returns {Promise<Verdict>} */
async function voice() {
  if (!("speechSynthesis" in window)) return { state: "note" };
  for (let tries = 0; tries < 10 && !speechSynthesis.getVoices().length; tries++) {
    await new Promise((done) => setTimeout(done, 100));
  }
  const dutch = speechSynthesis.getVoices().filter(({ lang }) => /^nl\b/i.test(lang));
  const best = dutch.find(({ lang }) => /be$/i.test(lang)) ?? dutch[0];
  return best ? { state: "good", slots: { voice: best.name } } : { state: "note" };
}

/** @type {Record<string, () => Verdict | Promise<Verdict>>} */
export const CHECKS = {
  browser, secure, storage, memory, network, clock, screen: screenWidth, voice, sound: () => ({ state: "ask" }),
};

/** A second of the note A, not loud. */
export async function playTone() {
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: 0.2 });
  const tone = new OscillatorNode(context, { frequency: 440 });
  tone.connect(volume).connect(context.destination);
  tone.onended = () => context.close();
  tone.start();
  tone.stop(context.currentTime + 1);
}

/** @param {string} path  @returns {Promise<Response>} */
async function ask(path) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), PATIENCE_MS);
  const reply = await fetch(path, { cache: "no-store", credentials: "omit", signal: controller.signal });
  if (!reply.ok) throw Object.assign(new Error(), { status: reply.status });
  return reply;
}

/** @param {string} path  @returns {Promise<[number, number]>} milliseconds and bytes */
async function timed(path) {
  const start = performance.now();
  const { byteLength } = await (await ask(path)).arrayBuffer();
  return [performance.now() - start, byteLength];
}

/**
 * One step in the check's own database, on disk before it resolves.
 *
 * @param {(store: IDBObjectStore) => IDBRequest} step
 * @returns {Promise<unknown>}
 */
function visits(step) {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(VISIT, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(VISIT);
    asked.onerror = () => fail(asked.error);
    asked.onsuccess = () => {
      const database = asked.result;
      const transaction = database.transaction(VISIT, "readwrite", { durability: "strict" });
      const request = step(transaction.objectStore(VISIT));
      transaction.oncomplete = () => { database.close(); done(request.result); };
      transaction.onabort = () => { database.close(); fail(transaction.error); };
    };
  });
}
