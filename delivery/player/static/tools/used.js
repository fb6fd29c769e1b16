/** Kinds of accommodations that were used on this page: from the first press on, also before anything is told of it. @type {Set<string>} */
export const used = new Set();

/** @param {HTMLElement} button  @param {string} kind  of accommodation that it gives */
export function count(button, kind) {
  button.addEventListener("click", () => used.add(kind));
}
