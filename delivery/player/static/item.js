/**
 * Read and write the answer in an item as the server rendered it (elements with data-field).
 *
 * @typedef {import("./api.js").ItemResponse} ItemResponse
 * @typedef {import("./api.js").ResponseValue} ResponseValue
 */

import { keptIn, placeAll, placedIn } from "./placing.js";
import { moveSlider, sliderValue } from "./slider.js";

/** @param {ParentNode} root  @returns {HTMLElement[]} */
const fieldsOf = (root) => [...root.querySelectorAll("[data-field]")].map((field) => /** @type {HTMLElement} */ (field));

/** @param {HTMLElement} field  @returns {HTMLInputElement[]} */
const boxesOf = (field) => [...field.querySelectorAll("input")];

/** @param {HTMLElement} field  @returns {string[]} */
const chosenIn = (field) => boxesOf(field).filter((box) => box.checked).map((box) => box.value);

/** @param {HTMLElement} field  @returns {ResponseValue} */
const one = (field) => chosenIn(field)[0] ?? null;

/** @param {HTMLElement} field  @returns {ResponseValue} */
function several(field) {
  const chosen = chosenIn(field);
  return chosen.length ? chosen : null;
}

/** @param {HTMLElement} field  @returns {ResponseValue} */
function typedIn(field) {
  const typed = wellFormed(/** @type {HTMLInputElement} */ (field).value);
  return typed.trim() ? typed : null;
}

/** @param {HTMLElement} field  @param {ResponseValue} value */
function check(field, value) {
  for (const box of boxesOf(field)) box.checked = [value].flat().includes(box.value);
}

/** @param {HTMLElement} field  @param {ResponseValue} value */
function type(field, value) { /** @type {HTMLInputElement} */ (field).value = [value].flat().join(""); }

/** How each kind of field is read, written, and kept as a draft where that differs. @type {Record<string, [typeof one, typeof check, (typeof one)?]>} */
const KINDS = {
  choice: [one, check],
  multiple_choice: [several, check],
  hottext: [one, check],
  multiple_hottext: [several, check],
  slider: [sliderValue, moveSlider],
  order: [placedIn, placeAll, keptIn],
  match: [placedIn, placeAll],
  gap_match: [placedIn, placeAll],
  associate: [placedIn, placeAll],
  hotspot: [one, check],
  multiple_hotspot: [several, check],
  graphic_gap_match: [placedIn, placeAll],
};

/** Kinds that few questions have: their modules come with the first of them. @type {Record<string, string>} */
const RARE = { select_point: "./rare/points.js" };
/** Of the rare kinds that are here: what makes their fields work. @type {((root: HTMLElement) => void)[]} */
const listeners = [];

/** Rare kinds in the text of an item that are not here yet. @param {string} html  @returns {string[]} */
export const missingKinds = (html) =>
  Object.keys(RARE).filter((kind) => !KINDS[kind] && html.includes(`data-interaction="${kind}"`));

/** Fetch what the text of an item needs. @param {string} html  @returns {Promise<void>} fails without a network */
export async function fetchKinds(html) {
  for (const kind of missingKinds(html)) {
    const { read, write, listen } = await import(RARE[kind]);
    if (!KINDS[kind]) listeners.push(listen);
    KINDS[kind] = [read, write];
  }
}

/** Make the fields of rare kinds work. @param {HTMLElement} root */
export const listenToRare = (root) => { for (const listen of listeners) listen(root); };

/** @param {HTMLElement} field */
const kindOf = (field) => KINDS[field.dataset.interaction ?? ""] ?? [typedIn, type];

/** Half a surrogate pair cannot travel as UTF-8, and control characters come by pasting. @param {string} typed */
const wellFormed = (typed) => typed.replace(/\p{Surrogate}/gu, "\uFFFD").replace(/[\0-\b\v\f\x0E-\x1F]/g, " ");

/** @param {ParentNode} root  @param {(field: HTMLElement) => ResponseValue} valueOf  @returns {ItemResponse} */
const readAll = (root, valueOf) =>
  Object.fromEntries(fieldsOf(root).map((field) => [field.dataset.field ?? "", valueOf(field)]));

/** What is sent. @param {ParentNode} root */
export const readResponse = (root) => readAll(root, (field) => kindOf(field)[0](field));

/** What is kept, so that it comes back exactly as it stands. @param {ParentNode} root */
export const readDraft = (root) => readAll(root, (field) => (kindOf(field)[2] ?? kindOf(field)[0])(field));

/** @param {ParentNode} root  @param {ItemResponse} response  or a draft */
export function writeResponse(root, response) {
  for (const field of fieldsOf(root)) {
    const value = response[field.dataset.field ?? ""];
    if (value !== undefined && value !== null) kindOf(field)[1](field, value);
  }
}

/** Whether everything is answered, and with as many parts as the author asks for. @param {ParentNode} root */
export const isComplete = (root) => fieldsOf(root).every((field) => {
  const value = kindOf(field)[0](field);
  return value !== null && [value].flat().length >= Number(field.dataset.minimum ?? 1);
});

/** @param {ItemResponse} response */
export const isEmpty = (response) => Object.values(response).every((value) => value === null);

const MARKS = /^[.,;:!?)]+/;
/** What touches a gap, or is the unit of what is put in it. */
const AFTER_GAP = /^(\S+|\s([kdcm]?[mlg][²³]?|°C|%|€|euro|uur)(?=[\s.,;:!?)]|$)[.,;:!?)]*)/;
const BEFORE_GAP = /\S+$/;

/** What touches a formula, word or gap stays on its line: a full stop or comma, and the rest of a gap's word. @param {ParentNode} root */
export function keepTogether(root) {
  for (const part of root.querySelectorAll("math, .hottext, .gap")) {
    const isGap = part.matches(".gap");
    const before = isGap ? cut(part.previousSibling, BEFORE_GAP) : "";
    const after = cut(part.nextSibling, isGap ? AFTER_GAP : MARKS);
    if (!before && !after) continue;
    const whole = document.createElement("span");
    whole.className = "together";
    whole.toggleAttribute("data-before", before !== "");
    whole.toggleAttribute("data-after", /^\S/.test(after));
    part.replaceWith(whole);
    whole.append(before, part, after.replace(/^\s/, "\u00a0"));
  }
}

/** Take out of a text what is at its edge. @param {Node | null} text  @param {RegExp} edge  @returns {string} */
function cut(text, edge) {
  const found = text instanceof Text ? text.data.match(edge) : null;
  if (!found) return "";
  /** @type {Text} */ (text).deleteData(found.index ?? 0, found[0].length);
  return found[0];
}

/**
 * Hold to the largest number of options that may be chosen: one too many is not taken, and said.
 *
 * @param {HTMLElement} root
 * @param {(maximum: number | null) => void} say  null when all is well again
 */
export function limitChoices(root, say) {
  root.addEventListener("change", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    const field = /** @type {HTMLElement | null} */ (box.closest("[data-maximum]"));
    const maximum = Number(field?.dataset.maximum ?? 0);
    const tooMany = field !== null && maximum > 0 && boxesOf(field).filter((other) => other.checked).length > maximum;
    if (tooMany) box.checked = false;
    say(tooMany ? maximum : null);
  });
}
