/** Drag a card with mouse, pen or finger; everything it does can be done by pressing buttons too. */

export const ENOUGH_PX = 8; // less is a press with an unsteady hand
const EDGE_PX = 48; // so near the edge of what scrolls, it scrolls along
const STEP_PX = 6;
const FRAME_MS = 16;

/**
 * @param {HTMLElement} field
 * @param {{faceOf: (source: HTMLElement) => HTMLElement | undefined,
 *   drop: (source: HTMLElement, target: HTMLElement | null) => void}} actions
 */
export function letDrag(field, { faceOf, drop }) {
  let dragged = false; // the press that ends a drag is none
  field.addEventListener("pointerdown", (down) => {
    const source = at(/** @type {Element} */ (down.target));
    const card = source ? faceOf(source) : undefined;
    dragged = false;
    if (!source || !card || down.button !== 0) return;
    /** @type {HTMLElement | null} */
    let ghost = null;
    let held = down.clientY;
    const stop = new AbortController();

    /** @param {PointerEvent} event */
    const move = (event) => {
      if (event.buttons === 0) return stop.abort(); // let go where we could not see it
      const [x, y] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!ghost && Math.hypot(x, y) > ENOUGH_PX) {
        source.setPointerCapture(down.pointerId);
        ghost = ghostOf(card, down);
        field.append(ghost);
        field.toggleAttribute("data-picking", true);
        scrollAlong(field, () => held, stop.signal);
      }
      held = event.clientY;
      if (ghost) ghost.style.transform = `translate(${x}px, ${y}px)`;
    };

    /** @param {PointerEvent} event */
    const end = (event) => {
      stop.abort();
      if (!ghost) return;
      ghost.remove();
      field.toggleAttribute("data-picking", false);
      dragged = true;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      if (event.type === "pointerup") drop(source, under && field.contains(under) ? at(under) : null);
    };

    const { signal } = stop;
    source.addEventListener("pointermove", move, { signal });
    source.addEventListener("pointerup", end, { signal });
    source.addEventListener("pointercancel", end, { signal });
    source.addEventListener("pointerleave", move, { signal });
  });
  field.addEventListener("click", (event) => {
    if (!dragged || event.detail === 0) return; // 0: by keyboard
    event.stopImmediatePropagation();
    dragged = false;
  }, { capture: true });
}

/**
 * Scroll while a card is held near an edge: its place may be off a small screen.
 *
 * @param {HTMLElement} field  @param {() => number} height  of the pointer  @param {AbortSignal} signal  ends it
 */
function scrollAlong(field, height, signal) {
  /** @type {Element} */
  let room = field;
  while (room.parentElement && !(room.scrollHeight > room.clientHeight && /auto|scroll/.test(getComputedStyle(room).overflowY))) room = room.parentElement;
  const timer = setInterval(() => {
    const { top, bottom } = room.getBoundingClientRect();
    const [first, last] = [Math.max(top, 0) + EDGE_PX, Math.min(bottom, innerHeight) - EDGE_PX];
    if (height() < first) room.scrollTop -= STEP_PX;
    else if (height() > last) room.scrollTop += STEP_PX;
  }, FRAME_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/** The card or place there. @param {Element} element */
const at = (element) => /** @type {HTMLElement | null} */ (element.closest("[data-choice], [data-place]"));

/** @param {HTMLElement} card  @param {PointerEvent} down  @returns {HTMLElement} */
function ghostOf(card, down) {
  const ghost = document.createElement("div");
  ghost.className = "ghost";
  ghost.setAttribute("aria-hidden", "true");
  ghost.append(/** @type {HTMLElement} */ (card.querySelector(".face")).cloneNode(true));
  ghost.style.left = `${down.clientX}px`;
  ghost.style.top = `${down.clientY}px`;
  return ghost;
}
