/** The hash of an answer: SHA-256 of its canonical JSON (sorted keys, no spaces, UTF-8). */

// WebCrypto exists only in a secure context: a school LAN over plain HTTP has none.
const { sha256 } = globalThis.crypto?.subtle ? { sha256: null } : await import("./rare/sha256.js");

/**
 * @param {unknown} value  only strings, whole numbers, null, arrays and plain objects
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}

/**
 * @param {unknown} value
 * @returns {Promise<string>} 64 lower-case hexadecimal digits
 */
export async function hashOf(value) {
  const bytes = new TextEncoder().encode(canonical(value));
  const digest = sha256 ? sha256(bytes) : await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
