/**
 * Answers on this laptop, kept until the sitting is sealed and their receipt came.
 *
 * A row is written before the answer is sent. On disk it is sealed: what is in it only the server can read, and this
 * tab as long as it must send it. Two methods delete, and both only what the server confirmed: `forget` and `mark`.
 *
 * @typedef {import("./api.js").ItemResponse} ItemResponse
 * @typedef {{sitting: string, position: number, revision: number, item: string, response: ItemResponse,
 *   elapsed_ms: number, hash: string, settled: boolean, receipt: string | null, sealed?: string}} Row
 *   sitting: and which device of it, by its epoch (`ownerOf`); settled: nothing more to send; receipt: null where the
 *   server kept the body as evidence
 * @typedef {{receipt: string | null, settled: boolean, sealed: boolean}} Told  sealed: the sitting is
 */

import { hide, reveal, sealRow } from "./seal.js";
import { loadSeat } from "./seat.js";

const STORE = "answers";
/** A database that did not open by then never will; a pupil who waits does not know why. */
const PATIENCE_MS = 3000;

/**
 * Whose rows: a tab that comes back after its laptop fell out is another device, and neither overwrites the other. The
 * form of the database stays as it is, for a page of an earlier version may have it open; it knew no epochs.
 *
 * @param {import("./seat.js").Seat} seat
 */
export const ownerOf = ({ sitting, epoch }) => `${sitting} ${epoch}`;

/** @param {Row} row */
const keyOf = ({ sitting, position, revision }) => [sitting, position, revision];

/** @param {Row} row */
const nameOf = (row) => keyOf(row).join(" ");

export class Outbox {
  /** What the disk refuses, so that it is sent all the same; without a disk, everything. @type {Map<string, Row>} */
  #memory = new Map();

  /** @param {IDBDatabase | null} database */
  constructor(database) { this.database = database; }

  /** Resolves when the row is on disk, or in memory where the disk refuses it. @param {Row} row */
  async write(row) {
    const { sitting, position, revision, item, response, elapsed_ms, hash, settled, receipt } = row;
    try {
      const seat = /** @type {import("./seat.js").Seat} */ (loadSeat());
      const body = { revision, item, response, elapsed_ms, epoch: seat.epoch, showing: null, hash };
      row.sealed ??= await sealRow(seat, position, body);
      const own = settled ? null : await hide({ item, response, elapsed_ms, hash });
      await this.#put({ sitting, position, revision, settled, receipt, sealed: row.sealed, own });
      this.#memory.delete(nameOf(row));
    } catch {
      this.#memory.set(nameOf(row), { ...row });
      setStored(false);
    }
  }

  /** Those that this tab can read or need not, in order of position. @param {string} sitting  @returns {Promise<Row[]>} */
  async rows(sitting) {
    const mine = (await this.#all()).filter((row) => row.sitting.startsWith(sitting));
    const read = await Promise.all(mine.map(async (row) => (row.own ? { ...row, ...(await reveal(row.own)) } : row)));
    return read.filter((row) => row.settled || row.item).sort((one, other) => one.position - other.position);
  }

  /** The sitting is sealed. @param {string} sitting */
  async forget(sitting) {
    const receipted = (await this.#all()).filter((row) => row.sitting.startsWith(sitting) && row.receipt);
    for (const row of receipted) this.#memory.delete(nameOf(row));
    await this.#delete(receipted);
  }

  /** What earlier pages left on disk, and the server may have more to say about. @returns {Promise<any[]>} */
  async left() {
    return (await this.#stored()).filter((row) => row.sealed && (row.receipt || !row.settled));
  }

  /** @param {any} row  one of `left`  @param {Told} told  what the server said of it */
  async mark(row, { receipt, settled, sealed }) {
    if (receipt && sealed) await this.#delete([row]);
    else if (settled && !row.settled) await this.#put({ ...row, settled, receipt, own: null }).catch(() => {});
  }

  /** Everything that can be given away: nobody but the server reads it. @returns {Promise<string[]>} */
  async sealedRows() { return (await this.#all()).flatMap((row) => row.sealed ?? []); }

  async #all() {
    const onDisk = await this.#stored();
    return [...onDisk.filter((row) => !this.#memory.has(nameOf(row))), ...this.#memory.values()];
  }

  /** Nothing where the disk cannot be read. @returns {Promise<any[]>} */
  #stored() {
    return new Promise((done, fail) => {
      const database = /** @type {IDBDatabase} */ (this.database); // without one this throws, as a broken one does
      const asked = database.transaction(STORE).objectStore(STORE).getAll();
      asked.onsuccess = () => done(asked.result);
      asked.onerror = fail;
    }).catch(() => []);
  }

  /** @param {object} row */
  #put(row) { return this.#change((store) => store.put(row)); }

  /** A disk that cannot be written keeps settled rows. @param {Row[]} rows */
  async #delete(rows) {
    await this.#change((store) => rows.forEach((row) => store.delete(keyOf(row)))).catch(() => {});
  }

  /** @param {(store: IDBObjectStore) => void} change  @returns {Promise<void>} */
  #change(change) {
    return new Promise((done, fail) => {
      const database = /** @type {IDBDatabase} */ (this.database);
      const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
      change(transaction.objectStore(STORE));
      transaction.oncomplete = () => done();
      transaction.onabort = () => fail(transaction.error);
    });
  }
}

let stored = false;

/** Whether answers outlive this page; where they do not, nothing is sent ahead (point 22 of the protocol). */
export const isStored = () => stored;

/** @param {boolean} value  false from the first write that the disk refuses */
function setStored(value) {
  stored = value;
  document.documentElement.dataset.outbox = value ? "stored" : "memory";
}

/** Plain HTTP, no IndexedDB, or a private window as far as a browser lets that be seen: nothing goes on disk. */
async function isLasting() {
  if (!globalThis.isSecureContext || !crypto.subtle || !globalThis.indexedDB) return false;
  try {
    await navigator.storage?.getDirectory?.(); // private windows of Firefox and Safari refuse it
    navigator.storage?.persist?.();
    return true;
  } catch {
    return false;
  }
}

/** @returns {Promise<Outbox>} */
export async function openOutbox() {
  const database = (await isLasting()) ? await openDatabase() : null;
  setStored(database !== null);
  return new Outbox(database);
}

/** @returns {Promise<IDBDatabase | null>} */
function openDatabase() {
  return new Promise((done) => {
    setTimeout(() => done(null), PATIENCE_MS);
    try {
      const asked = indexedDB.open("peil", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(STORE, { keyPath: ["sitting", "position", "revision"] });
      };
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => done(null);
      asked.onblocked = () => done(null);
    } catch {
      done(null);
    }
  });
}
