/**
 * Seals an answer, so that on this laptop nobody can read it back: to the server, with a proof that whoever held the
 * sitting made it; and a copy for this tab only. What a row looks like stands in delivery/sealed/rows.py.
 */

import { tabKey } from "./seat.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const HMAC = { name: "HMAC", hash: "SHA-256" };

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);

/** @param {ArrayBuffer} buffer  @returns {string} base64url without padding */
const encoded = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** @param {string} text  base64 */
const decoded = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/** HKDF-SHA-256, 32 bytes. @param {BufferSource} secret  @param {BufferSource} salt  @param {string} label */
async function derive(secret, salt, label) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: bytes(label) }, key, 256);
}

/** @param {BufferSource} raw */
const aes = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/**
 * @param {import("./seat.js").Seat} seat
 * @param {number} position
 * @param {object} body  as PUT sends it
 * @returns {Promise<string>}
 */
export async function sealRow({ token }, position, body) {
  const header = `1.${token.split(".")[0]}.${position}`;
  const meta = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=peil-point]"));
  const server = await crypto.subtle.importKey("raw", decoded(meta.content), CURVE, false, []);
  const once = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const point = await crypto.subtle.exportKey("raw", once.publicKey);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, once.privateKey, 256);
  const how = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: bytes(header) }; // its key is used once
  const box = await crypto.subtle.encrypt(how, await aes(await derive(secret, point, "peil row box")), bytes(JSON.stringify(body)));
  const text = `${header}.${encoded(await new Blob([point, box]).arrayBuffer())}`;
  const proof = await derive(bytes(token), new Uint8Array(), "peil row proof");
  const prover = await crypto.subtle.importKey("raw", proof, HMAC, false, ["sign"]);
  return `${text}.${encoded(await crypto.subtle.sign("HMAC", prover, bytes(text)))}`;
}

/** For this tab only: its key is gone when it closes, or the pupil is done. @param {object} value */
export async function hide(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await aes(decoded(tabKey()));
  return { iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes(JSON.stringify(value))) };
}

/** @param {Awaited<ReturnType<typeof hide>>} hidden  @returns {Promise<any>} null where another tab hid it */
export async function reveal({ iv, box }) {
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await aes(decoded(tabKey())), box);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}
