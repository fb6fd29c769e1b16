/** Sentences live in the page. @param {string} key  @param {Record<string, string | number>} [values]  @returns {string} */
export function text(key, values = {}) {
  const words = /** @type {HTMLTemplateElement} */ (document.getElementById("words"));
  const found = words.content.querySelector(`[data-text="${key}"]`)?.textContent ?? "";
  return found.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
