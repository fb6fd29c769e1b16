/** Pages live in the HTML as templates; here they are shown, filled and announced. No sentence is in the script. */

let support = "";

/** @param {string} key  @param {Record<string, string | number>} [values]  @returns {string} */
export function text(key, values = {}) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("texts"));
  const found = template.content.querySelector(`[data-text="${key}"]`);
  return (found?.textContent ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * Show a page in <main> and move the focus to its heading.
 *
 * @param {string} name
 * @param {Record<string, string | number>} [slots]  text for the elements with that data-slot
 * @returns {HTMLElement} the page
 */
export function show(name, slots = {}) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(`view-${name}`));
  const main = /** @type {HTMLElement} */ (document.getElementById("main"));
  main.replaceChildren(template.content.cloneNode(true));
  main.dataset.view = name;
  const page = /** @type {HTMLElement} */ (main.firstElementChild);
  for (const [slot, value] of Object.entries({ support, ...slots })) fill(page, slot, value);
  const heading = page.querySelector("h1");
  document.title = text("page-title", { view: heading?.textContent?.trim() ?? "" });
  main.scrollTop = 0;
  window.scrollTo(0, 0);
  heading?.focus({ preventScroll: true });
  return page;
}

/** What a help desk asks for, on the pages of trouble and in the menu. @param {string} code  "" takes it away */
export function showSupport(code) {
  support = code;
  fill(document, "support", code);
}

/** @param {ParentNode} page  @param {string} slot  @param {string | number} value  empty hides it, or the [data-whole] around it */
export function fill(page, slot, value) {
  for (const element of page.querySelectorAll(`[data-slot="${slot}"]`)) {
    if (element.textContent !== String(value)) element.textContent = String(value);
    (element.closest("[data-whole]") ?? element).toggleAttribute("hidden", value === "");
  }
}

/** @returns {string | undefined} name of the page shown now */
export const shown = () => document.getElementById("main")?.dataset.view;

/** @param {HTMLElement} page  @param {string} action  @param {() => void} then */
export function onAction(page, action, then) {
  page.querySelector(`[data-action="${action}"]`)?.addEventListener("click", then);
}

/** The line under every page. @param {"" | "saved" | "saving" | "offline"} state  @param {string} [key] */
export function notice(state, key = state) {
  const line = /** @type {HTMLElement} */ (document.getElementById("notice"));
  const sentence = key ? text(key) : "";
  if (line.dataset.state === state && line.textContent === sentence) return;
  line.dataset.state = state;
  line.textContent = sentence;
}

/** Time left, beside that line; it is not announced. @param {string} sentence  "" takes it away */
export function showTime(sentence) {
  const place = /** @type {HTMLElement} */ (document.getElementById("time"));
  if (place.textContent !== sentence) place.textContent = sentence;
}

/** What stands in the bar on top. @param {string} title  @param {string} who */
export function bar(title, who) {
  for (const [id, value] of [["title", title], ["who", who]]) {
    const element = document.getElementById(id);
    if (element) element.textContent = value;
  }
}
