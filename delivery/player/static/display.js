/** Colours and letter size: what the pupil chooses, or what was granted beforehand. */

const CHOICES = { theme: ["light", "dark", "contrast"], size: ["normal", "large", "larger"] };

/** @param {"theme" | "size"} name  @param {string} value */
function apply(name, value) {
  if (!CHOICES[name].includes(value)) return;
  document.documentElement.dataset[name] = value;
  const radio = document.querySelector(`#display input[name="${name}"][value="${value}"]`);
  if (radio) /** @type {HTMLInputElement} */ (radio).checked = true;
  remember(name, value);
}

/** Over a reload, not for the next pupil. @param {string} name  @param {string} value */
function remember(name, value) {
  try {
    sessionStorage.setItem(`peil.${name}`, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** @param {string} name  @returns {string | null} */
function remembered(name) {
  try {
    return sessionStorage.getItem(`peil.${name}`);
  } catch {
    return null;
  }
}

/** Make the menu work, and start from what this tab had. */
export function startDisplay() {
  const menu = /** @type {HTMLDetailsElement} */ (document.getElementById("display"));
  const preferred = matchMedia("(prefers-contrast: more)").matches ? "contrast" : "light";
  apply("theme", remembered("theme") ?? preferred);
  apply("size", remembered("size") ?? "normal");
  menu.addEventListener("change", (event) => {
    const radio = /** @type {HTMLInputElement} */ (event.target);
    apply(/** @type {"theme" | "size"} */ (radio.name), radio.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
}

/** Granted contrast and size count until the pupil chooses otherwise. @param {Record<string, unknown>} accommodations */
export function applyAccommodations({ contrast, large_text }) {
  if (contrast && remembered("theme") === "light") apply("theme", "contrast");
  if (large_text && remembered("size") === "normal") apply("size", "large");
}
