/** What the browser keeps of the player besides answers: its version, and the pictures of the present sitting. */

import { isStored } from "./outbox.js";

const MEDIA = "peil-media ";
const version = new URL(import.meta.url).pathname.split("/")[3];

/** Begin to keep the files of this version, so that nothing of it is missing when a later one is rolled in. */
export function startWorker() {
  if (isStored()) navigator.serviceWorker?.register(new URL("worker.js", import.meta.url), { scope: "/toets" }).catch(() => {});
}

/** A page that is loaded again stays this version; without a sitting, the latest. @param {boolean} pinned */
export const pinVersion = (pinned) => history.replaceState(null, "", pinned ? `/toets?versie=${version}` : "/toets");

/** Pictures of one sitting at a time; of none after the last receipt. @param {string} [sitting] */
export async function keepPictures(sitting = "") {
  const own = MEDIA + sitting;
  try {
    for (const name of await caches.keys()) if (name.startsWith(MEDIA) && name !== own) await caches.delete(name);
    if (sitting && isStored()) await caches.open(own);
  } catch {
    // Where nothing can be kept, each picture is fetched when it is shown.
  }
}
