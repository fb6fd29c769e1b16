/**
 * What a calculator works out: an expression as it is written, with a decimal comma. Its rules:
 *
 *   sum     = product { (+ | −) product }
 *   product = signed { (× | ÷) signed }
 *   signed  = − signed | power
 *   power   = value { ² | % } [ ^ signed ]
 *   value   = number | π | √ power | name ( sum ) | ( sum )
 *
 * A bracket that is left open closes at the end. Angles are in degrees.
 */

const DIGITS = 12; // a double holds 15; the rest is room for what binary fractions lose
const NOTHING = 1e-14; // of its largest term: so little is left of a sum by binary fractions
const DEGREES = Math.PI / 180;

/** @param {number} x  degrees; a multiple of 90 has an exact sine */
const sine = (x) => (x % 90 ? Math.sin(x * DEGREES) : [0, 1, 0, -1][((x / 90) % 4 + 4) % 4]);

/** @type {Record<string, (x: number) => number>} */
const FUNCTIONS = {
  sin: sine,
  cos: (x) => sine(x + 90),
  tan: (x) => (Math.abs(x % 180) === 90 ? NaN : sine(x) / sine(x + 90)),
  log: Math.log10,
  ln: Math.log,
};
const PART = /\s*(\d+(?:,\d*)?|,\d+|[a-z]+|[+−×÷^²%()√π])/y;

/** Write keys as a calculator shows them. @param {string} typed */
export const written = (typed) =>
  typed.toLowerCase().replace(/[*x·]/g, "×").replace(/[/:]/g, "÷").replace(/-/g, "−").replace(/\./g, ",");

/**
 * @param {string} expression
 * @returns {number}  NaN where it has no value: a division by 0, the root of a negative number
 * @throws {SyntaxError} where it is not written well
 */
export function calculate(expression) {
  const parts = split(expression);
  const value = sum(parts);
  if (parts.length) throw new SyntaxError(parts[0]);
  return Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : NaN;
}

/** @param {number} value  @returns {string} with a comma, and a power of ten where it is very large or small */
export function shown(value) {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 1e-9 && size < 1e12);
  const [digits, power] = (plain ? expanded(value) : value.toExponential()).split("e");
  const text = power ? `${digits}×10^${Number(power)}` : digits;
  return text.replace(/-/g, "−").replace(".", ",");
}

/** Without a power of ten. @param {number} value */
const expanded = (value) => (/e/.test(String(value)) ? value.toFixed(20).replace(/0+$/, "") : String(value));

/** @param {string} expression  @returns {string[]} */
function split(expression) {
  const parts = [];
  const text = expression.trimEnd().replace(/(\d)\s(?=\d{3}(?!\d))/g, "$1"); // 3 000
  for (PART.lastIndex = 0; PART.lastIndex < text.length; ) {
    const found = PART.exec(text);
    if (!found) throw new SyntaxError(text);
    parts.push(found[1]);
  }
  return parts;
}

/** @param {string[]} parts  @param {...string} wanted  @returns {string | undefined} */
const take = (parts, ...wanted) => (wanted.includes(parts[0]) ? parts.shift() : undefined);

/** @param {string[]} parts  @returns {number} */
function sum(parts) {
  let value = product(parts), largest = Math.abs(value);
  for (let sign; (sign = take(parts, "+", "−")); ) {
    const other = product(parts);
    value = sign === "+" ? value + other : value - other;
    largest = Math.max(largest, Math.abs(other));
  }
  return Math.abs(value) < NOTHING * largest ? 0 : value;
}

/** @param {string[]} parts  @returns {number} */
function product(parts) {
  let value = signed(parts);
  for (let sign; (sign = take(parts, "×", "÷")); ) {
    const other = signed(parts);
    value = sign === "×" ? value * other : value / other;
  }
  return value;
}

/** @param {string[]} parts  @returns {number} */
const signed = (parts) => (take(parts, "−") ? -signed(parts) : power(parts));

/** @param {string[]} parts  @returns {number} */
function power(parts) {
  let value = single(parts);
  for (let sign; (sign = take(parts, "²", "%")); ) value = sign === "²" ? value * value : value / 100;
  return take(parts, "^") ? value ** signed(parts) : value;
}

/** @param {string[]} parts  @returns {number} */
function single(parts) {
  const part = parts.shift() ?? "";
  if (/[\d,]/.test(part)) return Number(part.replace(",", "."));
  if (part === "π") return Math.PI;
  if (part === "√") return Math.sqrt(power(parts));
  const change = FUNCTIONS[part];
  if (change) {
    if (!take(parts, "(")) throw new SyntaxError(part);
  } else if (part !== "(") throw new SyntaxError(part);
  const value = sum(parts);
  if (parts.length && !take(parts, ")")) throw new SyntaxError(parts[0]);
  return change ? change(value) : value;
}
