/** The look of the tools, loaded with the first of them. */

/** @type {HTMLLinkElement | undefined} */
let link;

export function loadLook() {
  if (link) return;
  link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("tools.css", import.meta.url).href;
  document.head.append(link);
}

/** @param {string} name  @returns {DocumentFragment} a copy of the template of that tool */
export function markup(name) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(`tool-${name}`));
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

/** Let the first button of a tool show and hide what comes after it. @param {HTMLElement} tool  @param {() => void} shown */
export function letOpen(tool, shown) {
  const [toggle, panel] = [part(tool, ".toggle"), part(tool, ".panel")];
  const set = (/** @type {boolean} */ open) => {
    panel.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (!open) return;
    shown();
    panel.scrollIntoView({ block: "nearest" });
  };
  toggle.addEventListener("click", () => set(panel.hidden));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    set(false);
    toggle.focus();
  });
}

/** @param {ParentNode} root  @param {string} selector  @returns {HTMLElement} */
export const part = (root, selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
