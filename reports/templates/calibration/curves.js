/**
 * Response curves of one item.
 *
 * @typedef {object} Item
 * @property {"l" | "p" | "g" | "n"} k form: logistic, partial credit, graded, nominal
 * @property {number} a slope
 * @property {number} [b] difficulty of a logistic item
 * @property {number} [c] lower asymptote, 0 when not there
 * @property {number} [d] upper asymptote, 1 when not there
 * @property {number[]} [s] steps
 * @property {number[]} [sl] slopes of categories 1 and on of a nominal item
 * @property {number[]} [ic] intercepts of the same
 * @property {number[]} x mean ability of each band of persons
 * @property {number[][]} y answers of each band in each category
 */

const logistic = z => 1 / (1 + Math.exp(-z));

/** Categories of an item. @param {Item} item @returns {number} */
export const nCategories = item => (item.k === "l" ? 2 : (item.s ?? item.sl).length + 1);

/**
 * Slope and intercept of every category of a divide-by-total item.
 * @param {Item} item
 * @returns {[number[], number[]]}
 */
function exponents(item) {
  if (item.k === "n") return [[0, ...item.sl], [0, ...item.ic]];
  const intercepts = [0];
  for (const step of item.s) intercepts.push(intercepts.at(-1) - item.a * step);
  return [intercepts.map((_, category) => category * item.a), intercepts];
}

/**
 * Probability of every category at an ability.
 * @param {Item} item
 * @param {number} theta
 * @returns {number[]}
 */
export function probabilities(item, theta) {
  if (item.k === "l") {
    const floor = item.c ?? 0;
    const right = floor + ((item.d ?? 1) - floor) * logistic(item.a * (theta - item.b));
    return [1 - right, right];
  }
  if (item.k === "g") {
    const atLeast = [1, ...item.s.map(step => logistic(item.a * (theta - step))), 0];
    return atLeast.slice(1).map((next, category) => atLeast[category] - next);
  }
  const [slopes, intercepts] = exponents(item);
  const z = slopes.map((slope, category) => slope * theta + intercepts[category]);
  const highest = Math.max(...z);
  const terms = z.map(value => Math.exp(value - highest));
  const total = terms.reduce((sum, term) => sum + term, 0);
  return terms.map(term => term / total);
}

/**
 * Fisher information about ability: the sum of P'² / P over categories.
 * @param {Item} item
 * @param {number} theta
 * @returns {number}
 */
export function information(item, theta) {
  const p = probabilities(item, theta);
  let slopes;
  if (item.k === "l") {
    const rise = logistic(item.a * (theta - item.b));
    const slope = ((item.d ?? 1) - (item.c ?? 0)) * item.a * rise * (1 - rise);
    slopes = [-slope, slope];
  } else if (item.k === "g") {
    const rises = item.s.map(step => logistic(item.a * (theta - step)));
    const atLeast = [0, ...rises.map(rise => item.a * rise * (1 - rise)), 0];
    slopes = atLeast.slice(1).map((next, category) => atLeast[category] - next);
  } else {
    const [exponent] = exponents(item);
    const mean = exponent.reduce((sum, slope, category) => sum + slope * p[category], 0);
    slopes = exponent.map((slope, category) => p[category] * (slope - mean));
  }
  return slopes.reduce((sum, slope, category) => sum + (p[category] > 1e-300 ? slope ** 2 / p[category] : 0), 0);
}
