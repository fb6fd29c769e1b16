/**
 * Put cards in their place: pick one, then press where it goes; or drag it. What stands where is in the page itself:
 * a place has data-holds, a pair has data-pair.
 *
 * @typedef {import("./api.js").ResponseValue} ResponseValue
 */

import { letDrag } from "./dragging.js";
import { text } from "./views.js";

/** @param {ParentNode} root  @param {string} selector  @returns {HTMLElement[]} */
const all = (root, selector) => [...root.querySelectorAll(selector)].map((one) => /** @type {HTMLElement} */ (one));

/** @param {HTMLElement} field */
const cardsOf = (field) => all(field, "[data-choice]");
/** @param {HTMLElement} field */
const placesOf = (field) => all(field, "[data-place]");
/** @param {HTMLElement} field  @param {string} choice */
const cardOf = (field, choice) => cardsOf(field).find((card) => card.dataset.choice === choice);
/** @param {HTMLElement} place  @returns {string[]} */
const heldBy = (place) => (place.dataset.holds ?? "").split(" ").filter(Boolean);
/** @param {HTMLElement} field  @returns {string[]} */
const pairsOf = (field) => all(field, "[data-pair]").map((pair) => pair.dataset.pair ?? "");
/** How often it may be used. @param {HTMLElement} element */
const mostOf = (element) => Number(element.dataset.uses) || Infinity;
/** @param {HTMLElement} field */
const pickedIn = (field) => cardsOf(field).find((card) => card.getAttribute("aria-pressed") === "true");
/** @param {HTMLElement} field */
const isPairing = (field) => field.dataset.interaction === "associate";

/** @param {HTMLElement} field  @returns {ResponseValue} */
export function placedIn(field) {
  const inOrder = field.dataset.interaction === "order";
  const values = isPairing(field)
    ? pairsOf(field)
    : placesOf(field).flatMap((place) =>
        heldBy(place).map((choice) => (inOrder ? choice : `${choice} ${place.dataset.place}`)));
  return values.length ? values : null;
}

/** The same, with "" for every place of an order that is empty: what is kept comes back where it was. @param {HTMLElement} field  @returns {ResponseValue} */
export function keptIn(field) {
  const placed = placedIn(field);
  return placed && field.dataset.interaction === "order" ? placesOf(field).map((place) => heldBy(place)[0] ?? "") : placed;
}

/** @param {HTMLElement} field  @param {ResponseValue} value  as either of these gives it */
export function placeAll(field, value) {
  const inOrder = field.dataset.interaction === "order";
  for (const [index, part] of [value ?? []].flat().entries()) {
    const [choice, other] = inOrder ? [part, String(index + 1)] : part.split(" ");
    const place = placesOf(field).find((one) => one.dataset.place === other);
    if (place && cardOf(field, choice)) hold(place, [...heldBy(place), choice]);
    else if (isPairing(field) && cardOf(field, choice) && cardOf(field, other)) addPair(field, choice, other);
  }
  draw(field);
}

/** @param {HTMLElement} root */
export function listenToPlaces(root) {
  for (const field of all(root, "fieldset.placing")) {
    field.addEventListener("click", (event) => {
      const pressed = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("button"));
      if (pressed?.dataset.choice) pressCard(field, pressed);
      else if (pressed?.dataset.place) pressPlace(field, pressed);
      else if (pressed?.dataset.pair) takePair(field, pressed);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && pickedIn(field)) pick(field);
    });
    letDrag(field, {
      faceOf: (source) => cardOf(field, source.dataset.choice ?? heldBy(source).at(-1) ?? ""),
      drop: (source, target) => drop(field, source, target),
    });
  }
}

/** @param {HTMLElement} field  @param {HTMLElement} card */
function pressCard(field, card) {
  const picked = pickedIn(field);
  if (picked === card) pick(field);
  else if (picked && isPairing(field)) join(field, picked, card);
  else pick(field, card);
}

/** @param {HTMLElement} field  @param {HTMLElement} place */
function pressPlace(field, place) {
  const card = pickedIn(field), inside = heldBy(place);
  if (card) return put(field, card, place);
  if (!inside.length) return say(field, "pick-first");
  take(field, place, inside[inside.length - 1]);
}

/** Take a card out of its place, and hold it. @param {HTMLElement} field  @param {HTMLElement} place  @param {string} choice */
function take(field, place, choice) {
  hold(place, heldBy(place).filter((one) => one !== choice));
  const card = cardOf(field, choice);
  pick(field, card);
  say(field, "taken", { choice: card ? spoken(card) : "" });
  changed(field);
}

/**
 * @param {HTMLElement} field  @param {HTMLElement} card  @param {HTMLElement} place
 * @param {HTMLElement} [from]  the place that it is dragged out of
 */
function put(field, card, place, from) {
  const choice = card.dataset.choice ?? "";
  if (heldBy(place).includes(choice)) return place === from ? undefined : take(field, place, choice);
  const inUse = placesOf(field).filter((one) => heldBy(one).includes(choice));
  const left = from ?? (inUse.length >= mostOf(card) ? inUse[0] : undefined);
  const isFull = heldBy(place).length >= mostOf(place);
  const maximum = Number(field.dataset.maximum) || Infinity;
  if (!left && !isFull && (placedIn(field)?.length ?? 0) >= maximum) return say(field, "full", { maximum });
  if (left) hold(left, heldBy(left).filter((one) => one !== choice));
  const [first, ...others] = heldBy(place);
  hold(place, [...(isFull ? others : heldBy(place)), choice]);
  if (isFull && left && mostOf(left) === 1 && mostOf(place) === 1) hold(left, [first]); // they change places
  pick(field);
  say(field, "put", { choice: spoken(card), place: spoken(/** @type {HTMLElement} */ (place.querySelector(".what"))) });
  changed(field);
}

/** @param {HTMLElement} field  @param {HTMLElement} one  @param {HTMLElement} other */
function join(field, one, other) {
  const choices = [one, other].map((card) => card.dataset.choice ?? "");
  const isPair = pairsOf(field).some((pair) => choices.every((choice) => pair.split(" ").includes(choice)));
  for (const [index, card] of [one, other].entries()) {
    const inUse = all(field, "[data-pair]").filter((pair) => pair.dataset.pair?.split(" ").includes(choices[index]));
    if (!isPair && inUse.length >= mostOf(card)) inUse[0].parentElement?.remove();
  }
  const maximum = Number(field.dataset.maximum) || Infinity;
  if (!isPair && pairsOf(field).length >= maximum) return say(field, "full-pairs", { maximum });
  if (!isPair) addPair(field, choices[0], choices[1]);
  pick(field);
  say(field, "paired", { one: spoken(one), other: spoken(other) });
  changed(field);
}

/** @param {HTMLElement} field  @param {string} one  @param {string} other */
function addPair(field, one, other) {
  const cards = [one, other].map((choice) => /** @type {HTMLElement} */ (cardOf(field, choice)));
  const pair = document.createElement("button");
  pair.type = "button";
  pair.className = "pair";
  pair.dataset.pair = `${one} ${other}`;
  pair.setAttribute("aria-label", text("pair-remove", { one: spoken(cards[0]), other: spoken(cards[1]) }));
  pair.append(...cards.map(faceOf));
  const row = document.createElement("li");
  row.append(pair);
  field.querySelector(".pairs")?.append(row);
}

/** @param {HTMLElement} field  @param {HTMLElement} pair */
function takePair(field, pair) {
  const [one, other] = (pair.dataset.pair ?? "").split(" ").map((choice) => cardOf(field, choice));
  pair.parentElement?.remove();
  (all(field, "[data-pair]")[0] ?? one)?.focus();
  say(field, "unpaired", { one: one ? spoken(one) : "", other: other ? spoken(other) : "" });
  changed(field);
}

/** Something was dragged. @param {HTMLElement} field  @param {HTMLElement} source  @param {HTMLElement | null} target  null: nowhere */
function drop(field, source, target) {
  const from = source.dataset.place ? source : undefined;
  const card = from ? cardOf(field, heldBy(from).at(-1) ?? "") : source;
  if (!card) return;
  if (target?.dataset.place) put(field, card, target, from);
  else if (isPairing(field) && target?.dataset.choice && target !== card) join(field, card, target);
  else if (from) {
    take(field, from, card.dataset.choice ?? "");
    pick(field);
  }
}

/** @param {HTMLElement} place  @param {string[]} choices */
function hold(place, choices) { place.dataset.holds = choices.join(" "); }

/** Pick a card up, or put down what is held. @param {HTMLElement} field  @param {HTMLElement} [card] */
function pick(field, card) {
  for (const one of cardsOf(field)) one.setAttribute("aria-pressed", String(one === card));
  field.toggleAttribute("data-picking", card !== undefined);
  const next = isPairing(field) ? "picked-pair" : "picked";
  say(field, card ? next : "unpicked", { choice: card ? spoken(card) : "" });
}

/** @param {HTMLElement} field  @param {string} key  @param {Record<string, string | number>} [values] */
function say(field, key, values = {}) {
  const line = field.querySelector(".said");
  if (line) line.textContent = text(key, values);
}

/** @param {HTMLElement} field */
function changed(field) {
  draw(field);
  field.dispatchEvent(new Event("input", { bubbles: true })); // kept as a draft
}

/** Show what stands where, and which cards are used up. @param {HTMLElement} field */
function draw(field) {
  for (const place of placesOf(field)) {
    const cards = heldBy(place).map((choice) => /** @type {HTMLElement} */ (cardOf(field, choice)));
    place.querySelector(".held")?.replaceChildren(...(cards.length ? cards.map(faceOf) : [unseen(text("empty"))]));
  }
  const pairs = all(field, ".pairs");
  for (const list of pairs) list.hidden = !list.childElementCount;
  const used = [...placesOf(field).map(heldBy), ...pairsOf(field).map((pair) => pair.split(" "))].flat();
  for (const card of cardsOf(field)) {
    const isUsed = used.filter((choice) => choice === card.dataset.choice).length >= mostOf(card);
    card.toggleAttribute("data-used", isUsed);
    card.querySelector(".unseen")?.remove();
    if (isUsed) card.append(unseen(text("used")));
  }
}

/** @param {HTMLElement} card  @returns {Node} */
const faceOf = (card) => /** @type {HTMLElement} */ (card.querySelector(".face")).cloneNode(true);

/** @param {string} words */
function unseen(words) {
  const span = document.createElement("span");
  span.className = "unseen";
  span.textContent = words;
  return span;
}

/** Its text, with formulas and pictures in words. @param {HTMLElement} element */
function spoken(element) {
  const copy = /** @type {HTMLElement} */ ((element.querySelector(".face") ?? element).cloneNode(true));
  for (const formula of copy.querySelectorAll("math")) formula.replaceWith(formula.getAttribute("aria-label") ?? formula.textContent ?? "");
  for (const picture of copy.querySelectorAll("img")) picture.replaceWith(picture.alt);
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}
