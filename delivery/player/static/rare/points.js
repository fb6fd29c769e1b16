/**
 * Set points on a picture: press where they go, or move them with two sliders each. A row of the list has data-point,
 * "x y" in the picture's own pixels from its left and its top; the sliders go to the right and up.
 *
 * @typedef {import("../api.js").ResponseValue} ResponseValue
 */

import { ENOUGH_PX } from "../dragging.js";
import { put, sizeOf } from "../pictures.js";
import { text } from "../views.js";

const PAGE = 10; // pixels of a picture for PageUp and PageDown; an arrow moves 1

/** @param {ParentNode} root  @param {string} selector  @returns {HTMLElement[]} */
const all = (root, selector) => [...root.querySelectorAll(selector)].map((one) => /** @type {HTMLElement} */ (one));
/** @param {HTMLElement} field */
const rowsOf = (field) => all(field, "[data-point]");
/** @param {HTMLElement} row  @returns {number[]} */
const placeOf = (row) => (row.dataset.point ?? "").split(" ").map(Number);
/** @param {HTMLElement} field  @param {string} selector */
const partOf = (field, selector) => /** @type {HTMLElement} */ (field.querySelector(selector));
/** @param {HTMLElement} row  @returns {HTMLInputElement[]} */
const slidersOf = (row) => [...row.querySelectorAll("input")];

/** @param {HTMLElement} field  @returns {ResponseValue} */
export function read(field) {
  const points = rowsOf(field).map((row) => row.dataset.point ?? "");
  return points.length ? points : null;
}

/** @param {HTMLElement} field  @param {ResponseValue} value */
export function write(field, value) {
  for (const point of [value ?? []].flat()) addRow(field).dataset.point = point;
  draw(field);
}

/** @param {HTMLElement} root */
export function listen(root) {
  for (const field of all(root, "fieldset.pointing")) {
    const ground = partOf(field, ".ground");
    ground.addEventListener("click", (event) => {
      if (!(/** @type {HTMLElement} */ (event.target).dataset.marker)) press(field, placeAt(ground, event));
    });
    ground.addEventListener("pointerdown", (event) => grasp(field, event));
    partOf(field, ".add-point").addEventListener("click", () => {
      const row = addPoint(field, sizeOf(ground).map((side) => side / 2));
      slidersOf(row)[0].focus();
    });
    const list = partOf(field, ".points");
    list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      if (button) remove(field, /** @type {HTMLElement} */ (button.closest("li")));
    });
    list.addEventListener("input", (event) => readSliders(field, /** @type {HTMLElement} */ (event.target)));
    list.addEventListener("keydown", (event) => turnPage(event));
    for (const kind of ["focusin", "focusout"]) {
      list.addEventListener(kind, (event) => {
        const index = rowsOf(field).findIndex((row) => row.contains(/** @type {Node} */ (event.target)));
        all(ground, "[data-marker]")[index]?.toggleAttribute("data-current", kind === "focusin");
      });
    }
  }
}

/** Where on the picture, in its pixels. @param {HTMLElement} ground  @param {MouseEvent} event  @returns {number[]} */
function placeAt(ground, event) {
  const box = ground.getBoundingClientRect();
  const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return sizeOf(ground).map((side, axis) => side * shares[axis]);
}

/** @param {HTMLElement} field  @param {number[]} place */
function press(field, place) {
  const maximum = Number(field.dataset.maximum) || Infinity, rows = rowsOf(field);
  if (rows.length < maximum) addPoint(field, place);
  else if (maximum === 1) moveTo(field, rows[0], place);
  else say(field, "full-points", { maximum });
}

/** @param {HTMLElement} field  @param {number[]} place  @returns {HTMLElement} */
function addPoint(field, place) {
  const row = addRow(field);
  moveTo(field, row, place);
  say(field, "point-set", { number: rowsOf(field).length });
  return row;
}

/** @param {HTMLElement} field  @param {HTMLElement} row  @param {number[]} place */
function moveTo(field, row, place) {
  const size = sizeOf(partOf(field, ".ground"));
  row.dataset.point = place.map((at, axis) => Math.round(Math.min(size[axis], Math.max(0, at)))).join(" ");
  changed(field);
}

/** Drag a marker. @param {HTMLElement} field  @param {PointerEvent} down */
function grasp(field, down) {
  const marker = /** @type {HTMLElement} */ (down.target), ground = partOf(field, ".ground");
  const row = rowsOf(field)[Number(marker.dataset.marker) - 1];
  if (!row || down.button !== 0) return;
  marker.setPointerCapture(down.pointerId);
  const stop = new AbortController(), from = placeAt(ground, down), start = placeOf(row);
  let moving = false;
  marker.addEventListener("pointermove", (event) => {
    moving ||= Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > ENOUGH_PX;
    const now = placeAt(ground, event);
    if (moving) moveTo(field, row, start.map((at, axis) => at + now[axis] - from[axis]));
  }, { signal: stop.signal });
  for (const end of ["pointerup", "pointercancel"]) marker.addEventListener(end, () => stop.abort(), { signal: stop.signal });
}

/** @param {HTMLElement} field  @param {HTMLElement} slider */
function readSliders(field, slider) {
  const row = /** @type {HTMLElement} */ (slider.closest("li"));
  const [right, up] = slidersOf(row);
  row.dataset.point = `${right.value} ${Number(up.max) - Number(up.value)}`;
  draw(field);
}

/** @param {KeyboardEvent} event */
function turnPage(event) {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement)) return;
  const steps = { PageUp: PAGE, PageDown: -PAGE, Enter: 0 }[event.key];
  if (steps === undefined) return;
  event.preventDefault(); // Enter would go on to the next question
  slider.value = String(Number(slider.value) + steps);
  if (steps) slider.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {HTMLElement} field  @param {HTMLElement} row */
function remove(field, row) {
  const number = rowsOf(field).indexOf(row) + 1;
  row.remove();
  changed(field);
  partOf(field, ".add-point").focus();
  say(field, "point-removed", { number });
}

/** @param {HTMLElement} field  @returns {HTMLElement} */
function addRow(field) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  const button = document.createElement("button");
  const labels = sizeOf(partOf(field, ".ground")).map((side, axis) => {
    const label = document.createElement("label"), slider = document.createElement("input");
    Object.assign(slider, { type: "range", min: "0", max: String(side), step: "1" });
    label.append(text(axis ? "point-up" : "point-right"), slider);
    return label;
  });
  row.className = "point";
  row.dataset.point = "";
  Object.assign(button, { type: "button", className: "button quiet", textContent: text("point-remove") });
  row.append(name, button, ...labels);
  partOf(field, ".points").append(row);
  return row;
}

/** @param {HTMLElement} field  @param {string} key  @param {Record<string, string | number>} values */
function say(field, key, values) { partOf(field, ".said").textContent = text(key, values); }

/** @param {HTMLElement} field */
function changed(field) {
  draw(field);
  field.dispatchEvent(new Event("input", { bubbles: true })); // kept as a draft
}

/** Show every point, and where it is. @param {HTMLElement} field */
function draw(field) {
  const ground = partOf(field, ".ground"), [width, height] = sizeOf(ground), rows = rowsOf(field);
  const isFull = rows.length >= (Number(field.dataset.maximum) || Infinity);
  for (const marker of all(ground, "[data-marker]").slice(rows.length)) marker.remove();
  for (const [index, row] of rows.entries()) {
    const [x, y] = placeOf(row), number = index + 1;
    const named = text("point", { number });
    for (const [axis, slider] of slidersOf(row).entries()) {
      slider.value = String(axis ? height - y : x);
      slider.setAttribute("aria-label", `${named}, ${slider.parentElement?.textContent}`);
      slider.setAttribute("aria-valuetext", text("point-at", { value: slider.value, most: slider.max }));
    }
    partOf(row, "span").textContent = named;
    partOf(row, "button").setAttribute("aria-label", `${text("point-remove")}: ${named}`);
    put(all(ground, "[data-marker]")[index] ?? addMarker(ground, number), [(100 * x) / width, (100 * y) / height]);
  }
  partOf(field, ".points").hidden = !rows.length;
  partOf(field, ".add-point").hidden = isFull;
}

/** @param {HTMLElement} ground  @param {number} number  @returns {HTMLElement} */
function addMarker(ground, number) {
  const marker = document.createElement("span");
  marker.dataset.marker = marker.textContent = String(number);
  marker.setAttribute("aria-hidden", "true");
  ground.append(marker);
  return marker;
}
