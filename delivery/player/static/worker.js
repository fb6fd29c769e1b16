/**
 * The player's service worker: keeps the files of its own version, and the pictures and recordings of the present
 * sitting. Never a page of a pupil and nothing of the interface; where there is no connection, a page of ours that says so.
 */

const HERE = new URL("./", location.href).href;
const PLAYER = "peil-player ";
const MEDIA = "peil-media ";

/** @param {string} start  @returns {Promise<string[]>} */
const named = async (start) => (await caches.keys()).filter((name) => name.startsWith(start));

async function keep() {
  const names = await (await fetch(`${HERE}assets.json`)).json();
  await (await caches.open(PLAYER + HERE)).addAll(names.map((/** @type {string} */ name) => HERE + name));
}

/** Every page of an earlier version is gone by then. */
async function tidy() {
  for (const name of await named(PLAYER)) if (name !== PLAYER + HERE) await caches.delete(name);
  await self.clients.claim();
}

/** @param {Request} request */
async function page(request) {
  const reply = await fetch(request).catch(() => null);
  return reply && reply.status < 500 ? reply : caches.match(`${HERE}offline.html`);
}

/** @param {Request} request */
const asset = async (request) => (await caches.match(request)) ?? fetch(request);

/**
 * The page makes the cache of its sitting, and drops it. Who plays a recording asks for parts of it.
 * @param {Request} request
 */
async function medium(request) {
  const [sitting] = await named(MEDIA);
  if (!sitting) return fetch(request);
  const cache = await caches.open(sitting);
  let reply = await cache.match(request.url);
  if (!reply) {
    reply = await fetch(request.url); // all of it: a part cannot be kept
    if (reply.ok) await cache.put(request.url, reply.clone()).catch(() => {}); // a full disk keeps nothing
  }
  const [, first, last] = request.headers.get("range")?.match(/=(\d+)-(\d*)$/) ?? [];
  if (!first || !reply.ok) return reply;
  const all = await reply.blob();
  const part = all.slice(+first, last ? +last + 1 : all.size, all.type);
  const headers = { "Content-Range": `bytes ${first}-${+first + part.size - 1}/${all.size}` };
  return new Response(part, { status: part.size ? 206 : 416, headers });
}

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/static/player/")) event.respondWith(asset(request));
  else if (pathname.startsWith("/media/")) event.respondWith(medium(request));
});
