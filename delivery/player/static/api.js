/**
 * Talk to the server. Every call gives an answer, also when there is no network: status 0.
 *
 * @typedef {string | string[] | null} ResponseValue
 * @typedef {Record<string, ResponseValue>} ItemResponse
 * @typedef {{position: number, item: string, html: string, revision: number,
 *   stimulus: null | {identifier: string, title: string, html: string}}} Current
 * @typedef {{sitting: string, epoch: number, head: number,
 *   state: "ready" | "open" | "paused" | "closing" | "sealed" | "void",
 *   test: {title: string, length: number}, pupil: {first_name: string}, answered: number, complete: boolean,
 *   current: Current | null, draft: ItemResponse | null, time: {limit_ms: number | null, used_ms: number},
 *   accommodations: Record<string, unknown>, help: boolean, skipped: string[], reserve: string[],
 *   refill: boolean, breaks: null | {left: number, length_ms: number, rest_ms: number | null}}} Head
 *   breaks: that are granted; rest_ms: of the one that goes on; help: asked for, and nobody came yet; skipped: items that staff took away; reserve: items
 *   that came ahead and may be shown; refill: more may be asked for
 * @typedef {{status: number, body: any, retryAfter: number}} Reply  retryAfter in milliseconds, 0 if not given
 */

const ROOT = "/api/v1";
const PATIENCE_MS = 8000;

/**
 * @param {string} method
 * @param {string} path  under /api/v1
 * @param {{body?: unknown, token?: string, keepalive?: boolean, priority?: RequestPriority}} [options]
 * @returns {Promise<Reply>}
 */
export async function call(method, path, { body, token, keepalive = false, priority } = {}) {
  const headers = new Headers({ Accept: "application/json" });
  if (token) headers.set("Authorization", `Bearer ${token}`);
  if (body !== undefined) headers.set("Content-Type", "application/json");
  try {
    const answer = await fetch(ROOT + path, {
      method, headers, keepalive, priority, cache: "no-store", credentials: "omit",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: timeout(PATIENCE_MS),
    });
    const text = await answer.text();
    return { status: answer.status, body: parse(text), retryAfter: seconds(answer.headers.get("Retry-After")) };
  } catch {
    return { status: 0, body: {}, retryAfter: 0 };
  }
}

/** @param {Reply} reply  @returns {boolean} whether the same call may do better a little later */
export function isPassing({ status }) {
  return status === 0 || status === 408 || status === 429 || status >= 500;
}

/**
 * How long to wait before trying again: doubling, with jitter, never less than the server asked.
 *
 * @param {number} attempt  0 for the first retry
 * @param {number} [retryAfter]  milliseconds
 * @returns {number} milliseconds
 */
export function backOff(attempt, retryAfter = 0) {
  const wait = Math.min(15000, 1000 * 2 ** attempt);
  return retryAfter + wait * (0.5 + Math.random() * 0.5);
}

/**
 * The same call again and again, until the server says something that stays.
 *
 * @param {string} method
 * @param {string} path
 * @param {Parameters<typeof call>[2]} options
 * @param {(reply: Reply) => void} onWaiting  no answer for now
 * @returns {Promise<Reply>}
 */
export async function insist(method, path, options, onWaiting) {
  for (let attempt = 0; ; attempt++) {
    const reply = await call(method, path, options);
    if (!isPassing(reply)) return reply;
    onWaiting(reply);
    await sleep(backOff(attempt, reply.retryAfter));
  }
}

/**
 * Wait; less long when the network comes back meanwhile (not all laptops of a class in the same instant).
 *
 * @param {number} ms
 * @returns {Promise<void>}
 */
export function sleep(ms) {
  return new Promise((done) => {
    const early = () => setTimeout(finish, Math.random() * 1000);
    const finish = () => { removeEventListener("online", early); done(); };
    addEventListener("online", early);
    setTimeout(finish, ms);
  });
}

/** @param {number} ms  @returns {AbortSignal} */
function timeout(ms) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}

/** @param {string} text  @returns {any} */
function parse(text) {
  try {
    return text ? JSON.parse(text) : {};
  } catch {
    return {};
  }
}

/** @param {string | null} header  @returns {number} milliseconds */
const seconds = (header) => Math.min(Math.max(Number(header) || 0, 0), 120) * 1000;
