/**
 * Keeps the page of a room fresh: the server sends its changing parts as HTML, by server-sent events; where those
 * do not come through, the page asks for them. Only parts that changed are replaced, so that nothing jumps.
 */

const POLL_MS = 5000;

const live = /** @type {HTMLElement} */ (document.querySelector("[data-live]"));
const fresh = /** @type {HTMLElement} */ (document.querySelector("[data-fresh]"));

/** @param {string} html  parts with data-part */
function update(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const part of template.content.querySelectorAll("[data-part]")) {
    const name = /** @type {HTMLElement} */ (part).dataset.part;
    const shown = live.querySelector(`[data-part="${name}"]`);
    if (!shown || shown.innerHTML === part.innerHTML) continue;
    const focused = shown.contains(document.activeElement) ? document.activeElement?.id : "";
    shown.replaceChildren(...part.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
  const n = live.querySelectorAll(".urgent").length; // seen from another tab too
  document.title = (n ? `(${n}) ` : "") + document.title.replace(/^\(\d+\) /, "");
}

/** @param {boolean} connected */
function say(connected) {
  fresh.textContent = (connected ? fresh.dataset.fresh : fresh.dataset.stale) ?? "";
}

async function ask() {
  try {
    const answer = await fetch(live.dataset.overview ?? "", { cache: "no-store" });
    if (answer.redirected) location.reload(); // signed out
    if (answer.ok) update(await answer.text());
    say(answer.ok);
  } catch {
    say(false);
  }
}

/** Where the stream is refused (a proxy, a server that restarts) the page asks, and tries the stream again. */
let asks = false;

function listen() {
  const source = new EventSource(live.dataset.stream ?? "");
  source.addEventListener("room", (event) => {
    update(event.data);
    say(true);
  });
  source.addEventListener("open", () => {
    asks = false;
    say(true);
  });
  source.addEventListener("error", () => {
    if (!asks) say(false);
    if (source.readyState !== EventSource.CLOSED) return; // else the browser tries again by itself
    asks = true;
    setTimeout(async () => {
      await ask();
      listen();
    }, POLL_MS * (0.5 + Math.random()));
  });
}

/** A sheet is a page of its own; its middle opens in a dialog. @param {HTMLAnchorElement} link */
async function openSheet(link) {
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-sheet-dialog]"));
  try {
    const answer = await fetch(link.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const body = page.querySelector("[data-sheet-body]");
    if (dialog.open) return; // pressed twice
    if (!body) throw new Error("no sheet"); // signed out, or an error: the page itself says so
    dialog.replaceChildren(document.adoptNode(body));
    dialog.addEventListener("close", () => document.getElementById(link.id)?.focus(), { once: true }); // kept fresh: another element
    dialog.showModal();
  } catch {
    location.assign(link.href);
  }
}

/** Whoever presses twice has sent it once. */
document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!("once" in form.dataset)) return;
  if (form.dataset.once) event.preventDefault();
  form.dataset.once = "sent";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-once]")) form.setAttribute("data-once", "");
});

/** Confirmations open in a dialog; its form does the work. */
document.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement} */ (event.target).closest("[data-dialog], [data-close], [data-print], [data-sheet]");
  if (!(button instanceof HTMLElement)) return;
  if (button instanceof HTMLAnchorElement) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own
    const dialog = button.closest("dialog");
    if ("sheet" in button.dataset || dialog) event.preventDefault();
    if ("sheet" in button.dataset) openSheet(button);
    else dialog?.close();
  } else if (button.dataset.dialog) {
    /** @type {HTMLDialogElement} */ (document.getElementById(button.dataset.dialog)).showModal();
  } else if ("print" in button.dataset) window.print();
  else button.closest("dialog")?.close();
});

if (live) listen();
