/**
 * Answers on this laptop, kept until the sitting is sealed and their receipt came.
 *
 * A row is written before the answer is sent. Only `forget` deletes: once the sitting is sealed, rows with a receipt.
 *
 * @typedef {import("./api.js").ItemResponse} ItemResponse
 * @typedef {{sitting: string, position: number, revision: number, item: string, response: ItemResponse,
 *   elapsed_ms: number, hash: string, settled: boolean, receipt: string | null}} Row
 *   settled: nothing more to send; receipt: null where the server kept the body as evidence
 */

const STORE = "answers";

/** Where there is no IndexedDB (or it is shut off) answers live in memory, as long as the page does. */
class MemoryOutbox {
  isDurable = false;
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @param {Row} row */
  async write(row) { this.#rows.set(`${row.sitting} ${row.position} ${row.revision}`, { ...row }); }

  /** @param {Row} row */
  drop(row) { this.#rows.delete(`${row.sitting} ${row.position} ${row.revision}`); }

  /** @param {string} sitting  @returns {Promise<Row[]>} */
  async rows(sitting) { return [...this.#rows.values()].filter((row) => row.sitting === sitting); }

  /** @param {string} sitting */
  async forget(sitting) {
    for (const [key, row] of this.#rows) if (row.sitting === sitting && row.receipt) this.#rows.delete(key);
  }
}

/** On disk; what a full or broken disk refuses lives in memory, so that it is sent all the same. */
class StoredOutbox {
  isDurable = true;
  #refused = new MemoryOutbox();

  /** @param {IDBDatabase} database */
  constructor(database) { this.database = database; }

  /** Resolves when the row is on disk, or in memory where the disk refuses it. @param {Row} row */
  async write(row) {
    try {
      await this.#change((store) => store.put(row));
      this.#refused.drop(row);
    } catch {
      await this.#refused.write(row);
    }
  }

  /** In order of position. @param {string} sitting  @returns {Promise<Row[]>} */
  async rows(sitting) {
    const inMemory = await this.#refused.rows(sitting);
    const isKept = (/** @type {Row} */ row) =>
      inMemory.some((other) => other.position === row.position && other.revision === row.revision);
    const onDisk = await this.#stored(sitting).catch(() => []);
    return [...onDisk.filter((row) => !isKept(row)), ...inMemory].sort((one, other) => one.position - other.position);
  }

  /** @param {string} sitting  @returns {Promise<Row[]>} */
  #stored(sitting) {
    return new Promise((done, fail) => {
      const asked = this.database.transaction(STORE).objectStore(STORE).getAll(rangeOf(sitting));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  }

  /** @param {string} sitting */
  async forget(sitting) {
    const receipted = (await this.rows(sitting)).filter((row) => row.receipt);
    await this.#refused.forget(sitting);
    try {
      await this.#change((store) => {
        for (const row of receipted) store.delete([row.sitting, row.position, row.revision]);
      });
    } catch {
      // A disk that cannot be written keeps settled rows; nothing sends them again.
    }
  }

  /** @param {(store: IDBObjectStore) => void} change  @returns {Promise<void>} */
  #change(change) {
    return new Promise((done, fail) => {
      const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
      change(transaction.objectStore(STORE));
      transaction.oncomplete = () => done();
      transaction.onabort = () => fail(transaction.error);
    });
  }
}

/** @typedef {MemoryOutbox | StoredOutbox} Outbox */

/** @param {string} sitting */
const rangeOf = (sitting) => IDBKeyRange.bound([sitting], [sitting, []]);

/** @returns {Promise<Outbox>} */
export function openOutbox() {
  return new Promise((done) => {
    const inMemory = () => done(new MemoryOutbox());
    try {
      const asked = indexedDB.open("peil", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(STORE, { keyPath: ["sitting", "position", "revision"] });
      };
      asked.onsuccess = () => done(new StoredOutbox(asked.result));
      asked.onerror = inMemory;
      asked.onblocked = inMemory;
    } catch {
      inMemory();
    }
  });
}
