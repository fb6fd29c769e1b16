/**
 * A page that could not be made, because the database is away: ask for it again, and show it as soon as it can be.
 * Not by the browser's own refresh, which would take the page from under whoever reads it.
 */

const RETRY_MS = 3000;
const again = /** @type {HTMLAnchorElement} */ (document.querySelector("[data-again]"));

async function ask() {
  try {
    const answer = await fetch(again.href, { cache: "no-store" });
    if (answer.status !== 503) return location.replace(again.href);
  } catch {
    // the server itself is away
  }
  wait();
}

/** Not everybody at the same moment. */
function wait() {
  setTimeout(ask, RETRY_MS * (0.5 + Math.random()));
}

wait();
