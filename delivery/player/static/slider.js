/**
 * A slider has no answer until the pupil moves it, or presses it where it stands.
 *
 * @typedef {import("./api.js").ResponseValue} ResponseValue
 */

/** @param {HTMLElement} field  @returns {HTMLInputElement} */
const rangeOf = (field) => /** @type {HTMLInputElement} */ (field.querySelector("input"));

/** @param {HTMLElement} field  @returns {ResponseValue} */
export const sliderValue = (field) => (field.dataset.answered === undefined ? null : rangeOf(field).value);

/** @param {HTMLElement} field  @param {ResponseValue} value */
export function moveSlider(field, value) {
  const range = rangeOf(field);
  range.value = [value].flat().join("");
  const shown = range.value.replace(".", ",").replace("-", "\u2212");
  field.dataset.answered = "";
  range.setAttribute("aria-valuetext", shown);
  const output = field.querySelector("output");
  if (output) output.textContent = shown;
}

/** @param {HTMLElement} root */
export function listenToSliders(root) {
  for (const field of root.querySelectorAll("fieldset.slider")) {
    const slider = /** @type {HTMLElement} */ (field);
    const range = rangeOf(slider);
    range.addEventListener("input", () => moveSlider(slider, range.value));
    range.addEventListener("click", () => { if (sliderValue(slider) === null) press(range); });
    range.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault(); // Enter would go on to the next question
      if (sliderValue(slider) === null) press(range);
    });
  }
}

/** Take it where it stands; whoever listens for input keeps it. @param {HTMLInputElement} range */
const press = (range) => range.dispatchEvent(new Event("input", { bubbles: true }));
